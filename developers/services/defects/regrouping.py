"""People put claims where they belong: into another defect, a new one, or two defects together. It stays so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from common import transitions
from common.ids import public_id
from common.jobs import enqueue_after_commit
from common.phrases import mark, packed, phrase
from common.refusals import Absent, Invalid, StateMoved
from common.transitions import again_on_deadlock
from developers import permissions
from developers.models import Defect, DefectDay, DefectFix, DefectMember
from developers.rules import defect_life as life
from developers.rules import likeness
from developers.rules.defect_life import SIDES, State
from developers.services.defects import counting, judging, recording
from developers.services.defects.answering import TASK, because, held
from developers.services.defects.counting import Change
from orders.rules.rows import storable
from tickets import queries as tickets

if TYPE_CHECKING:
    from accounts.models import User

MOST, LONGEST_TITLE = 200, 80


class OtherGoods(Invalid):
    detail = mark("这两个缺陷不是同一件商品的，不能放到一起。")


class StillTelling(StateMoved):
    detail = mark("修复还在一位位告诉买家，等都告诉了再并。")


class NotThere(StateMoved):
    detail = mark("选的售后单里有的已经不在这个缺陷里了，请刷新后再选。")


def move(
    *,
    defect: Defect,
    tickets: Sequence[str],
    to: Defect,
    by: User,
    reason: str,
    version: int | None,
    now: datetime,
) -> Defect:
    """These cases go into another defect; the one they leave is merged into it where nothing is left of it."""
    said, chosen = _asked(defect, by, reason, tickets)
    _together(defect, to)

    @transaction.atomic
    def step() -> Defect:
        _hold(defect, version, to)
        _carry(defect, to, chosen, by, said, now)
        if not DefectMember.objects.filter(defect=defect).exists():
            _end(defect, to, by, said, now)
        return to

    return _woken(again_on_deadlock(step))


def split(
    *,
    defect: Defect,
    tickets: Sequence[str],
    title: str,
    by: User,
    reason: str,
    version: int | None,
    now: datetime,
) -> Defect:
    """These cases become a defect of their own. Refuses to take all of them."""
    said, chosen = _asked(defect, by, reason, tickets)
    name = _title(title, needed=False)

    @transaction.atomic
    def step() -> Defect:
        _hold(defect, version)
        if not DefectMember.objects.filter(defect=defect).exclude(ticket__no__in=chosen).exists():
            raise Invalid(mark("全部拆出去就和现在一样了，请留下几张。"))
        made = Defect.objects.create(
            no=public_id("D"), product=defect.product, goods_version=defect.goods_version, reason=defect.reason,
            title=name,
        )  # fmt: skip
        _carry(defect, made, chosen, by, said, now, action=life.SPLIT)
        if len(made.versions) == 1:
            made.goods_version = made.versions[0]
            made.save(update_fields=["goods_version"])
        return made

    return _woken(again_on_deadlock(step))


def merge(
    *, defect: Defect, into: Defect, by: User, reason: str, version: int | None, now: datetime
) -> Defect:
    """All of it belongs to another. Refuses: OtherGoods, StillTelling, StateMoved."""
    said, _ = _asked(defect, by, reason, ["-"])
    _together(defect, into)

    @transaction.atomic
    def step() -> Defect:
        _hold(defect, version, into)
        _learn(into, defect.symptoms, defect.versions)
        why = _why(by, defect, said)
        DefectMember.objects.filter(defect=defect).update(
            defect=into, seq=F("seq") + 1, placed_by=by.get_username(), why=why
        )
        _take_over(defect, into)
        _end(defect, into, by, said, now)
        return into

    return _woken(again_on_deadlock(step))


def rename(*, defect: Defect, title: str, by: User, version: int | None, now: datetime) -> Defect:
    """Refuses: Invalid, StateMoved."""
    side, name = _side(defect, by), _title(title, needed=True)
    with transaction.atomic():
        held(defect, version)
        transitions.move(defect, to=defect.state, title=name)
        recording.word(defect, action=life.RENAME, side=side, by=by.get_username(), text=name, now=now)
    return defect


def _side(defect: Defect, by: User) -> str:
    side = permissions.side_of(by, defect.product)
    if not side:
        raise Absent()
    return side


def _asked(defect: Defect, by: User, reason: str, nos: Sequence[str]) -> tuple[str, list[str]]:
    """(why, which cases), or what is wrong with them."""
    _side(defect, by)
    chosen = list(dict.fromkeys(nos))
    if not chosen:
        raise Invalid(mark("请先勾上要动的售后单。"))
    if len(chosen) > MOST:
        raise Invalid(phrase("一次最多动 {n} 张，请分几次。", n=MOST))
    return because(reason), chosen


def _together(defect: Defect, other: Defect) -> None:
    if defect.pk == other.pk:
        raise Invalid(mark("请选另一个缺陷。"))
    if defect.product_id != other.product_id:
        raise OtherGoods()
    if other.state in life.GONE:
        raise StateMoved(mark("那个缺陷已经关闭或并走了，请选另一个。"))


def _title(title: str, *, needed: bool) -> str:
    name = " ".join(title.split())
    if (needed and not name) or len(name) > LONGEST_TITLE or not storable(name):
        said = phrase("请写 1 到 {n} 个字的名称。", n=LONGEST_TITLE)
        raise Invalid(errors=[{"field": "title", "code": "malformed", "detail": said}])
    return name


def _hold(defect: Defect, version: int | None, other: Defect | None = None) -> None:
    """Both rows are held to the end, in one order; whoever looked at them before has to look again."""
    held(defect, version)
    if defect.state == State.MERGED:
        raise StateMoved()
    for one in sorted((one for one in (defect, other) if one), key=lambda one: one.pk):
        transitions.move(one, to=one.state)


def _carry(
    source: Defect, to: Defect, nos: list[str], by: User, said: str, now: datetime, action: str = life.MOVE
) -> None:
    """First written, then read: what they add can't change any more until this is kept."""
    chosen = DefectMember.objects.filter(ticket__no__in=nos)
    moved = chosen.filter(defect=source).update(
        defect=to, seq=F("seq") + 1, placed_by=by.get_username(), why=_why(by, source, said)
    )
    if moved != len(nos):
        raise NotThere()
    members = list(DefectMember.objects.filter(ticket__no__in=nos).order_by("pk"))
    words = tickets.words_of(ids=[member.pk for member in members])
    symptoms = [likeness.symptom_of(reason=to.reason, text=words[member.pk].text) for member in members]
    _learn(to, symptoms, [member.goods_version for member in members])
    back = [_as_of(member, source) for member in members]
    counting.add([*(Change(one, -1) for one in back), *(Change(one, 1) for one in members)])
    _say(source, action, by, said, {"tickets": nos, "to": to.no}, now)
    _say(to, action, by, said, {"tickets": nos, "from": source.no}, now)


