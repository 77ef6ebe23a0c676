"""Malformed settings stop start-up with one sentence that names the variable."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from shop_aftersales import environment as given

ROOT = Path(__file__).parents[2]


def refusal(call):
    with pytest.raises(SystemExit) as stopped:
        call()
    sentence = stopped.value.code
    assert isinstance(sentence, str)
    assert sentence.endswith("。")
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize("raw", ["0", "65536", "-1", "8000.5", "八千", "8k", "８０００"])
def test_a_port_that_is_none(monkeypatch, raw):
    monkeypatch.setenv("PORT", raw)
    sentence = refusal(lambda: given.whole("PORT", 8000, low=1, high=65535))
    assert sentence == f"环境变量 PORT 要是 1 到 65535 之间的整数，现在是「{raw}」。"


@pytest.mark.parametrize("raw", ["", " "])
def test_set_but_empty_is_not_set(monkeypatch, raw):
    for name in ("PORT", "SWEEP_S", "DEMO", "SUPPLIER_URL"):
        monkeypatch.setenv(name, raw)
    assert given.whole("PORT", 8000, low=1, high=65535) == 8000
    assert given.seconds("SWEEP_S", 2.0, low=0.1, high=60) == 2.0
    assert given.switch("DEMO", True) is True
    assert given.address("SUPPLIER_URL") == ""


@pytest.mark.parametrize("raw", ["zwei", "0.01", "61", "-3", "nan", "inf"])
def test_seconds_that_are_none(monkeypatch, raw):
    monkeypatch.setenv("SWEEP_S", raw)
    assert "SWEEP_S" in refusal(lambda: given.seconds("SWEEP_S", 2.0, low=0.1, high=60))


@pytest.mark.parametrize("raw", ["yes", "true", "2", "on"])
def test_a_switch_is_0_or_1(monkeypatch, raw):
    monkeypatch.setenv("DEMO", raw)
    assert refusal(lambda: given.switch("DEMO", False)) == f"环境变量 DEMO 只能是 0 或 1，现在是「{raw}」。"


@pytest.mark.parametrize(
    "raw", ["supplier", "ftp://a/", "http://", "https://a:b/", "http://a/?q=1", "http://a/#x", "http://[::1", "http://a:99999"]
)  # fmt: skip
def test_an_address_that_is_none(monkeypatch, raw):
    monkeypatch.setenv("SUPPLIER_URL", raw)
    assert "SUPPLIER_URL" in refusal(lambda: given.address("SUPPLIER_URL"))


@pytest.mark.parametrize(
    "raw",
    ["nonsense", "mysql://u:p@h/db", "postgres://", "postgres://localhost", "postgres://u@h:port/db", "://"],
)
def test_a_database_that_is_none(monkeypatch, raw, tmp_path):
    monkeypatch.setenv("DATABASE_URL", raw)
    assert "DATABASE_URL" in refusal(lambda: given.database(tmp_path))


def test_a_folder_that_cannot_be_made(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "file" / "below"))
    assert "DATA_DIR" in refusal(lambda: given.folder(tmp_path))


def test_a_kept_secret_is_made_once_and_readable_by_its_owner_only(tmp_path):
    first = given.kept_secret(tmp_path, "SECRET_KEY")
    other = given.kept_secret(tmp_path, "SUPPLIER_SECRET")
    assert given.kept_secret(tmp_path, "SECRET_KEY") == first != other
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_a_secret_in_a_file_is_made_once_and_read_by_everybody(monkeypatch, tmp_path):
    path = tmp_path / "key"
    monkeypatch.setenv("SECRET_KEY_FILE", str(path))
    first = given.secret_in("SECRET_KEY_FILE")
    assert given.secret_in("SECRET_KEY_FILE") == first
    assert len(first) > 50
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_two_that_make_the_secret_at_once_read_the_same(monkeypatch, tmp_path):
    path = tmp_path / "key"
    given._make_secret(path)
    first = path.read_text()
    given._make_secret(path)  # it saw no file a moment before
    assert path.read_text() == first


@pytest.mark.parametrize("kept", [None, "", " \n", b"\xff\xfe"])
def test_a_secret_file_that_holds_none(monkeypatch, tmp_path, kept):
    path = tmp_path / "key"
    if kept is None:
        path = tmp_path / "missing" / "key"
    else:
        path.write_bytes(kept if isinstance(kept, bytes) else kept.encode())
    monkeypatch.setenv("SECRET_KEY_FILE", str(path))
    assert "SECRET_KEY_FILE" in refusal(lambda: given.secret_in("SECRET_KEY_FILE"))


SETTINGS = [
    ({"PORT": "x"}, "PORT"),
    ({"DATABASE_URL": "postgres://u@h/db"}, "SECRET_KEY"),
    ({"DATABASE_URL": "nonsense", "SECRET_KEY": "k"}, "DATABASE_URL"),
    ({"DEMO": "1", "ALLOWED_HOSTS": "shop.example"}, "ALLOWED_HOSTS"),
    ({"ALLOWED_HOSTS": "localhost,0.0.0.0"}, "ALLOWED_HOSTS"),
    ({"THROTTLE": "on"}, "THROTTLE"),
    ({"LEASE_S": "2"}, "LEASE_S"),
    ({"SUPPLIER_URL": "http://127.0.0.1:9"}, "SUPPLIER_SECRET"),
    ({"SHOP_REFUND_URL": "http://127.0.0.1:9"}, "SHOP_REFUND_SECRET"),
    ({"REDIS_URL": "localhost:6379"}, "REDIS_URL"),
    ({"REDIS_URL": "redis://h:notaport/0"}, "REDIS_URL"),
    ({"REDIS_URL": "redis://h/notadb"}, "REDIS_URL"),
    ({"REDIS_URL": "redis://"}, "REDIS_URL"),
    ({"DEMO": "0", "ALLOWED_HOSTS": "http://x y"}, "ALLOWED_HOSTS"),
]


@pytest.mark.parametrize(("setting", "name"), SETTINGS)
def test_settings_that_do_not_fit_together(monkeypatch, tmp_path, setting, name):
    for known in ("DATABASE_URL", "SECRET_KEY", "SECRET_KEY_FILE", "DEMO", "SANDBOX"):
        monkeypatch.delenv(known, raising=False)
    for known, value in ({"DATA_DIR": str(tmp_path)} | setting).items():
        monkeypatch.setenv(known, value)
    assert name in refusal(lambda: runpy.run_path(str(ROOT / "shop_aftersales" / "settings.py")))


def test_the_program_stops_with_exactly_that_sentence(tmp_path):
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    run = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, capture_output=True, text=True,
        env=clean | {"DATA_DIR": str(tmp_path), "DATABASE_URL": "nonsense", "SECRET_KEY": "k"},
    )  # fmt: skip
    sentence = "环境变量 DATABASE_URL 要写成 postgres://用户:密码@主机:端口/库名 或 sqlite:////路径。\n"
    assert (run.returncode, run.stdout, run.stderr) == (1, "", sentence)


@pytest.mark.parametrize(
    "command", [["scan_drops"], ["reconcile"], ["seed_demo"]], ids=lambda words: words[0]
)
def test_a_database_without_tables_gives_one_sentence(tmp_path, command):
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    run = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, capture_output=True, text=True,
        env=clean | {"DATA_DIR": str(tmp_path), "SECRET_KEY": "k"},
    )  # fmt: skip
    sentence = (
        f"数据库 {tmp_path}/shop.sqlite3 里没有该有的表：检查 DATA_DIR 有没有写错；"
        "是新库或刚升级就先跑 manage.py prepare。\n"
    )
    assert (run.returncode, run.stdout, run.stderr) == (1, "", sentence)


@pytest.mark.parametrize("command", [["scan_drops"], ["prepare"]], ids=lambda words: words[0])
def test_a_database_that_cannot_be_reached_gives_one_sentence(tmp_path, command):
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    run = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, capture_output=True, text=True,
        env=clean | {"DATA_DIR": str(tmp_path), "SECRET_KEY": "k", "DATABASE_URL": "postgres://u@127.0.0.1:9/shop"},
    )  # fmt: skip
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("数据库 shop 连不上，检查 DATABASE_URL：")
    assert len(run.stderr.splitlines()) == 1


def test_limits_are_those_of_the_environment_and_else_the_usual_ones(monkeypatch):
    monkeypatch.setenv("HEALTH_DROP_PERCENT", "15")
    assert given.limits({"drop": 20, "fake": 5}, least=30) == ({"drop": 15, "fake": 5}, 30)
    monkeypatch.setenv("HEALTH_FAKE_PERCENT", "100")
    assert "HEALTH_FAKE_PERCENT" in refusal(lambda: given.limits({"fake": 5}, least=30))
