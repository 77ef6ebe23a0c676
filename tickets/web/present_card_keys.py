"""The card keys of an order in finished words: which can be shown, which was seen, and one that is open."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from common import figures
from common.language import say
from orders.rules.card_keys import DOUBLED, MASK
from tickets.web.display import sentences

SHOWN = 5  # on the order's own page; a page of theirs has them all


@dataclass(frozen=True)
class KeySheet:
    unit: int
    state: str
    revealed_at: datetime | None
    in_place: bool = False  # of one that didn't work


@dataclass(frozen=True)
class KeysSheet:
    """All keys that a line has now. `for_good`: a look uses them up; `shut`: what is unseen has been given back."""

    order_no: str
    title: str
    keys: tuple[KeySheet, ...]
    in_stock: bool = False
    may_look: bool = True
    for_good: bool = False
    shut: bool = False


@dataclass(frozen=True)
class KeyRow:
    unit: int
    name: str
    masked: str
    note: str
    button: str  # "": nothing to press


@dataclass(frozen=True)
class Opened:
    unit: int
    name: str
    secret: str
    note: str


@dataclass(frozen=True)
class Faulty:
    """What the form of a claim asks where goods prove faulty: which units, and money or new ones."""

    units: tuple[tuple[int, str, bool], ...]  # (unit, name, ticked); () where there is only one
    can_choose: bool
    wants: str = "refund"


@dataclass(frozen=True)
class KeysPage:
    order_no: str
    masked: str
    title: str
    hint: str
    costly: bool  # a look has its price: the hint says which, and is not to be overlooked
    rows: tuple[KeyRow, ...]
    more: str
    opened: Opened | None = None
    error: str = ""
    faulty: Faulty | None = None

    def asked_again(self, *, units: Collection[int], wants: str) -> "KeysPage":
        """After a refusal: what was ticked and chosen stays."""
        if self.faulty is None:
            return self
        ticked = tuple((unit, name, unit in units) for unit, name, _ in self.faulty.units)
        return replace(self, faulty=replace(self.faulty, units=ticked, wants=wants))


def present_keys(
    *,
    sheet: KeysSheet,
    now: datetime,
    most: int | None = None,
    told: tuple[int, str, datetime] | None = None,
    error: str = "",
    ticked: str = "",
) -> KeysPage:
    """The section, with `most` rows, or the page; `told` is the one that was asked for: (unit, secret, first seen)."""
    rows = tuple(_row(sheet, key, now) for key in sheet.keys)
    return KeysPage(
        order_no=sheet.order_no,
        masked=figures.mask_order(sheet.order_no),
        title=sheet.title,
        hint=_hint(sheet),
        costly=sheet.for_good and sheet.may_look,
        rows=rows[:most],
        more=say("看全部 {n} 份", n=len(rows)) if most is not None and len(rows) > most else "",
        opened=_opened(sheet, told, now) if told else None,
        error=error,
        faulty=_faulty(sheet, ticked) if sheet.may_look else None,
    )


def section_of(*, sheet: KeysSheet, now: datetime, ticked: str = "") -> KeysPage:
    """What the order's own page shows: the first of them, and what a claim's form asks; `ticked` doesn't work."""
    return present_keys(sheet=sheet, now=now, most=SHOWN, ticked=ticked)


def _name(sheet: KeysSheet, unit: int) -> str:
    return say("第 {n} 份", n=unit) if len(sheet.keys) > 1 else say("您的卡密")


def _hint(sheet: KeysSheet) -> str:
    if not sheet.may_look:
        return say("只有买家能看里面写的是什么。")
    unseen = [key for key in sheet.keys if key.revealed_at is None and key.state != DOUBLED]
    if not unseen or sheet.shut:
        return ""
    if sheet.for_good:
        return say("点了才显示。看过的一份就算用过，不能再按没用过退。")
    return say("点了才显示，请确认身边没有旁人再点。")


def _row(sheet: KeysSheet, key: KeySheet, now: datetime) -> KeyRow:
    name = _name(sheet, key.unit)
    if key.state == DOUBLED:
        return KeyRow(key.unit, name, MASK, say("和别处的重了，正在核对，先不能看"), "")
    if key.revealed_at:
        note = say("看过，{time}", time=figures.moment(key.revealed_at, now=now))
        return KeyRow(key.unit, name, MASK, note, say("再看") if sheet.may_look else "")
    if sheet.shut:
        return KeyRow(key.unit, name, MASK, say("已经退了，不能再看"), "")
    note = say("新换的，还没有看过") if key.in_place else say("还没有看过")
    return KeyRow(key.unit, name, MASK, note, say("显示") if sheet.may_look else "")


def _opened(sheet: KeysSheet, told: tuple[int, str, datetime], now: datetime) -> Opened:
    unit, secret, at = told
    note = say("点一下就全部选中，再复制。第一次看：{time}，已记进存证。", time=figures.moment(at, now=now))
    if sheet.for_good:
        note = sentences(note, say("这一份从此算用过，不能再按没用过退；要是用不了，照样可以找我们。"))
    return Opened(unit, _name(sheet, unit), secret, note)


def _faulty(sheet: KeysSheet, ticked: str) -> Faulty | None:
    several = tuple((key.unit, _name(sheet, key.unit), str(key.unit) == ticked) for key in sheet.keys)
    units = several if len(several) > 1 else ()
    return Faulty(units, sheet.in_stock) if units or sheet.in_stock else None
