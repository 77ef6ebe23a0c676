"""The whole text of a policy by topic, as the product page shows it."""

from __future__ import annotations

from common.money import ceil_div
from compensation.rules.decide import decide
from compensation.rules.explain.phrases import promise_of, range_of
from compensation.rules.facts import Facts
from compensation.rules.figures import percent, span, yuan
from compensation.rules.policy import Policy
from compensation.rules.words.sentences import clause_text, long_term_terms, trial_terms

Section = tuple[str, list[str]]


def sections(policy: Policy) -> list[Section]:
    """(heading, paragraphs) for each topic that the policy's clauses touch, in reading order."""
    topics = (
        ("drop.tier_a", _window),
        ("drop.slow", _slow),
        ("refund.trial", _trial),
        ("refund.trial:time", _trial),
        ("refund.cooling_off", _cooling_off),
        ("refund.pro_rata", _pro_rata),
        ("refund.pro_rata:time", _by_time),
        ("refund.after_cooling_off", _too_late),
        ("fake.replace", _fakes),
        ("effect.shortfall", _effect),
        ("drop.unmeasurable", _unmeasurable),
        ("defect.verified", _defects),
        ("delay.choice", _delays),
    )
    return [topic(policy) for clause, topic in topics if clause in policy.clauses] + [_people(policy)]


def _window(p: Policy) -> Section:
    a = f"{range_of(p, 'A')}，{promise_of(p, 'A', long_term=False)}"
    b = f"{range_of(p, 'B')}，{promise_of(p, 'B', long_term=False)}{long_term_terms(p)}"
    window = span(p.window_seconds)
    return f"{window}内掉赞", [
        f"{a}。{b}。{range_of(p, 'C')}，全额退款，另送等量优质赞。",
        f"送完后 {span(p.filing_seconds)}内都可以申请。"
        "早申请的话，已经补的会抵掉之后的掉数，档位可能低一些。",
        f"另送的优质赞，{window}内少多少补多少。",
    ]


def _slow(p: Policy) -> Section:
    paragraphs = [
        f"{p.warranty_days} 天质保内，少多少补多少。",
        "累计补的超过送完时的数量，先由专人看原因。",
    ]
    return f"{span(p.window_seconds)}后慢慢掉", paragraphs


def _pro_rata(p: Policy) -> Section:
    """Undelivered likes, or unused lessons: the same sum under another heading, with one sum worked out."""
    if p.kind != "metered":
        return "用了一部分", [clause_text(p, "refund.pro_rata")]
    facts = Facts(reason="refund", ordered=1000, paid_fen=5000, delivered=800)
    refund = decide(facts, p).cash_fen
    left = facts.ordered - facts.delivered
    sum_ = f"{yuan(facts.paid_fen)} × {left} ÷ {facts.ordered} = {yuan(refund)}"
    return "没送完", [f"没送到的按比例退。例：只送到 {facts.delivered} 个，退 {left} 个的钱，{sum_}。"]


def _by_time(p: Policy) -> Section:
    return "用了一部分", [clause_text(p, "refund.pro_rata")]


def _trial(p: Policy) -> Section:
    return "体验期", [
        f"{trial_terms(p)}，不问理由全部退。每人每种商品一次。",
        "时间从付款和首次送达里晚的那个算起。",
    ]


def _cooling_off(p: Policy) -> Section:
    return "冷静期", [
        f"{span(p.cooling_off_seconds)}以内，没用过的按比例退。时间从付款和首次送达里晚的那个算起。",
        "看过内容又收不回的算用过，供货方确认没用过的除外。",
    ]


def _too_late(p: Policy) -> Section:
    return "过了时间", [clause_text(p, "refund.after_cooling_off")]


def _fakes(p: Policy) -> Section:
    return "像是假号", [f"传一张截图，1 小时内核实。核实几个，换几个。假号不超过 {percent(*p.fake_limit)}。"]


def _effect(p: Policy) -> Section:
    promised = ceil_div(p.effect_rate[0] * 1000, p.effect_rate[1])
    return "没有互动", [
        f"送完 {span(p.effect_after_seconds)}后量一次。1000 个赞应有 {promised} 次互动，差几次送几次，"
        f"最多送 {p.effect_rounds} 轮，再不够由专人接手。"
    ]


def _unmeasurable(p: Policy) -> Section:
    return "数不出来", ["说说被隐藏或删除时，不当作掉光，也不当作没掉，转专人看。"]


def _defects(p: Policy) -> Section:
    return "商品有毛病", [
        "说清楚哪里不对，由专人核实。核实后由您选：库存够就换新，否则退款，用过的也退。",
        "用法上的问题，先给您教程，还是不行再由专人接手。",
    ]


def _delays(p: Policy) -> Section:
    return "没按时送到", ["过了送达时限，由您选：再等一个时限，或退没送到的。"]


def _people(p: Policy) -> Section:
    return "什么时候由人看", [
        f"一单累计退款超过 {yuan(p.auto_limit_fen)}，由专人核对后付款；"
        f"超过 {yuan(p.dual_control_fen)}，由两位同事核对。信用好的可以免审。",
        "核对不改算出的结果。对结果不同意，都可以申诉，由专人复核。",
    ]
