"""manage.py up: what `make run` calls; prepares everything and becomes the process manager."""

import os
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections

from shop_aftersales import greeting, starting
from shop_aftersales.environment import stop


class Command(BaseCommand):
    help = "Prepare database, files and accounts, then run web, worker, beat and the sandbox."
    requires_system_checks: list[str] = []  # the checks may ask the database, which is about to be made

    def handle(self, **options: Any) -> None:
        if not starting.is_free(settings.PORT):
            stop(f"端口 {settings.PORT} 已被占用：先停掉占用它的程序，或用 PORT=端口号 换一个。")
        starting.hold_data_dir()
        if starting.wants_sandbox():
            starting.choose_sandbox_port()
        password = starting.prepare()
        greeting.greet(write=self.stdout.write, password=password, loopback=True)
        connections.close_all()
        run_processes()


def run_processes() -> None:
    """Become honcho. It counts PORT up per process and reads .env on its own: neither is wanted here."""
    root = Path(settings.BASE_DIR)
    names = ["web", "worker", "beat"] + ["sandbox"] * starting.wants_sandbox()
    environ = os.environ | {
        "SHOP_PORT": str(settings.PORT),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
        "DATA_DIR": str(settings.DATA_DIR),
    }
    environ.pop("PORT", None)
    options = ["-e", os.devnull, "-f", str(root / "Procfile"), "-d", str(root)]
    sys.stdout.flush()
    os.execve(sys.executable, [sys.executable, "-m", "honcho", *options, "start", *names], environ)
