"""Versions of a policy in finished words: what stands in one, from when until when, and what changed in each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from common import figures
from common.language import say, spoken, tongue_of
from compensation.models import PolicyVersion
from compensation.queries import vocabulary
from compensation.rules.difference import difference
from compensation.rules.in_force import Span, Term, spans, state_of
from compensation.rules.names import GOODS
from compensation.rules.policy import Policy
from compensation.rules.words import sections
from compensation.web.present_product import Entry, Topic
from compensation.web.worked import Examples, examples_of


class History:
    """All versions of one policy, the newest first, and where each of them stands now."""

    def __init__(self, rows: Iterable[PolicyVersion], *, now: datetime) -> None:
        self.rows, self.now = list(rows), now
        self._policies: dict[int, Policy] = {}

    @cached_property
    def spans(self) -> dict[int, list[Span]]:
        return spans(term_of(row) for row in self.rows)

    def row(self, version: int) -> PolicyVersion | None:
        return next((row for row in self.rows if row.version == version), None)

    def state(self, row: PolicyVersion) -> str:
        return state_of(term_of(row), self.spans[row.version], self.now)

    @cached_property
    def current(self) -> PolicyVersion:
        """What a new order gets now; where nothing is in force any more, the newest there ever was."""
        return next((row for row in self.rows if self.state(row) == "in_force"), self.rows[0])

    def policy(self, row: PolicyVersion) -> Policy:
        """Made of the row at hand: reading each version by itself would ask the database once for each."""
        if row.version not in self._policies:
            self._policies[row.version] = Policy.from_data(row.data)
        return self._policies[row.version]

    def before(self, row: PolicyVersion) -> PolicyVersion | None:
        return next((other for other in self.rows if other.version < row.version), None)


def term_of(row: PolicyVersion) -> Term:
    retirement = getattr(row, "retirement", None)
    return Term(
        row.version, row.effective_at or row.published_at, retirement.retired_at if retirement else None
    )


@dataclass(frozen=True)
class Change:
    name: str
    before: str
    after: str


@dataclass(frozen=True)
class LogEntry:
    """One version in the change log; `changes` against the version before it, None for the first."""

    version: int
    title: str
    day: str
    note: str
    lang: str
    state: str
    changes: tuple[Change, ...] | None
    here: bool


@dataclass(frozen=True)
class VersionPage:
    code: str
    version: int
    current: int
    state: str
    title: str
    lang: str
    kind: str
    head: str
    standing: str
    facts: tuple[Entry, ...]
    note: str
    note_lang: str
    reason: str
    reason_lang: str
    examples: Examples
    topics: tuple[Topic, ...]
    hash: str
    api: str
    log: tuple[LogEntry, ...]


def present_version(row: PolicyVersion, history: History) -> VersionPage:
    policy = history.policy(row)
    reason = row.retirement.reason if hasattr(row, "retirement") else ""
    return VersionPage(
        code=row.code,
        version=row.version,
        current=history.current.version,
        state=history.state(row),
        title=row.title,
        lang=tongue_of(row.title),
        kind=spoken(GOODS[row.kind]),
        head=say("第 {n} 版", n=row.version),
        standing=_standing(row, history),
        facts=_facts(row, history),
        note=row.note,
        note_lang=tongue_of(row.note),
        reason=reason,
        reason_lang=tongue_of(reason),
        examples=examples_of(policy),
        topics=tuple(Topic(heading, tuple(lines)) for heading, lines in sections(policy, vocabulary())),
        hash=row.hash,
        api=f"/api/v1/policies/{row.code}/versions/{row.version}/",
        log=tuple(_entry(each, history, here=each is row) for each in history.rows),
    )


def _standing(row: PolicyVersion, history: History) -> str:
    current = history.current.version
    match history.state(row):
        case "in_force":
            return say("现在下的单用这一版。")
        case "announced":
            begins = figures.full_moment(term_of(row).begins)
            return say("已公布，尚未启用：{at} 起下的单才用这一版。", at=begins)
        case "retired":
            return say("已停用：新的单不再用它；已经按它下的单照旧，不会因此少得。")
    return say("现在下的单用第 {n} 版；以前按这一版下的单照旧，不会因此少得。", n=current)


def _facts(row: PolicyVersion, history: History) -> tuple[Entry, ...]:
    said = [Entry(say("公布"), figures.full_moment(row.published_at))]
    held = history.spans[row.version]
    for span in held:
        said.append(Entry(say("启用"), figures.full_moment(span.begins)))
        if span.ends:
            said.append(Entry(say("用到"), figures.full_moment(span.ends)))
    term = term_of(row)
    if term.retired and all(span.ends != term.retired for span in held):
        said.append(Entry(say("停用"), figures.full_moment(term.retired)))
    older = say("没作过决定的也照它算，只会多，不会少") if row.retroactive else say("照各自的那一版")
    return (*said, Entry(say("启用前的订单"), older))


def state_word(state: str) -> str:
    return {
        "in_force": say("在用"), "announced": say("尚未启用"), "retired": say("已停用"), "past": say("已换新版"),
    }[state]  # fmt: skip


def _entry(row: PolicyVersion, history: History, *, here: bool) -> LogEntry:
    before = history.before(row)
    return LogEntry(
        version=row.version,
        title=say("第 {n} 版", n=row.version),
        day=figures.full_day(row.published_at),
        note=row.note,
        lang=tongue_of(row.note),
        state=state_word(history.state(row)),
        changes=_changes(history, before, row) if before else None,
        here=here,
    )


def _changes(history: History, before: PolicyVersion, after: PolicyVersion) -> tuple[Change, ...]:
    rows = difference(history.policy(before), history.policy(after), vocabulary())
    return tuple(Change(spoken(row.name), spoken(row.before), spoken(row.after)) for row in rows)


@dataclass(frozen=True)
class Listed:
    """A version as one line of the list of all rules, with what is sold under it."""

    code: str
    version: int
    title: str
    lang: str
    note: str
    goods: tuple[tuple[str, str, str], ...] = ()
    more: int = 0


@dataclass(frozen=True)
class Group:
    heading: str
    listed: tuple[Listed, ...]


_SHOWN = 5


def present_all(
    rows: Iterable[PolicyVersion], goods: dict[str, list[tuple[str, str]]], *, now: datetime
) -> dict[str, tuple[Group, ...] | tuple[Listed, ...]]:
    """In force by kind of goods; announced; and what no new order gets any more. The newest first."""
    by_code: dict[str, list[PolicyVersion]] = {}
    for row in rows:
        by_code.setdefault(row.code, []).append(row)
    kinds: dict[str, list[Listed]] = {kind: [] for kind in GOODS}
    announced: list[Listed] = []
    ended: list[Listed] = []
    for code, versions in by_code.items():
        history = History(versions, now=now)
        for row in versions:
            state = history.state(row)
            if state == "in_force":
                kinds[row.kind].append(_listed(row, history, goods.get(code, [])))
            else:
                (announced if state == "announced" else ended).append(_listed(row, history))
    groups = tuple(Group(spoken(GOODS[kind]), tuple(listed)) for kind, listed in kinds.items() if listed)
    return {"groups": groups, "announced": tuple(announced), "ended": tuple(ended)}


def _listed(row: PolicyVersion, history: History, goods: Sequence[tuple[str, str]] = ()) -> Listed:
    held, state = history.spans[row.version], history.state(row)
    when = state_word(state)
    if state in ("in_force", "announced") and held:
        when = say("{begins} 起", begins=figures.full_day(held[-1].begins))
    elif held and held[-1].ends:
        when = say("{what}，用到 {ends}", what=when, ends=figures.full_day(held[-1].ends))
    return Listed(
        code=row.code,
        version=row.version,
        title=row.title,
        lang=tongue_of(row.title),
        note=say("第 {n} 版，{when}", n=row.version, when=when),
        goods=tuple((sku, title, tongue_of(title)) for sku, title in goods[:_SHOWN]),
        more=max(0, len(goods) - _SHOWN),
    )
