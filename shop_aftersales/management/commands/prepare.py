"""manage.py prepare: what has to be there before the processes start; they are started by somebody else."""

from typing import Any

from django.core.management.base import BaseCommand

from shop_aftersales import greeting, starting


class Command(BaseCommand):
    help = "Prepare database, static files and accounts; may be repeated, also on several machines at once."
    requires_system_checks: list[str] = []  # the checks may ask the database, which is about to be made

    def handle(self, **options: Any) -> None:
        if starting.wants_sandbox():
            starting.choose_sandbox_port(running=True)  # it may have been started before: it keeps its port
        password = starting.prepare()
        greeting.greet(write=self.stdout.write, password=password, loopback=False)
