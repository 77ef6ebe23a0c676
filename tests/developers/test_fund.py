"""The guarantee fund: what may be claimed, who answers, what is paid, once and never more than there is."""

import csv
import io
from datetime import timedelta

import pytest

from accounts.models import User
from common import clock
from common.refusals import Invalid, Refusal
from developers.models import FundClaim, FundClaimCase, FundMove
from developers.queries import fund as queries
from developers.queries import statement
from developers.rules import fund as rules
from developers.rules import months
from developers.services.fund import deciding, filing, moving, paying
from evidence.models import Entry
from ledger import queries as ledger
from ledger.models import Transfer
from ledger.services import fund_days
from tests.developers.fund_case import WHY, borne, claim_of, lies, money, of, ops, says, sound
from tests.developers.test_access import api_as, cast, page_as
from tests.tickets.conftest import outside
from tests.tickets.desk_case import act
from tests.tickets.desk_pages import words

__all__ = ["cast", "outside"]
pytestmark = pytest.mark.django_db


def state(claim):
    claim.refresh_from_db()
    return claim.state, claim.paid_fen


def claimable(name="yun", *, now=None):
    found = queries.claimable(developer=User.objects.get(username=name), now=now or clock.now())
    return [(row.ticket.no, row.case.left, row.claimed) for row in found]


def test_a_claim_is_paid_and_a_correction_later_gives_it_back_to_the_fund(cast, outside):
    money("guarantee", 8000)
    first, second = borne(1, 2)
    assert claimable() == [(second.no, 5000, False), (first.no, 5000, False)]
    claim = claim_of(first)
    assert [(row.ticket.no, row.borne, row.shows["shown"]) for row in claim.cases.all()] == [
        (first.no, 5000, False)
    ]
    says(claim, "take")
    says(claim, "approve")
    assert (state(claim), lies()["guarantee_fund"], lies()[of("yun")]) == (("paid", 5000), 3000, -5000)
    month = months.month_named(months.name_of(clock.now()), now=clock.now() + timedelta(minutes=1))
    found = statement.statement(developer=User.objects.get(username="yun"), stretch=month, now=clock.now())
    assert (found.borne, found.from_fund, found.closing) == (10000, -5000, 5000)
    assert found.paid == {"own": 5000, "guarantee_fund": 5000}
    act(first, "set_responsibility", party="platform")
    assert (lies()["guarantee_fund"], lies()[of("yun")]) == (8000, -5000)
    act(first, "set_responsibility", party="developer")
    assert (lies()["guarantee_fund"], lies()[of("yun")]) == (8000, -10000)
    assert (sound(), [row.text for row in FundClaim.objects.all()]) == (True, [WHY])
    kinds = Entry.objects.filter(kind="fund_claim").values_list("kind", flat=True)
    assert len(kinds) == 4  # filed, taken, approved, paid


def test_what_was_given_back_before_the_answer_is_not_paid(cast, outside):
    money("guarantee", 10000)
    first, second = borne(1, 2)
    claim = claim_of(first, second)
    act(first, "set_responsibility", party="supplier")
    says(claim, "approve")
    assert (state(claim), lies()["guarantee_fund"], lies().get(of("yun"), 0)) == (("paid", 5000), 5000, 0)
    third = borne(3)[0]
    other = claim_of(third)
    act(third, "set_responsibility", party="platform")
    with pytest.raises(Refusal) as refused:
        says(other, "approve")
    assert (refused.value.code, state(other), sound()) == ("nothing_left", ("filed", 0), True)


def test_it_waits_for_money_in_the_order_of_filing(cast, outside):
    money("guarantee", 4000)
    first, second = borne(1, 2)
    one, two = claim_of(first), claim_of(second)
    for claim in (one, two):
        says(claim, "approve")
    assert (state(one), state(two), lies()["guarantee_fund"]) == (("approved", 0), ("approved", 0), 4000)
    paying.run_due(now=clock.now())
    assert lies()["guarantee_fund"] == 4000
    money("guarantee", 1500)
    assert (state(one), state(two), lies()["guarantee_fund"]) == (("paid", 5000), ("approved", 0), 500)
    paying.run_due(now=clock.now())
    money("guarantee", 4500)
    assert (state(two), lies().get("guarantee_fund", 0), sound()) == (("paid", 5000), 0, True)


