"""Reads of tutorials: those that fit an order, those that a reader looks after."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q, QuerySet

from accounts import permissions as who
from common.phrases import mark
from common.refusals import Absent
from orders.models import Order, Product, Tutorial, TutorialVersion
from orders.rules.rows import storable
from orders.rules.tutorials import MOST, PUBLISHED


class TutorialAbsent(Absent):
    code = "tutorial_not_found"
    detail = mark("没有这篇教程，请核对编号。")


def tutorials_for(product: Product, *, symptom: str = "") -> list[TutorialVersion]:
    """What is published for it, newest version each: the product's own first, then those of its kind."""
    fits = Q(tutorial__product=product) | Q(tutorial__kind=product.kind)
    rows = TutorialVersion.objects.filter(fits, tutorial__state=PUBLISHED, number=F("tutorial__newest"))
    if symptom:
        rows = rows.filter(tutorial__symptom=symptom)
    found = rows.select_related("tutorial").order_by("pk")
    return sorted(found, key=lambda row: (row.tutorial.product_id is None, row.tutorial_id))


def tutorial_shown(*, order: Order, no: str, number: int) -> TutorialVersion:
    """A version that this order's reader may have had before them, also one that was replaced since."""
    product = order.product
    fits = Q(tutorial__product=product) | Q(tutorial__kind=product.kind)
    rows = TutorialVersion.objects.filter(fits, tutorial__no=no, number=number).select_related("tutorial")
    found = rows.first() if storable(no) and 0 < number < 2**31 else None
    if found is None:
        raise TutorialAbsent()
    return found


def tutorials_offered(*, order: Order, keys: Iterable[str], symptom: str) -> list[TutorialVersion]:
    """Of the versions named `no/version`, those that fit the order and the symptom; what isn't one is left out."""
    wanted = set(list(keys)[: 2 * MOST])
    if not wanted:
        return []
    named = [no for no, _, _ in (key.partition("/") for key in wanted) if storable(no)]
    fits = Q(tutorial__product=order.product) | Q(tutorial__kind=order.product.kind)
    rows = TutorialVersion.objects.filter(fits, tutorial__no__in=named, tutorial__symptom=symptom)
    return [row for row in rows.select_related("tutorial") if key_of(row) in wanted]


def key_of(version: TutorialVersion) -> str:
    """As forms name it: J-7K2QAB34CD/2."""
    return f"{version.tutorial.no}/{version.number}"


def tutorials_of(reader: Any) -> QuerySet[TutorialVersion]:
    """The newest words of all that the reader looks after, with their tallies: ops all, developers their goods'."""
    rows = TutorialVersion.objects.filter(number=F("tutorial__newest"))
    if who.role_of(reader) == "developer":
        rows = rows.filter(tutorial__product__developer=reader)
    elif not who.is_ops(reader):
        rows = rows.none()
    return rows.select_related("tutorial__product", "tally").order_by("-tutorial_id")


def find_tutorial(*, reader: Any, no: str) -> Tutorial:
    """One that the reader looks after; another's looks absent."""
    found = tutorials_of(reader).filter(tutorial__no=no).first() if storable(no) else None
    if found is None:
        raise TutorialAbsent()
    return found.tutorial
