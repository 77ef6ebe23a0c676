"""What a backtest found, in finished words: figures first, then a table for each; for the page, a file, a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from accounts import queries as people
from common import figures
from common.language import say, spoken
from common.phrases import listed, phrase
from common.tables import defused
from compensation.queries import vocabulary
from compensation.rules import names
from compensation.rules.backtest.report import BEHIND
from compensation.rules.publishing.limits import NAMES
from ledger.rules.names import account

MOST = BEHIND
Report = dict[str, Any]
Sample = dict[str, Any]  # ref, order_no


@dataclass(frozen=True)
class Cell:
    """A figure as people read it, and as a spreadsheet adds it up; a difference carries its sign."""

    shown: str
    plain: str
    number: bool = True
    behind: tuple[Sample, ...] = ()


@dataclass(frozen=True)
class Table:
    code: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """`code` names the table that it opens."""

    label: str
    value: str
    note: str
    code: str


@dataclass(frozen=True)
class Called:
    """What buyers and developers are called. Whole: whoever reads a backtest is ops."""

    buyers: dict[int, str]
    developers: dict[int, str]


def called(report: Report) -> Called:
    """Two questions to the database, whatever the report holds."""
    buyers = {hit["ref"] for side in report["buyers"].values() for hit in side["most"]}
    developers = {hit["ref"] for hit in report["developers"]["most"]}
    heads = (row["name"].partition(".") for row in report["accounts"])
    developers |= {int(part) for head, _, part in heads if head == "developer_payable" and part.isdigit()}
    return Called(people.buyer_names(buyers), people.user_names(developers))


def headline(report: Report) -> list[Figure]:
    total, buyers = report["total"], report["buyers"]
    cash, units = (
        total["cash_after"] - total["cash_before"],
        total["units_after"] - total["units_before"],
    )
    untried = sum(report["unmeasured"].values())
    person, back = report["to_person"]["decisions"], report["from_person"]["decisions"]
    before, after = figures.yuan(total["cash_before"]), figures.yuan(total["cash_after"])
    return [
        Figure(say("算过的决定"), _n(total["decisions"]), _untried(report) if untried else "", "reasons"),
        Figure(say("现金"), _yuan_more(cash), say("{before} → {after}", before=before, after=after), "accounts"),
        Figure(
            say("个数"), _more(units),
            say("{before} → {after}", before=_n(total["units_before"]), after=_n(total["units_after"])), "accounts",
        ),
        Figure(say("多得的买家"), _n(buyers["better"]["people"]), _sum(buyers["better"]), "better"),
        Figure(say("少得的买家"), _n(buyers["worse"]["people"]), _sum(buyers["worse"]), "worse"),
        Figure(say("改由人看"), _n(person), say("不再要人看 {n}", n=_n(back)), "persons"),
    ]  # fmt: skip


def caveats(report: Report) -> list[str]:
    """What a backtest can't know, in general and of this one."""
    said = [
        say("照当时存下的事实重新算：规则变了，买家和商店的做法也会变，回测不知道。"),
        say("原来的数取当时照规则算出的，人后来改判或没有批准的不算在内。"),
    ]
    if report["unseen"]:
        entries = spoken(listed([phrase(NAMES[name]) for name in report["unseen"]]))
        said.append(
            say("这几项也改了，但事实是照原来的数认定的，看不出它们的影响：{entries}。", entries=entries)
        )
    if report["resting"]:
        said.append(
            say(
                "其中 {n} 个决定之前已经给过，给过的仍按原来的规则算。", n=_n(report["resting"])
            )
        )  # fmt: skip
    if any(report["unmeasured"].values()):
        said.append(_untried(report))
    return said


def tables(report: Report, known: Called) -> list[Table]:
    """Those with anything in them."""
    of_accounts = [(_account(row["name"], known), row["amounts"]) for row in report["accounts"]]
    of_reasons = [(_named(names.REASONS, row["name"]), row["amounts"]) for row in report["reasons"]]
    found = [
        _amounts("accounts", say("花费由谁承担"), say("科目"), of_accounts),
        _amounts("reasons", say("按事由"), say("事由"), of_reasons),
        _moves(report["moves"]),
        _people("better", say("多得的买家"), report["buyers"]["better"], known.buyers),
        _people("worse", say("少得的买家"), report["buyers"]["worse"], known.buyers),
        _people("both", say("有多有少的买家"), report["buyers"]["both"], known.buyers),
        _people("developers", say("受影响的开发者"), report["developers"], known.developers, borne=True),
        _piles(report["piles"]),
        _persons(report),
    ]  # fmt: skip
    return [table for table in found if table.rows]


def _amounts(code: str, title: str, head: str, rows: Iterable[tuple[str, dict[str, int]]]) -> Table:
    heads = (
        head, say("决定数"), say("现金原来"), say("现金照这版"), say("现金差"), say("个数原来"), say("个数照这版"),
        say("个数差"),
    )  # fmt: skip
    return Table(code, title, heads, tuple(_amounts_row(name, of) for name, of in rows))


def _amounts_row(name: str, of: dict[str, int]) -> tuple[Cell, ...]:
    return (
        _text(name), _count(of["decisions"]), _cash(of["cash_before"]), _cash(of["cash_after"]),
        _cash_more(of["cash_after"] - of["cash_before"]), _count(of["units_before"]), _count(of["units_after"]),
        _units_more(of["units_after"] - of["units_before"]),
    )  # fmt: skip


