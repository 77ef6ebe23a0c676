"""retire_policy CODE VERSION --reason WHY: no order placed from now on gets this version."""

from getpass import getuser
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.clock import now
from common.refusals import Refusal
from compensation.services.policies import retire


class Command(BaseCommand):
    help = "停用一版售后规则：以后的订单不再用它，已经用它的订单不变。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="规则的代码")
        parser.add_argument("version", type=int, help="第几版")
        parser.add_argument("--reason", required=True, help="为什么停用")

    def handle(self, *args: Any, code: str, version: int, reason: str, **options: Any) -> None:
        try:
            made = retire(code=code, version=version, reason=reason, by=f"命令行 {_account()}", now=now())
        except Refusal as refused:
            raise CommandError("；".join(e["detail"] for e in refused.errors) or refused.detail) from None
        self.stdout.write(f"已停用：{made.policy}。")


def _account() -> str:
    """Who runs the command on this machine; a container's user may have no name."""
    try:
        return getuser()
    except (KeyError, OSError):
        return "无名"
