"""The sums of a refund: what is used, what is left, what that is worth, what was paid back before."""

from __future__ import annotations

from common.money import half_up
from compensation.rules.amounts import asked_back, remaining_seconds, unused, used, worth_of_time
from compensation.rules.facts import Facts
from compensation.rules.figures import percent, span, yuan
from compensation.rules.policy import Policy
from compensation.rules.steps import Step, say


def unmeasurable(f: Facts, p: Policy) -> list[Step]:
    return [say("要退没送到的，先得数清送到了多少，而现在数不出个数。")]


def stopping(f: Facts, p: Policy) -> list[Step]:
    return [
        say("这一单还在送，没送到多少还没有定数，所以现在退不了。"),
        say("请联系商家停下；停下以后，或过了送达时限还没送完，再来申请一次，就按没送到的数量退款。"),
    ]


def trial(f: Facts, p: Policy) -> list[Step]:
    top, base = p.trial_units
    limit = f"用掉不超过 {percent(top, base)}" if top else "没有用过"
    return [
        _within("体验期", p.trial_seconds, f),
        Step(
            f"要求{limit}，您用掉",
            f"{used(f, p)} ÷ {f.ordered}",
            {"used": used(f, p), "ordered": f.ordered},
            percent(used(f, p), f.ordered),
        ),
        say("都符合，不问理由，全部退。"),
        *rest(f),
    ]


def trial_of_time(f: Facts, p: Policy) -> list[Step]:
    limit = "" if p.trial_used_seconds is None else f"，用过不超过 {span(p.trial_used_seconds)}"
    return [
        _within("体验期", p.trial_seconds, f),
        Step(f"您用过的时长{limit}", None, {"used_seconds": f.used_seconds}, span(f.used_seconds)),
        say("都符合，不问理由，全部退。"),
        *rest(f),
    ]


def of_unused(f: Facts, p: Policy) -> list[Step]:
    """Pro rata by units; the cooling-off refund is the same sum, bounded by a time."""
    spent, left = used(f, p), unused(f, p)
    word = "没送到的" if p.kind == "metered" else "没用过的"
    sum_ = f"{f.ordered} − {spent} − {f.refunded_units}"
    if spent + f.refunded_units > f.ordered:
        sum_ += "，不到 0 算 0"
    steps = [
        *_time_bound(f, p),
        Step(
            f"还能退的：{word}，减去退过的",
            sum_,
            {"ordered": f.ordered, "used": spent, "refunded_units": f.refunded_units},
            f"{left} 个",
        ),
    ]
    if f.quantity is not None and f.quantity < left:
        steps.append(Step("您这次要退", None, {"quantity": f.quantity}, f"{f.quantity} 个"))
        left = f.quantity
    # Where refunds before paid less than their units are worth, the difference is still owed.
    owed = left or half_up(f.paid_fen * f.refunded_units, f.ordered) > f.refunded_fen
    return steps + (_cumulative(f, left) if owed else [say("没有可退的数量，所以这次没有退款。")])


def of_time(f: Facts, p: Policy) -> list[Step]:
    elapsed = max(0, f.elapsed_seconds - f.outage_seconds)
    remaining, worth = remaining_seconds(f), worth_of_time(f)
    steps = []
    if f.outage_seconds:
        steps.append(
            Step(
                "过去的时长，停服的不算",
                f"{span(f.elapsed_seconds)} − {span(f.outage_seconds)}",
                {"elapsed_seconds": f.elapsed_seconds, "outage_seconds": f.outage_seconds},
                span(elapsed),
            )
        )
    return [
        *steps,
        Step(
            "剩下的时长",
            f"{span(f.total_seconds)} − {span(elapsed)}",
            {"total_seconds": f.total_seconds, "elapsed_seconds": elapsed},
            span(remaining),
        ),
        Step(
            "剩下的时长值多少，四舍五入到分",
            f"{yuan(f.paid_fen)} × {remaining} ÷ {f.total_seconds}",
            {"paid_fen": f.paid_fen, "remaining_seconds": remaining, "total_seconds": f.total_seconds},
            yuan(worth),
        ),
        _less_refunded(f, worth),
    ]


def too_late(f: Facts, p: Policy) -> list[Step]:
    conditions = []
    if "refund.cooling_off" in p.clauses:
        conditions.append(f"冷静期是 {span(p.cooling_off_seconds)}，退没用过的")
    if "refund.trial" in p.clauses:
        top, base = p.trial_units
        usage = f"用掉不超过 {percent(top, base)}" if top else "没有用过"
        conditions.append(f"体验期是 {span(p.trial_seconds)}内、{usage}，每人每种商品一次")
    if p.pro_rata_seconds is not None:
        conditions.append(f"按用量退款在 {span(p.pro_rata_seconds)}内")
    return [
        Step(
            "从付款或首次送达起，已经过了",
            None,
            {"elapsed_seconds": f.elapsed_seconds},
            span(f.elapsed_seconds),
        ),
        say(f"{'；'.join(conditions)}。这一单不在其内，所以不能退款。"),
        say(
            "商品本身有毛病的不受这个限制：请在「还有别的问题」里选“用不了”或“和说明不一样”。您不同意也可以申诉，由专人复核。"
        ),
    ]


def rest(f: Facts) -> list[Step]:
    """The whole rest, or the part of it that was asked for."""
    if f.quantity is None:
        return [_less_refunded(f, f.paid_fen)]
    return _cumulative(f, asked_back(f))


def _cumulative(f: Facts, count: int) -> list[Step]:
    """The share of all units refunded so far, this time's included: so that parts add up to the whole."""
    total = f.refunded_units + count
    worth = half_up(f.paid_fen * total, f.ordered)
    text = "这些值多少，四舍五入到分"
    if f.refunded_units:
        text = f"连同之前退的 {f.refunded_units} 个，一共值多少，四舍五入到分"
    inputs = {"paid_fen": f.paid_fen, "units": total, "ordered": f.ordered}
    return [
        Step(text, f"{yuan(f.paid_fen)} × {total} ÷ {f.ordered}", inputs, yuan(worth)),
        _less_refunded(f, worth),
    ]


def _less_refunded(f: Facts, worth: int) -> Step:
    sum_ = f"{yuan(worth)} − {yuan(f.refunded_fen)}"
    inputs = {"worth_fen": worth, "refunded_fen": f.refunded_fen}
    formula = sum_ if worth >= f.refunded_fen else f"{sum_}，不到 0 算 0"
    return Step("减去之前退过的，这次退您", formula, inputs, yuan(max(0, worth - f.refunded_fen)))


def _time_bound(f: Facts, p: Policy) -> list[Step]:
    """Only the cooling-off and a bounded pro rata look at the clock."""
    if "refund.cooling_off" in p.clauses:
        return [_within("冷静期", p.cooling_off_seconds, f)]
    if p.pro_rata_seconds is not None:
        return [_within("按用量退款的时限", p.pro_rata_seconds, f)]
    return []


def _within(name: str, limit: int, f: Facts) -> Step:
    inputs = {"elapsed_seconds": f.elapsed_seconds}
    return Step(f"{name}是 {span(limit)}，现在过了", None, inputs, span(f.elapsed_seconds))
