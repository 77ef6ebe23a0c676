"""Monthly reports, their survey and points, in each state."""

from datetime import timedelta
from typing import Any

from accounts.models import Buyer
from accounts.services import people
from common import clock
from common.clock import rfc3339
from common.ids import public_id
from orders.models import Order
from tests.pages.stages import LONG_NAME, LONG_WORD, MUCH, Town, sell
from tests.pages.stops import Stop, fill
from tickets.services import claims
from watch.models import MonthlyReport, SurveyAnswer
from watch.queries import report_token, survey_token
from watch.services import earning

DAYS = (
    1000,
    986,
    979,
    975,
    974,
    974,
    972,
    972,
    971,
    971,
    970,
    970,
    969,
    969,
    968,
    968,
    968,
    967,
    967,
    967,
    966,
    966,
)
NOTHING: dict[str, Any] = {
    "orders": 2, "metered": 0, "lines": [], "kept": {"lines": 0, "delivered": 0, "present": 0}, "days": [],
    "drops": {"lines": 0, "units": 0}, "made_good": {"tickets": 0, "sums": {}, "rows": [], "cases": []},
    "warned": 0, "warnings": [],
    "points": {
        "earned": 0, "orders": 0, "balance": 0, "rows": [], "coming": {"orders": 0, "points": 0, "next_at": None},
    },
    "interactions": None, "status": {"streak": 2, "long_term": False, "needed": 3, "agent": None},
}  # fmt: skip


def report_stops(town: Town) -> list[Stop]:
    whole, empty = _report("lin", "2026-10", _whole(town)), _report("b-kept", "2026-10", NOTHING)
    much, old = (
        _report("b-much", "2026-10", _much(town)),
        _report("b-fell-30", "2026-08", NOTHING, days_left=-1),
    )
    done = _report("b-fell-15", "2026-10", _whole(town))
    SurveyAnswer.objects.get_or_create(
        report=done, defaults={"stars": 4, "text": "补得快，夜里掉的没人说一声。", "answered_at": clock.now()}
    )
    _sell_to_mei(town)
    survey = f"/survey/{survey_token(empty)}/"
    return [
        Stop("report", "月度报告", f"/report/{report_token(whole)}/", main=True),
        Stop("report-own", "月度报告：登录后", f"/reports/{whole.no}/", username="lin"),
        Stop("report-empty", "月度报告：还没有可写的", f"/report/{report_token(empty)}/"),
        Stop("report-much", "月度报告：一千多亿个", f"/report/{report_token(much)}/"),
        Stop("report-rated", "月度报告：说过满不满意", f"/report/{report_token(done)}/"),
        Stop("report-expired", "月度报告：链接过期了", f"/report/{report_token(old)}/"),
        Stop("report-unknown", "月度报告：链接不全", "/report/12/"),
        Stop("reports", "每月的报告", "/reports/", username="lin"),
        Stop("reports-empty", "每月的报告：还没有", "/reports/", username="ma"),
        Stop("points", "积分", "/points/", username="mei", main=True),
        Stop("points-many", "积分：三十单", "/points/", username="lin"),
        Stop("points-empty", "积分：还没有订单", "/points/", username="ma"),
        Stop("survey", "满意度", survey, main=True),
        Stop("survey-error", "满意度：没选星", survey, do=fill("#survey")),
        Stop("survey-done", "满意度：说过了", f"/survey/{survey_token(done)}/"),
        Stop("survey-expired", "满意度：过期了", f"/survey/{survey_token(old)}/"),
    ]


def _sell_to_mei(town: Town) -> None:
    """One that earned its points, one that will, one of which there was a claim, one that never came, one too small."""
    now = clock.now()
    buyer = people.ensure_buyer(external_id="mei", name="梅")
    people.ensure_user(username="mei", role="buyer", password="pass", buyer=buyer)
    for name, changes in {
        "mei-earned": {"paid_at": now - timedelta(days=70), "paid_fen": 12_345_600, "sku": LONG_WORD},
        "mei-claimed": {"paid_at": now - timedelta(days=60)},
        "mei-coming": {"paid_at": now - timedelta(days=3)},
        "mei-never": {
            "paid_at": now - timedelta(days=50),
            "sku": "licence-key",
            "quantity": 1,
            "baseline": 0,
        },
        "mei-small": {"paid_at": now - timedelta(days=40), "paid_fen": 99},
    }.items():
        if name not in town.orders:
            sell(town, name, now=now, buyer_external_id="mei", **changes)
    order = Order.objects.select_related("product", "rollup", "buyer").get(
        order_no=town.orders["mei-claimed"]
    )
    if not order.tickets.exists():
        claims.open_claim(
            order=order, reason="delay", text="", quantity=None, channel="web", actor="梅",
            now=order.paid_at + timedelta(days=2),
        )  # fmt: skip
    earning.run(now=now + earning.LAG)


