"""The newest head, kept in DATA_DIR outside the database: by it a restored database is known for what it is."""

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from evidence.models import Head
from evidence.queries import head_data, newest_head
from evidence.services import signing

log = logging.getLogger(__name__)


class Damaged(ValueError):
    """The file is there and can't be read as a head."""


@dataclass(frozen=True)
class Kept:
    """A head that was once published; root "" where the file can't be read and only its date is known."""

    size: int
    root: str
    sealed_at: datetime

    @property
    def aside(self) -> Path:
        """Where it lies once it has been put aside."""
        mark = self.root[:12] or f"{self.sealed_at:%Y%m%d%H%M%S%f}"
        return kept_path().with_name(f"evidence-head.{self.size}.{mark}.json")


def kept_path() -> Path:
    return Path(settings.DATA_DIR) / "evidence-head.json"


def read() -> Kept | None:
    """The kept head; None where there is none yet, or that of an empty log."""
    try:
        data = json.loads(kept_path().read_text())
        if not data["size"]:
            return None
        return Kept(int(data["size"]), str(data["root"]), datetime.fromisoformat(data["sealed_at"]))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        raise Damaged() from None


def keys_path() -> Path:
    return Path(settings.DATA_DIR) / "evidence-keys.txt"


def known_keys() -> set[str]:
    """The public keys that we sign with, and those we signed with before SECRET_KEY was changed."""
    former = keys_path().read_text().split() if keys_path().exists() else []
    return {signing.public_key(), *former}


def asides() -> Iterator[tuple[str, int, str]]:
    """(file, size, root) of heads that were put aside and can be read."""
    for path in sorted(Path(settings.DATA_DIR).glob("evidence-head.*.json")):
        try:
            data = json.loads(path.read_text())
            yield path.name, int(data["size"]), str(data["root"])
        except (ValueError, KeyError, TypeError):
            yield path.name, -1, ""


def _remember_key() -> None:
    former = keys_path().read_text().split() if keys_path().exists() else []
    if signing.public_key() not in former:
        with open(keys_path(), "a") as file:
            file.write(signing.public_key() + "\n")


def keep_head() -> None:
    """Never over a head that the database contradicts: that one is the proof that it was restored."""
    path = kept_path()
    with _alone():
        if contradicted() is not None:
            log.error("%s 里的头不是这个数据库的，没有覆盖它。", path.name)
            return
        fresh = path.with_suffix(f".{os.getpid()}")
        with open(fresh, "w") as file:
            file.write(json.dumps(head_data(newest_head())))
            file.flush()
            os.fsync(file.fileno())  # a file that a power cut left empty would look like a proof of something
        fresh.replace(path)
        _remember_key()


def contradicted() -> Kept | None:
    """The kept head where the database has none such: it is older than that head, or another. File first, then
    the database: a head is committed before it is kept."""
    try:
        kept = read()
    except Damaged:
        return Kept(0, "", datetime.fromtimestamp(kept_path().stat().st_mtime, UTC))
    if kept is None or Head.objects.filter(size=kept.size, root=kept.root).exists():
        return None
    return kept


def restored_to(*, kept: Kept) -> Head | None:
    """The newest head from before the restore: what was sealed since then is younger than the kept one."""
    return Head.objects.filter(sealed_at__lte=kept.sealed_at).order_by("-size").first()


def put_aside(*, kept: Kept) -> None:
    """Under another name, so that a new head can be kept; deleted never."""
    with _alone():
        if contradicted() == kept:  # else another process was first
            kept_path().rename(kept.aside)


@contextmanager
def _alone() -> Iterator[None]:
    """Of the processes on this folder, one at a time."""
    with open(kept_path().with_suffix(".lock"), "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
