"""A bar on a terminal, with words; nothing at all where nobody looks."""

import os
import pty
import subprocess
import sys
import termios

COUNTED = "from common import progress; progress.DELAY_S = 0\nfor _ in progress.bar(range(3), '订单'): pass"
BY_HAND = (
    "from common import progress; progress.DELAY_S = 0\n"
    "with progress.bar(40, '计数', done=10) as it: it.update(10); it.refresh()\n"
    "with progress.aside(): print('{}')"
)
NO_TOTAL = (
    "from common import progress; progress.DELAY_S = 0\n"
    "for _ in progress.bar(iter([1, 2]), '对账', unit='笔'): pass"
)


def seen(script, *, terminal):
    """(stdout, stderr) of the script, its stderr on a terminal or in a pipe."""
    ours, theirs = pty.openpty() if terminal else os.pipe()
    if terminal:
        termios.tcsetwinsize(theirs, (24, 100))
    run = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=theirs, check=True)
    os.close(theirs)
    try:
        shown = os.read(ours, 100_000).decode()
    except OSError:  # a terminal that nobody wrote to
        shown = ""
    os.close(ours)
    return run.stdout.decode(), shown


def test_a_terminal_shows_how_far_it_has_come_and_how_long_it_will_take():
    out, shown = seen(BY_HAND, terminal=True)
    assert out == "{}\n"
    assert all(part in shown for part in ("计数", "50%", "20/40", "行/s，还要 "))
    assert "对账 0，?笔/s，已用 00:00" in seen(NO_TOTAL, terminal=True)[1]
    assert "0/3，?行/s，还要 ?" in seen(COUNTED, terminal=True)[1]


def test_pipes_and_logs_stay_clean():
    assert [seen(script, terminal=False) for script in (BY_HAND, NO_TOTAL, COUNTED)] == [
        ("{}\n", ""), ("", ""), ("", ""),
    ]  # fmt: skip
