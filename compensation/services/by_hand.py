"""What ops do with a remedy that waits for them: ask, send again, close it as done outside, or give it up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from common.phrases import mark, phrase
from common.refusals import Refusal, StateMoved
from common.transitions import again_on_deadlock
from compensation.models import HandWord, Override, Remedy
from compensation.rules import held
from compensation.services import binding, booking, deciding, hand_words, recording, remedies
from compensation.services.hand_words import Word, said
from compensation.signals import remedy_moved
from integrations.rules.bodies import PROVIDER_OF
from integrations.services import by_hand as kernel
from integrations.services import intents, settling
from ledger.services import breaks

if TYPE_CHECKING:
    from integrations.services.by_hand import Told

TRIES = 3  # the sweep asks about held intents too: whoever was in between, the provider is asked once more
# What told of a remedy is closed with it. An unknown key stays: it binds its order until somebody has looked at it.
DECIDED = (
    "key",
    "order",
    "amount",
    "quantity",
    "reference",
    "delivered",
    "conflict",
    "refund_failed",
    "rest_again",
)
ANSWERED = {
    "settled": phrase("对方刚刚答复：已经办成，已照它入账。"),
    "failed": phrase("对方刚刚答复：没有办成。"),
    "voided": phrase("对方那里没有这一笔，已经作废。"),
}
RUNNING = phrase("对方刚刚答复：正在办。不用再做什么，办完自动入账。")


class NotOffered(StateMoved):
    code = "not_offered"
    detail = mark("这一笔刚刚有了新的进展，这一步现在不能选，请看最新的情况。")


class MayStillHappen(Refusal):
    status = 409
    code = "may_still_happen"
    title = mark("对方可能还会办")
    detail = mark("问不到对方办没办，现在结案可能会办两次。请先到对方后台核对，等它答复以后再来。")


class StillRunning(MayStillHappen):
    detail = mark("对方说这一笔正在办，现在结案会办两次。请等它办完，或请对方取消。")


class DoneThere(Refusal):
    status = 409
    code = "done_there"
    title = mark("对方已经办过")
    detail = mark("对方那里有一笔办完的，不能记为没有办。请与对方核对，差的由人补上，再选「已由人办好」。")


class StillBound(Refusal):
    status = 409
    code = "still_bound"
    title = mark("还有一笔没有核对")
    detail = mark("这一单有一笔忘掉的补偿没有核对：请先到「对不上的账」找到它、核对、结案。")


class NotConnected(Refusal):
    status = 409
    code = "not_connected"
    title = mark("对方没有接上")
    detail = mark("对方的地址或密钥没有设好，再发也出不去。请先接上再选「再发一次」。")


@dataclass(frozen=True)
class Outcome:
    """Whether it is over or under way, and the sentence for whoever asked for it."""

    carried_out: bool
    says: str


def ask(*, remedy: Remedy, now: datetime) -> Outcome:
    """Ask the provider now, not in its own time: nothing is sent, and an answer settles as ever."""
    if not offers_question(remedy=_fresh(remedy)):
        raise NotOffered()
    told = kernel.ask(key=remedy.key, now=now)
    if told.word == kernel.Word.MOVED:
        return _moved(told)
    says = {
        kernel.Word.NOTHING: phrase("对方说没有这一笔，也没有办过。"),
        kernel.Word.ENDED: phrase("对方说已经办完，但与我们要的不一样，请逐项核对。"),
        kernel.Word.RUNNING: phrase("对方说正在办，但与我们要的不一样，请与对方核对。"),
        kernel.Word.SILENT: phrase("没有问到：对方没有答复。"),
    }[told.word]
    return Outcome(False, says)


def waiting(*, among: QuerySet[Remedy] | None = None) -> QuerySet[Remedy]:
    """What needs a person: what is held or waits for approval, and refunds that failed until somebody decides."""
    rows = Remedy.objects.all() if among is None else among
    left = HandWord.objects.filter(remedy=OuterRef("pk"), action=held.LEAVE)
    later = Override.objects.filter(decision=OuterRef("decision"), pk__gt=Coalesce(OuterRef("override"), 0))
    unpaid = Q(kind="refund", followed_by=None) & ~Exists(left) & ~Exists(later)
    return rows.filter(~Q(state="failed") | unpaid, state__in=("held", "awaiting_approval", "failed"))


def replaced(*, remedy: Remedy) -> bool:
    """Whether people have ruled since what is given in its place: beside that, it isn't paid again."""
    later = Override.objects.filter(decision_id=remedy.decision_id, pk__gt=remedy.override_id or 0)
    return remedy.state == "failed" and later.exists()


