"""What `make run` prepares: ports, the administrator, static files, the data folder for itself alone."""

import os
import socket
import threading

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import call_command
from django.db import IntegrityError, connection, connections

from shop_aftersales import starting


@pytest.fixture
def taken_port():
    with socket.socket() as holder:
        holder.bind((starting.HOST, 0))
        holder.listen()
        yield holder.getsockname()[1]


@pytest.fixture
def port_file(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.SANDBOX_PORT_FILE = tmp_path / "sandbox.port"
    return settings.SANDBOX_PORT_FILE


def test_a_taken_port_is_not_free(taken_port):
    assert not starting.is_free(taken_port)


def test_up_says_so_in_one_sentence(settings, taken_port, capsys):
    settings.PORT = taken_port
    with pytest.raises(SystemExit) as stopped:
        call_command("up")
    assert stopped.value.code == f"端口 {taken_port} 已被占用：先停掉占用它的程序，或用 PORT=端口号 换一个。"


def test_the_sandbox_keeps_its_port(port_file):
    starting.choose_sandbox_port()
    first = port_file.read_text()
    starting.choose_sandbox_port()
    assert port_file.read_text() == first
    assert starting.is_free(int(first))


@pytest.mark.parametrize("kept", ["taken", "", "x"])
def test_the_sandbox_moves_when_its_port_is_taken_or_unreadable(port_file, taken_port, kept):
    port_file.write_text(str(taken_port) if kept == "taken" else kept)
    starting.choose_sandbox_port()
    assert starting.is_free(int(port_file.read_text()))


def test_a_sandbox_that_runs_elsewhere_keeps_its_port(port_file, taken_port):
    port_file.write_text(str(taken_port))
    starting.choose_sandbox_port(running=True)
    assert port_file.read_text() == str(taken_port)


@pytest.mark.parametrize(
    ("sandbox", "named", "wanted"),
    [
        (True, (), True),
        (True, ("SUPPLIER_URL",), True),
        (True, ("SUPPLIER_URL", "SHOP_REFUND_URL"), True),
        (True, ("SUPPLIER_URL", "SHOP_REFUND_URL", "LICENCE_URL", "MESSAGE_URL"), False),
        (False, (), False),
    ],
)
def test_who_wants_the_sandbox(settings, monkeypatch, sandbox, named, wanted):
    settings.SANDBOX = sandbox
    for name in ("SUPPLIER_URL", "SHOP_REFUND_URL", "LICENCE_URL", "MESSAGE_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in named:
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert starting.wants_sandbox() is wanted


@pytest.mark.django_db
def test_the_administrator_gets_a_password_once(settings, tmp_path, rf):
    settings.DATA_DIR = tmp_path
    password = starting.ensure_admin()
    path = tmp_path / "admin-password"
    assert path.read_text().strip() == password
    assert path.stat().st_mode & 0o777 == 0o600
    assert authenticate(rf.get("/"), username="admin", password=password).is_superuser
    assert starting.ensure_admin() == ""
    assert get_user_model().objects.filter(username="admin").count() == 1


def test_two_runs_on_one_folder_are_refused(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    handle = starting.hold_data_dir()
    with pytest.raises(SystemExit) as stopped:
        starting.hold_data_dir()
    os.close(handle)
    assert str(tmp_path) in stopped.value.code


@pytest.mark.django_db(transaction=True)
def test_who_prepares_beside_another_waits_for_its_turn(settings, tmp_path):
    """Two machines: on PostgreSQL each has a folder of its own, and the database keeps the order."""
    seen = []

    def second():
        with starting.my_turn():
            seen.append("second")
        connections.close_all()

    with starting.my_turn():
        if connection.vendor == "postgresql":
            settings.DATA_DIR = tmp_path
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(timeout=0.5)
        seen.append("first")
    thread.join(timeout=5)
    assert seen == ["first", "second"]


def test_other_mistakes_of_the_database_keep_their_traceback():
    assert starting.unusable(IntegrityError("UNIQUE constraint failed")) == ""
    assert starting.unusable(ValueError("no such thing")) == ""
