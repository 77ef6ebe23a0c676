"""补单记录 in finished words: how many came of how many, each with its time and account, and what is still missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from common import figures
from common.clock import shanghai
from common.language import say
from tickets.web import given_words as words
from tickets.web.display import Pair
from tickets.web.ticket_sheet import RemedySheet

ON_THE_WAY = frozenset({"pending", "sending", "processing", "unknown"})


@dataclass(frozen=True)
class Promise:
    """One thing that was promised, with what was ordered again for its rest; `listed`: so many have an account."""

    key: str
    remedy: RemedySheet
    since: datetime
    came: tuple[tuple[int, datetime], ...] = ()
    listed: int = 0
    asking: bool = False

    @property
    def owed(self) -> int:
        """What was called back is owed no more; what came of it came."""
        return self.remedy.delivered if self.remedy.state == "voided" else self.remedy.quantity or 0

    @property
    def missing(self) -> int:
        return max(0, self.owed - self.remedy.delivered)


@dataclass(frozen=True)
class UnitSheet:
    account: str
    at: datetime


@dataclass(frozen=True)
class RecordsSheet:
    """All the page may speak of; `units` is this page's part of the list, `more` where the next one starts."""

    order_no: str
    ticket_no: str
    promises: tuple[Promise, ...]
    refunds: tuple[Promise, ...] = ()
    chosen: str = ""
    tab: str = ""
    units: tuple[UnitSheet, ...] = ()
    first_page: bool = True
    more: int | None = None


@dataclass(frozen=True)
class UnitRow:
    when: str
    machine: str
    account: str
    state: str
    tone: str = "ok"


@dataclass(frozen=True)
class Day:
    label: str
    rows: tuple[UnitRow, ...]


@dataclass(frozen=True)
class PromiseRow:
    key: str
    label: str
    note: str
    state: str
    tone: str
    chosen: bool = False


@dataclass(frozen=True)
class Tab:
    value: str
    label: str
    current: bool


@dataclass(frozen=True)
class Empty:
    heading: str
    text: str


@dataclass(frozen=True)
class RecordsPage:
    order_no: str
    masked: str
    ticket_no: str
    came: int = 0
    owed: int = 0
    sums: tuple[Pair, ...] = ()
    promises: tuple[PromiseRow, ...] = ()
    refunds: tuple[PromiseRow, ...] = ()
    tabs: tuple[Tab, ...] = ()
    days: tuple[Day, ...] = ()
    missing: tuple[PromiseRow, ...] = ()
    empty: Empty | None = None
    note: str = ""
    chosen: str = ""
    tab: str = ""
    first_page: bool = True
    more: int | None = None
    masks: bool = False
    checks: tuple[str, ...] = ()
    numbers: tuple[Pair, ...] = ()  # in full, to be copied

    @property
    def title(self) -> str:
        """Named for what it holds."""
        if not self.refunds:
            return say("补单记录")
        return say("退款和补单记录") if self.owed else say("退款记录")


def present_records(*, sheet: RecordsSheet, now: datetime) -> RecordsPage:
    shown = [each for each in sheet.promises if sheet.chosen in ("", each.key)]
    came, owed = sum(each.remedy.delivered for each in shown), sum(each.owed for each in shown)
    days = () if sheet.tab == "missing" else _days(sheet, shown, now)
    missing = () if sheet.tab == "here" or not sheet.first_page else _missing(shown)
    return RecordsPage(
        order_no=sheet.order_no,
        masked=figures.mask_order(sheet.order_no),
        ticket_no=sheet.ticket_no,
        came=came,
        owed=owed,
        sums=_sums(shown, came=came, owed=owed),
        promises=tuple(_promise(each, sheet, now) for each in sheet.promises) if len(sheet.promises) > 1 else (),
        refunds=tuple(_refund(each, now) for each in sheet.refunds),
        tabs=_tabs(sheet.tab, came=came, owed=owed) if owed else (),
        days=days,
        missing=missing,
        empty=_empty(sheet, shown, bool(days or missing)),
        note=_note(shown) if days and sheet.first_page else "",
        chosen=sheet.chosen,
        tab=sheet.tab,
        first_page=sheet.first_page,
        more=sheet.more,
        masks=bool(sheet.units),
        checks=_checks(sheet, came),
        numbers=words.numbers(order_no=sheet.order_no, ticket_no=sheet.ticket_no),
    )  # fmt: skip


