"""Reads of orders, one by one and by the buyer, the target, the time."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import takewhile
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When

from common.phrases import mark
from common.refusals import Absent
from orders.models import CardKey, Licence, ListedSpecification, Order, Rollup, Tutorial
from orders.rules.card_keys import HELD, STOCK
from orders.rules.rows import storable
from orders.rules.tutorials import PUBLISHED

# What was listed when it was paid.
LISTED = Subquery(
    ListedSpecification.objects.filter(product=OuterRef("product"), listed_at__lte=OuterRef("paid_at"))
    .order_by("-listed_at", "-id")
    .values("content")[:1]
)

LICENSED = Exists(Licence.objects.filter(order=OuterRef("pk")))
# For pages: whether there are tutorials to read.
TAUGHT = Exists(
    Tutorial.objects.filter(
        Q(product=OuterRef("product")) | Q(kind=OuterRef("product__kind")), state=PUBLISHED
    )
)
# For pages: whether there are card keys to show, and some to replace them from.
KEYED = Exists(CardKey.objects.filter(order=OuterRef("pk"), state__in=HELD))
STOCKED = Exists(CardKey.objects.filter(product=OuterRef("product"), state=STOCK))
OTHERS = Order.objects.filter(product=OuterRef("product"), target=OuterRef("target")).exclude(
    pk=OuterRef("pk")
)
SHARED = Case(When(target="", then=False), default=Exists(OTHERS))


class OrderAbsent(Absent):
    code = "order_not_found"
    detail = mark("没有找到这一单，请核对订单号。")


def find_order(*, reader: Any, order_no: str) -> Order:
    """The reader's order with product, buyer and rollup; another's looks absent."""
    mine = (
        Order.objects.visible_to(reader)
        .select_related("product", "buyer", "rollup")
        .annotate(
            licensed=LICENSED, listed=LISTED, shared=SHARED, keyed=KEYED, stocked=STOCKED, taught=TAUGHT
        )
    )
    order = mine.filter(order_no=order_no).first() if storable(order_no) else None
    if order is None:
        raise OrderAbsent()
    return order


def specification_of(*, order: Order) -> dict[str, Any]:
    """What its product was said to be when it was paid; what came in with an older date goes by the first one."""
    listed = order.listed if hasattr(order, "listed") else None
    if listed is None:
        rows = ListedSpecification.objects.filter(product=order.product_id)
        before = rows.filter(listed_at__lte=order.paid_at).order_by("-listed_at", "-id")
        row = before.first() or rows.order_by("listed_at", "id").first()
        listed = row.content if row else order.product.specification
    return listed if isinstance(listed, dict) else {}


def orders_of(reader: Any) -> Any:
    """The reader's orders with product and rollup, the newest first."""
    return Order.objects.visible_to(reader).select_related("product", "rollup").order_by("-id")


def paid_by(*, reader: Any, after: str = "", most: int) -> list[Order]:
    """The reader's orders without gifts, the last paid first, with product and rollup; those after that order."""
    mine = Order.objects.visible_to(reader).filter(origin_no="")
    last = mine.filter(order_no=after).first() if after and storable(after) else None
    if last is not None:
        mine = mine.filter(paid_at__lte=last.paid_at)
        mine = mine.filter(Q(paid_at__lt=last.paid_at) | Q(pk__lt=last.pk))
    return list(mine.select_related("product", "rollup").order_by("-paid_at", "-pk")[:most])


def ids_matching(*, text: str, most: int) -> list[int]:
    """Orders whose number begins with the text, or ends with it, or whose buyer is called so; the newest first."""
    newest = Order.objects.order_by("-id").values_list("pk", flat=True)
    begins = list(newest.filter(order_no__startswith=text)[:most])
    buyers = newest.filter(
        Q(buyer__external_id=text) | Q(buyer__name__startswith=text) | Q(buyer__contact=text)
    )
    found = [*begins, *buyers[:most]]
    if not found and len(text) >= 4:  # a number as pages show it: its last digits
        found = list(newest.filter(order_no__endswith=text)[:most])
    return found[:most]


def order_called(order_no: str) -> Order:
    """For the program itself: no reader asks."""
    return Order.objects.get(order_no=order_no)


def numbers() -> Iterator[tuple[int, str]]:
    """(id, order number) of every order there is, the newest first."""
    return Order.objects.order_by("-id").values_list("pk", "order_no").iterator(chunk_size=2000)


