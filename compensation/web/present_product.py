"""A product's after-sales rules in finished words: worked examples, what it is, the text, which version."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common import figures
from common.language import say, spoken, tongue_of
from common.phrases import mark
from compensation.queries import vocabulary
from compensation.rules.figures import DAY
from compensation.rules.policy import Policy
from compensation.rules.words import Example, sections, worked_examples

KINDS = {
    "metered": mark("按个数计的商品"),
    "licence": mark("卡密与授权"),
    "game_item": mark("游戏道具"),
    "course": mark("课程"),
    "subscription": mark("订阅"),
}
# So many units stand in the examples: small enough to follow, large enough to show every limit.
_EXAMPLE_UNITS = {"metered": 1000, "licence": 5, "game_item": 5, "course": 20, "subscription": 1}
_EACH = {
    "metered": mark("{price} / 个"),
    "licence": mark("{price} / 份"),
    "game_item": mark("{price} / 件"),
    "course": mark("{price} / 节"),
    "subscription": mark("{price} / 份"),
}
_LIKES = mark("赞")
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


@dataclass(frozen=True)
class Entry:
    """`lang` where the shop wrote it in another language than the page's."""

    label: str
    value: str
    lang: str = ""


@dataclass(frozen=True)
class Topic:
    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class ProductPage:
    title: str
    kind: str
    price: str
    version: str
    description: str
    examples: Examples
    specification: tuple[Entry, ...]
    topics: tuple[Topic, ...]
    policy_code: str
    policy_version: int
    hash: str
    lang: str = ""  # of its title and description


@dataclass(frozen=True)
class ProductLine:
    """A product as one line of the list."""

    sku: str
    title: str
    note: str


def present_product(*, product: Any, policy: Policy, published_at: datetime) -> ProductPage:
    """`product` is the catalogue's row; every figure of the rules comes from `policy`."""
    return ProductPage(
        title=product.title,
        kind=spoken(KINDS[product.kind]),
        price=_price(product),
        version=say(
            "规则第 {version} 版，{day} 起",
            version=policy.version,
            day=figures.full_day(published_at),
        ),
        description=product.description,
        examples=_examples(product, policy),
        specification=_specification(product, policy),
        topics=tuple(Topic(heading, tuple(lines)) for heading, lines in sections(policy, vocabulary())),
        policy_code=policy.code,
        policy_version=policy.version,
        hash=policy.hash,
        lang=tongue_of(product.title + product.description),
    )


def present_line(*, product: Any) -> ProductLine:
    note = say("{kind}，{price}", kind=spoken(KINDS[product.kind]), price=_price(product))
    return ProductLine(product.sku, product.title, note)


def _price(product: Any) -> str:
    return say(_EACH[product.kind], price=figures.yuan(product.unit_price_fen))


def _examples(product: Any, policy: Policy) -> Examples:
    units = _EXAMPLE_UNITS[product.kind]
    made = worked_examples(
        policy,
        quantity=units,
        unit_price_fen=product.unit_price_fen,
        total_seconds=product.duration_seconds or 30 * DAY,
        vocabulary=vocabulary(),
    )
    paid = figures.yuan(units * product.unit_price_fen)
    heading = say(_FOR_EXAMPLE[product.kind], n=units, paid=paid)
    if policy.kind == "metered":
        long_term = any(example.gets != example.gets_long_term for example in made)
        lost = say("{span}内掉", span=vocabulary().span(policy.window_seconds))
        heads = (lost, say("补给您"), *([say("长期用户")] if long_term else []))
        rows = tuple(_drop_row(each, len(heads) - 1) for each in made)
        return Examples(heading, heads, rows, _note(policy, long_term=long_term))
    return Examples(heading, (say("什么时候"), say("您得到")), tuple(_plain_row(each) for each in made))


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


def _specification(product: Any, policy: Policy) -> tuple[Entry, ...]:
    """What every product of this kind says, and what the shop says of this one, which goes before."""
    v = vocabulary()
    said = {
        mark("送达"): say("付款后 {span}内", span=v.span(product.delivery_seconds)),
        mark("质保"): say("送完起 {n} 天", n=product.warranty_days),
    }
    if product.duration_seconds:
        said[mark("时长")] = v.span(product.duration_seconds)
    if policy.kind == "metered":
        fakes = mark("虚假赞") if _LIKES in product.title else mark("虚假")
        said[fakes] = say("不超过 {percent}", percent=v.percent(*policy.fake_limit))
        said[mark("互动")] = say("每 100 个至少 {n} 次", n=v.per_hundred(policy))
    given = product.specification if isinstance(product.specification, dict) else {}
    written = {str(label): _said(value) for label, value in given.items()}
    said |= written
    return tuple(
        Entry(spoken(label), value, tongue_of(value) if label in written else "")
        for label, value in said.items()
    )


def _said(value: Any) -> str:
    if value is None:
        return say("没有写")
    if isinstance(value, bool):
        return say("是") if value else say("否")
    if isinstance(value, dict):
        return say("；").join(f"{label} {_said(each)}" for label, each in value.items())
    return say("、").join(_said(each) for each in value) if isinstance(value, list) else str(value)
