"""What stands in the form of a draft: as it is stored, or as somebody has just typed it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import QueryDict

from common.clock import SHANGHAI
from common.phrases import phrase
from compensation import forms
from compensation.models import PolicyDraft
from compensation.rules.policy import Policy
from compensation.services import drafts

_MOMENT = "%Y-%m-%dT%H:%M"


@dataclass
class Typed:
    """`values` and `units` by name as text; `data` is the policy's, readable as far as there are no errors."""

    title: str
    note: str
    effective: str
    retroactive: bool
    data: dict[str, Any]
    values: dict[str, tuple[str, str]]
    errors: dict[str, str] = field(default_factory=dict)
    effective_at: datetime | None = None
    places: dict[str, str] = field(default_factory=dict)

    def terms(self) -> dict[str, Any]:
        """What the service writes."""
        return {
            "data": self.data, "title": self.title, "note": self.note, "effective_at": self.effective_at,
            "retroactive": self.retroactive,
        }  # fmt: skip


def from_draft(draft: PolicyDraft) -> Typed:
    policy = drafts.policy_of(draft)
    at = draft.effective_at
    return Typed(
        title=draft.title, note=draft.note, effective=at.astimezone(SHANGHAI).strftime(_MOMENT) if at else "",
        retroactive=draft.retroactive, data=draft.data, values=_values(policy), effective_at=at,
    )  # fmt: skip


def from_post(draft: PolicyDraft, post: QueryDict) -> Typed:
    written = forms.read(post, kind=draft.kind, before=draft.data)
    entries = [entry for group in forms.groups(draft.kind) for entry in group.entries]
    values = {e.name: (post.get(e.name, "")[:40], post.get(f"{e.name}-unit", "")) for e in entries}
    errors: dict[str, str] = dict(written.errors)
    effective = post.get("effective", "").strip()[:32]
    at = _moment(effective)
    if effective and at is None:
        errors["effective_at"] = phrase("请填日期和时间，例如 2026-12-01T00:00，或留空。")
    title = post.get("title", "")[:400]
    errors |= {wrong["field"]: wrong["detail"] for wrong in drafts.title_errors(title.strip())}
    return Typed(
        title=title, note=post.get("note", "")[:8000], effective=effective,
        retroactive="retroactive" in post, data=written.data, values=values, errors=errors, effective_at=at,
        places={name: post.get(f"at-{name}", "")[:8] for name in forms.clauses_for(draft.kind)},
    )  # fmt: skip


def _values(policy: Policy) -> dict[str, tuple[str, str]]:
    entries = [entry for group in forms.groups(policy.kind) for entry in group.entries]
    return {entry.name: forms.shown(policy, entry) for entry in entries}


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _MOMENT).replace(tzinfo=SHANGHAI)
    except ValueError:
        return None
