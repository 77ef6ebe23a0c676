"""Worked examples in finished words, as a table: what a buyer would get at each limit of a policy."""

from dataclasses import dataclass
from urllib.parse import urlencode

from common import figures
from common.language import say
from common.phrases import mark
from compensation.queries import vocabulary
from compensation.rules.facts import TIME_BASED
from compensation.rules.figures import DAY
from compensation.rules.policy import Policy
from compensation.rules.words import Example, worked_examples

# So many units stand in the examples: small enough to follow, large enough to show every limit.
UNITS = {"metered": 1000, "licence": 5, "game_item": 5, "course": 20, "subscription": 1}
# At such a price each, where no product says another.
USUAL_FEN = {"metered": 5, "licence": 2000, "game_item": 2000, "course": 1000, "subscription": 3000}
_FOR_EXAMPLE = {
    "metered": mark("以 {n} 个（{paid}）为例，您会得到"),
    "licence": mark("以 {n} 份（{paid}）为例，您会得到"),
    "game_item": mark("以 {n} 件（{paid}）为例，您会得到"),
    "course": mark("以 {n} 节（{paid}）为例，您会得到"),
    "subscription": mark("以 {n} 份（{paid}）为例，您会得到"),
}


@dataclass(frozen=True)
class Cell:
    """One cell; a bare figure is set in the ledger's type."""

    text: str
    is_figure: bool = False


@dataclass(frozen=True)
class ExampleRow:
    figure: str
    label: str
    cells: tuple[Cell, ...]
    edge: bool = False
    wide: int = 0


@dataclass(frozen=True)
class Examples:
    heading: str
    heads: tuple[str, ...]
    rows: tuple[ExampleRow, ...]
    note: str = ""
    query: str = ""  # the same case, as the calculator's address takes it


def examples_of(
    policy: Policy, *, unit_price_fen: int | None = None, total_seconds: int = 30 * DAY
) -> Examples:
    """The table for the usual number of units, at this price each; at a usual price without one."""
    units = UNITS[policy.kind]
    price = USUAL_FEN[policy.kind] if unit_price_fen is None else unit_price_fen
    made = worked_examples(
        policy, quantity=units, unit_price_fen=price, total_seconds=total_seconds, vocabulary=vocabulary()
    )
    heading = say(_FOR_EXAMPLE[policy.kind], n=units, paid=figures.yuan(units * price))
    query = _query(policy.kind, units, units * price, total_seconds)
    if policy.kind == "metered":
        long_term = any(example.gets != example.gets_long_term for example in made)
        lost = say("{span}内掉", span=vocabulary().span(policy.window_seconds))
        heads = (lost, say("补给您"), *([say("长期用户")] if long_term else []))
        rows = tuple(_drop_row(each, len(heads) - 1) for each in made)
        return Examples(heading, heads, rows, _note(policy, long_term=long_term), query)
    heads = (say("什么时候"), say("您得到"))
    return Examples(heading, heads, tuple(_plain_row(each) for each in made), query=query)


def _query(kind: str, units: int, paid_fen: int, total_seconds: int) -> str:
    bought = {"n": str(units)}
    if kind in TIME_BASED:
        unit, seconds = ("minute", 60) if total_seconds % DAY else ("day", DAY)
        bought = {"total": str(total_seconds // seconds), "total-unit": unit}
    return urlencode(bought | {"paid": f"{paid_fen // 100}.{paid_fen % 100:02d}"})


def _drop_row(example: Example, columns: int) -> ExampleRow:
    measures = example.decision.measures
    figure = str(measures.loss) if measures else example.case
    both = (example.decision, example.decision_long_term)[:columns]
    if all(len(each.remedies) == 1 and each.remedies[0].kind == "top_up" for each in both):
        cells = tuple(Cell(str(each.remedies[0].quantity), is_figure=True) for each in both)
        return ExampleRow(figure, example.share, cells, example.edge)
    return ExampleRow(figure, example.share, (Cell(example.gets),), example.edge, wide=columns)


def _plain_row(example: Example) -> ExampleRow:
    label = say("{case}，{share}", case=example.case, share=example.share)
    return ExampleRow("", label, (Cell(example.gets),), example.edge)


def _note(policy: Policy, *, long_term: bool) -> str:
    """What a reader can't see from the rows: how a fraction is rounded, who is long-term."""
    said = say("「以内」含本数，算出小数就进一。")
    if long_term:
        said += say("长期用户指连续 {n} 个月以上每月都有订单。", n=policy.long_term_months)
    return said