def test_above_the_limit_two_people_agree(cast, outside, monkeypatch):
    monkeypatch.setattr(rules, "SECOND_ABOVE_FEN", 4999)
    money("guarantee", 9000)
    claim = claim_of(*borne(1))
    says(claim, "approve")
    assert state(claim) == ("in_review", 0)
    with pytest.raises(Refusal) as refused:
        says(claim, "approve")
    assert refused.value.code == "agreed_before"
    says(claim, "approve", by="lan")
    assert (state(claim), sound()) == (("paid", 5000), True)


def test_whoever_filed_it_answers_nothing(cast, outside):
    claim = claim_of(*borne(1))
    User.objects.filter(username="yun").update(is_superuser=True)
    person = User.objects.get(username="yun")
    with pytest.raises(Refusal) as refused:
        deciding.approve(claim=claim, by=person, reason="同意", now=clock.now())
    assert refused.value.code == "own_claim"


def test_a_case_once_and_an_appeal_once_answered_by_another(cast, outside):
    money("guarantee", 9000)
    (ticket,) = borne(1)
    person, now = User.objects.get(username="yun"), clock.now()
    filing.withdraw(claim=claim_of(ticket), by=person, now=now)
    claim = claim_of(ticket)
    assert claimable() == [(ticket.no, 5000, True)]
    with pytest.raises(filing.ClaimedBefore):
        claim_of(ticket)
    with pytest.raises(Invalid):
        says(claim, "refuse", reason=" ")
    says(claim, "refuse")
    claim.refresh_from_db()
    filing.appeal(claim=claim, by=person, text="请再看停服公告", now=now)
    ops("lan")
    with pytest.raises(Refusal) as refused:
        says(claim, "approve")
    assert (refused.value.code, state(claim)) == ("refused_by_you", ("filed", 0))
    User.objects.filter(username__in=("qiao", "lan")).update(is_staff=True)
    desk = f"/admin/developers/fundclaim/{claim.pk}/change/"
    seen = [page_as(name).get(desk).context for name in ("qiao", "lan")]
    assert [(page["waits_for"], len(page["actions"])) for page in seen] == [
        ("上一次是您答复不赔的，申诉要由另一位同事答复。", 0), ("", 3),
    ]  # fmt: skip
    says(claim, "refuse", by="lan")
    claim.refresh_from_db()
    with pytest.raises(filing.AppealedBefore):
        filing.appeal(claim=claim, by=person, text="再看", now=now)
    with pytest.raises(filing.ClaimedBefore):
        claim_of(ticket)
    assert FundClaimCase.objects.filter(live=True).count() == 1


