"""What people read about a file on its way in."""

import pytest

from orders.rules import import_words as words


@pytest.mark.parametrize(
    ("done", "total", "shown"),
    [(0, 0, 100), (0, 3, 0), (1, 3, 33), (19_999, 20_000, 99), (20_000, 20_000, 100)],
)
def test_a_hundred_per_cent_is_all_of_it(done, total, shown):
    assert words.per_cent(done, total) == shown


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "几秒"),
        (4.9, "几秒"),
        (5, "5 秒"),
        (59.4, "59 秒"),
        (60, "1 分钟"),
        (3599, "60 分钟"),
        (5400, "1.5 小时"),
    ],
)
def test_a_duration_in_words(seconds, said):
    assert words.duration_words(seconds) == said


@pytest.mark.parametrize(
    ("size", "said"), [(0, "0 字节"), (1023, "1023 字节"), (1024, "1 KiB"), (50 << 20, "50 MiB")]
)
def test_a_size_in_words(size, said):
    assert words.size_words(size) == said


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"state": "waiting"}, "正在排队"), ({"state": "running"}, "自己接着做"),
        ({"state": "running", "alone": True}, "马上接着做"),
        ({"state": "running", "at_terminal": True, "alone": True}, "把同一条命令再跑一次"),
        ({"state": "running", "at_terminal": True}, "在终端里导入着"), ({"state": "done"}, "没有要处理的"),
        ({"state": "done", "rejected": 1}, "把整个文件再传一次"), ({"state": "unreadable"}, "什么都没有收下"),
        ({"state": "stopped"}, "收下的行算作重复"),
    ],
)  # fmt: skip
def test_what_happens_next(about, said):
    assert said in words.next_words(**{"rejected": 0, "alone": False, "at_terminal": False} | about)
