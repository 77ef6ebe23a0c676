"""What the environment says, checked at start: a malformed value stops the program with one sentence."""

import json
import os
import secrets
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import environ

LOOPBACK = {"localhost", "127.0.0.1", "[::1]", "::1"}
env = environ.Env()


def stop(sentence: str) -> NoReturn:
    raise SystemExit(sentence)


def whole(name: str, default: int, *, low: int, high: int) -> int:
    """An integer between low and high."""
    raw = os.environ.get(name, "").strip()
    if not raw:
        return default
    if not raw.isascii() or not raw.isdigit() or not low <= int(raw) <= high:
        stop(f"环境变量 {name} 要是 {low} 到 {high} 之间的整数，现在是「{raw}」。")
    return int(raw)


def limits(usual: Mapping[str, int], *, least: int) -> tuple[dict[str, int], int]:
    """(how many lines of a hundred may go wrong before it is proposed to suspend, of how many lines at least)."""
    most = {name: whole(f"HEALTH_{name.upper()}_PERCENT", of, low=1, high=99) for name, of in usual.items()}
    return most, whole("HEALTH_AT_LEAST", least, low=10, high=100_000)


def seconds(name: str, default: float, *, low: float, high: float) -> float:
    """A number of seconds between low and high."""
    raw = os.environ.get(name, "").strip()
    if not raw:
        return default
    try:
        value = float(raw)
    except ValueError:
        value = -1.0
    if not low <= value <= high:
        stop(f"环境变量 {name} 要是 {low} 到 {high} 之间的秒数，现在是「{raw}」。")
    return value


def switch(name: str, default: bool) -> bool:
    """0 or 1."""
    raw = os.environ.get(name, "").strip()
    if raw not in ("", "0", "1"):
        stop(f"环境变量 {name} 只能是 0 或 1，现在是「{raw}」。")
    return default if raw == "" else raw == "1"


def off(name: str) -> bool:
    """Whether it says off; else it must not be set."""
    raw = os.environ.get(name, "").strip()
    if raw not in ("", "off"):
        stop(f"环境变量 {name} 只能不设或设为 off，现在是「{raw}」。")
    return raw == "off"


def address(name: str) -> str:
    """An http(s) base address without a trailing slash, or ''."""
    raw = os.environ.get(name, "").strip()
    if not raw:
        return ""
    try:
        parts = urlsplit(raw)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or parts.query or parts.fragment:
        stop(f"环境变量 {name} 要是 http 或 https 开头的地址，现在是「{raw}」。")
    return raw.rstrip("/")


def check_redis(url: str) -> None:
    """REDIS_URL as redis-py reads it: scheme, host, port, number of the database."""
    if not url:
        return
    try:
        parts = urlsplit(url)
        number = parts.path.strip("/")
        sound = parts.scheme == "unix" or (
            parts.scheme in ("redis", "rediss")
            and bool(parts.hostname)
            and parts.port != 0
            and (number == "" or number.isdigit())
        )
    except ValueError:
        sound = False
    if not sound:
        stop("环境变量 REDIS_URL 要写成 redis://主机:端口/库号。")  # not quoted: it may hold a password


def hosts(name: str) -> list[str]:
    """Host names separated by commas, without scheme, port or spaces."""
    found = [host.strip() for host in os.environ.get(name, "").split(",") if host.strip()]
    for host in found:
        if "/" in host or any(letter.isspace() for letter in host):
            stop(f"环境变量 {name} 要写主机名，用逗号隔开，例如 shop.example.com；现在有「{host}」。")
    return found


def folder(base: Path) -> Path:
    """DATA_DIR, made if missing."""
    path = Path(os.environ.get("DATA_DIR", "").strip() or base / ".data").resolve()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        stop(f"环境变量 DATA_DIR 指的文件夹 {path} 建不了（{error.strerror}）。")
    if not os.access(path, os.W_OK):
        stop(f"环境变量 DATA_DIR 指的文件夹 {path} 不能写。")
    return path


def kept_secret(data_dir: Path, name: str) -> str:
    """A secret made once and kept in DATA_DIR/secrets.json (mode 600)."""
    path = data_dir / "secrets.json"
    try:
        kept: dict[str, str] = dict(json.loads(path.read_text())) if path.exists() else {}
    except ValueError:
        stop(f"{path} 已经损坏：请从备份恢复它；没有备份就删掉它，之后登录和查询密码都要重设。")
    if name not in kept:
        kept[name] = secrets.token_urlsafe(48)
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(kept))
        fresh.replace(path)
    return kept[name]


def secret_in(name: str) -> str:
    """The secret in the file that a variable names, made at the first start; '' where it names none."""
    raw = os.environ.get(name, "").strip()
    if not raw:
        return ""
    path = Path(raw)
    try:
        if not path.exists():
            _make_secret(path)
        kept = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        stop(f"环境变量 {name} 指的文件 {path} 读不了也建不了（{getattr(error, 'strerror', '不是文本')}）。")
    return kept or stop(f"环境变量 {name} 指的文件 {path} 是空的：写进密钥，或删掉它让程序另做一个。")


def _make_secret(path: Path) -> None:
    """Whole or not at all, and of two processes that make it at once both read the first one's."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_text(secrets.token_urlsafe(48) + "\n")
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def database(data_dir: Path) -> dict[str, Any]:
    """The embedded SQLite file, or what DATABASE_URL names."""
    if not os.environ.get("DATABASE_URL", "").strip():
        return {"NAME": str(data_dir / "shop.sqlite3")} | sqlite()
    try:
        with warnings.catch_warnings(action="ignore"):  # one sentence, ours, is enough
            found = dict(env.db("DATABASE_URL"))
    except (environ.ImproperlyConfigured, ValueError):
        found = {}
    engine = str(found.get("ENGINE", ""))
    if engine.endswith("sqlite3"):
        return found | sqlite()
    if not engine.endswith(("postgresql", "postgresql_psycopg2")) or not found.get("NAME"):
        stop("环境变量 DATABASE_URL 要写成 postgres://用户:密码@主机:端口/库名 或 sqlite:////路径。")
    return found | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


def sqlite() -> dict[str, Any]:
    """IMMEDIATE: deferred transactions fail under contention. FULL: an answered claim survives a power cut.

    Kept between requests: whoever opens the file reads the definitions of all tables, which costs as much as a page.
    """
    return {
        "ENGINE": "shop_aftersales.sqlite_in_turn",
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }


def provider(data_dir: Path, sandbox: Path | None, name: str, *, beside: str = "") -> tuple[str, str]:
    """(address, secret) of a provider: its own, else the sandbox's, whose port `sandbox` keeps, else absent."""
    url, secret = address(f"{name}_URL"), os.environ.get(f"{name}_SECRET", "").strip()
    if url and not secret:
        stop(f"设了 {name}_URL 就要同时设 {name}_SECRET：往来的每个请求都要签名。")
    if not url and sandbox and sandbox.exists() and not (beside and address(beside)):
        url = f"http://127.0.0.1:{sandbox.read_text().strip()}"
    if not secret and sandbox:
        secret = kept_secret(data_dir, f"{name}_SECRET")
    return url, secret
