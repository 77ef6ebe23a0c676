"""Drafts of policies: begun from a version, written, proven, proposed; published by another person than wrote them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from common.phrases import Phrase, mark, phrase
from common.refusals import Absent, Invalid, Refusal, StateMoved
from common.transitions import move
from compensation.models import PolicyDraft, PolicyVersion
from compensation.rules.defaults import DEFAULT_POLICIES
from compensation.rules.drafting import MOVES
from compensation.rules.policy import Policy, PolicyUnsound
from compensation.rules.publishing import Proof, prove
from compensation.services import publishing

NAMED = ("code", "version", "kind", "title")
LONGEST = {"title": 200, "note": 4000}


class OpenAlready(StateMoved):
    code = "draft_open_already"
    title = mark("这份规则已经有草稿")
    detail = mark("这份规则已经有一份没写完的草稿：请接着改它，或先放弃它。")


class NotProven(Refusal):
    code = "policy_not_proven"
    title = mark("规则还不能发布")


class SamePerson(Refusal):
    code = "second_person_needed"
    title = mark("要另一位来发布")
    detail = mark("写规则和提请发布的人不能自己发布：请让另一位同事看过再发布。")


def policy_of(draft: PolicyDraft, *, version: int | None = None) -> Policy:
    """The draft as a policy, under the version that it would get; PolicyUnsound where its data is none."""
    number = version or next_version(draft.code)
    named = {"code": draft.code, "version": number, "kind": draft.kind, "title": draft.title}
    return Policy.from_data({**draft.data, **named})


def next_version(code: str) -> int:
    newest = PolicyVersion.objects.filter(code=code).order_by("-version").values_list("version", flat=True)
    return (newest.first() or 0) + 1


def begin(*, version: PolicyVersion, by: str, now: datetime) -> PolicyDraft:
    """A draft of the policy's next version, as this one is."""
    return _created(
        code=version.code, kind=version.kind, title=version.title, data=_unnamed(version.data), based_on=version,
        written_by=by, written_at=now,
    )  # fmt: skip


def begin_anew(*, code: str, kind: str, title: str, by: str, now: datetime) -> PolicyDraft:
    """The first draft of another policy, begun from what goods of this kind have by default."""
    code, title = code.strip(), title.strip()
    errors = []
    if not code or not code.replace("-", "").isalnum() or not code.isascii() or len(code) > 64:
        errors.append(
            _wrong("code", mark("代码用小写字母、数字和短横，例如 licence-premium，不超过 64 个字。"))
        )
    elif PolicyVersion.objects.filter(code=code).exists():
        errors.append(_wrong("code", mark("已经有这个代码的规则：请打开它，起草新版。")))
    usual = next((data for data in DEFAULT_POLICIES if data["kind"] == kind), None)
    if usual is None:
        errors.append(_wrong("kind", mark("请选一种商品。")))
    errors += title_errors(title)
    if usual is None or errors:
        raise Invalid(errors=errors)
    return _created(
        code=code, kind=kind, title=title, data=_unnamed(usual), written_by=by, written_at=now
    )  # fmt: skip


@transaction.atomic
def save(
    *, draft: PolicyDraft, data: dict[str, Any], title: str, note: str, effective_at: datetime | None,
    retroactive: bool, by: str, now: datetime,
) -> None:  # fmt: skip
    """Write the draft; it may still be unproven, but not malformed. `draft` is as its writer last saw it."""
    _may(draft, "save")
    errors = title_errors(title.strip())
    if len(note) > LONGEST["note"]:
        errors.append(_wrong("note", phrase("说明不超过 {most} 个字。", most=LONGEST["note"])))
    try:
        Policy.from_data(
            {**data, "code": draft.code, "version": 1, "kind": draft.kind, "title": title.strip() or "-"}
        )
    except PolicyUnsound as unsound:
        errors.append(_wrong("data", phrase("规则的内容读不懂：{why}", why=str(unsound))))
    if errors:
        raise Invalid(errors=errors)
    move(
        draft, to="draft", data=data, title=title.strip(), note=note.strip(), effective_at=effective_at,
        retroactive=retroactive, written_by=by, written_at=now,
    )  # fmt: skip


def proof_of(draft: PolicyDraft) -> Proof:
    return prove(policy_of(draft))


@transaction.atomic
def propose(*, draft: PolicyDraft, by: str, now: datetime) -> None:
    """Ask a colleague to publish it: only what holds, says why it is there, and takes nothing from older orders."""
    _may(draft, "propose")
    if not draft.note.strip():
        detail = mark("请写明这一版改了什么、为什么：买家和同事都会读到。")
        raise Invalid(errors=[{"field": "note", "code": "required", "detail": detail}])
    _refuse_unproven(draft)
    if draft.retroactive:
        publishing.refuse_known_loss(policy_of(draft))
    move(draft, to="proposed", proposed_by=by, proposed_at=now)


@transaction.atomic
def send_back(*, draft: PolicyDraft) -> None:
    _may(draft, "back")
    move(draft, to="draft", proposed_by="", proposed_at=None)


@transaction.atomic
def drop(*, draft: PolicyDraft, by: str, now: datetime) -> None:
    _may(draft, "drop")
    move(draft, to="dropped", ended_by=by, ended_at=now)


@transaction.atomic
def publish(
    *, draft: PolicyDraft, by: str, now: datetime, seen: Callable[[int], Any] = lambda count: None
) -> PolicyVersion:
    """The draft becomes the policy's next version; by another person, and only if it holds now.

    A retroactive one is held against every stored decision too; `seen(1)` is called for each.
    """
    _may(draft, "publish")
    if by in (draft.written_by, draft.proposed_by):
        raise SamePerson()
    _refuse_unproven(draft)
    version = publishing.publish(draft=draft, policy=policy_of(draft), by=by, now=now, seen=seen)
    move(draft, to="published", published_as=version, ended_by=by, ended_at=now)
    return version


def found(pk: int) -> PolicyDraft:
    draft = PolicyDraft.objects.select_related("based_on", "published_as").filter(pk=pk).first()
    if draft is None:
        raise Absent(mark("没有这份草稿。"))
    return draft


def _created(**values: Any) -> PolicyDraft:
    try:
        with transaction.atomic():
            return PolicyDraft.objects.create(**values)
    except IntegrityError:
        raise OpenAlready() from None


def _may(draft: PolicyDraft, action: str) -> None:
    if action not in MOVES[draft.state]:
        raise StateMoved()


def _refuse_unproven(draft: PolicyDraft) -> None:
    proof = proof_of(draft)
    if not proof.holds:
        raise NotProven(proof.faults[0].detail)


def _unnamed(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in NAMED}


def title_errors(title: str) -> list[dict[str, Any]]:
    """What is wrong with a name that a draft is to have."""
    if 0 < len(title) <= LONGEST["title"]:
        return []
    return [_wrong("title", phrase("请写名称，不超过 {most} 个字。", most=LONGEST["title"]))]


def _wrong(field: str, detail: str | Phrase) -> dict[str, Any]:
    return {"field": field, "code": "invalid", "detail": detail}