def titles_of(*, order_nos: Iterable[str]) -> dict[str, str]:
    """{order number: what its goods are called}"""
    rows = Order.objects.filter(order_no__in=list(order_nos)).order_by()
    return dict(rows.values_list("order_no", "product__title"))


def buyers_of(*, order_nos: Iterable[str]) -> dict[str, int]:
    """{order number: whose it is}"""
    rows = Order.objects.filter(order_no__in=list(order_nos)).order_by()
    return dict(rows.values_list("order_no", "buyer_id"))


def ids_called(order_nos: Iterable[str]) -> list[int]:
    """The ids of those of these orders that exist, in their order."""
    rows = Order.objects.filter(order_no__in=list(order_nos)).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def ids_after(*, after: int, most: int) -> list[int]:
    """The ids of the next orders that there are, in their order."""
    rows = Order.objects.filter(pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:most])


def bought(*, ids: Iterable[int]) -> list[Order]:
    """These lines with what was bought, of what and when, and nothing else."""
    rows = Order.objects.filter(pk__in=list(ids)).order_by("pk")
    return list(rows.only("product_id", "quantity", "paid_at", "gift_key"))


def payments_of(buyers: set[str]) -> Iterator[tuple[int, str, datetime]]:
    """(order id, buyer, paid at) of what these buyers paid for, gifts and free orders left out."""
    wanted = sorted(buyers)
    for start in range(0, len(wanted), 1000):
        some = Order.objects.filter(buyer__external_id__in=wanted[start : start + 1000], paid_fen__gt=0)
        yield from some.values_list("pk", "buyer__external_id", "paid_at")


def metered_ended(*, by: datetime) -> Any:
    """Metered lines whose drop window ended by then, with product and rollup; gifts and closed ones left out."""
    ended = Order.objects.filter(product__kind="metered", rollup__window_ends_at__lte=by, origin_no="")
    ended = ended.filter(rollup__closed_at=None)  # whose counts may be gone
    return ended.annotate(shared=SHARED).select_related("rollup", "product").order_by("id")


def sharing(*, order: Order) -> Any:
    """The other lines of its product on its target, closed and unfinished ones too; an empty target is none."""
    if not order.target:
        return Order.objects.none()
    return on_targets({(order.product_id, order.target)}).exclude(pk=order.pk)


def on_targets(targets: set[tuple[int, str]]) -> Any:
    """All lines on these (product, target), the first one first."""
    products, names = {product for product, _ in targets}, {target for _, target in targets}
    return Order.objects.filter(target__in=names, product__in=products).order_by("pk")


def gifts_of(*, order_no: str) -> Any:
    """The lines that were given for this order, the first one first."""
    return Order.objects.filter(origin_no=order_no).select_related("rollup").order_by("pk")


def changed_lines(*, most: int, after: int = 0) -> list[int]:
    """Lines of which something is missing that nobody has looked at, by the partial index; by id."""
    changed = Rollup.objects.filter(changes__gt=F("looked"), pk__gt=after)
    return list(changed.order_by("pk").values_list("pk", flat=True)[:most])


def lines_to_look_at(*, most: int, after: int = 0) -> list[Order]:
    """Metered lines with something missing that nobody has looked at, with product, buyer and rollup; by id.

    First which, by the partial index alone: asked for both at once, PostgreSQL reads every order up to the newest one.
    """
    found: list[Order] = []
    while not found and (ids := changed_lines(most=most, after=after)):
        some = Order.objects.filter(pk__in=ids, product__kind="metered").annotate(shared=SHARED)
        found, after = list(some.select_related("rollup", "product", "buyer").order_by("pk")), ids[-1]
    return found


def lines_called(*, ids: Iterable[int]) -> list[Order]:
    """These lines with product and rollup, and whether they share their target."""
    rows = Order.objects.filter(pk__in=list(ids)).annotate(shared=SHARED)
    return list(rows.select_related("rollup", "product").order_by("pk"))


def taken_after(*, after: int, until: datetime, most: int) -> list[Order]:
    """The orders after that id, the oldest first, with product and rollup; up to the first taken after `until`."""
    rows = Order.objects.filter(pk__gt=after).select_related("rollup", "product").order_by("pk")[:most]
    return list(takewhile(lambda order: order.created_at <= until, rows))
