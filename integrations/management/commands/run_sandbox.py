"""manage.py run_sandbox: the supplier and the shop's refund backend for development, until TERM or Ctrl-C."""

import socket
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from integrations.vendors.sandbox.server import HOST, serve


class Command(BaseCommand):
    help = "Run the sandbox supplier and refund backend on the loopback address."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, help="default: the port kept in DATA_DIR, made if missing")
        parser.add_argument("--data-dir", type=Path, default=settings.DATA_DIR)
        parser.add_argument("--app-url", default=settings.WEB_URL, help="gets the call-backs; empty: none")
        parser.add_argument("--supplier-secret", default=settings.SUPPLIER_SECRET)
        parser.add_argument("--refund-secret", default=settings.SHOP_REFUND_SECRET)
        parser.add_argument("--pace", type=float, default=1.0, help="1.0: an order takes about 1.2 s")

    def handle(self, **options: Any) -> None:
        for name in ("supplier_secret", "refund_secret"):
            if not options[name]:
                raise CommandError(f"--{name.replace('_', '-')} is empty: every request must be signed.")
        if options["pace"] < 0:
            raise CommandError("--pace must not be negative.")
        port = _kept_port() if options["port"] is None else options["port"]
        try:
            serve(
                port=port,
                data_dir=options["data_dir"],
                app_url=options["app_url"],
                supplier_secret=options["supplier_secret"],
                refund_secret=options["refund_secret"],
                pace=options["pace"],
            )
        except OSError as error:
            raise CommandError(f"The sandbox can't run on port {port}: {error.strerror}.") from error


def _kept_port() -> int:
    """The port that the other processes read from the same file."""
    kept = Path(settings.SANDBOX_PORT_FILE)
    if not kept.exists():
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            kept.write_text(str(probe.getsockname()[1]))
    return int(kept.read_text())