def _checks(sheet: RecordsSheet, came: int) -> tuple[str, ...]:
    """How a buyer sees for themselves that it is true; with nothing to check, nothing."""
    said = []
    if came and sheet.units:
        said.append(say("在您的内容下面找这些账号：开头和末尾几位对得上，就是这一个到了。"))
    elif came:
        said.append(say("打开您的内容看现在的个数，和这里已到的个数对一对。"))
    if any(each.remedy.state == "settled" for each in sheet.refunds):
        said.append(say("在原付款账户的收支明细里按金额找退款。"))
    if said:
        said.append(say("对不上、找不到，回售后单写一句，专人替您查。"))
    return tuple(said)


def _sums(shown: Iterable[Promise], *, came: int, owed: int) -> tuple[Pair, ...]:
    """Where the rest is; only where there is a rest."""
    if came == owed:
        return ()
    waiting = {True: 0, False: 0}
    for each in shown:
        waiting[each.remedy.state in ON_THE_WAY] += each.missing
    parts = [(say("已到"), came), (say("送达中"), waiting[True]), (say("等专人安排"), waiting[False])]
    pairs = [Pair(label, say("{n} 个", n=number)) for label, number in parts if number]
    return (*pairs, Pair(say("这次补给您"), say("{n} 个", n=owed)))


def _tabs(tab: str, *, came: int, owed: int) -> tuple[Tab, ...]:
    labels = {
        "": say("全部 {n}", n=owed), "here": say("已到 {n}", n=came), "missing": say("没到 {n}", n=owed - came),
    }  # fmt: skip
    return tuple(Tab(value, label, value == tab) for value, label in labels.items())


def _days(sheet: RecordsSheet, shown: list[Promise], now: datetime) -> tuple[Day, ...]:
    rows = [(unit.at, unit.account) for unit in sheet.units]
    if sheet.first_page:  # what the supplier named no accounts of is there by its batches
        rows += [
            (at, say("{n} 个，没给账号", n=number)) for each in shown if not each.listed for number, at in each.came
        ]  # fmt: skip
        rows.sort(key=lambda row: row[0], reverse=True)
    days = []
    for day, group in groupby(rows, key=lambda row: figures.day(row[0], now=now)):
        units = [
            UnitRow(f"{shanghai(at):%H:%M:%S}", figures.machine_moment(at), text, say("已到"))
            for at, text in group
        ]
        days.append(Day(day, tuple(units)))
    return tuple(days)


def _missing(shown: Iterable[Promise]) -> tuple[PromiseRow, ...]:
    rows = []
    for each in shown:
        if each.missing:
            state, tone = words.remedy_state(each.remedy)
            label = say("还差 {n} 个", n=each.missing)
            rows.append(PromiseRow(each.key, label, spoken_kind(each.remedy), state, tone))
    return tuple(rows)


def spoken_kind(remedy: RemedySheet) -> str:
    return say(words.REMEDIES[remedy.kind])


def _promise(each: Promise, sheet: RecordsSheet, now: datetime) -> PromiseRow:
    state, tone = words.remedy_state(each.remedy)
    label = say("{what} {n} 个", what=spoken_kind(each.remedy), n=each.remedy.quantity)
    note = say("{when}，到了 {n} 个", when=figures.moment(each.since, now=now), n=each.remedy.delivered)
    return PromiseRow(each.key, label, note, state, tone, chosen=each.key == sheet.chosen)


def _refund(each: Promise, now: datetime) -> PromiseRow:
    """How much, since when, under which number, and when it is there."""
    state, tone = words.remedy_state(each.remedy)
    notes = []
    if each.remedy.state == "settled" and each.remedy.settled_at:
        notes.append(say("{when} 退出", when=figures.moment(each.remedy.settled_at, now=now)))
    notes.append(words.remedy_note(each.remedy))
    said = "\n".join(note for note in notes if note)
    return PromiseRow(each.key, figures.yuan(each.remedy.amount_fen or 0), said, state, tone)


def _note(shown: Iterable[Promise]) -> str:
    """How many have come whose account is not known, and whether it will be."""
    open_ones = [(each.remedy.delivered - each.listed, each.asking) for each in shown]
    later = sum(count for count, asking in open_ones if asking)
    if later > 0:
        return say("还有 {n} 个的账号供货方还没给到，给了就补在这里。", n=later)
    return ""


def _empty(sheet: RecordsSheet, shown: list[Promise], something: bool) -> Empty | None:
    """What will appear here, and when."""
    if something:
        return None
    if not sheet.promises:
        if sheet.refunds:
            return None
        return Empty(say("还没有补过"), say("申请以后，补了多少、每一个什么时候到，都会记在这里。"))
    if sheet.tab == "missing":
        return Empty(say("都到了"), say("一个不差。"))
    if any(each.remedy.state in ON_THE_WAY for each in shown):
        return Empty(say("还没有到"), say("供货方接单后，到一个记一个，多半几分钟内开始。"))
    return Empty(say("还没有到"), say("专人在安排，安排好就开始送，到一个记一个。"))
