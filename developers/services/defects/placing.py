"""Cases that changed find their defect, or change what they add to it. Where a person placed one it stays.

Heard inside the transaction that counts the orders, so that nobody else places meanwhile; people may move one then,
which is seen by its `seq`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from common.ids import public_id
from common.phrases import packed
from developers.models import CountedClaim, Defect, DefectMember
from developers.models.defects import CHECKING, OUT, REAL
from developers.rules import likeness
from developers.rules.defect_life import GONE
from developers.rules.likeness import Cluster
from developers.rules.versions import version_told
from developers.services.defects import counting
from developers.services.defects.counting import Change
from orders import queries as orders
from tickets import queries as tickets

Goods = tuple[int, str]  # product, reason


def changed(*, order_ids: Collection[int], now: datetime) -> None:
    """Whatever became of these orders' cases. In the transaction that counted them."""
    del now  # when it was filed counts; what is owed for it is judged after this
    rows = list(CountedClaim.objects.filter(order_id__in=order_ids, filed=True).order_by("pk"))
    members = DefectMember.objects.filter(order_id__in=order_ids)
    known = {member.pk: member for member in members} if rows else {}
    fresh = [row for row in rows if row.pk not in known and _standing(row) != OUT]
    lesser = [pk for pk, member in known.items() if not member.major]  # what is major stays so
    now_said = tickets.words_of(ids=lesser) if lesser else {}
    grave = {pk for pk, words in now_said.items() if words.major}
    changes = [
        change for row in rows if row.pk in known for change in _again(known[row.pk], row, row.pk in grave)
    ]
    changes += _place(fresh) if fresh else []
    counting.add(changes)


def _standing(row: CountedClaim) -> str:
    if row.real:
        return REAL
    return CHECKING if row.checking else OUT


def _says(row: CountedClaim) -> dict[str, Any]:
    standing = _standing(row)
    sums = ("fen", "units", "gifts")
    return {"standing": standing} | {name: 0 if standing == OUT else getattr(row, name) for name in sums}


def _again(member: DefectMember, row: CountedClaim, grave: bool) -> list[Change]:
    """What it added before is taken out, what it adds now put in; where somebody moved it meanwhile, there."""
    says = _says(row) | ({"major": True} if grave else {})
    while any(getattr(member, name) != value for name, value in says.items()):
        as_read = DefectMember.objects.filter(pk=member.pk, seq=member.seq)
        if as_read.update(seq=member.seq + 1, **says):
            now = DefectMember.objects.get(pk=member.pk)
            return [Change(member, -1), Change(now, 1)]
        member.refresh_from_db()
    return []


def _place(rows: list[CountedClaim]) -> list[Change]:
    order_ids = {row.order_id for row in rows}
    parcels = orders.parcels_of(order_ids=order_ids)
    words = tickets.words_of(ids=[row.pk for row in rows])
    near = _living(rows)
    members = []
    for row in rows:
        units = [unit for parcel in parcels.get(row.order_id, ()) for unit in parcel.units]
        version = version_told(units, listed=row.goods_version)
        members.append(_member(row, words[row.pk], version, near[row.product_id, row.reason]))
    DefectMember.objects.bulk_create(members)
    return [Change(member, 1) for member in members]


def _living(rows: Iterable[CountedClaim]) -> dict[Goods, list[Cluster]]:
    """The defects that claims may come to, by product and reason, the oldest first."""
    products, reasons = {row.product_id for row in rows}, {row.reason for row in rows}
    found = Defect.objects.filter(product_id__in=products, reason__in=reasons).exclude(state__in=GONE)
    near: dict[Goods, list[Cluster]] = defaultdict(list)
    for one in found.order_by("pk"):
        near[one.product_id, one.reason].append(cluster_of(one))
    return near


def cluster_of(defect: Defect) -> Cluster:
    return Cluster(defect.pk, tuple(defect.versions), tuple(defect.symptoms), defect.fix_version)


def _member(row: CountedClaim, words: tickets.Words, version: str, near: list[Cluster]) -> DefectMember:
    placed = likeness.place(reason=row.reason, text=words.text, version=version, clusters=near)
    pk = placed.pk
    if pk is None:
        near.append(_begin(row, words.text, version))
        pk = near[-1].pk
    else:
        _has_version(pk, version, near)
    return DefectMember(
        ticket_id=row.pk, order_id=row.order_id, defect_id=pk, goods_version=version, opened_at=words.opened_at,
        major=words.major, why=packed(placed.why), **_says(row),
    )  # fmt: skip


def _begin(row: CountedClaim, text: str, version: str) -> Cluster:
    symptom = likeness.symptom_of(reason=row.reason, text=text)
    made = Defect.objects.create(
        no=public_id("D"), product_id=row.product_id, goods_version=version, reason=row.reason, symptoms=[symptom],
        versions=[version],
    )  # fmt: skip
    return cluster_of(made)


def _has_version(pk: int, version: str, near: list[Cluster]) -> None:
    """A version that came back after it was called fixed belongs to the defect from now on."""
    at = next(at for at, one in enumerate(near) if one.pk == pk)
    if version in near[at].versions:
        return
    versions = likeness.with_version(near[at].versions, version)
    Defect.objects.filter(pk=pk).update(versions=versions)
    near[at] = Cluster(pk, tuple(versions), near[at].symptoms, near[at].fix_version)