def offers_question(*, remedy: Remedy) -> bool:
    return remedy.state == "held" and remedy.held_reason in held.SENT


def send_again(*, remedy: Remedy, by: str, reason: str, now: datetime) -> Outcome:
    """It goes on where it stopped: what the kernel knows is asked about first, and sent only if it is not there."""
    word = said(action=held.SEND_AGAIN, by=by, reason=reason)
    return again_on_deadlock(lambda: _send_once(remedy, word, now))


@transaction.atomic
def _send_once(remedy: Remedy, word: Word, now: datetime) -> Outcome:
    remedy = locked(remedy, word.action)
    if binding.stops(remedy=remedy):
        raise StillBound()
    hand_words.keep(remedy=remedy, word=word, about=remedy.held_reason, carried_out=True, now=now)
    if remedy.held_reason in held.SENT:
        if not kernel.connected(key=remedy.key):
            raise NotConnected()
        intents.release(key=remedy.key, now=now)
        return Outcome(True, phrase("已交给系统：先问对方，对方确实没有才再发。"))
    remedy.state, remedy.held_reason = "pending", ""
    remedy.save(update_fields=["state", "held_reason"])
    recording.remedy(remedy, now=now)
    close_breaks(remedy, word, now)
    remedies.send(remedy=remedy, now=now)
    if remedy.state == "settled":
        return Outcome(True, phrase("已从库存换给买家，买家在订单页就能看到新的。"))
    if remedy.state != "pending":
        return Outcome(False, phrase("发不出去，仍等人处理：{why}", why=held.HELD[remedy.held_reason].what))
    remedy_moved.send(sender=Remedy, remedy=remedy)
    return Outcome(True, phrase("已交给系统，几秒内发出。"))


def done_by_hand(*, remedy: Remedy, by: str, reference: str, reason: str, now: datetime) -> Outcome:
    """A person did it outside of here; it ends and is booked as anything that was done."""
    return _close(remedy, said(action=held.DONE_BY_HAND, by=by, reason=reason, reference=reference), now)


def give_up(*, remedy: Remedy, by: str, reason: str, now: datetime) -> Outcome:
    """It was definitely not done and won't be: what was set aside is given back."""
    return _close(remedy, said(action=held.GIVE_UP, by=by, reason=reason), now)


def _close(remedy: Remedy, word: Word, now: datetime) -> Outcome:
    for left in reversed(range(TRIES)):
        remedy = _fresh(remedy)
        _check_offered(remedy, word.action)
        told = _asked(remedy, now)
        if told is not None:
            if told.word == kernel.Word.MOVED:
                _tell_of_two(remedy, word, told, now)
                return _moved(told)
            _check_word(remedy, word, told, now)
        try:
            return again_on_deadlock(_ending(remedy, word, told, now))
        except NotOffered:
            raise
        except StateMoved:
            if not left or told is None:
                raise
    raise AssertionError("the last try returns or raises")


def _asked(remedy: Remedy, now: datetime) -> Told | None:
    return kernel.ask(key=remedy.key, now=now, closing=True) if offers_question(remedy=remedy) else None


