"""A tutorial of the likes, written over the real service."""

from common import clock
from orders.models import Product
from orders.queries import tutorials_for
from orders.services import tutorials

WORDS = {
    "symptom": "question", "symptom_title": "", "title": "怎么看补了没有", "text": "1. 打开订单\n2. 看曲线",
    "state": "published",
}  # fmt: skip


def write(sku="likes", *, tutorial=None, kind="", by="qiao", **changes):
    product = Product.objects.get(sku=sku) if sku else None
    return tutorials.write(
        tutorial=tutorial, product=product, kind=kind, fields=WORDS | changes, by=by, now=clock.now()
    )


def newest(tutorial):
    return tutorial.versions.get(number=tutorial.newest)


def tally(tutorial):
    """(shown, helped, not helped) of its newest version."""
    return tuple(newest(tutorial).tally.of)


def titles(sku="likes", **which):
    return [row.title for row in tutorials_for(Product.objects.get(sku=sku), **which)]
