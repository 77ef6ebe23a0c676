"""Tutorials are written and published, withdrawn, and counted as they are read."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from common.ids import public_id
from common.phrases import phrase
from common.refusals import Invalid
from orders.models import Order, Product, Tutorial, TutorialReading, TutorialTally, TutorialVersion
from orders.rules import tutorials as rules

ABOUT = ("symptom", "symptom_title", "state")


@transaction.atomic
def write(
    *, tutorial: Tutorial | None, product: Product | None, kind: str, fields: dict[str, Any], by: str, now: datetime
) -> Tutorial:  # fmt: skip
    """Publish it, or what changed of it as its next version; state `withdrawn` takes it away. Refuses: Invalid.

    The goods of one that is there stay what they are.
    """
    fields = {name: value.strip() for name, value in fields.items()}
    found = faults_of(tutorial=tutorial, product=product, kind=kind, fields=fields)
    if found:
        raise Invalid(errors=found)
    about = {name: fields[name] for name in ABOUT} | {"updated_at": now}
    if tutorial is None:
        tutorial = Tutorial.objects.create(no=public_id("J"), product=product, kind=kind, **about)
    else:
        Tutorial.objects.filter(pk=tutorial.pk).update(**about)
    _next_version(tutorial, fields["title"], fields["text"], by, now)
    tutorial.refresh_from_db()
    return tutorial


def faults_of(
    *, tutorial: Tutorial | None, product: Product | None, kind: str, fields: dict[str, Any]
) -> list[dict[str, str]]:
    """Why it can't be written so; [] where it can."""
    found = rules.faults(fields)
    goods = tutorial or Tutorial(product=product, kind=kind)
    if goods.product_id is None and not goods.kind:
        found.append(
            {"field": "product", "code": "required", "detail": phrase("请选一件商品，或选一个种类。")}
        )
    if goods.product_id and goods.kind:
        detail = phrase("商品和种类只选一个。")
        found.append({"field": "product", "code": "choose_one", "detail": detail})
    others = Tutorial.objects.filter(product=goods.product_id, kind=goods.kind, state=rules.PUBLISHED)
    if fields.get("state") == rules.PUBLISHED and others.exclude(pk=goods.pk).count() >= rules.MOST:
        detail = phrase("同一件商品最多发布 {n} 篇，请先撤下一篇。", n=rules.MOST)
        found.append({"field": "state", "code": "too_many", "detail": detail})
    return found


def _next_version(tutorial: Tutorial, title: str, text: str, by: str, now: datetime) -> None:
    """Two that write at once get a number each; nothing that was written is lost."""
    while True:
        newest = Tutorial.objects.values_list("newest", flat=True).get(pk=tutorial.pk)
        same = {"tutorial": tutorial, "number": newest, "title": title, "text": text}
        if TutorialVersion.objects.filter(**same).exists():
            return
        if Tutorial.objects.filter(pk=tutorial.pk, newest=newest).update(newest=newest + 1):
            break
    version = TutorialVersion.objects.create(
        tutorial=tutorial, number=newest + 1, title=title, text=text, written_by=by, written_at=now
    )
    TutorialTally.objects.create(version=version)


@transaction.atomic
def record(*, order: Order, versions: Iterable[TutorialVersion], said: str, now: datetime) -> None:
    """What the order's reader said of what was shown; SILENT where they went on without a word."""
    for version in sorted(versions, key=lambda each: each.pk):  # in one order: no deadlock
        _count(order, version, said, now)


def _count(order: Order, version: TutorialVersion, said: str, now: datetime) -> None:
    kept, made = TutorialReading.objects.get_or_create(
        order=order, version=version, defaults={"said": said, "at": now}
    )
    before = None if made else kept.said
    after = rules.word_after(before, said)
    if not made:
        same = TutorialReading.objects.filter(pk=kept.pk, said=before)
        if after == before or not same.update(said=after, at=now):  # pressed twice, in one instant even
            return
    more = rules.change(before, said)
    TutorialTally.objects.filter(version=version).update(
        shown=F("shown") + more.shown,
        helped=F("helped") + more.helped,
        not_helped=F("not_helped") + more.not_helped,
    )
