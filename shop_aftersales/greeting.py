"""What a start says: where it is, and who can log in."""

from collections.abc import Callable

from django.conf import settings

from integrations.services import standstill
from shop_aftersales import demo, starting

ROLES = {"buyer": "买家", "ops": "运营", "panel": "仲裁员", "developer": "开发者", "shop": "商店接口"}


def greet(*, write: Callable[[str], object], password: str, loopback: bool) -> None:
    """`loopback`: whether a browser on this machine arrives with a loopback address, as demo accounts ask for."""
    write(f"\n  售后系统：http://127.0.0.1:{settings.PORT}/   接口文档：/api/docs/   后台：/admin/")
    names = starting.demo_names() if settings.DEMO else {}
    if names:
        orders = "；".join(f"{each['order_no']}（{each['hint']}）" for each in demo.to_try())
        write(f"  演示订单（查询密码都是 {demo.QUERY_PASSWORD}）：{orders}")
    if names and loopback:
        cast = "；".join(f"{ROLES.get(role, role)} {'、'.join(some)}" for role, some in names.items())
        write(f"  演示账号（密码都是 {demo.PASSWORD}，只在本机有效）：{cast}")
    if password:
        write(f"  管理员 {starting.ADMIN} 的密码：{password}（只显示这一次）")
        write(f"  它存在 {settings.DATA_DIR / 'admin-password'}")
    if settings.RECONCILE_ONLY:
        write("  RECONCILE_ONLY=1：只对账，什么也不往外发。")
    if standstill.is_open():
        write("  数据库退回过：只对账，什么也不往外发，直到各方的清单都核对完。")
    write("  按 Ctrl-C 停止。\n" if loopback else "")