@pytest.mark.parametrize(
    ("cause", "nos", "text", "fields"),
    [
        ("weather", ["T-1"], WHY, ["cause"]), ("outage", [], " ", ["text", "cases"]),
        ("outage", ["T-1"], "长" * 4001, ["text"]), ("outage", ["T-1"], WHY, ["cases"]),
        ("outage", [f"T-{n}" for n in range(51)], WHY, ["cases"]), ("outage", ["\x00"], WHY, ["cases"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field(cast, cause, nos, text, fields):
    with pytest.raises(Invalid) as refused:
        filing.file(by=User.objects.get(username="yun"), cause=cause, nos=nos, text=text, now=clock.now())
    assert [fault["field"] for fault in refused.value.errors] == fields


def test_up_to_thirty_days_and_only_ones_own(cast, outside):
    (ticket,) = borne(1)
    at = Transfer.objects.get(reason="bear").booked_at
    assert claimable(now=at + timedelta(days=30)) == [(ticket.no, 5000, False)]
    assert claimable(now=at + timedelta(days=30, seconds=2)) == []
    assert claimable("bo") == []
    with pytest.raises(Invalid):
        claim_of(ticket, by="bo")


def test_a_developer_bears_what_is_kept_for_them_and_the_fund_the_rest(cast, outside):
    money("guarantee", 1000)
    money("share", 3000, developer="yun")
    (ticket,) = borne(1)
    assert (lies().get(of("yun"), 0), lies().get("guarantee_fund", 0), lies()["dispute_fund"]) == (
        0,
        0,
        -1000,
    )
    with pytest.raises(Refusal) as refused:
        money("paid_out", 1, developer="yun")
    assert (refused.value.code, FundMove.objects.filter(state="asked").count()) == ("not_that_much", 1)
    money("share", 2000, developer="yun")
    act(ticket, "set_responsibility", party="developer")  # now there is money for what nobody could bear
    assert (lies()[of("yun")], lies().get("dispute_fund", 0)) == (1000, 0)
    act(ticket, "set_responsibility", party="platform")
    assert (lies()[of("yun")], lies()["guarantee_fund"], lies()["platform_expense"]) == (5000, 1000, -6000)
    money("paid_out", 5000, developer="yun")
    kept = api_as("yun").get("/api/v1/developers/me/statement/").json()["kept"]
    assert kept == {
        "opening_fen": 0,
        "shares_fen": 5000,
        "borne_fen": 0,
        "paid_out_fen": 5000,
        "closing_fen": 0,
    }
    client = page_as("yun")
    assert "平台替您存着的" in words(client.get("/developers/statement/"))
    text = b"".join(client.get("/developers/statement.csv").streaming_content).decode("utf-8-sig")
    other = {(row["哪一种"], row["另一边"]) for row in csv.DictReader(io.StringIO(text)) if not row["售后单"]}
    assert other == {("您的分成，先存在平台", "商店"), ("付给您了", "商店")}
    assert (lies().get(of("yun"), 0), sound()) == (0, True)


def test_money_is_booked_by_two(cast):
    row = moving.ask(sort="guarantee", developer="", fen=500, why="回单", by=ops(), now=clock.now())
    with pytest.raises(moving.OwnMove):
        moving.agree(move=row, by=ops(), now=clock.now())
    moving.drop(move=row, by=ops("lan"), reason="金额不对", now=clock.now())
    with pytest.raises(Refusal):
        moving.agree(move=row, by=ops("lan"), now=clock.now())
    with pytest.raises(Invalid) as refused:
        moving.ask(sort="share", developer="ops", fen=0, why="", by=ops(), now=clock.now())
    assert [fault["field"] for fault in refused.value.errors] == ["amount", "why", "developer"]
    assert (lies(), FundMove.objects.get().state) == ({}, "dropped")


def test_the_days_of_the_funds_are_their_transfers_counted_once(cast, outside):
    money("disputes", 700)
    money("guarantee", 6000)
    (ticket,) = borne(1)
    says(claim_of(ticket), "approve")
    for _ in range(2):
        fund_days.run(now=clock.now(), lag=timedelta(seconds=-1))
    day = clock.shanghai(clock.now()).date()
    found = {
        (code, reason): sums
        for code in ("guarantee_fund", "dispute_fund")
        for (on, reason), sums in _days(code, day).items()
        if on == day
    }
    assert found == {
        ("guarantee_fund", "fund"): (0, 6000, 0, 1), ("guarantee_fund", "claim"): (5000, 0, 1, 0),
        ("dispute_fund", "fund"): (0, 700, 0, 1), ("dispute_fund", "hold"): (5000, 0, 1, 0),
        ("dispute_fund", "bear"): (0, 5000, 0, 1),
    }  # fmt: skip
    assert (queries.balances().guarantee, queries.balances().disputes, sound()) == (1000, 700, True)


def _days(code, day):
    return ledger.fund_days(code=code, since=day - timedelta(days=2), until=day + timedelta(days=1))
