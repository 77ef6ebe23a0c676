"""seed_demo [--tokens]: demo data on an empty database; --tokens prints {"lin": token, …} as JSON."""

import json
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import progress
from common.clock import now
from shop_aftersales import demo


class Command(BaseCommand):
    help = "在空的数据库里放入演示数据。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tokens", action="store_true", help="打印每个演示账号的令牌（JSON）")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("演示数据只在 DEMO=1 时放入。")
        fresh = demo.seed(now=now(), watched=partial(progress.bar, label="放入演示数据", unit="项"))
        if options["tokens"]:
            self.stdout.write(json.dumps(demo.tokens_of_cast(now=now())))
        else:
            self.stdout.write("演示数据：已放入。" if fresh else "演示数据：数据库里已有订单，没有改动。")
