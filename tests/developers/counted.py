"""The figures by the day as the tables have them, and the workers' part that brings them there."""

from common import clock
from developers.models import CountedClaim, CountedCost, CountedSale, GoodsDay, GoodsMonth, GoodsNow, MakerDay
from developers.rules.counting import FIGURES
from developers.services.figures import following
from evidence.services import sealing

TABLES = (CountedClaim, CountedCost, CountedSale, GoodsDay, GoodsMonth, MakerDay, GoodsNow)


def counted():
    """Everything that happened gets its place in the record, and is counted."""
    while sealing.seal_due(now=clock.now()):
        pass
    while following.step(now=clock.now()):
        pass


def recounted():
    """The same where a test has written past the record: everything is counted from the start."""
    following.rebuild()
    counted()


def all_figures():
    """{table: its rows without their ids}"""
    return {model.__name__: sorted(map(_values, model.objects.all()), key=repr) for model in TABLES}


def _values(row):
    fields = row._meta.concrete_fields
    return tuple(getattr(row, one.attname) for one in fields if one.name != "id")


def day_figures(model=GoodsDay, **which):
    """{figure: its sum} of the rows asked for, those of nothing left out."""
    rows = model.objects.filter(**which)
    sums = {name: sum(getattr(row, name) for row in rows) for name in FIGURES}
    return {name: n for name, n in sums.items() if n}
