"""Refunds that a developer bears, money in the funds, and what people say to a claim, as short words."""

from accounts.models import User
from accounts.services import people
from common import clock
from developers.models import FundClaim
from developers.services.fund import deciding, filing, moving
from ledger.models import Account, Balance, Transfer
from ledger.queries import trial_balance
from ledger.services.recording import unsound_funds
from tests.developers.conftest import filed
from tests.tickets.case import work
from tests.tickets.desk_case import act

WHY = "停服那天买家都打不开，和商品无关。"


def ops(name="qiao"):
    return people.ensure_user(username=name, role="ops", password="pass", is_staff=True)


def borne(*numbers, party="developer", **changes):
    """A refund of 5000 fen each, paid, and put on the developer."""
    usual = {"left": 600, "buyer_external_id": "b-9", "buyer_name": "林"}
    tickets = [filed(f"20261120000{n}", **usual | changes) for n in numbers]
    work()
    for ticket in tickets:
        act(ticket, "set_responsibility", party=party)
    return tickets


def money(sort, fen, *, developer="", by="qiao", agreed="lan"):
    """One of ops asks for it to be booked, another one books it."""
    row = moving.ask(sort=sort, developer=developer, fen=fen, why="银行回单", by=ops(by), now=clock.now())
    return moving.agree(move=row, by=ops(agreed), now=clock.now())


def claim_of(*tickets, by="yun", cause="outage"):
    person = User.objects.get(username=by)
    nos = [ticket.no for ticket in tickets]
    return filing.file(by=person, cause=cause, nos=nos, text=WHY, now=clock.now())


def says(claim, action, *, by="qiao", reason="停服记录对得上"):
    """One press of ops on the claim as it is now."""
    fresh = FundClaim.objects.select_related("developer").get(pk=claim.pk)
    given = {} if action == "take" else {"reason": reason}
    return getattr(deciding, action)(claim=fresh, by=ops(by), now=clock.now(), **given)


def lies():
    """{account: fen}: what was given to it less what was taken."""
    sums = {}
    for row in Transfer.objects.filter(unit="fen").select_related("debit", "credit"):
        for code, fen in ((row.credit.code, row.amount), (row.debit.code, -row.amount)):
            sums[code] = sums.get(code, 0) + fen
    return {code: fen for code, fen in sums.items() if fen}


def of(name):
    return f"developer_payable.{User.objects.get(username=name).pk}"


def sound():
    """The books are at zero, balances are what the transfers say, and none that is marked is below nothing."""
    uneven = [total for total in trial_balance()["totals"] if total["debit"] != total["credit"]]
    short = Balance.objects.filter(never_negative=True, amount__lt=0).count()
    return (uneven, list(unsound_funds()), short) == ([], [], 0) and Account.objects.exists()
