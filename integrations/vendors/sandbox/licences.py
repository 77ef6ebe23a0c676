"""The entitlement service: steps on licences, each once per key, and what a licence is now."""

import hashlib
import json

from integrations.vendors.sandbox.exchange import Answer, Refused, Request, key_in, parsed
from integrations.vendors.sandbox.plans import AFTER, CHECKING, LICENCE, at_once, plan_of, step_of
from integrations.vendors.sandbox.progress import Progress
from integrations.vendors.sandbox.store import Job, Store

PLAN_OF_FATE = {"rejected": "reject", "unknown_state": "unknown_state"}
# What came of a step, if it came to anything.
STANDS = frozenset(AFTER.values())


def take(request: Request, progress: Progress, step: tuple[str, str], *, fate: str, now: float) -> Answer:
    """One step; the same key again tells what it came to, and does nothing."""
    (licence_id, kind), store = step, progress.store
    body, frozen = parsed(request.body)
    key = key_in(request)
    known = store.job(channel=LICENCE, key=key)
    if known is not None:
        if known.body != frozen:
            raise Refused(409, "this key came with another body before", "conflict")
        return Answer(200, _said(licence_id, known), "repeated")
    if (body.get("key"), body.get("licence_id"), body.get("kind")) != (key, licence_id, kind):
        raise Refused(400, "key, licence_id or kind is not what the request says elsewhere")
    plan = PLAN_OF_FATE.get(fate) or plan_of(channel=LICENCE, body=body)
    state = at_once(plan=plan, kind=kind, before=store.licence(licence_id))
    first = step_of(channel=LICENCE, plan=plan, number=0)
    job = Job(
        channel=LICENCE, key=key, reference=f"LIC-{hashlib.sha256(key.encode()).hexdigest()[:12]}", body=frozen,
        plan=plan, amount=1, state=state, delivered=0, step=0, created_at=now, changed_at=now,
        next_at=None if first is None else now + first.wait * progress.pace,
    )  # fmt: skip
    store.add_job(job)
    if state in STANDS:
        store.keep_licence(licence_id, state)
    return Answer(201, _said(licence_id, job), "created")


def look(store: Store, licence_id: str) -> Answer:
    """What the licence is now; while a step on it is looked into, it says so."""
    state = CHECKING if store.checked(licence_id) else store.licence(licence_id)
    return Answer(200, {"id": licence_id, "state": state})


def listing(store: Store, *, since: float) -> Answer:
    """Every step since then, and what it came to."""
    rows = [(job, json.loads(job.body)) for job in store.jobs(channel=LICENCE, since=since)]
    return Answer(
        200,
        [
            {"key": job.key, "id": body["licence_id"], "kind": body["kind"], "order_no": body.get("order_no"),
             "reference": job.reference, "state": job.state}
            for job, body in rows
        ],
    )  # fmt: skip


def _said(licence_id: str, job: Job) -> dict[str, object]:
    return {"id": licence_id, "reference": job.reference, "state": job.state}
