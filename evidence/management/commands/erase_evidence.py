"""erase_evidence ORDER_NO: forget what the record says of an order; every proof still holds."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.clock import now
from evidence.services import log


class Command(BaseCommand):
    help = "抹去存证里一个订单的全部内容（个人信息）。摘要和证明留着，抹去这件事本身也记一条。不能撤回。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("order_no")

    def handle(self, *args: Any, order_no: str, **options: Any) -> None:
        erased = log.erase(order_no=order_no, now=now())
        if not erased:
            raise CommandError(f"存证里没有订单 {order_no} 的内容，请核对订单号。", returncode=1)
        self.stdout.write(f"抹去了 {erased} 条的内容。")
