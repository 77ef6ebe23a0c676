"""All that there is of yun, and the same of bo: what no operation may show or move across."""

from typing import Any, NamedTuple

from common import clock
from compensation.models import Bearer, Contest
from developers.models import Credit, Defect, DefectFix, DefectMember, DefectWord, FundClaim, FundMove, Recall
from developers.services.defects import answering
from orders.models import Product, Tutorial
from tests.developers.defect_case import NOON, worked
from tests.developers.fund_case import borne, claim_of, money
from tests.developers.recall_case import HOUR, asked, keys, named
from tests.developers.test_credit import fresh, made
from tests.orders.tutorial_case import write
from tests.tickets.case import claim, fallen
from tests.tickets.files import picture
from tickets.models import Ticket
from tickets.services import attachments, contesting
from tickets.services.attachments import Given

# Words and sums that are one developer's alone, on no public page.
WORDS = {
    "yun": ("云家的买家", "云问的那句", "云的异议", "云查到的", "123.45", "云的缺陷名"),
    "bo": ("波家的买家", "波问的那句", "波的异议", "波查到的", "543.21", "波的缺陷名"),
}
GOODS = {"yun": "likes", "bo": "stamps"}


class Made(NamedTuple):
    """The numbers that lead to what is one developer's."""

    sku: str
    ticket: str
    order: str
    remedy: str
    file: str
    defect: str
    recall: str
    fund: str
    tutorial: str
    pk: int

    @property
    def private(self) -> tuple[str, ...]:
        return self.ticket, self.order, self.remedy, self.file, self.defect, self.fund, self.recall


def all_of(name: str, number: int) -> Made:
    """A refund that is borne, contested and claimed back, a defect with its fix, a recall, a tutorial, a question."""
    buyer, question, against, found, share, title = WORDS[name]
    sku, today = GOODS[name], clock.shanghai(NOON).date()
    changes = {"sku": sku, "buyer_name": buyer, "buyer_external_id": f"of-{name}"}
    first, second = borne(number, number + 1, **changes)
    proof = attachments.decoded(files=[Given("一.png", picture())])
    contesting.contest(ticket=fresh(second), by=named(name), text=against, files=proof, now=clock.now())
    fallen(f"20261120000{number + 2}", **changes)
    claim(f"20261120000{number + 2}", "question", text=question)
    money("share", round(float(share) * 100), developer=name)
    fund = claim_of(first, by=name)
    worked()
    defect = Defect.objects.get(product__sku=sku)
    fix = answering.Fix("9.1", today, "换成新版")
    answering.answer(defect=defect, by=named(name), text=found, fix=fix, version=None, now=NOON)
    Defect.objects.filter(pk=defect.pk).update(title=title)
    keys(f"K-{name}", sku=sku, ago=2 * HOUR, secrets=(), baseline=20, buyer_name=buyer)
    recall = asked(by=named(name), sku=sku, remedy="top_up", cause="supplier_failure", submit=False)
    made(named(name))
    tutorial = write(sku, by=name, title=f"{name} 的教程")
    return Made(
        sku=sku, ticket=first.no, order=first.order.order_no, remedy=str(fresh(first).decision.remedies.first().key),
        file=second.attachments.get().token, defect=defect.no, recall=recall.no, fund=fund.no,
        tutorial=tutorial.no, pk=first.pk,
    )  # fmt: skip


def state_of(made: Made) -> dict[str, Any]:
    """Every row that is one developer's, as it stands."""
    of = {
        Product: {"sku": made.sku}, Ticket: {"order__product__sku": made.sku},
        Bearer: {"decision__order__product__sku": made.sku}, Contest: {"order__product__sku": made.sku},
        Defect: {"product__sku": made.sku}, DefectMember: {"ticket__order__product__sku": made.sku},
        DefectWord: {"defect__product__sku": made.sku}, DefectFix: {"defect__product__sku": made.sku},
        Recall: {"product__sku": made.sku}, FundClaim: {"developer__products__sku": made.sku},
        FundMove: {"developer__products__sku": made.sku}, Credit: {"developer__products__sku": made.sku},
        Tutorial: {"product__sku": made.sku},
    }  # fmt: skip
    return {
        model.__name__: sorted(map(repr, model.objects.filter(**which).values()))
        for model, which in of.items()
    }
