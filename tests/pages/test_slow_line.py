"""A page that comes in two pieces, as over a slow line: what is hidden until all has come keeps its cursor."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.pages.conftest import PHONE

pytestmark = pytest.mark.browser
CSS = Path(__file__).parents[2] / "static/css/base.css"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
PAUSE_S = 0.6  # long enough for the browser to paint what it has


@pytest.fixture
def slow() -> Iterator[str]:
    """The address of a page whose foot comes late."""
    first = f'<style>{CSS.read_text()}</style><body><section class="late"><textarea id="text" autofocus></textarea>'

    def answer(server: socket.socket) -> None:
        asked, _ = server.accept()
        with asked:
            asked.recv(65536)
            asked.sendall(HEAD + f"<!doctype html>{first}</section>{' ' * 4000}".encode())
            time.sleep(PAUSE_S)
            asked.sendall(b'<footer class="foot"></footer></body>')

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=answer, args=(server,), daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"


def test_the_cursor_is_kept(chrome: Browser, slow: str) -> None:
    page = chrome.new_page(viewport=PHONE)
    page.goto(slow)
    expect(page.locator("#text")).to_be_focused()
    page.close()
