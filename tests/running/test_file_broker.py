"""A message on the file broker appears whole or not at all."""

import os
from queue import Empty

import pytest
from kombu import Connection
from kombu.transport import filesystem

from shop_aftersales import file_broker


@pytest.fixture
def channel(tmp_path):
    file_broker.install()
    folder = str(tmp_path)
    options = {
        "data_folder_in": folder,
        "data_folder_out": folder,
        "control_folder": str(tmp_path / "control"),
    }
    with Connection("filesystem://localhost", transport_options=options) as broker:
        yield broker.channel()


def test_nothing_to_read_stands_there_before_it_is_written(channel, tmp_path, monkeypatch):
    """kombu's own opens the final name first: a worker that looks at that instant reads nothing and dies of it."""
    seen = []

    def spy(payload, real=filesystem.dumps):
        seen.append([name for name in os.listdir(tmp_path) if name.endswith(".msg")])
        return real(payload)

    monkeypatch.setattr(filesystem, "dumps", spy)
    monkeypatch.setattr(file_broker, "dumps", spy)
    channel._put("jobs", {"number": 1})
    assert seen == [[]]
    assert channel._get("jobs") == {"number": 1}
    assert [name for name in os.listdir(tmp_path) if "jobs" in name] == []


def test_a_folder_that_is_gone_is_an_empty_queue_and_comes_back_with_the_next_message(channel, tmp_path):
    """kombu's own raises what ends a worker for good: "Unrecoverable error: FileNotFoundError"."""
    channel.data_folder_in = channel.data_folder_out = str(tmp_path / "queue")
    with pytest.raises(Empty):
        channel._get("jobs")
    assert channel._size("jobs") == 0
    channel._put("jobs", {"number": 1})
    assert channel._size("jobs") == 1
    assert channel._get("jobs") == {"number": 1}
