"""Tables of what the order page says, the curve it draws, and the ledger it lines up; no database, no browser."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from compensation.rules.decide import decide
from compensation.rules.defaults import default_policy
from compensation.rules.facts import Facts
from tickets.web import curve, order_curve
from tickets.web.curve import Count
from tickets.web.display import Ledger, Row
from tickets.web.order_picking import Picking
from tickets.web.order_sheet import OrderSheet, TicketLine
from tickets.web.present_order import present_order

NOW = datetime(2026, 11, 22, 5, 5, tzinfo=UTC)
DONE = datetime(2026, 11, 21, 10, 40, tzinfo=UTC)
HOUR = timedelta(hours=1)
POLICY = default_policy("metered-standard")


def sheet(*, present: int = 1000, ordered: int = 1000, delivered: int = 1000, **facts) -> OrderSheet:
    known = Facts(
        reason="drop", ordered=ordered, paid_fen=ordered * 5, delivered=delivered, present=present, **facts
    )
    return OrderSheet(
        order_no="LD20261120213308841", title=f"说说点赞 {ordered} 个", kind="metered", quantity=ordered,
        paid_fen=ordered * 5, paid_at=DONE - 21 * HOUR, main_reason="drop", facts=known, decision=decide(known, POLICY),
        counts=(Count(DONE, delivered), Count(NOW, present)), counted_at=NOW, completed_at=DONE,
        window_until=DONE + 24 * HOUR, filing_until=DONE + 72 * HOUR, warranty_until=DONE + 720 * HOUR,
        refund=decide(replace(known, reason="refund"), POLICY),
    )  # fmt: skip


def free(**facts) -> OrderSheet:
    """An order that cost nothing: its tier C has no money to give back, only the gift."""
    given = sheet(**facts)
    known = replace(given.facts, paid_fen=0)
    return replace(given, paid_fen=0, facts=known, decision=decide(known, POLICY))


@pytest.mark.parametrize(
    ("given", "owed", "line", "button"),
    [
        (sheet(present=930), "按规则补您 70 个", "少了 70 个，补 70 个", "申请补赞（一步完成）"),
        (sheet(present=850), "按规则补您 180 个", "少了 150 个 × 1.2 = 180 个", "申请补赞（一步完成）"),
        (sheet(present=899), "按规则补您 122 个", "少了 101 个 × 1.2，进一得 122 个", "申请补赞（一步完成）"),
        (
            sheet(present=850, long_term=True),
            "按规则补您 225 个",
            "少了 150 个 × 1.5 = 225 个（长期用户）",
            "申请补赞（一步完成）",
        ),
        (sheet(present=700), "按规则退您 ¥50.00 ", "另送优质的 1000 个。", "申请退款（一步完成）"),
        (
            sheet(present=70_000, ordered=100_000, delivered=100_000),
            "按规则退您 ¥5000.00 ",
            "另送优质的 100000 个。",
            "申请退款（专人核对）",
        ),
        (sheet(present=960, window="warranty"), "质保内补您 40 个", "质保内，少 40 个补 40 个", "申请补赞（一步完成）"),
        (sheet(present=1003), "少了 0 个", "", ""),
        (
            sheet(measurable=False),
            "请专人看  ",
            "专人看过以后给您答复，补多少照样按规则算。",
            "请专人看（一步提交）",
        ),
        (
            sheet(present=900, window="outside"),
            "过了能补的时间  ",
            "质保到 2026-12-21 18:40 为止，过了就不能再申请补。",
            "",
        ),
        (
            replace(sheet(present=700), by_hand="manual_gateway"),
            "按规则退您 ¥50.00 ",
            "另送优质的 1000 个。",
            "申请退款（专人退款）",
        ),
        (
            replace(sheet(present=70_000, ordered=100_000, delivered=100_000), by_hand="manual_gateway"),
            "按规则退您 ¥5000.00 ",
            "另送优质的 100000 个。",
            "申请退款（专人核对）",
        ),
        (free(present=700), "按规则送您优质的 1000 个", "", "申请补赞（一步完成）"),
        (
            sheet(present=850, pending=180, restored=150, granted=180),
            "之前补的已经够了  ",
            "补的 180 个还没有数进来，下一次数到就会加上。",
            "",
        ),
        (sheet(closed=True, refunded_fen=5000), "这一单结清了  ", "已经退您 ¥50.00，这一单不再补退。", ""),
    ],
)  # fmt: skip
def test_what_is_owed(given, owed, line, button):
    page = present_order(sheet=given, now=NOW)
    said = f"{page.slip.lead} {page.slip.figure} {page.slip.unit}"
    assert (said, (*page.slip.lines, "")[0], page.button) == (owed, line, button)


@pytest.mark.parametrize(
    ("facts", "labels"),
    [
        ({"present": 850}, ["送完时", "现在", "少了（15%）"]),
        (
            {"present": 850, "pending": 60, "restored": 60, "granted": 60},
            ["送完时", "现在", "在路上的", "之前掉的", "少了（15%）"],
        ),
        # More was given than is missing, and no count shows it yet: one story from the loss to nothing owed.
        (
            {"present": 850, "pending": 180, "restored": 150, "granted": 180},
            ["送完时", "13:05 数得", "少了（15%）", "已补", "现在还欠"],
        ),
        ({"present": 800, "delivered": 800}, ["您订的", "送到", "没送到"]),
    ],
)
def test_the_rows_of_the_order_page_add_up(facts, labels):
    ledger = present_order(sheet=sheet(**facts), now=NOW).ledger
    assert ledger is not None
    assert [row.label for row in ledger.rows] == labels


def test_a_claim_under_way_is_opened_not_filed_again():
    line = TicketLine("T-1", "drop", "正在补发 180 个", "今天 13:05 提交", True)
    page = present_order(sheet=replace(sheet(present=850), tickets=(line,)), now=NOW)
    assert (page.ticket_no, page.slip.lead, page.button) == ("T-1", "已经申请过了", "看办到哪一步了")


def test_what_is_closed_leads_to_the_case_that_closed_it():
    asked = TicketLine("T-2", "question", "在等您说", "今天 13:05 提交", True)
    closer = TicketLine("T-1", "drop", "退了 ¥50.00", "今天 12:05 提交", False)
    given = replace(sheet(closed=True, refunded_fen=5000), tickets=(asked, closer))
    page = present_order(sheet=given, now=NOW)
    assert (page.ticket_no, page.button, page.claim) == ("T-1", "看结清它的售后单", "")
    assert page.slip.lines[-1] == "结清它的是售后单 T-1。"


def test_what_never_came_is_offered_as_money():
    page = present_order(sheet=sheet(delivered=800, present=800), now=NOW)
    assert (page.slip.lead, page.slip.figure, page.slip.stamp) == ("按规则退您", "¥10.00", None)
    assert page.slip.lines == ("有 200 个没送到，按比例退。", "钱退回原付款账户。")
    assert (page.claim, page.button, page.refund) == ("refund", "申请退款（一步完成）", None)


BACK = {
    "paid": TicketLine(
        "T-1", "other", "办完了，钱已经退了", "今天 12:05 起", False, recalled=True, paid=True
    ),
    "paying": TicketLine(
        "T-2", "other", "正在退款 ¥20.00", "今天 13:05 起", True, recalled=True, paying=True
    ),
}


def codes(*, code: str = "licence-standard", picking: Picking | None = None, **facts) -> OrderSheet:
    """Five units for ¥100, of which one was paid back, or is being paid back."""
    policy = default_policy(code)
    given = {"revocable": True, "refunded_fen": 2000, "refunded_units": 1} | facts
    known = Facts(reason="refund", ordered=5, paid_fen=10_000, delivered=5, **given)
    return OrderSheet(
        order_no="LD20261122-SQ", title="激活码 5 份", kind=policy.kind, quantity=5, paid_fen=10_000, paid_at=DONE,
        main_reason="refund", facts=known, decision=decide(known, policy), picking=picking,
    )  # fmt: skip


KEPT = Picking(
    title="退几份", help="", most=4, typed="1", seen="1", kept="只退 1 份，另外 3 份您留着。"
)  # fmt: skip
TO_ACCOUNT = "钱退回原付款账户。"


@pytest.mark.parametrize(
    ("given", "back", "owed", "lines", "button", "row"),
    [
        (codes(refunded_fen=0, refunded_units=0), (), "按规则退您 ¥100.00", [], "申请退款（一步完成）", ""),
        (
            codes(), ("paying",), "剩下没用的 4 份，还可以退 ¥80.00",
            ["退款还在办的 ¥20.00 不在这一笔里，不用再申请。"],
            "再退 ¥80.00（一步完成）", "退款还在办",
        ),
        (
            codes(), ("paid",), "剩下没用的 4 份，还可以退 ¥80.00", ["之前退过的 ¥20.00 不在这一笔里。"],
            "再退 ¥80.00（一步完成）", "退过",
        ),
        (
            codes(code="course-standard", used_seconds=60), ("paid",), "剩下的 4 节，还可以退 ¥80.00",
            ["之前退过的 ¥20.00 不在这一笔里。"], "再退 ¥80.00（一步完成）", "退过",
        ),
        (
            codes(used_units=2, refunded_fen=4000, refunded_units=2), ("paid", "paying"),
            "剩下没用的 1 份，还可以退 ¥20.00", ["已退和还在办的 ¥40.00 不在这一笔里，不用再申请。"],
            "再退 ¥20.00（一步完成）", "已退和还在办",
        ),
        (
            codes(quantity=1, picking=KEPT), ("paying",), "还可以退您 ¥20.00",
            [KEPT.kept, "退款还在办的 ¥20.00 不在这一笔里，不用再申请。"], "再退 ¥20.00（一步完成）", "退款还在办",
        ),
        (
            replace(codes(), by_hand="manual_gateway"), ("paying",), "剩下没用的 4 份，还可以退 ¥80.00",
            ["退款还在办的 ¥20.00 不在这一笔里，不用再申请。"], "再退 ¥80.00（专人退款）", "退款还在办",
        ),
        (
            sheet(present=700, refunded_fen=2000, refunded_units=400), ("paid",), "还可以退您 ¥30.00",
            ["另送优质的 600 个。", "之前退过的 ¥20.00 不在这一笔里。"], "再退 ¥30.00（一步完成）", "",
        ),
    ],
)  # fmt: skip
def test_what_is_offered_besides_what_was_paid_back_says_so(given, back, owed, lines, button, row):
    page = present_order(sheet=replace(given, tickets=tuple(BACK[name] for name in back)), now=NOW)
    rows = page.ledger.rows if page.ledger else ()
    units = [each.label for each in rows if each.label in ("退过", "退款还在办", "已退和还在办")]
    assert (f"{page.slip.lead} {page.slip.figure}", page.slip.lines, page.button, units) == (
        owed, (*lines, TO_ACCOUNT), button, [row] if row else [],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("present", "lead", "offer"),
    [
        (800, ("没送到的还剩 150 个，可以退 ¥7.50", "再退 ¥7.50（一步完成）"), None),
        (
            700,
            ("按规则补您 120 个", "申请补赞（一步完成）"),
            ("还可以退 ¥7.50，退回原付款账户。", "再退 ¥7.50"),
        ),
    ],
)
def test_the_rest_of_what_never_came_is_besides_too(present, lead, offer):
    short = sheet(delivered=800, present=present, refunded_fen=250, refunded_units=50)
    page = present_order(sheet=replace(short, tickets=(BACK["paid"],)), now=NOW)
    said = f"{page.slip.lead} {page.slip.figure}{page.slip.unit and ' ' + page.slip.unit}"
    rest = page.refund and (page.refund.text.split("：")[1], page.refund.button)
    assert ((said, page.button), rest) == (lead, offer)


def test_what_never_came_stands_second_where_some_fell_as_well():
    page = present_order(sheet=sheet(delivered=800, present=700), now=NOW)
    assert page.refund is not None
    assert (page.claim, page.refund.heading, page.refund.button) == ("drop", "有 200 个没送到", "退这 ¥10.00")


def test_what_came_is_confirmed_by_its_own_button():
    line = TicketLine("T-1", "drop", "补发完成，请您看一眼", "今天 13:05 提交", True, confirming=True)
    topped = sheet(present=850, pending=180, restored=150, granted=180)
    page = present_order(sheet=replace(topped, tickets=(line,)), now=NOW)
    assert page.ledger is not None
    assert [row.value for row in page.ledger.rows] == [1000, 850, 150, 180, 0]
    assert (page.ticket_no, page.button) == ("T-1", "去确认收到")


def test_money_that_is_taken_is_offered_no_more():
    page = present_order(sheet=sheet(present=700), now=NOW).refused(error="刚刚已被占用", spent=True)
    assert (page.slip.figure, page.claim, page.button, page.refund) == ("", "", "", None)
    assert (page.error, page.must) == ("刚刚已被占用", False)


def test_what_was_typed_stays():
    page = present_order(sheet=sheet(), now=NOW).refused(form_error="请写几个字。", reason="other", typed="")
    assert [choice.value for choice in page.reasons if choice.chosen] == ["other"]
    assert page.asking


@pytest.mark.parametrize(
    ("value", "width", "heads"),
    [
        (0, 4, "千百十个"),
        (9999, 4, "千百十个"),
        (12345, 5, "万千百十个"),
        (10**11, 12, "千百十亿千百十万千百十个"),
    ],
)
def test_the_ledger_is_as_wide_as_its_longest_number(value, width, heads):
    ledger = Ledger("个数", (Row("送完时", value), Row("少了", 1, kind="sum")))
    assert (ledger.width, ledger.heads) == (width, heads)


def draw(*presents: int, full: int = 1000, hours: float = 24.0) -> curve.Curve | None:
    step = HOUR * hours / max(1, len(presents) - 1)
    counts = [Count(DONE + index * step, present) for index, present in enumerate(presents)]
    return curve.draw(
        counts, full=full, full_label="送完时", begin=DONE, end=DONE + 24 * HOUR, now=NOW, left="", right="",
        levels=curve.at_percents(full, 10, 20),
    )  # fmt: skip


@pytest.mark.parametrize(
    "presents",
    [(850,), (1000, 1000), (1000, 850), (1000, 0), (1000, 1300), (1, 0), tuple(range(1000, 500, -1))],
    ids=["one", "flat", "falls", "to nothing", "rises", "tiny", "many"],
)
def test_any_curve_stays_inside_its_frame(presents):
    made = draw(*presents, full=max(1, presents[0]))
    assert made is not None
    points = [tuple(map(float, point.split(","))) for point in made.line.split()]
    assert len(points) <= 100
    assert all(0 <= x <= curve.WIDTH and curve.TOP <= y <= curve.BOTTOM for x, y in points)
    assert 8 <= float(made.dot.text_y) <= curve.BOTTOM


@pytest.mark.parametrize(
    ("presents", "floor", "ground"),
    [
        ((1000, 850), "图从 786 个画起，不是从 0", []),
        ((1000, 231), "", []),
        ((1000, 0), "", ["0"]),
    ],
)
def test_the_curve_says_where_it_begins(presents, floor, ground):
    made = draw(*presents)
    assert made is not None
    assert (made.floor, [mark.label for mark in made.marks if mark.label == "0"]) == (floor, ground)


def test_the_curve_is_there_in_figures_newest_first():
    made = draw(*range(1000, 900, -1), hours=23.9)
    assert made is not None
    values = [pair.value for pair in made.readings]
    assert (len(values), values[0], values[-1]) == (12, "901 个", "1000 个")


@pytest.mark.parametrize(
    ("long_term", "delivered", "levels"),
    [
        (False, 1000, [(900, "低于这里，按 1.2 倍补"), (800, "低于这里，全额退款")]),
        (True, 1000, [(900, "低于这里，按 1.5 倍补"), (800, "低于这里，全额退款")]),
        (False, 999, [(900, "低于这里，按 1.2 倍补"), (800, "低于这里，全额退款")]),  # 99 is a tenth at most
    ],
)
def test_the_limits_of_the_curve_are_the_rules_own(long_term, delivered, levels):
    given = sheet(present=delivered - 1, delivered=delivered, ordered=1000, long_term=long_term)
    limits = order_curve.limits_of(given)
    assert [(limit.units, limit.label) for limit in limits] == levels
    assert [limit.alone for limit in limits] == [
        label.replace("低于这里", f"少于 {count} 个") for count, label in levels
    ]


def test_no_curve_without_a_count():
    assert draw() is None


def test_labels_of_levels_keep_their_distance():
    made = draw(1000, 0)
    assert made is not None
    heights = [float(mark.text_y) for mark in made.marks]
    assert all(below - above >= 14 for above, below in pairwise(heights))


@pytest.mark.parametrize(
    ("presents", "hours", "sides"),
    [
        ((1000, 700), 18, "end end end"),  # the curve lies low at the right
        ((1000, 1003), 18, "end end end"),
        ((1000, 1000), 24, "start end end"),  # the dot stands where the first label would
        ((1000, 850), 23.5, "end end start"),  # and here its dot's own label
    ],
)
def test_labels_of_levels_stand_where_the_curve_does_not(presents, hours, sides):
    made = draw(*presents, hours=hours)
    assert made is not None
    assert " ".join(mark.anchor for mark in made.marks) == sides


@pytest.mark.parametrize(
    ("presents", "full", "hours", "untold"),
    [
        ((1000, 700), 1000, 18, ()),
        ((1000, 920), 1000, 18, ("掉 10%（这里是 900 个）",)),  # its line would run through what the dot says
        ((1000, 0), 1000, 24, ("掉 10%（这里是 900 个）",)),  # and here too near to the next
        ((1, 1), 1, 18, ()),  # of one there are no ten per cent
    ],
)
def test_a_limit_without_room_in_the_picture_is_told_below_it(presents, full, hours, untold):
    made = draw(*presents, full=full, hours=hours)
    assert made is not None
    assert made.untold == untold


@pytest.mark.parametrize(
    ("by_hand", "long_term", "said"),
    [
        (
            "manual_gateway",
            False,
            "这一单的付款渠道不能自动退，由专人在 24 小时内退给您。提交一次就行，退款成功后，这里会显示。",
        ),
        (
            "revocation",
            True,
            "退这一单要先收回东西，专人核对用了多少，12 小时内退给您。提交一次就行，退款成功后，这里会显示。",
        ),
        (
            "usage_unknown",
            False,
            "商店还没有报来用了多少，专人核对以后 24 小时内退给您。提交一次就行，退款成功后，这里会显示。",
        ),
        ("", False, ""),
    ],
)
def test_why_a_person_pays_is_the_reason_it_is_held_for(by_hand, long_term, said):
    given = replace(sheet(present=700, long_term=long_term), by_hand=by_hand)
    assert present_order(sheet=given, now=NOW).slip.advice == said


def of_use(code: str, **facts) -> OrderSheet:
    """An order of goods that are used, not counted, under the default policy of that code."""
    policy = default_policy(code)
    known = Facts(reason="refund", ordered=5, paid_fen=10_000, total_seconds=30 * 86_400, **facts)
    return replace(
        sheet(), kind=policy.kind, quantity=5, paid_fen=10_000, main_reason="refund", facts=known,
        decision=decide(known, policy), counts=(), counted_at=None, refund=None,
    )  # fmt: skip


WAIT = "可以等到今天 18:40 再申请"
LIMIT = "您这一单按第 1 版规则：24 小时内可退，已于昨天 13:05 截止。"


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        (of_use("licence-standard", elapsed_seconds=172_800), (LIMIT, "东西有问题的，不受这个时间限制。")),
        (
            of_use("licence-standard", elapsed_seconds=172_800, warranty_over=True),
            (LIMIT, "质保也过了。东西有问题的，由专人看过再答复您。"),
        ),
        (
            of_use("game-item-standard", elapsed_seconds=3600, used_units=5),
            ("您这一单按第 1 版规则：用过的不退。", "东西有问题的，不受这个时间限制。"),
        ),
    ],
)
def test_a_refusal_names_its_limit_and_leaves_a_way_to_say_that_it_does_not_work(given, lines):
    page = present_order(sheet=given, now=NOW)
    assert (page.slip.lead, page.slip.lines, page.button, page.help) == (
        "现在不能退款", lines, "", "用不了？点这里",
    )  # fmt: skip


@pytest.mark.parametrize(
    "given",
    [of_use("licence-standard"), of_use("licence-standard", closed=True), sheet()],
    ids=["has a button", "closed", "likes"],
)
def test_help_is_the_main_button_only_where_there_is_no_other(given):
    assert present_order(sheet=given, now=NOW).help == ""


@pytest.mark.parametrize(
    ("ask", "chosen", "asking"), [("defect", ["defect"], True), ("1", [], True), ("", [], False)]
)
def test_the_link_opens_the_form_with_its_reason_chosen(ask, chosen, asking):
    page = present_order(sheet=of_use("licence-standard"), now=NOW, ask=ask)
    assert ([choice.value for choice in page.reasons if choice.chosen], page.asking) == (chosen, asking)


@pytest.mark.parametrize(
    ("by_itself", "last", "wait", "above"),
    [
        (True, True, "不着急的话，今天 18:40 系统会自动替您算并申请。", "今天 18:40 系统会自动替您申请"),
        (False, True, "不着急的话，可以等到今天 18:40 再申请，最迟 11-24 18:40。", WAIT),
        (False, False, "不着急的话，可以等到今天 18:40 再申请。", WAIT),
    ],
)
def test_an_early_claim_is_warned_of_what_it_may_cost(by_itself, last, wait, above):
    early = replace(sheet(present=850), files_by_itself=by_itself)
    early = early if last else replace(early, filing_until=None)
    page, at_the_end = (present_order(sheet=early, now=now) for now in (NOW, DONE + 24 * HOUR))
    assert page.slip.advice == (
        "现在申请补 180 个。若今天 18:40 前继续掉，之后按扣掉已补的算，可能就到不了全额退款。" + wait
    )
    assert page.caution == f"不着急的话，{above}：要是接着掉，到时可能全额退款，现在申请的就不一定了。"
    assert (at_the_end.slip.advice, at_the_end.caution) == ("", "")


def test_what_was_claimed_or_costs_nothing_has_no_warning_above_its_button():
    line = TicketLine("T-1", "drop", "正在补发 180 个", "今天 13:05 提交", True)
    claimed = replace(sheet(present=850), tickets=(line,))
    given = (claimed, sheet(present=700), sheet(delivered=800, present=800))
    assert [present_order(sheet=each, now=NOW).caution for each in given] == ["", "", ""]


@pytest.mark.parametrize(
    ("code", "first"),
    [
        ("course-standard", "退这一单要先停用您的课程，"),
        ("subscription-standard", "退这一单要先停用您的会员，"),
        ("licence-standard", "退这一单要先收回您的授权，"),
    ],
)
def test_what_is_taken_back_has_the_name_of_the_goods(code, first):
    given = replace(of_use(code), by_hand="revocation")
    assert present_order(sheet=given, now=NOW).slip.advice.startswith(first)


def test_what_fell_after_the_warranty_is_told_with_the_way_to_disagree():
    page = present_order(sheet=sheet(present=900, window="outside"), now=NOW)
    assert page.slip.lines[1:] == (
        "最近一次数，比送完时少 100 个，今天 13:05 第一次数到变少。",
        "觉得不对的，在「还有别的问题」里写给我们，专人看过答复您。",
    )
    late = replace(
        sheet(present=900, window="outside"), counts=(Count(DONE, 1000), Count(DONE + 800 * HOUR, 900))
    )
    curve = present_order(sheet=late, now=DONE + 801 * HOUR).curve
    assert curve.left == "11-21 18:40 送完"


def test_what_never_came_is_not_called_complete():
    page = present_order(sheet=sheet(delivered=800, present=800), now=NOW)
    labels = [pair.label for pair in page.dates]
    assert ("送达截止" in labels, "送完" in labels) == (True, False)
    assert page.curve.left == "21 日 18:40 送达截止"


@pytest.mark.parametrize(
    ("code", "first"),
    [
        ("course-standard", "退这一单要先停用退掉的 3 节，"),
        ("licence-standard", "退这一单要先收回退掉的 3 份授权，"),
    ],
)
def test_of_a_part_only_that_part_is_taken_back(code, first):
    part = Picking(title="", help="", most=4, typed="3", seen="3")
    given = replace(of_use(code), by_hand="revocation", quantity=40, picking=part)
    assert present_order(sheet=given, now=NOW).slip.advice.startswith(first)
