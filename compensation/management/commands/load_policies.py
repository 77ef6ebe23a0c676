"""load_policies: write the default policies that are not there yet."""

from typing import Any

from django.core.management.base import BaseCommand

from common.clock import now
from compensation.services.policies import load_defaults


class Command(BaseCommand):
    help = "写入默认的售后规则；已有的版本不动。"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"售后规则：新写入 {load_defaults(now=now())} 份。")
