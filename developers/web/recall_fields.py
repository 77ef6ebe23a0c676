"""The fields of the form that counts a recall."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from common.language import say, spoken
from common.phrases import mark
from developers.rules.recalls import CAUSES, DELIVERED, PAID, PARTIES, REMEDIES

Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Field:
    """`sort`: text | moment | day | count | lines; with options it is chosen."""

    name: str
    label: str
    value: str
    error: str
    options: Options = ()
    sort: str = "text"
    help: str = ""
    focus: bool = False  # the first that is wrong: the page opens there


_TIMES = {PAID: mark("付款时间"), DELIVERED: mark("交付时间")}
_LABELS = {
    "sku": (mark("商品"), "text", ""),
    "by": (mark("按哪个时间选"), "text", ""),
    "from": (mark("从"), "moment", ""),
    "to": (mark("到（含）"), "moment", ""),
    "supplier": (mark("供货商（可不填）"), "text", mark("填推送发货时用的供货商代号，只选这家发的货。")),
    "batch": (mark("批次（可不填）"), "text", mark("只选发货或明细里写着这个批次的。")),
    "version": (mark("版本（可不填）"), "text", mark("只选交付明细或付款时的商品规格里写着这个版本的。")),
    "cause": (mark("出了什么问题"), "text", mark("同一个原因先前赔过的，会从里面扣掉。")),
    "party": (mark("谁来承担"), "text", ""),
    "remedy": (mark("给什么"), "text", mark("补发只给计量商品，换新只给别的。")),
    "quantity": (mark("每单几个（空着就是整单）"), "count", ""),
    "text": (mark("对买家怎么说"), "lines", mark("哪里坏了、为什么召回。会写在公开的召回页上。")),
}  # fmt: skip


def fields(*, goods: Options, given: Mapping[str, str], errors: Mapping[str, str]) -> list[Field]:
    """None where there are no goods to recall."""
    if not goods:
        return []
    options = {
        "sku": goods,
        "by": tuple((code, spoken(name)) for code, name in _TIMES.items()),
        "cause": tuple((code, spoken(cause.name)) for code, cause in CAUSES.items()),
        "party": (("", say("按原因")), *((code, spoken(name)) for code, name in PARTIES.items())),
        "remedy": tuple((code, spoken(name)) for code, name in REMEDIES.items()),
    }
    return opened_at_the_first_wrong(
        Field(
            name, spoken(label), given.get(name, ""), errors.get(name, ""), options.get(name, ()), sort,
            spoken(help_),
        )
        for name, (label, sort, help_) in _LABELS.items()
    )  # fmt: skip


def opened_at_the_first_wrong(fields: Iterable[Field]) -> list[Field]:
    rows = list(fields)
    first = next((row for row in rows if row.error), None)
    return [replace(row, focus=row is first) for row in rows]
