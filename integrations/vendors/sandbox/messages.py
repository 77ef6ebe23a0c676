"""The message service: each message once per key, alone or by the hundred; it keeps what it was given to send."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from integrations.vendors.sandbox.exchange import KEY, Answer, Refused, Request, key_in, parsed
from integrations.vendors.sandbox.faults import STEERING
from integrations.vendors.sandbox.plans import MESSAGES, plan_of, steering_of, step_of
from integrations.vendors.sandbox.progress import Progress
from integrations.vendors.sandbox.store import Job, Store

MOST = 100
FIRST = {"reject": "failed", "stall": "accepted", "slow": "accepted", "unknown_state": "accepted"}
PLAN_OF_FATE = {"rejected": "reject", "unknown_state": "unknown_state"}


def take(request: Request, progress: Progress, *, fate: str, now: float) -> Answer:
    """One message, under the key of the request."""
    body, frozen = parsed(request.body)
    if body.get("key") != key_in(request):
        raise Refused(400, "key is not the Idempotency-Key")
    row, effect = _take_one(body, frozen, progress, fate=fate, now=now)
    if effect == "conflict":
        raise Refused(409, "this key came with another body before", effect)
    if effect == "refused":
        raise Refused(422, "a message needs to.external_id, kind and text")
    return Answer(201 if effect == "created" else 200, row, effect)


def take_batch(request: Request, progress: Progress, *, fate: str, now: float) -> Answer:
    """Each with its own answer, and its own line in the log."""
    body, _ = parsed(request.body)
    rows = body.get("messages")
    if (
        not isinstance(rows, list)
        or not 0 < len(rows) <= MOST
        or not all(isinstance(row, dict) for row in rows)
    ):
        raise Refused(400, f"messages is a list of 1 to {MOST}")
    named = STEERING in steering_of(
        channel=MESSAGES, body=body
    )  # then only whoever asks for it has that fate
    said, each = [], {}
    for row in rows:
        own = fate if not named or STEERING in steering_of(channel=MESSAGES, body=row) else ""
        answer, effect = _take_one(row, json.dumps(row, sort_keys=True), progress, fate=own, now=now)
        said.append(answer)
        each[str(row.get("key"))[:100]] = (_digest(row), effect)
    return Answer(200, {"messages": said}, "batch", each=each)


def _digest(row: Mapping[str, Any]) -> str:
    """Of its bytes as they come alone."""
    raw = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(raw.encode()).hexdigest()


def listing(store: Store, *, since: float) -> Answer:
    """What became of each since then; what they said is in the store's file, and in no answer."""
    rows = [(job, json.loads(job.body)) for job in store.jobs(channel=MESSAGES, since=since)]
    return Answer(200, [{"key": job.key, "kind": body["kind"]} | short(job) for job, body in rows])


def short(job: Job) -> dict[str, object]:
    said: dict[str, object] = {"reference": job.reference, "state": job.state}
    return said | {"reason": "nobody is there"} if job.state == "failed" else said


def _take_one(
    body: Mapping[str, Any], frozen: str, progress: Progress, *, fate: str, now: float
) -> tuple[dict[str, object], str]:
    key = str(body.get("key"))
    known = progress.store.job(channel=MESSAGES, key=key) if KEY.fullmatch(key) else None
    if known is not None:
        if known.body != frozen:
            return {"key": key, "state": "conflict"}, "conflict"
        return {"key": key} | short(known), "repeated"
    to = body.get("to")
    sound = isinstance(to, dict) and to.get("external_id") and body.get("kind") and body.get("text")
    if not sound or not KEY.fullmatch(key):
        return {"key": key, "state": "failed", "reason": "incomplete"}, "refused"
    plan = PLAN_OF_FATE.get(fate) or plan_of(channel=MESSAGES, body=body)
    first = step_of(channel=MESSAGES, plan=plan, number=0)
    job = Job(
        channel=MESSAGES, key=key, reference=f"MSG-{hashlib.sha256(key.encode()).hexdigest()[:12]}", body=frozen,
        plan=plan, amount=1, state=FIRST.get(plan, "sent"), delivered=0, step=0, created_at=now, changed_at=now,
        next_at=None if first is None else now + first.wait * progress.pace,
    )  # fmt: skip
    progress.store.add_job(job)
    return {"key": key} | short(job), "created"