def _as_of(member: DefectMember, source: Defect) -> DefectMember:
    """The same, where it was."""
    names = ("standing", "opened_at", "fen", "units", "gifts")
    return DefectMember(pk=member.pk, defect=source, **{name: getattr(member, name) for name in names})


def _learn(to: Defect, symptoms: Sequence[str], versions: Sequence[str]) -> None:
    known, seen = list(to.symptoms), list(to.versions)
    for text in symptoms:
        known = likeness.with_symptom(known, text)
    for version in versions:
        seen = likeness.with_version(seen, version)
    to.symptoms, to.versions = known, seen
    Defect.objects.filter(pk=to.pk).update(symptoms=known, versions=seen)


def _why(by: User, source: Defect, said: str) -> object:
    side = permissions.side_of(by, source.product)
    return packed(phrase("{side}放到这里的：{why}", side=phrase(SIDES[side]), why=said))


def _take_over(source: Defect, to: Defect) -> None:
    """Sums and days go along whole: a defect of a hundred thousand costs what one of three does."""
    source.refresh_from_db(fields=list(counting.SUMS))
    for day in DefectDay.objects.filter(defect=source).order_by("day"):
        counting.grow_day(to.pk, day.day, day.real)
    DefectDay.objects.filter(defect=source).delete()
    sums = Counter({name: getattr(source, name) for name in counting.SUMS})
    counting.grow(to.pk, sums)
    counting.grow(source.pk, Counter({name: -n for name, n in sums.items()}))


def _end(source: Defect, to: Defect, by: User, said: str, now: datetime) -> None:
    """Nothing is left of it; the answer that it owes is owed on the other, unless ops say that it was given."""
    if DefectFix.objects.filter(defect=source, done_at=None).exists() and source.state in life.WITH_FIX:
        raise StillTelling()
    side = _side(source, by)
    debt = judging.open_debts(source).first()
    if debt is not None:
        judging.open_debts(source).update(void_at=now)
        if side == life.DEVELOPER or to.state in life.UNANSWERED:
            judging.owe(to, owed_at=debt.owed_at, due_at=debt.due_at, now=now)
    transitions.move(source, to=life.MOVES[State(source.state)][life.MERGE].to, merged_into=to)
    _say(source, life.MERGE, by, said, {"to": to.no}, now)
    _say(to, life.MERGE, by, said, {"from": source.no}, now)


def _say(defect: Defect, action: str, by: User, said: str, data: dict[str, object], now: datetime) -> None:
    side = permissions.side_of(by, defect.product)
    recording.word(defect, action=action, side=side, by=by.get_username(), text=said, data=data, now=now)


def _woken(defect: Defect) -> Defect:
    enqueue_after_commit(TASK)
    return defect
