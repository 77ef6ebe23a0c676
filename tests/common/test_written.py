"""JSON values that a shop wrote, in words."""

import pytest

from common.written import MOST_LEVELS, in_words


def nested(levels, value="x"):
    for level in range(levels):
        value = {"a": value} if level % 2 else [value]
    return value


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "没有写"), (True, "是"), (False, "否"), ("手机", "手机"), (1.5, "1.5"), ([], ""), ({}, ""),
        ({"容量": "100 GB", "设备": ["手机", "电脑"]}, "容量 100 GB；设备 手机、电脑"),
        (nested(MOST_LEVELS - 1), "a " * (MOST_LEVELS // 2 - 1) + "x"),
        (nested(MOST_LEVELS), "a " * (MOST_LEVELS // 2) + "…"),
        (nested(900), "a " * (MOST_LEVELS // 2) + "…"),
    ],
)  # fmt: skip
def test_in_words(value, said):
    assert in_words(value) == said
