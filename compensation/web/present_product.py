"""A product's after-sales rules in finished words: worked examples, what it is, the text, which version."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common import figures
from compensation.rules.explain.phrases import per_hundred
from compensation.rules.figures import DAY, percent, span
from compensation.rules.policy import Policy
from compensation.rules.words import Example, sections, worked_examples

KINDS = {
    "metered": "按个数计的商品",
    "licence": "卡密与授权",
    "game_item": "游戏道具",
    "course": "课程",
    "subscription": "订阅",
}
# So many units stand in the examples: small enough to follow, large enough to show every limit.
_EXAMPLE_UNITS = {"metered": 1000, "licence": 5, "game_item": 5, "course": 20, "subscription": 1}
_UNITS = {"metered": "个", "licence": "份", "game_item": "件", "course": "节", "subscription": "份"}


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
    label: str
    value: str


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
        kind=KINDS[product.kind],
        price=_price(product),
        version=f"规则第 {policy.version} 版，{figures.full_moment(published_at)[:10]} 起",
        description=product.description,
        examples=_examples(product, policy),
        specification=_specification(product, policy),
        topics=tuple(Topic(heading, tuple(lines)) for heading, lines in sections(policy)),
        policy_code=policy.code,
        policy_version=policy.version,
        hash=policy.hash,
    )


def present_line(*, product: Any) -> ProductLine:
    return ProductLine(product.sku, product.title, f"{KINDS[product.kind]}，{_price(product)}")


def _price(product: Any) -> str:
    return f"{figures.yuan(product.unit_price_fen)} / {_UNITS[product.kind]}"


def _examples(product: Any, policy: Policy) -> Examples:
    units = _EXAMPLE_UNITS[product.kind]
    made = worked_examples(
        policy,
        quantity=units,
        unit_price_fen=product.unit_price_fen,
        total_seconds=product.duration_seconds or 30 * DAY,
    )
    paid = figures.yuan(units * product.unit_price_fen)
    heading = f"以 {units} {_UNITS[product.kind]}（{paid}）为例，您会得到"
    if policy.kind == "metered":
        long_term = any(example.gets != example.gets_long_term for example in made)
        heads = (f"{span(policy.window_seconds)}内掉", "补给您", *(["长期用户"] if long_term else []))
        return Examples(heading, heads, tuple(_drop_row(each, len(heads) - 1) for each in made), _note(made))
    return Examples(heading, ("什么时候", "您得到"), tuple(_plain_row(each) for each in made))


def _drop_row(example: Example, columns: int) -> ExampleRow:
    measures = example.decision.measures
    figure = str(measures.loss) if measures else example.case
    both = (example.decision, example.decision_long_term)[:columns]
    if all(len(each.remedies) == 1 and each.remedies[0].kind == "top_up" for each in both):
        cells = tuple(Cell(str(each.remedies[0].quantity), is_figure=True) for each in both)
        return ExampleRow(figure, example.share, cells, example.edge)
    return ExampleRow(figure, example.share, (Cell(example.gets),), example.edge, wide=columns)


def _plain_row(example: Example) -> ExampleRow:
    return ExampleRow("", f"{example.case}，{example.share}", (Cell(example.gets),), example.edge)


def _note(made: list[Example]) -> str:
    """What a reader can't see from the rows: how a fraction is rounded, who is long-term."""
    said = "「以内」含本数，算出小数就进一。"
    if any(example.gets != example.gets_long_term for example in made):
        said += "长期用户指连续 3 个月以上每月都有订单。"
    return said


def _specification(product: Any, policy: Policy) -> tuple[Entry, ...]:
    said = {
        "送达": f"付款后 {span(product.delivery_seconds)}内",
        "质保": f"送完起 {product.warranty_days} 天",
    }
    if product.duration_seconds:
        said["时长"] = span(product.duration_seconds)
    if policy.kind == "metered":
        said["虚假赞" if "赞" in product.title else "虚假"] = f"不超过 {percent(*policy.fake_limit)}"
        said["互动"] = f"每 100 个至少 {per_hundred(policy)} 次"
    given = product.specification if isinstance(product.specification, dict) else {}
    said |= {str(label): _said(value) for label, value in given.items()}
    return tuple(Entry(label, value) for label, value in said.items())


def _said(value: Any) -> str:
    if value is None:
        return "没有写"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):
        return "；".join(f"{label} {_said(each)}" for label, each in value.items())
    return "、".join(_said(each) for each in value) if isinstance(value, list) else str(value)
