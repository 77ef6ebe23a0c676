"""bin/keep starts a dead process again and leaves nothing behind when told to end."""

import os
import signal
import subprocess
import time
from pathlib import Path

KEEP = str(Path(__file__).parents[2] / "bin" / "keep")


def until(true, limit=5.0):
    """Wait for a fact about another process; fails the test when it doesn't come."""
    end = time.monotonic() + limit
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def started(folder, body):
    """keep running a shell line, in a session of its own as honcho starts it."""
    command = [KEEP, "样品", "sh", "-c", body]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True, start_new_session=True)


def pids(folder):
    path = folder / "pids"
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def test_a_dead_process_comes_back_with_a_line_that_says_so(tmp_path):
    keep = started(tmp_path, "echo $$ >> pids; exec sleep 60")
    until(lambda: len(pids(tmp_path)) == 1)
    os.kill(pids(tmp_path)[0], signal.SIGKILL)
    until(lambda: len(pids(tmp_path)) == 2)
    keep.terminate()
    assert keep.communicate(timeout=5)[0].splitlines() == ["样品 停了（退出码 137），1 秒后重新启动。"]
    assert keep.returncode == 0
    assert not alive(pids(tmp_path)[1])


def test_term_is_passed_on_and_waited_for(tmp_path):
    slow = "trap 'sleep 0.3; echo clean > end; exit 0' TERM"
    keep = started(tmp_path, f"{slow}; echo $$ >> pids; while :; do sleep 0.05; done")
    until(lambda: pids(tmp_path))
    os.killpg(keep.pid, signal.SIGTERM)
    keep.communicate(timeout=5)
    assert (tmp_path / "end").read_text() == "clean\n"
    assert not alive(pids(tmp_path)[0])


def test_it_ends_when_its_parent_was_killed(tmp_path):
    line = f"""'{KEEP}' 样品 sh -c 'echo $$ >> pids; exec sleep 60' > /dev/null & echo $! > keep; wait"""
    parent = subprocess.Popen(["sh", "-c", line], cwd=tmp_path)
    until(lambda: pids(tmp_path))
    parent.kill()
    parent.wait()
    until(lambda: not alive(int((tmp_path / "keep").read_text())))
    until(lambda: not alive(pids(tmp_path)[0]))
