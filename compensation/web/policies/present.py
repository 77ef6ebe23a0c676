"""A draft in finished words: its numbers, its clauses, its proof, and what buyers would read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from common import clock, figures
from common.language import say, spoken
from common.phrases import mark
from compensation import forms, queries
from compensation.models import PolicyDraft, PolicyVersion
from compensation.rules.difference import difference
from compensation.rules.drafting import STATES, allowed
from compensation.rules.fact_names import FACT_NAMES
from compensation.rules.names import GOODS, REASONS
from compensation.rules.policy import Policy, PolicyUnsound
from compensation.rules.publishing import Fault, Words, first_loss, prove
from compensation.rules.words import clause_text, sections, worked_examples
from compensation.services import drafts, publishing
from compensation.web.policies.typed import Typed

_UNITS = {"metered": 1000, "licence": 5, "game_item": 5, "course": 20, "subscription": 1}
_PRICE_FEN = {"metered": 5, "licence": 2000, "game_item": 2000, "course": 1000, "subscription": 3000}

# Nothing forbids a later version to give less; whoever writes it sees that it does.
_LATER = Words(mark("以后下单的，有的会少得"), mark("「{name}」对以后下单的买家更不利。"))

_SAMPLES = {
    "metered": mark("以 {n} 个、实付 {paid} 为例"),
    "licence": mark("以 {n} 份、实付 {paid} 为例"),
    "game_item": mark("以 {n} 件、实付 {paid} 为例"),
    "course": mark("以 {n} 节、实付 {paid} 为例"),
    "subscription": mark("以 {n} 份、实付 {paid} 为例"),
}


def index(*, drafts: Iterable[PolicyDraft], versions: list[PolicyVersion]) -> dict[str, Any]:
    now = clock.now()
    rows = [
        {
            "pk": one.pk, "title": one.title, "code": one.code, "state": spoken(STATES[one.state]),
            "is_open": bool(allowed(one.state)), "by": one.written_by,
            "when": figures.moment(one.ended_at or one.proposed_at or one.written_at, now=now),
        }
        for one in drafts
    ]  # fmt: skip
    newest: dict[str, PolicyVersion] = {}
    for version in versions:
        if version.code not in newest or version.version > newest[version.code].version:
            newest[version.code] = version
    return {
        "open": [row for row in rows if row["is_open"]],
        "ended": [row for row in rows if not row["is_open"]],
        "policies": [
            {"code": v.code, "title": v.title, "version": v.version, "kind": spoken(GOODS[v.kind])}
            for v in newest.values()
        ],
        "kinds": [(kind, spoken(name)) for kind, name in GOODS.items()],
    }  # fmt: skip


def draft(found: PolicyDraft, typed: Typed, *, reader: str) -> dict[str, Any]:
    """Everything the page of a draft shows; without a preview while what was typed can't be read."""
    about: dict[str, Any] = {
        "title": found.title, "draft": found, "typed": typed, "state": spoken(STATES[found.state]),
        "kind": spoken(GOODS[found.kind]), "actions": allowed(found.state), "editable": found.state == "draft",
        "groups": [_group(group, typed) for group in forms.groups(found.kind)],
        "errors": {name: spoken(detail) for name, detail in typed.errors.items()},
        "is_writer": reader in (found.written_by, found.proposed_by),
        "number": found.published_as.version if found.published_as else drafts.next_version(found.code),
    }  # fmt: skip
    policy = None if typed.errors else _policy(found, typed, about["number"])
    about["clauses"] = _clauses(found, typed, policy)
    about["wrong"] = _wrong(about)
    about["changes"] = _changes(found, policy) if policy else []
    if policy is None:
        return about
    about |= _preview(policy, retroactive=typed.retroactive)
    loss = _loss(found, policy) if about["proof"]["holds"] else None
    return about | {"loss": _fault(loss) if loss else None}