def _moves(rows: Iterable[dict[str, Any]]) -> Table:
    heads = (say("原来的条款"), say("照这版的条款"), say("决定数"), say("现金差"), say("个数差"))
    found = []
    for row in rows:
        of = row["amounts"]
        found.append((
            _text(_named(names.CLAUSES, row["before"])), _text(_named(names.CLAUSES, row["after"])),
            _count(of["decisions"], row["behind"]), _cash_more(of["cash_after"] - of["cash_before"]),
            _units_more(of["units_after"] - of["units_before"]),
        ))  # fmt: skip
    return Table("moves", say("条款或给的数变了"), heads, tuple(found))


def _people(
    code: str, title: str, side: dict[str, Any], known: dict[int, str], *, borne: bool = False
) -> Table:
    heads = [say("谁"), say("决定数"), say("现金差"), say("个数差"), say("差得最多的一单")]
    if borne:
        heads.insert(3, say("其中由他承担"))
    rows = []
    for hit in side["most"]:
        sample = hit["sample"]
        cells = [
            _text(known.get(hit["ref"], str(hit["ref"]))), _count(hit["decisions"]), _cash_more(hit["cash"]),
            _units_more(hit["units"]), Cell(sample["order_no"], sample["order_no"], False, (sample,)),
        ]  # fmt: skip
        if borne:
            cells.insert(3, _cash_more(hit["borne"]))
        rows.append(tuple(cells))
    shown, people = len(rows), side["people"]
    rest = say("{n} 位里差得最多的 {shown} 位。", n=_n(people), shown=shown) if people > shown else ""
    return Table(code, title, tuple(heads), tuple(rows), rest)


def _piles(rows: Iterable[dict[str, Any]]) -> Table:
    heads = (say("门槛"), say("定在"), say("没有超过"), say("刚超过"))
    found = tuple(
        (
            _text(spoken(NAMES[row["name"]])), _text(_limit(row["name"], row["limit"])),
            _count(row["below"], row["below_behind"]), _count(row["above"], row["above_behind"]),
        )
        for row in rows
    )  # fmt: skip
    note = say("离门槛不到它的 1% 的决定：一边多得显眼，就要看是不是有人冲着门槛来。")
    return Table("piles", say("门槛两边"), heads, found, note)


def _persons(report: Report) -> Table:
    to, back = report["to_person"], report["from_person"]
    rows = (
        (_text(say("原来照规则，改由人看")), _count(to["decisions"], to["behind"])),
        (_text(say("原来由人看，改照规则")), _count(back["decisions"], back["behind"])),
    )
    return Table("persons", say("由人看还是照规则"), (say("怎么变"), say("决定数")), rows)


def _untried(report: Report) -> str:
    why = report["unmeasured"]
    parts = [
        (why.get("replaced", 0), phrase("{n} 个后来查明事实、重新作过决定", n=_n(why.get("replaced", 0)))),
        (why.get("kind", 0), phrase("{n} 个是别的种类的商品", n=_n(why.get("kind", 0)))),
        (why.get("facts", 0), phrase("{n} 个的事实读不懂", n=_n(why.get("facts", 0)))),
    ]
    return say("没有算的：{parts}。", parts=listed([text for count, text in parts if count]))


def _sum(side: dict[str, Any]) -> str:
    return say("{cash}，{units} 个", cash=_yuan_more(side["cash"]), units=_more(side["units"]))


def _account(code: str, known: Called) -> str:
    head, _, part = code.partition(".")
    if head == "developer_payable" and part.isdigit():
        return say("{name}（{part}）", name=phrase("开发者应付"), part=known.developers.get(int(part), part))
    return spoken(account(code))


def _named(words: dict[str, str], code: str) -> str:
    return spoken(words[code]) if code in words else code


def _limit(name: str, ratio: list[int]) -> str:
    if name.endswith("_fen"):
        return figures.yuan(ratio[0])
    if name.endswith("_seconds"):
        return vocabulary().span(ratio[0])
    return vocabulary().percent(*ratio)


def _text(text: str) -> Cell:
    return Cell(text, text, number=False)


def _count(n: int, behind: Iterable[Sample] = ()) -> Cell:
    return Cell(_n(n), str(n), behind=tuple(behind))


def _units_more(n: int) -> Cell:
    return Cell(_more(n), str(n))


def _cash(fen: int) -> Cell:
    return Cell(figures.yuan(fen), _plain(fen))


def _cash_more(fen: int) -> Cell:
    return Cell(_yuan_more(fen), _plain(fen))


def _plain(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def _n(n: int) -> str:
    return f"{n:,}"


def _more(n: int) -> str:
    return f"+{n:,}" if n > 0 else f"−{-n:,}" if n < 0 else "0"


def _yuan_more(fen: int) -> str:
    return f"+{figures.yuan(fen)}" if fen > 0 else figures.yuan(fen)


def as_rows(found: Iterable[Table]) -> Iterator[list[str]]:
    """For spreadsheet programs: each table under its title, figures as they add them up; nothing runs as a formula."""
    for number, table in enumerate(found):
        if number:
            yield []
        yield [table.title]
        yield list(table.heads)
        for row in table.rows:
            yield [cell.plain if cell.number else defused(cell.plain) for cell in row]
