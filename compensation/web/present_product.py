"""A product's after-sales rules in finished words: worked examples, what it is, the text, which version."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common import figures
from common.language import say, spoken, tongue_of
from common.phrases import mark
from compensation.queries import vocabulary
from compensation.rules.figures import DAY
from compensation.rules.names import GOODS
from compensation.rules.policy import Policy
from compensation.rules.words import sections
from compensation.web.worked import Examples, examples_of

_EACH = {
    "metered": mark("{price} / 个"),
    "licence": mark("{price} / 份"),
    "game_item": mark("{price} / 件"),
    "course": mark("{price} / 节"),
    "subscription": mark("{price} / 份"),
}
_LIKES = mark("赞")


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
        kind=spoken(GOODS[product.kind]),
        price=_price(product),
        version=say(
            "规则第 {version} 版，{day} 起",
            version=policy.version,
            day=figures.full_day(published_at),
        ),
        description=product.description,
        examples=examples_of(
            policy,
            unit_price_fen=product.unit_price_fen,
            total_seconds=product.duration_seconds or 30 * DAY,
        ),
        specification=_specification(product, policy),
        topics=tuple(Topic(heading, tuple(lines)) for heading, lines in sections(policy, vocabulary())),
        policy_code=policy.code,
        policy_version=policy.version,
        hash=policy.hash,
        lang=tongue_of(product.title + product.description),
    )


def present_line(*, product: Any) -> ProductLine:
    note = say("{kind}，{price}", kind=spoken(GOODS[product.kind]), price=_price(product))
    return ProductLine(product.sku, product.title, note)


def _price(product: Any) -> str:
    return say(_EACH[product.kind], price=figures.yuan(product.unit_price_fen))


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
