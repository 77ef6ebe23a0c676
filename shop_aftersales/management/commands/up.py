"""manage.py up: what `make run` calls; prepares everything and becomes the process manager."""

import os
import sys
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import OperationalError, connections

from shop_aftersales import demo, starting
from shop_aftersales.environment import stop

ROLES = {"buyer": "买家", "ops": "运营", "panel": "仲裁员", "developer": "开发者", "shop": "商店接口"}


class Command(BaseCommand):
    help = "Prepare database, files and accounts, then run web, worker, beat and the sandbox."
    requires_system_checks: list[str] = []  # the checks may ask the database, which is about to be made

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--only-prepare", action="store_true", help="start nothing")

    def handle(self, **options: Any) -> None:
        if not options["only_prepare"]:
            if not starting.is_free(settings.PORT):
                stop(f"端口 {settings.PORT} 已被占用：先停掉占用它的程序，或用 PORT=端口号 换一个。")
            starting.hold_data_dir()
        if starting.wants_sandbox():
            starting.choose_sandbox_port()
        static = get_context("fork").Process(target=starting.collect_static)
        static.start()  # beside the database: together they are most of a first start
        try:
            starting.fill_database()
            password = starting.ensure_admin()
        except OperationalError as error:
            stop(f"数据库用不了：{str(error).strip().splitlines()[0]}")
        static.join()
        if static.exitcode:
            stop("静态文件没有收集成功，原因在上面。")
        self.greet(password)
        connections.close_all()
        if not options["only_prepare"]:
            run_processes()

    def greet(self, password: str) -> None:
        """Where it is and who can log in."""
        write = self.stdout.write
        write(f"\n  售后系统：http://127.0.0.1:{settings.PORT}/   接口文档：/api/docs/   后台：/admin/")
        names = starting.demo_names() if settings.DEMO else {}
        if names:
            cast = "；".join(f"{ROLES.get(role, role)} {'、'.join(some)}" for role, some in names.items())
            orders = "；".join(f"{each['order_no']}（{each['hint']}）" for each in demo.to_try())
            write(f"  演示订单（查询密码都是 {demo.QUERY_PASSWORD}）：{orders}")
            write(f"  演示账号（密码都是 {demo.PASSWORD}，只在本机有效）：{cast}")
        if password:
            write(f"  管理员 {starting.ADMIN} 的密码：{password}（只显示这一次）")
            write(f"  它存在 {settings.DATA_DIR / 'admin-password'}")
        if settings.RECONCILE_ONLY:
            write("  RECONCILE_ONLY=1：只对账，什么也不往外发。")
        write("  按 Ctrl-C 停止。\n")


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
