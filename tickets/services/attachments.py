"""补充凭证: files that the buyer, or a developer with a contest, hands in; the digest of each is in the record."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Sum

from common import uploads
from common.phrases import mark, phrase
from common.refusals import Refusal
from common.transitions import again_on_deadlock
from compensation.services import deciding
from tickets.models import Attachment, Ticket
from tickets.services import conversation, history, keeping
from tickets.services.history import MoveNotAllowed

if TYPE_CHECKING:
    from compensation.models import Contest

MOST_AT_ONCE = 6
MOST_PIXELS_AT_ONCE = 50_000_000
MOST_OF_A_TICKET, MOST_BYTES_OF_A_TICKET = 20, 60 * 1024 * 1024
LONGEST_NAME = 80
ENDINGS = {"jpeg": ".jpg"}


class TooManyFiles(Refusal):
    code = "too_many_files"
    title = mark("传得太多")
    detail = mark("这一单的凭证已经够多了，请在补充说明里用文字讲。")


@dataclass(frozen=True)
class Given:
    """A file as it came: what its sender calls it, and its bytes."""

    name: str
    raw: bytes


@dataclass(frozen=True)
class Checked:
    """A file that was decoded: what it is, and the copy that readers may have."""

    given: Given
    kind: str
    copy: bytes


@dataclass(frozen=True)
class Kept:
    token: str
    name: str
    kind: str
    given: Given


def check(*, ticket: Ticket, files: Sequence[Given]) -> list[Checked]:
    """As `decoded`, for a ticket that is there. Refuses also: MoveNotAllowed."""
    _refuse_what_is_over(ticket)
    return decoded(files=files)


def decoded(*, files: Sequence[Given]) -> list[Checked]:
    """Decode them and write nothing; it can take a second, so never in a transaction.

    Refuses: FileTooLarge, NotTaken, Unreadable, TooManyFiles.
    """
    looks = [uploads.look(file.raw) for file in _counted(files)]
    if sum(look.pixels for look in looks) > MOST_PIXELS_AT_ONCE:
        raise TooManyFiles(phrase("这几张图加起来太大，请分两次传。"))
    return [
        Checked(file, look.kind, uploads.clean(file.raw, kind=look.kind))
        for file, look in zip(files, looks, strict=True)
    ]


def attach(
    *, ticket: Ticket, files: Sequence[Checked], name: str, now: datetime, text: str = ""
) -> list[Attachment]:
    """All of them, or none. Refuses: TooManyFiles, MoveNotAllowed, Invalid."""
    text = conversation.said(text) if text.strip() else ""
    with on_disk(files) as kept:
        return again_on_deadlock(lambda: _record(ticket, kept, text, name, now))


@contextmanager
def on_disk(files: Sequence[Checked]) -> Iterator[list[Kept]]:
    """Each under its own name there; gone again where what they belong to is not stored."""
    kept: list[Kept] = []
    try:
        for file in files:
            kept.append(Kept(keeping.new_token(), _name(file.given.name, file.kind), file.kind, file.given))
            keeping.keep(token=kept[-1].token, original=file.given.raw, copy=file.copy)
        yield kept
    except BaseException:
        for one in kept:
            keeping.forget(one.token)
        raise


def add_all(
    *,
    ticket: Ticket,
    kept: Sequence[Kept],
    side: str,
    name: str,
    now: datetime,
    contest: Contest | None = None,
) -> list[Attachment]:
    """A row and an entry in the record for each, in the caller's transaction; no buyer reads of those of a contest."""
    return [_add(ticket, one, (side, name), now, contest) for one in kept]


@transaction.atomic
def _record(ticket: Ticket, kept: list[Kept], text: str, name: str, now: datetime) -> list[Attachment]:
    deciding.lock_line(ticket.order)  # two uploads at once must not both be the last that fits
    ticket.refresh_from_db(fields=["state", "version"])
    _refuse_what_is_over(ticket)
    _refuse_too_many(ticket, kept)
    rows = add_all(ticket=ticket, kept=kept, side="buyer", name=name, now=now)
    if text:
        history.log(ticket=ticket, kind="message", actor="buyer", name=name, text=text, now=now)
    conversation.buyer_spoke(ticket=ticket, name=name, now=now)
    return rows


def _add(
    ticket: Ticket, one: Kept, by: tuple[str, str], now: datetime, contest: Contest | None
) -> Attachment:
    raw, (side, name) = one.given.raw, by
    about = {"kind": one.kind, "size": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
    row = Attachment.objects.create(
        ticket=ticket, token=one.token, name=one.name, added_at=now, contest=contest, **about
    )
    history.log(
        ticket=ticket, kind="attachment", actor=side, name=name, now=now, data={"id": one.token, **about},
        internal=contest is not None,
    )  # fmt: skip
    return row


def _refuse_what_is_over(ticket: Ticket) -> None:
    if ticket.is_final:
        raise MoveNotAllowed(phrase("这一单已经结束，收不了凭证了。还有问题，请从订单页另提一张。"))


def _counted(files: Sequence[Given]) -> Sequence[Given]:
    if not files:
        raise uploads.Unreadable(phrase("请先选一张图或一个 PDF。"))
    if len(files) > MOST_AT_ONCE:
        raise TooManyFiles(phrase("一次最多传 {n} 个，请分几次传。", n=MOST_AT_ONCE))
    return files


def _refuse_too_many(ticket: Ticket, kept: list[Kept]) -> None:
    before = Attachment.objects.filter(ticket=ticket, contest=None).aggregate(
        files=Count("id"), size=Sum("size")
    )
    size = (before["size"] or 0) + sum(len(one.given.raw) for one in kept)
    if before["files"] + len(kept) > MOST_OF_A_TICKET or size > MOST_BYTES_OF_A_TICKET:
        raise TooManyFiles()


def _name(given: str, kind: str) -> str:
    """As its sender calls it, without any path, and ending as what it is."""
    last = given.replace("\\", "/").rpartition("/")[2]
    stem = last.rpartition(".")[0] or last
    clean = "".join(letter for letter in stem if letter.isprintable()).strip(" .")
    return f"{clean[:LONGEST_NAME] or kind}{ENDINGS.get(kind, '.' + kind)}"
