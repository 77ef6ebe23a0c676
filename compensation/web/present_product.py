"""A product's after-sales rules in finished words: worked examples, what it is, the text, which version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from common import clock, figures
from common.language import say, spoken, tongue_of
from common.phrases import mark
from common.written import in_words
from compensation import queries
from compensation.models import PolicyVersion
from compensation.queries import vocabulary
from compensation.rules.figures import DAY
from compensation.rules.names import GOODS
from compensation.rules.policy import Policy
from compensation.rules.words import sections
from compensation.web.worked import Examples, examples_of
from orders import queries as orders
from orders.rules.tiers import Band

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
class Priced:
    """The rules for other unit prices than the one that the page shows first."""

    prices: str
    version: str
    examples: Examples
    topics: tuple[Topic, ...]
    policy_code: str
    policy_version: int


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
    here: str = ""  # which unit prices these rules are for, where other prices have others
    others: tuple[Priced, ...] = ()
    sku: str = ""
    tutorial: str = ""
    stronger: Stronger | None = None


@dataclass(frozen=True)
class Stronger:
    """The rules for the time in which the maker's credit is low; `now`: that time is now."""

    title: str
    code: str
    version: int
    now: bool


@dataclass(frozen=True)
class ProductLine:
    """A product as one line of the list."""

    sku: str
    title: str
    note: str


def present_product(*, product: Any, bands: Sequence[tuple[Band, PolicyVersion]]) -> ProductPage:
    """`product` is the catalogue's row; every figure of the rules comes from the policy that its price is under."""
    usual, row = next((band, row) for band, row in bands if band.holds(product.unit_price_fen))
    policy = queries.policy_version(row.code, row.version)
    return ProductPage(
        title=product.title,
        kind=spoken(GOODS[product.kind]),
        price=_price(product),
        version=version_of(row),
        description=product.description,
        examples=_examples(product, policy, usual),
        specification=_specification(product, policy),
        topics=_topics(policy),
        policy_code=policy.code,
        policy_version=policy.version,
        hash=policy.hash,
        lang=tongue_of(product.title + product.description),
        here=unit_prices(usual) if len(bands) > 1 else "",
        others=tuple(_priced(product, band, other) for band, other in bands if band is not usual),
        sku=product.sku,
        stronger=_stronger(product),
        tutorial=product.tutorial.strip(),
    )


def _stronger(product: Any) -> Stronger | None:
    code = orders.credit_policy_of(product)
    row = queries.newest_policy(code) if code else None
    if row is None:
        return None
    return Stronger(row.title, row.code, row.version, orders.is_raised(product, clock.now()))


def version_of(row: PolicyVersion) -> str:
    return say("规则第 {version} 版，{day} 起", version=row.version, day=figures.full_day(row.published_at))


def unit_prices(band: Band) -> str:
    """Which unit prices these are, as the law reads 以上: the limit itself is included."""
    if band.below_fen is None:
        return say("单价 {least} 以上", least=figures.yuan(band.from_fen))
    if not band.from_fen:
        return say("单价不到 {below}", below=figures.yuan(band.below_fen))
    return say(
        "单价 {least} 以上、不到 {below}",
        least=figures.yuan(band.from_fen),
        below=figures.yuan(band.below_fen),
    )


def _priced(product: Any, band: Band, row: PolicyVersion) -> Priced:
    policy = queries.policy_version(row.code, row.version)
    return Priced(
        prices=unit_prices(band),
        version=version_of(row),
        examples=_examples(product, policy, band),
        topics=_topics(policy),
        policy_code=row.code,
        policy_version=row.version,
    )


def _examples(product: Any, policy: Policy, band: Band) -> Examples:
    return examples_of(
        policy,
        unit_price_fen=band.example_fen(product.unit_price_fen),
        total_seconds=product.duration_seconds or 30 * DAY,
    )


def _topics(policy: Policy) -> tuple[Topic, ...]:
    return tuple(Topic(heading, tuple(lines)) for heading, lines in sections(policy, vocabulary()))


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
    written = {str(label): in_words(value) for label, value in given.items()}
    said |= written
    return tuple(
        Entry(spoken(label), value, tongue_of(value) if label in written else "")
        for label, value in said.items()
    )
