"""What a backtest found, in finished words: figures first, then a table for each; for the page, a file, a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from accounts import queries as people
from common import figures
from common.language import say, spoken
from common.phrases import listed, mark, phrase
from compensation.queries import vocabulary
from compensation.rules import names
from compensation.rules.publishing.limits import NAMES
from compensation.web.policies.backtest_tables import (
    Cell,
    Table,
    cash,
    cash_more,
    count,
    more,
    opening,
    text,
    units_more,
    whole,
    yuan_more,
)  # fmt: skip
from ledger.rules.names import account

Report = dict[str, Any]
_APART = {
    "replaced": mark("后来查明事实、重新作过决定的"),
    "kind": mark("别的种类的商品"),
    "facts": mark("事实读不懂的"),
    "resting": mark("之前已经给过的（算在里面）"),
}


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
        Figure(say("算过的决定"), whole(total["decisions"]), _untried(report) if untried else "", "reasons"),
        Figure(say("现金"), yuan_more(cash), say("{before} → {after}", before=before, after=after), "accounts"),
        Figure(
            say("个数"), more(units),
            say("{before} → {after}", before=whole(total["units_before"]), after=whole(total["units_after"])),
            "accounts",
        ),
        Figure(say("多得的买家"), whole(buyers["better"]["people"]), _sum(buyers["better"]), "better"),
        Figure(say("少得的买家"), whole(buyers["worse"]["people"]), _sum(buyers["worse"]), "worse"),
        Figure(say("改由人看"), whole(person), say("不再要人看 {n}", n=whole(back)), "persons"),
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
                "其中 {n} 个决定之前已经给过，给过的仍按原来的规则算。", n=whole(report["resting"])
            )
        )  # fmt: skip
    if any(report["unmeasured"].values()):
        said.append(_untried(report))
    return said


def tables(report: Report, known: Called) -> list[Table]:
    """Those with anything in them."""
    of_accounts = [(_account(row["name"], known), row) for row in report["accounts"]]
    of_reasons = [(_named(names.REASONS, row["name"]), row) for row in report["reasons"]]
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
        _apart(report.get("apart", {})),
    ]  # fmt: skip
    return [table for table in found if table.rows]


def _amounts(code: str, title: str, head: str, rows: Iterable[tuple[str, dict[str, Any]]]) -> Table:
    heads = (
        head, say("决定数"), say("现金原来"), say("现金照这版"), say("现金差"), say("个数原来"), say("个数照这版"),
        say("个数差"),
    )  # fmt: skip
    found = (
        opening(f"{code}.{place}", row.get("behind"), _amounts_row(name, row["amounts"]))
        for place, (name, row) in enumerate(rows)
    )
    return Table(code, title, heads, tuple(found))


def _amounts_row(name: str, of: dict[str, int]) -> tuple[Cell, ...]:
    return (
        text(name), count(of["decisions"]), cash(of["cash_before"]), cash(of["cash_after"]),
        cash_more(of["cash_after"] - of["cash_before"]), count(of["units_before"]), count(of["units_after"]),
        units_more(of["units_after"] - of["units_before"]),
    )  # fmt: skip


def _moves(rows: Iterable[dict[str, Any]]) -> Table:
    heads = (say("原来的条款"), say("照这版的条款"), say("决定数"), say("现金差"), say("个数差"))
    found = []
    for place, row in enumerate(rows):
        of = row["amounts"]
        cells = (
            text(_named(names.CLAUSES, row["before"])), text(_named(names.CLAUSES, row["after"])),
            count(of["decisions"]), cash_more(of["cash_after"] - of["cash_before"]),
            units_more(of["units_after"] - of["units_before"]),
        )  # fmt: skip
        found.append(opening(f"moves.{place}", row["behind"], cells))
    return Table("moves", say("条款或给的数变了"), heads, tuple(found))


def _people(
    code: str, title: str, side: dict[str, Any], known: dict[int, str], *, borne: bool = False
) -> Table:
    heads = [say("谁"), say("决定数"), say("现金差"), say("个数差"), say("差得最多的一单")]
    if borne:
        heads.insert(3, say("其中由他承担"))
    rows = []
    for place, hit in enumerate(side["most"]):
        sample = hit["sample"]
        cells = [
            text(known.get(hit["ref"], str(hit["ref"]))), count(hit["decisions"]), cash_more(hit["cash"]),
            units_more(hit["units"]),
            Cell(sample["order_no"], sample["order_no"], False, f"{code}.{place}.most", (sample["ref"],)),
        ]  # fmt: skip
        if borne:
            cells.insert(3, cash_more(hit["borne"]))
        rows.append(opening(f"{code}.{place}", hit.get("behind") or [sample], cells))
    shown, people = len(rows), side["people"]
    rest = say("{n} 位里差得最多的 {shown} 位。", n=whole(people), shown=shown) if people > shown else ""
    return Table(code, title, tuple(heads), tuple(rows), rest)


def _piles(rows: Iterable[dict[str, Any]]) -> Table:
    heads = (say("门槛"), say("定在"), say("没有超过"), say("刚超过"))
    found = tuple(
        (
            text(spoken(NAMES[row["name"]])), text(_limit(row["name"], row["limit"])),
            *opening(f"piles.{place}.below", row["below_behind"], [count(row["below"])]),
            *opening(f"piles.{place}.above", row["above_behind"], [count(row["above"])]),
        )
        for place, row in enumerate(rows)
    )  # fmt: skip
    note = say("离门槛不到它的 1% 的决定：一边多得显眼，就要看是不是有人冲着门槛来。")
    return Table("piles", say("门槛两边"), heads, found, note)


def _persons(report: Report) -> Table:
    rows = (
        _shift("persons.to", say("原来照规则，改由人看"), report["to_person"]),
        _shift("persons.from", say("原来由人看，改照规则"), report["from_person"]),
    )
    return Table("persons", say("由人看还是照规则"), (say("怎么变"), say("决定数")), rows)


def _apart(found: dict[str, Any]) -> Table:
    """What the sums leave out, and what in them rests on the rules of before."""
    rows = tuple(
        _shift(f"apart.{why}", spoken(_APART[why]), found[why])
        for why in _APART
        if found.get(why, {}).get("decisions")
    )
    return Table("apart", say("没有算的，和之前给过的"), (say("哪些"), say("决定数")), rows)


def _shift(opens: str, said: str, shift: dict[str, Any]) -> tuple[Cell, ...]:
    return opening(opens, shift["behind"], (text(said), count(shift["decisions"])))


def _untried(report: Report) -> str:
    why = report["unmeasured"]
    parts = [
        (why.get("replaced", 0), phrase("{n} 个后来查明事实、重新作过决定", n=whole(why.get("replaced", 0)))),
        (why.get("kind", 0), phrase("{n} 个是别的种类的商品", n=whole(why.get("kind", 0)))),
        (why.get("facts", 0), phrase("{n} 个的事实读不懂", n=whole(why.get("facts", 0)))),
    ]
    return say("没有算的：{parts}。", parts=listed([said for number, said in parts if number]))


def _sum(side: dict[str, Any]) -> str:
    return say("{cash}，{units} 个", cash=yuan_more(side["cash"]), units=more(side["units"]))


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