def _wrong(about: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(id of the field, its label, what to do) of each that can't be read, in the order of the page."""
    entries = [entry for group in about["groups"] for entry in group["entries"]]
    places = {
        "title": ("title", say("名称")), "note": ("note", say("改了什么、为什么")),
        "effective_at": ("effective", say("何时启用")),
        **{entry["name"]: (f"f-{entry['name']}", entry["label"]) for entry in entries},
        "clauses": ("clauses", say("条款和次序")),
    }  # fmt: skip
    return [(*place, about["errors"][name]) for name, place in places.items() if name in about["errors"]]


def _loss(found: PolicyDraft, policy: Policy) -> Fault | None:
    """A case in which the buyer has less than by the version that the draft was begun from."""
    return first_loss(Policy.from_data(found.based_on.data), policy, _LATER) if found.based_on else None


def _changes(found: PolicyDraft, policy: Policy) -> list[tuple[str, str, str]]:
    """(what, before, after) beside the version that the draft was begun from."""
    if found.based_on is None:
        return []
    rows = difference(Policy.from_data(found.based_on.data), policy, queries.vocabulary())
    return [(spoken(row.name), spoken(row.before), spoken(row.after)) for row in rows]


def _policy(found: PolicyDraft, typed: Typed, number: int) -> Policy | None:
    named = {
        "code": found.code,
        "version": number,
        "kind": found.kind,
        "title": typed.title.strip() or found.title,
    }
    try:
        return Policy.from_data({**typed.data, **named})
    except PolicyUnsound:
        return None


def _group(group: forms.Group, typed: Typed) -> dict[str, Any]:
    entries = []
    for entry in group.entries:
        figure, unit = typed.values[entry.name]
        entries.append({
            "name": entry.name, "label": forms.label_of(entry), "value": figure, "unit": unit,
            "behind": forms.unit_of(entry), "is_span": entry.sort == "span", "optional": entry.optional,
            "error": spoken(typed.errors.get(entry.name, "")),
        })  # fmt: skip
    units = [(name, spoken(word)) for name, (_, word) in forms.UNITS.items()]
    return {"title": spoken(group.title), "entries": entries, "units": units}


def _clauses(found: PolicyDraft, typed: Typed, policy: Policy | None) -> list[dict[str, Any]]:
    """Those in use in their order, then the others; each with the sentence that a buyer would read."""
    used = list(typed.data.get("clauses", []))
    others = [name for name in forms.clauses_for(found.kind) if name not in used]
    return [
        {
            "name": name, "used": name in used, "says": _sentence(policy, name),
            "place": typed.places.get(name) or str(10 * (place + 1)),
        }
        for place, name in enumerate([*used, *others])
    ]  # fmt: skip


def _sentence(policy: Policy | None, name: str) -> str:
    return clause_text(policy, name.partition(":")[0], queries.vocabulary()) if policy else ""


def _preview(policy: Policy, *, retroactive: bool) -> dict[str, Any]:
    proof = prove(policy)
    loss = publishing.known_loss(policy) if retroactive and proof.holds else None
    about = {
        "proof": {
            "holds": proof.holds and loss is None, "walked": proof.walked, "reached": len(proof.reached),
            "retroactive": retroactive,
            "faults": [_fault(fault) for fault in (*proof.faults, *([loss] if loss else []))],
        },
        "policy": policy,
    }  # fmt: skip
    if any(fault.code == "undecided" or fault.code == "unknown_clause" for fault in proof.faults):
        return about  # what doesn't decide everything has no examples either
    v, units = queries.vocabulary(), _UNITS[policy.kind]
    made = worked_examples(policy, quantity=units, unit_price_fen=_PRICE_FEN[policy.kind], vocabulary=v)
    paid = figures.yuan(units * _PRICE_FEN[policy.kind])
    return about | {
        "sections": [{"heading": heading, "lines": list(lines)} for heading, lines in sections(policy, v)],
        "examples": made,
        "sample": say(_SAMPLES[policy.kind], n=units, paid=paid),
        "long_term": any(example.gets_long_term not in (None, example.gets) for example in made),
    }


def _fault(fault: Fault) -> dict[str, Any]:
    return {
        "clause": fault.clause, "detail": spoken(fault.detail), "facts": facts(fault.facts),
        "beside": facts(fault.beside),
    }  # fmt: skip


def facts(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """(name in words, value) of each fact, for people; the exact JSON is what the preview API takes."""
    return [(spoken(FACT_NAMES[name]), _value(name, value)) for name, value in facts.items()]


def _value(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return say("是") if value else say("否")
    return spoken(REASONS[value]) if name == "reason" else str(value)