def _ending(remedy: Remedy, word: Word, told: Told | None, now: datetime) -> Callable[[], Outcome]:
    return lambda: _close_once(remedy, word, told, now)


@transaction.atomic
def _close_once(remedy: Remedy, word: Word, told: Told | None, now: datetime) -> Outcome:
    remedy, done = locked(remedy, word.action), word.action == held.DONE_BY_HAND
    if done and binding.stops(remedy=remedy):
        raise StillBound()
    about = _about(remedy, told)
    second = hand_words.waits_for_second(remedy=remedy, word=word, about=about)
    hand_words.keep(remedy=remedy, word=word, about=about, carried_out=not second, now=now)
    if second:
        return Outcome(False, phrase("已记下。金额超过自动办理的上限，要另一位同事也这样说才会照办。"))
    if told is None:
        delivered = (remedy.quantity or 0) if done else 0
        booking.end(remedy=remedy, state="settled" if done else "voided", delivered=delivered, now=now)
    else:
        if not done:  # what came stays, and the rest is not ordered again
            Remedy.objects.filter(pk=remedy.pk).update(calling_back=True)
        kernel.close(told=told, done=done, now=now)
    close_breaks(remedy, word, now)
    if done:
        return Outcome(True, phrase("已记为办好：账记了，售后单往下走。"))
    return Outcome(True, phrase("已记为不再办：预留撤回，额度还给这一单。"))


def _check_word(remedy: Remedy, word: Word, told: Told, now: datetime) -> None:
    """Nothing is closed whose provider may still do it, nor given up what it has done."""
    if told.word == kernel.Word.NOTHING:
        return
    if told.word == kernel.Word.ENDED:
        if word.action == held.GIVE_UP:
            raise DoneThere()
        return
    if word.action == held.DONE_BY_HAND:
        with transaction.atomic():  # should its provider do it after all, this is how anybody knows
            hand_words.keep(remedy=remedy, word=word, about=_about(remedy, told), carried_out=False, now=now)
    raise StillRunning() if told.word == kernel.Word.RUNNING else MayStillHappen()


@transaction.atomic
def _tell_of_two(remedy: Remedy, word: Word, told: Told, now: datetime) -> None:
    """Somebody did it outside, and its provider has done it or is about to: both are written down."""
    intent = told.intent
    if word.action != held.DONE_BY_HAND or intent.state not in ("settled", "processing"):
        return
    if intent.reference and intent.reference == word.reference:
        return  # it is the provider's own doing that was seen
    hand_words.keep(remedy=remedy, word=word, about=_about(remedy, told), carried_out=False, now=now)
    booking.done_twice(remedy=remedy, by=word.by, reference=word.reference, now=now)


def _moved(told: Told) -> Outcome:
    return Outcome(True, ANSWERED.get(told.intent.state, RUNNING))


def _about(remedy: Remedy, told: Told | None) -> str:
    return f"{remedy.held_reason}/{told.intent.attempts if told else 0}"


def _fresh(remedy: Remedy) -> Remedy:
    return Remedy.objects.select_related("order__product", "decision__policy").get(pk=remedy.pk)


def _check_offered(remedy: Remedy, action: str) -> None:
    advice = held.advice(state=remedy.state, kind=remedy.kind, held_reason=remedy.held_reason)
    if advice is None or action not in advice.offers:
        raise NotOffered()


def locked(remedy: Remedy, action: str) -> Remedy:
    """The row as it is under the line's lock, if the action is still offered."""
    deciding.lock_line(remedy.order)
    fresh = _fresh(remedy)
    _check_offered(fresh, action)
    return fresh


def close_breaks(remedy: Remedy, word: Word, now: datetime) -> None:
    provider = PROVIDER_OF.get(remedy.kind, "")
    named = [str(remedy.key), settling.reference_of(provider=provider, key=str(remedy.key))]
    breaks.close_all(references=named, kinds=DECIDED, by=word.by, note=word.reason, now=now)
