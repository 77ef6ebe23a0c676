"""Whole numbers as they are typed and sent: read, or nothing; never an error of ours."""

import pytest

from common.digits import whole

READ = [
    ("0", 0), ("12", 12), ("0012", 12), ("9" * 18, 10**18 - 1), ("9" * 19, None), ("9" * 5000, None), ("", None),
    ("-1", None), ("+1", None), ("1.0", None), (" 1", None), ("²", None), ("１２", None), ("٣", None), ("1_0", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "number"), READ)
def test_whole(text, number):
    assert whole(text) == number
