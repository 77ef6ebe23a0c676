"""manage.py run_sandbox: everybody we send to, for development, until TERM or Ctrl-C."""

import socket
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from integrations.vendors.sandbox.faults import KINDS, Faults
from integrations.vendors.sandbox.server import HOST, serve


class Command(BaseCommand):
    help = (
        "Run the sandbox supplier, refund backend, entitlement and message service on the loopback address."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, help="default: the port kept in DATA_DIR, made if missing")
        parser.add_argument("--data-dir", type=Path, default=settings.DATA_DIR)
        parser.add_argument("--app-url", default=settings.WEB_URL, help="gets the call-backs; empty: none")
        parser.add_argument("--supplier-secret", default=settings.SUPPLIER_SECRET)
        parser.add_argument("--refund-secret", default=settings.SHOP_REFUND_SECRET)
        parser.add_argument("--licence-secret", default=settings.LICENCE_SECRET)
        parser.add_argument("--message-secret", default=settings.MESSAGE_SECRET)
        parser.add_argument("--collector-secret", default=settings.COLLECTOR_SECRET)
        parser.add_argument("--pace", type=float, default=1.0, help="1.0: an order takes about 1.2 s")
        parser.add_argument(
            "--faults", type=float, default=0.0, help="share of requests that go wrong, 0 to 1"
        )
        parser.add_argument("--fault-kinds", default=",".join(KINDS), help="default: %(default)s")
        parser.add_argument("--faults-per-key", type=int, default=2, help="after these a key is served well")
        parser.add_argument(
            "--mute", type=float, default=0.0, help="share of keys without call-backs, 0 to 1"
        )
        parser.add_argument("--seed", default="", help="the same seed spoils the same requests")

    def handle(self, **options: Any) -> None:
        for name in (
            "supplier_secret",
            "refund_secret",
            "licence_secret",
            "message_secret",
            "collector_secret",
        ):
            if not options[name]:
                raise CommandError(f"--{name.replace('_', '-')} is empty: every request must be signed.")
        if options["pace"] < 0:
            raise CommandError("--pace must not be negative.")
        faults = _faults(options)
        port = _kept_port() if options["port"] is None else options["port"]
        try:
            serve(
                port=port,
                data_dir=options["data_dir"],
                app_url=options["app_url"],
                supplier_secret=options["supplier_secret"],
                refund_secret=options["refund_secret"],
                licence_secret=options["licence_secret"],
                message_secret=options["message_secret"],
                collector_secret=options["collector_secret"],
                pace=options["pace"],
                faults=faults,
                patience_s=settings.SEND_TIMEOUT_S,
            )
        except OSError as error:
            raise CommandError(f"The sandbox can't run on port {port}: {error.strerror}.") from error


def _faults(options: dict[str, Any]) -> Faults:
    kinds = tuple(filter(None, options["fault_kinds"].split(",")))
    try:
        return Faults(
            share=options["faults"],
            kinds=kinds,
            seed=options["seed"],
            per_key=options["faults_per_key"],
            mute=options["mute"],
        )
    except ValueError as error:
        raise CommandError(f"--faults: {error}") from None


def _kept_port() -> int:
    """The port that the other processes read from the same file."""
    kept = Path(settings.SANDBOX_PORT_FILE)
    if not kept.exists():
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            kept.write_text(str(probe.getsockname()[1]))
    return int(kept.read_text())