def _report(buyer: str, month: str, figures: dict[str, Any], *, days_left: int = 50) -> MonthlyReport:
    now = clock.now()
    usual = {
        "no": public_id("R"), "figures": figures, "made_at": now - timedelta(days=10),
        "expires_at": now + timedelta(days=days_left),
    }  # fmt: skip
    row, _ = MonthlyReport.objects.get_or_create(
        buyer=Buyer.objects.get(external_id=buyer), month=month, defaults=usual
    )
    return row


def _whole(town: Town) -> dict[str, Any]:
    own, other = town.orders["own-3"], town.orders["own-5"]
    at = rfc3339(clock.now() - timedelta(days=25))
    given = [
        {"order_no": own, "kind": "top_up", "quantity": 28, "amount_fen": None, "came": 28, "at": at, "ticket_no": ""},
        {"order_no": other, "kind": "refund", "quantity": None, "amount_fen": 2500, "came": 2500, "at": at,
         "ticket_no": ""},
        {"order_no": other, "kind": "gift", "quantity": 500, "amount_fen": None, "came": 120, "at": at,
         "ticket_no": ""},
    ]  # fmt: skip
    return NOTHING | {
        "orders": 4, "metered": 3, "kept": {"lines": 3, "delivered": 2500, "present": 2411},
        "lines": [
            _line(own, 1000, 972, 985, at), _line(other, 500, 380, 380, at),
            _line(town.orders["own-7"], 1000, 966, 1003, at) | {"title": LONG_NAME},
        ],
        "days": [[day, 3 if day < 9 else 2, 2500 if day < 9 else 2000, kept * (5 if day < 9 else 4) // 2]
                 for day, kept in enumerate(DAYS)],
        "drops": {"lines": 3, "units": 182}, "warned": 1, "warnings": [{"order_no": other, "at": at}],
        "made_good": {
            "tickets": 1, "rows": given,
            "cases": [{"no": "T-7K2Q9XZ0AB", "order_no": other, "reason": "drop", "at": at}],
            "sums": {"top_up": {"promised": 28, "came": 28}, "refund": {"promised": 2500, "came": 2500},
                     "gift": {"promised": 500, "came": 120}},
        },
        "interactions": {"lines": 2, "delivered": 2000, "count": 133, "promised": 100, "rates": [[5, 100]]},
        "points": {
            "earned": 92, "orders": 2, "balance": 420, "coming": {"orders": 3, "points": 150, "next_at": at},
            "rows": [
                {"order_no": own, "title": "说说点赞", "points": 50, "at": at},
                {"order_no": other, "title": LONG_NAME, "points": 42, "at": at},
            ],
        },
        "status": {"streak": 5, "long_term": True, "needed": 3, "agent": "qiao"},
    }  # fmt: skip


def _much(town: Town) -> dict[str, Any]:
    number, at, left = town.orders["much"], rfc3339(clock.now()), MUCH - 9_876_543_210
    row = {
        "order_no": number, "kind": "top_up", "quantity": 9_876_543_210, "amount_fen": None, "came": 987_654_321,
        "at": at, "ticket_no": "",
    }  # fmt: skip
    return NOTHING | {
        "kept": {"lines": 1, "delivered": MUCH, "present": left}, "lines": [_line(number, MUCH, left, left, at)],
        "points": {
            "earned": MUCH, "orders": 31, "balance": MUCH, "coming": {"orders": 30, "points": MUCH, "next_at": None},
            "rows": [{"order_no": number, "title": LONG_WORD, "points": MUCH, "at": at}],
        },
        "days": [[0, 1, MUCH, MUCH], [1, 1, MUCH, left]], "drops": {"lines": 1, "units": 9_876_543_210},
        "made_good": {
            "tickets": 1, "rows": [row], "cases": [],
            "sums": {"top_up": {"promised": 9_876_543_210, "came": 987_654_321}},
        },
    }  # fmt: skip


def _line(order_no: str, delivered: int, lowest: int, present: int, at: str | None) -> dict[str, Any]:
    return {
        "order_no": order_no, "title": "说说点赞", "delivered": delivered, "lowest": lowest, "present": present,
        "seen_at": at, "interactions": present % 100,
    }  # fmt: skip
