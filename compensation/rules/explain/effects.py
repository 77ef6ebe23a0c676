"""The sums of fake units and of the effect guarantee."""

from __future__ import annotations

from common.money import ceil_div
from compensation.rules.explain.phrases import per_hundred
from compensation.rules.facts import Facts
from compensation.rules.figures import span
from compensation.rules.policy import Policy
from compensation.rules.steps import Step, say


def fake_replace(f: Facts, p: Policy) -> list[Step]:
    counted = min(f.fake_units, f.delivered)
    owed = counted - f.fake_replaced
    sum_ = f"{counted} − {f.fake_replaced}"
    return [
        Step(
            "核实是假号的，最多算到送完时的数量",
            f"{f.fake_units} 和 {f.delivered}，取小的",
            {"fake_units": f.fake_units, "delivered": f.delivered},
            f"{counted} 个",
        ),
        Step(
            "核实几个换几个，减去之前换过的",
            sum_ if owed >= 0 else f"{sum_}，不到 0 算 0",
            {"counted": counted, "fake_replaced": f.fake_replaced},
            f"{max(0, owed)} 个",
        ),
    ]


def fake_claimed(f: Facts, p: Policy) -> list[Step]:
    return [say("您反映有假号，1 小时内核实，核实几个换几个。")]


def early(f: Facts, p: Policy) -> list[Step]:
    when = span(p.effect_after_seconds)
    return [say(f"互动在送完 {when}后量，现在还早。到时候再来申请，差几次送几次。")]


def unmeasurable(f: Facts, p: Policy) -> list[Step]:
    return [say("现在数不出互动的次数：可能被隐藏或删除。")]


def short(f: Facts, p: Policy) -> list[Step]:
    return [*_shortfall(f, p), say(f"差几次送几次，送完再量一次，最多送 {p.effect_rounds} 轮。")]


def met(f: Facts, p: Policy) -> list[Step]:
    return [*_shortfall(f, p), say("互动已经够了，所以这次没有可送的。")]


def exhausted(f: Facts, p: Policy) -> list[Step]:
    return [*_shortfall(f, p), say(f"已经送过 {f.effect_round} 轮，还是不够，不再照样送，改由专人想办法。")]


def _shortfall(f: Facts, p: Policy) -> list[Step]:
    promised = ceil_div(p.effect_rate[0] * f.delivered, p.effect_rate[1])
    rest = promised - f.interactions - f.pending
    top, base = p.effect_rate
    sum_ = f"{promised} − {f.interactions}" + (f" − {f.pending}" if f.pending else "")
    text = "减去已有的互动" + ("和在路上的互动包" if f.pending else "")
    return [
        Step(
            f"每 100 个应有 {per_hundred(p)} 次互动，有小数就进一",
            f"{f.delivered} × {top} ÷ {base}",
            {"delivered": f.delivered},
            f"{promised} 次",
        ),
        Step(
            text,
            sum_ if rest >= 0 else f"{sum_}，不到 0 算 0",
            {"promised": promised, "interactions": f.interactions, "pending": f.pending},
            f"{max(0, rest)} 次",
        ),
    ]
