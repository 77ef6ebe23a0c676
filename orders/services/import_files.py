"""Files on their way in: kept under DATA_DIR/imports until their run ends, rows unpacked once for all steps."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from django.conf import settings

from common.phrases import packed, phrase, unpacked
from common.tables import Row, UnreadableFile, read_rows

GIVEN, ROWS = "given", "rows.jsonl"
LEFT_AFTER = timedelta(hours=1)
CHUNK = 1 << 20
written = json.JSONEncoder(ensure_ascii=False).encode


def of(run_id: int) -> Path:
    """The run's own folder, for nobody else to read: buyers' contacts and passwords stand in such files."""
    return _made(_root() / str(run_id))


def given(run_id: int) -> Path:
    return of(run_id) / GIVEN


def set_down(file: BinaryIO) -> tuple[Path, str]:
    """(where the bytes lie for now, their SHA-256)."""
    path, digest = _made(_root() / f"new-{uuid4()}") / GIVEN, hashlib.sha256()
    with _private(path) as kept:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            kept.write(chunk)
        _to_disk(kept)
    return path, digest.hexdigest()


def adopt(path: Path, run_id: int) -> None:
    """What was set down belongs to this run."""
    path.parent.rename(_root() / str(run_id))


def unpack(
    run_id: int, source: Path, *, columns: Sequence[str], optional: Collection[str], name: str,
    step: Callable[[float], None],
) -> int:  # fmt: skip
    """Read the whole file once, so that a file that can't be read changes nothing; how many rows it has.

    `step` is called with how much has been read, 0 to 1, wherever that is: a large workbook takes longer than a lease.
    """
    if not source.exists():
        raise UnreadableFile(phrase("文件 {name} 不在存放的地方了，请重新上传。", name=name))
    draft, total = of(run_id) / f"{uuid4()}.part", 0
    with _private(draft) as kept:
        for row in read_rows(source, columns=columns, optional=optional, name=name, step=step):
            trouble = packed(row.trouble) if row.trouble else None
            kept.write(written([row.line, row.cells, trouble]).encode() + b"\n")
            total += 1
        _to_disk(kept)
    draft.rename(of(run_id) / ROWS)
    return total


def is_unpacked(run_id: int) -> bool:
    return (of(run_id) / ROWS).exists()


def rows(run_id: int, *, skip: int) -> Iterator[Row]:
    with (of(run_id) / ROWS).open(encoding="utf-8", newline="\n") as lines:
        for line in islice(lines, skip, None):
            number, cells, trouble = json.loads(line)
            yield Row(number, cells, unpacked(trouble) if isinstance(trouble, dict) else trouble or "")


def discard(run_id: int) -> None:
    throw_away(_root() / str(run_id))


def throw_away(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def left_behind(*, now: datetime) -> list[Path]:
    """Folders that nobody wrote to lately."""
    if not _root().exists():
        return []
    before = (now - LEFT_AFTER).timestamp()
    return [path for path in _root().iterdir() if path.stat().st_mtime < before]


def _root() -> Path:
    return Path(settings.DATA_DIR) / "imports"


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
