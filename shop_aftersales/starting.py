"""What has to be there before the processes start; every step may be repeated at each start."""

import fcntl
import hashlib
import io
import os
import secrets
import socket
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from shop_aftersales.environment import stop

HOST = "127.0.0.1"
ADMIN = "admin"


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


def choose_sandbox_port() -> None:
    """The port of last time, so that addresses already handed out stay true; another if it is taken."""
    kept: Path = settings.SANDBOX_PORT_FILE
    before = kept.read_text().strip() if kept.exists() else ""
    if before.isdigit() and int(before) != settings.PORT and is_free(int(before)):
        return
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        kept.write_text(str(probe.getsockname()[1]))


def wants_sandbox() -> bool:
    """With both providers named from outside nobody would ask it."""
    return settings.SANDBOX and not all(os.environ.get(name) for name in ("SUPPLIER_URL", "SHOP_REFUND_URL"))


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
    if str(settings.CACHES["default"]["BACKEND"]).endswith("DatabaseCache"):
        call_command("createcachetable", verbosity=0)
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
    users.create_superuser(ADMIN, password=password)
    return password


def demo_names() -> dict[str, list[str]]:
    """{role: usernames} of the demo accounts."""
    found: dict[str, list[str]] = {}
    rows = get_user_model().objects.filter(is_demo=True).order_by("pk").values_list("role", "username")
    for role, name in rows:
        found.setdefault(role, []).append(name)
    return found
