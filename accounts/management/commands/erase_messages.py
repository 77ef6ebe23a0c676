"""erase_messages EXTERNAL_ID: forget what was written to a buyer; what has not gone out doesn't."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Buyer
from accounts.services import inbox
from common.clock import now


class Command(BaseCommand):
    help = "抹去写给一个买家的全部消息，站内的和交给消息接口的（联系方式、内容、链接）；还没发出的不再发。不能撤回。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("external_id")

    def handle(self, *args: Any, external_id: str, **options: Any) -> None:
        buyer = Buyer.objects.filter(external_id=external_id).first()
        if buyer is None:
            raise CommandError(f"没有店铺客户号是 {external_id} 的买家，请核对。", returncode=1)
        self.stdout.write(f"抹去了 {inbox.erase(buyer_id=buyer.pk, now=now())} 条消息。")
