"""What has to be there before the processes start; every step may be repeated at each start."""

import fcntl
import hashlib
import io
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection

from accounts.services import people
from common import clock, guards
from orders.services import vault
from shop_aftersales import record, restored
from shop_aftersales.environment import stop

HOST = "127.0.0.1"
ADMIN = "admin"
TURN = 0x5AFE  # the advisory lock of whoever prepares


def prepare() -> str:
    """Tables, accounts, static files, whatever is missing of them; the new administrator's password, or ''."""
    static = get_context("fork").Process(target=collect_static)
    static.start()  # beside the database: together they are most of a first start
    try:
        with my_turn():
            fill_database()
            password = ensure_admin()
    except OperationalError as error:
        stop(unusable(error) or f"数据库用不了：{_first_line(error)}")
    finally:
        static.join()
    if static.exitcode:
        stop("静态文件没有收集成功，原因在上面。")
    return password


def unusable(error: BaseException | None) -> str:
    """One sentence where the database can't be reached or was never prepared, as a wrong DATA_DIR gives; else ''."""
    while error and not isinstance(error, DatabaseError):
        error = error.__context__  # closing a cursor after the error raises another, of the driver's own
    which = "DATA_DIR" if settings.EMBEDDED else "DATABASE_URL"
    text, name = str(error), settings.DATABASES["default"].get("NAME")
    if "no such table" in text or ('relation "' in text and "does not exist" in text):
        return (
            f"数据库 {name} 里没有该有的表：检查 {which} 有没有写错；是新库或刚升级就先跑 manage.py prepare。"
        )
    if isinstance(error, OperationalError) and connection.connection is None:
        return f"数据库 {name} 连不上，检查 {which}：{_first_line(error)}"
    return ""


def _first_line(error: DatabaseError) -> str:
    return str(error).strip().partition("\n")[0]


@contextmanager
def my_turn() -> Iterator[None]:
    """Of several machines, or processes, that prepare one database at once, one after the other does."""
    with open(settings.DATA_DIR / "prepare.lock", "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if connection.vendor != "postgresql":
            yield
            return
        # A session of its own: migrations may close theirs, and with it the lock would go.
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s)", [TURN])
            yield
        finally:
            other.close()


def is_free(port: int) -> bool:
    """Whether nobody listens on the port of this host."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def hold_data_dir() -> int:
    """Two runs on one folder would share a queue and a sandbox; the lock is kept over exec, until the end."""
    handle = os.open(settings.DATA_DIR / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
    os.set_inheritable(handle, True)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        stop(f"{settings.DATA_DIR} 正被另一个运行中的程序使用：先停掉它，或用 DATA_DIR 指另一个文件夹。")
    return handle


def choose_sandbox_port(*, running: bool = False) -> None:
    """The port of last time, so that addresses already handed out stay true; another if a stranger took it."""
    kept: Path = settings.SANDBOX_PORT_FILE
    before = kept.read_text().strip() if kept.exists() else ""
    if before.isdigit() and int(before) != settings.PORT and (running or is_free(int(before))):
        return
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        kept.write_text(str(probe.getsockname()[1]))


def wants_sandbox() -> bool:
    """With every provider named from outside nobody would ask it."""
    named = (os.environ.get(f"{name}_URL") for name in ("SUPPLIER", "SHOP_REFUND", "LICENCE", "MESSAGE"))
    return settings.SANDBOX and not all(named)


def collect_static() -> None:
    """Copy and compress only when a file has changed: it takes seconds."""
    mark, root = _static_mark(), Path(settings.STATIC_ROOT)
    if root.is_dir() and (root / ".mark").exists() and (root / ".mark").read_text() == mark:
        return
    # Nothing serves redoc, and it is 5 MB to compress.
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["redoc"])
    (root / ".mark").write_text(mark)


def _static_mark() -> str:
    seen = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in finder.list(None):
            state = os.stat(storage.path(path))
            seen.update(f"{storage.path(path)} {state.st_size} {state.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def fill_database() -> None:
    """Tables, policies and, on an empty database, the demo."""
    call_command("migrate", interactive=False, verbosity=0)
    if gone := guards.missing(connection):
        stop(f"数据库里缺少守着账目的触发器：{'、'.join(gone)}。让数据库用户可以建触发器，再启动一次。")
    if str(settings.CACHES["default"]["BACKEND"]).endswith("DatabaseCache"):
        call_command("createcachetable", verbosity=0)
    record.open_record(now=clock.now())  # before anything that it has to vouch for
    restored.notice(now=clock.now())
    if vault.foreign():
        stop(
            "库里的卡密是用另一把 SECRETS_KEY 封的，用现在的打不开：把原来的密钥（SECRETS_KEY、SECRETS_KEY_FILE，"
            "或 DATA_DIR 里的 secrets.json）放回来再启动。"
        )
    call_command("load_policies", stdout=io.StringIO())
    if settings.DEMO:  # does nothing where orders are
        call_command("seed_demo", stdout=io.StringIO())


def ensure_admin() -> str:
    """The superuser; its password where it has just been made, else ''."""
    users = get_user_model().objects
    if users.filter(username=ADMIN).exists():
        return ""
    password, path = secrets.token_urlsafe(12), settings.DATA_DIR / "admin-password"
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(password + "\n")
    people.ensure_superuser(username=ADMIN, password=password, now=clock.now())
    return password


def demo_names() -> dict[str, list[str]]:
    """{role: usernames} of the demo accounts."""
    found: dict[str, list[str]] = {}
    rows = get_user_model().objects.filter(is_demo=True).order_by("pk").values_list("role", "username")
    for role, name in rows:
        found.setdefault(role, []).append(name)
    return found
