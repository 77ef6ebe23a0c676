"""The sums of a drop: what was there, what is there, what is missing, which tier, what is granted."""

from __future__ import annotations

from common.money import ceil_div
from compensation.rules.explain.phrases import promise_of, range_of
from compensation.rules.facts import Facts
from compensation.rules.figures import decimal, percent, yuan
from compensation.rules.policy import Policy
from compensation.rules.steps import Step, say


def delivering(f: Facts, p: Policy) -> list[Step]:
    return [
        Step("现在已经送到", None, {"delivered": f.delivered, "ordered": f.ordered}, f"{f.delivered} 个"),
        say("这一单还在送，送完才开始算掉数，所以现在没有可补的。送完后掉了多少，来这里当场就能申请。"),
    ]


def unmeasurable(f: Facts, p: Policy) -> list[Step]:
    return [say("现在数不出个数：可能被隐藏或删除，也可能是计数不准。")]


def abnormal_data(f: Facts, p: Policy) -> list[Step]:
    return [say("您反映数据不对。数据有疑问时不按它算，先请专人核对。")]


def outside(f: Facts, p: Policy) -> list[Step]:
    if f.gift:
        reason = "赠送的这一单只保送完后 24 小时内掉的，现在已经过了这个时间，这次不能补。"
    else:
        # No number of days: a product may have a warranty of its own, and the page shows its dates.
        reason = "送完后的质保已经过了，这次不能补。"
    return [*_counts(f), _missing(f), say(reason), say("日期不对或您不同意，可以申诉，由专人复核。")]


def nothing_lost(f: Facts, p: Policy) -> list[Step]:
    return [*_counts(f), _missing(f), say("数过了，没有少，这次没有可补的。之后要是掉了，可以再申请。")]


def slow(f: Facts, p: Policy) -> list[Step]:
    missing = _lost_now(f)
    steps = [
        *_counts(f),
        _missing(f),
        _one_to_one("质保内慢慢掉的，少多少补多少", missing),
    ]
    if f.slow_granted + missing > f.delivered:
        total = f.slow_granted + missing
        inputs = {"slow_granted": f.slow_granted, "grant": missing, "delivered": f.delivered}
        text = f"质保内累计补的超过了送完时的 {f.delivered} 个，补发前请专人看一下原因"
        steps.append(Step(text, f"{f.slow_granted} + {missing}", inputs, f"{total} 个"))
    return steps


def gift(f: Facts, p: Policy) -> list[Step]:
    missing = _lost_now(f)
    text = "赠送的这一单，24 小时内少多少补多少，补优质的"
    return [*_counts(f), _missing(f), _one_to_one(text, missing)]


def tier_a(f: Facts, p: Policy) -> list[Step]:
    return _tier(f, p, "A", p.factor_a)


def tier_b(f: Facts, p: Policy) -> list[Step]:
    return _tier(f, p, "B", p.factor_b_long_term if f.long_term else p.factor_b)


def tier_c(f: Facts, p: Policy) -> list[Step]:
    lost = f.restored + _lost_now(f)
    left = f.ordered - f.refunded_units
    given = min(f.delivered, left)
    refund = f.paid_fen - f.refunded_fen
    return [
        *_loss(f),
        _rate(f, lost),
        say(f"{range_of(p, 'C')}：全额退款，另送等量优质的"),
        Step(
            "退您的钱：实付减去之前退过的",
            f"{yuan(f.paid_fen)} − {yuan(f.refunded_fen)}",
            {"paid_fen": f.paid_fen, "refunded_fen": f.refunded_fen},
            yuan(refund),
        ),
        Step(
            "另送优质的：送完时的数量，但不超过没退过的",
            f"{f.delivered} 和 {f.ordered} − {f.refunded_units}，取小的",
            {"delivered": f.delivered, "ordered": f.ordered, "refunded_units": f.refunded_units},
            f"{given} 个",
        ),
    ]


def _tier(f: Facts, p: Policy, tier: str, factor: tuple[int, int]) -> list[Step]:
    lost = f.restored + _lost_now(f)
    due = ceil_div(factor[0] * lost, factor[1])
    by = decimal(factor)
    who = "，您是长期用户" if tier == "B" and f.long_term else ""
    exact = factor[0] * lost % factor[1] == 0
    return [
        *_loss(f),
        _rate(f, lost),
        Step(f"{range_of(p, tier)}{who}：{promise_of(p, tier, long_term=f.long_term)}", None, {}, f"× {by}"),
        Step("应补" if exact else "应补，有小数就进一", f"{lost} × {by}", {"loss": lost}, f"{due} 个"),
        Step(
            "减去之前补过的",
            f"{due} − {f.granted}" if due >= f.granted else f"{due} − {f.granted}，不到 0 算 0",
            {"entitled": due, "granted": f.granted},
            f"{max(0, due - f.granted)} 个",
        ),
    ]


def _loss(f: Facts) -> list[Step]:
    steps = [*_counts(f), _missing(f)]
    if f.restored:
        missing = _lost_now(f)
        steps.append(
            Step(
                "加上之前申请时已经认定少了的",
                f"{f.restored} + {missing}",
                {"restored": f.restored, "missing": missing},
                f"{f.restored + missing} 个",
            )
        )
    return steps


def _counts(f: Facts) -> tuple[Step, Step]:
    before = Step("送完时", None, {"delivered": f.delivered}, f"{f.delivered} 个")
    if not f.pending:
        return before, Step("现在", None, {"present": f.present}, f"{f.present} 个")
    return before, Step(
        "现在，加上还没到账的补单",
        f"{f.present} + {f.pending}",
        {"present": f.present, "pending": f.pending},
        f"{f.present + f.pending} 个",
    )


def _missing(f: Facts) -> Step:
    held = f.present + f.pending
    sum_ = f"{f.delivered} − {held}"
    formula = sum_ if held <= f.delivered else f"{sum_}，不到 0 算 0"
    inputs = {"delivered": f.delivered, "held": held}
    return Step("现在少了", formula, inputs, f"{max(0, f.delivered - held)} 个")


def _one_to_one(text: str, missing: int) -> Step:
    return Step(text, f"{missing} × 1", {"missing": missing}, f"{missing} 个")


def _rate(f: Facts, lost: int) -> Step:
    inputs = {"loss": lost, "delivered": f.delivered}
    return Step("占送完时的", f"{lost} ÷ {f.delivered}", inputs, percent(lost, f.delivered))


def _lost_now(f: Facts) -> int:
    return max(0, f.delivered - f.present - f.pending)
