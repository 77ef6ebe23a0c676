"""Codes of yun's that fail, likes that fall, and the workers' part that brings their claims to a defect."""

from datetime import timedelta

from accounts.models import InboxMessage
from common import clock
from developers import queries
from developers.models import Defect, DefectDay, DefectMember
from developers.services.defects import working
from orders.services.deliveries import take_deliveries
from tests.developers.conftest import filed
from tests.developers.counted import counted
from tests.developers.recall_case import keys, named
from tests.tickets.case import claim
from tickets.models import Ticket
from tickets.services import desk_deciding

SAID = "换电脑后激活码失效"
NOON = clock.now().replace(hour=4, minute=0)  # of Shanghai: buyers may be written to


def broken(
    number, text=SAID, *, version="1.2", real=True, reason="defect", ago=timedelta(hours=1), **changes
):
    """Activation codes that don't work, as one of ops found; the buyer is of that number."""
    order = keys(number, buyer_external_id=f"b-{number}", **changes)
    if version:
        tell_version(number, version)
    ticket = claim(number, reason, at=clock.now() - ago, text=text)
    if real:
        verified(ticket)
    return Ticket.objects.get(order=order)


def tell_version(number, version):
    at = clock.now() - timedelta(hours=4)
    row = {
        "order_no": number, "delivered_at": at.isoformat(), "quantity": 5,
        "units": [{"account_id": f"u-{number}", "delivered_at": at.isoformat(), "version": version}],
    }  # fmt: skip
    assert take_deliveries(raw_rows=[row], now=clock.now()).accepted == 1


def verified(ticket, *, proof="verified", fault="developer"):
    ticket.refresh_from_db()
    return desk_deciding.establish(
        ticket=ticket, by=named("qiao"), facts={"proof": proof, "fault": fault}, reason="试过，装不上",
        version=ticket.version, now=clock.now(),
    )  # fmt: skip


def worked(*, now=None):
    """What happened is followed, and what defects owe is done."""
    counted()
    while working.run_due(now=now or NOON):
        pass


def fallen_thrice(sku="likes"):
    for n in (1, 2, 3):
        filed(f"F-{sku}-{n}", sku=sku, buyer_external_id=f"f-{n}")
    worked()
    return Defect.objects.get(product__sku=sku)


def groups():
    """{(product, version, reason, first symptom): (real, checking, orders)}, merged ones left out."""
    found = {}
    for one in Defect.objects.select_related("product").exclude(state="merged"):
        rows = DefectMember.objects.filter(defect=one).exclude(standing="out")
        nos = sorted(rows.values_list("order__order_no", flat=True))
        found[one.product.sku, one.goods_version, one.reason, one.symptoms[0]] = one.real, one.checking, nos
    return found


def assert_sums_are_those_of_the_members():
    for one in Defect.objects.all():
        members = list(DefectMember.objects.filter(defect=one))
        days = {}
        for member in members:
            if member.standing == "real":
                day = clock.shanghai(member.opened_at).date()
                days[day] = days.get(day, 0) + 1
        sums = tuple(sum(getattr(m, name) for m in members) for name in ("fen", "units", "gifts"))
        standings = [m.standing for m in members]
        assert (one.real, one.checking) == (standings.count("real"), standings.count("checking"))
        assert (one.fen, one.units, one.gifts) == sums
        kept = {row.day: row.real for row in DefectDay.objects.filter(defect=one) if row.real}
        assert kept == days


def told():
    """[(buyer, text)] of what was written of fixes."""
    rows = InboxMessage.objects.filter(kind="notice").order_by("buyer__external_id")
    return [(row.buyer.external_id, row.text) for row in rows]


def found(no, reader="yun"):
    return queries.find_defect(reader=named(reader), no=no)
