"""The protocols, request in and answer out, without a socket; runs inside one transaction per request."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote

from common.signing import verify
from integrations.vendors.sandbox import counts, licences, messages
from integrations.vendors.sandbox.exchange import KEY, Answer, Refused, Request, key_in, parsed
from integrations.vendors.sandbox.faults import FATES, NO_FAULTS, WIRE_BEFORE, Faults, steered
from integrations.vendors.sandbox.plans import (
    AFTER,
    COLLECTOR,
    LICENCE,
    MAX_UNITS_PER_ANSWER,
    MESSAGES,
    REFUND,
    SUPPLIER,
    plan_of,
)
from integrations.vendors.sandbox.progress import Progress
from integrations.vendors.sandbox.store import Job, LogRow
from integrations.vendors.sandbox.units import units

ROOTS = {
    "orders": SUPPLIER,
    "refunds": REFUND,
    "licences": LICENCE,
    "messages": MESSAGES,
    "counts": COLLECTOR,
}
AMOUNT_FIELDS = {SUPPLIER: "quantity", REFUND: "amount_fen"}
TEXT_FIELDS = {
    SUPPLIER: ("order_no", "target", "kind", "grade"),
    REFUND: ("order_no", "payment_reference", "reason"),
    LICENCE: ("order_no", "kind", "licence_id"),
}
MAY_BE_NULL = frozenset({"grade", "payment_reference"})
PLAN_OF_FATE = {"rejected": "reject", "partial": "partial", "unknown_state": "unknown_state"}
MAX_AMOUNT = 10**12


@dataclass(frozen=True)
class Protocols:
    """Answers requests from the store, and keeps a row of each in its log."""

    progress: Progress
    secrets: Mapping[str, str]
    faults: Faults = NO_FAULTS

    def answer(self, request: Request, *, now: float) -> Answer:
        """Check, act and log in one transaction: what is answered is what is stored."""
        root, *rest = [unquote(part) for part in request.path.partition("?")[0].removeprefix("/").split("/")]
        channel = ROOTS.get(root, "")
        with self.progress.store.transaction():
            try:
                self._check_signature(request, channel=channel, now=now)
                answer = self._spoilt(request, channel=channel, rest=rest, now=now)
            except Refused as refused:
                answer = refused.answer
            for row in _log_rows(request, answer, channel=channel, rest=rest, now=now):
                self.progress.store.add_log(row)
        return answer

    def _check_signature(self, request: Request, *, channel: str, now: float) -> None:
        # A path outside the protocols is answered 404, but only to somebody who knows a secret.
        candidates = [self.secrets[channel]] if channel else list(self.secrets.values())
        genuine = [
            verify(
                secret=secret,
                method=request.method,
                path=request.path,
                body=request.body,
                timestamp_header=request.headers.get("X-Timestamp"),
                signature_header=request.headers.get("X-Signature"),
                now_ts=now,
            )
            for secret in candidates
        ]
        if not any(genuine):
            raise Refused(401, "signature missing, wrong or too old")

    def _spoilt(self, request: Request, *, channel: str, rest: list[str], now: float) -> Answer:
        """Answered, or gone wrong before or after it was carried out."""
        fault = self._fault(request, channel=channel, key=_key(request, rest))
        if fault in WIRE_BEFORE:
            return Answer(500, {"detail": "a fault that was asked for"}, fault=fault)
        fate = fault if fault in FATES else ""
        answer = self._dispatch(request, channel=channel, rest=rest, fate=fate, now=now)
        if fault == "500_after":
            answer = replace(answer, status=500, data={"detail": "a fault that was asked for"})
        return replace(answer, fault=fault)

    def _fault(self, request: Request, *, channel: str, key: str) -> str:
        store = self.progress.store
        before, given = store.requests(channel=channel, method=request.method, key=key)
        asked = _body_of(request, store.job(channel=channel, key=key)) if before == 0 else {}
        if channel == LICENCE and request.method == "GET":
            asked = {"licence_id": key if before == 0 else ""}
        chosen = self.faults.choose(method=request.method, key=key, number=before + 1, given=given)
        return steered(channel=channel, body=asked, method=request.method) or chosen

    def _dispatch(self, request: Request, *, channel: str, rest: list[str], fate: str, now: float) -> Answer:
        query = parse_qs(request.path.partition("?")[2])
        match (request.method, channel, *rest):
            case ("POST", "supplier" | "refund"):
                return self._take(request, channel=channel, fate=fate, now=now)
            case ("POST", "licence", licence_id, kind) if kind in AFTER:
                return licences.take(request, self.progress, (licence_id, kind), fate=fate, now=now)
            case ("GET", "licence", licence_id):
                return licences.look(self.progress.store, licence_id)
            case ("GET", "licence"):
                since = _instant(query.get("since", [""])[0])
                return licences.listing(self.progress.store, since=since)
            case ("GET", "collector", order_no):
                return counts.look(
                    self.progress.store, order_no, target=query.get("target", [""])[0], now=now
                )
            case ("POST", "messages"):
                return messages.take(request, self.progress, fate=fate, now=now)
            case ("POST", "messages", "batch"):
                return messages.take_batch(request, self.progress, fate=fate, now=now)
            case ("GET", "messages"):
                return messages.listing(self.progress.store, since=_instant(query.get("since", [""])[0]))
            case ("GET", "messages", key):
                return Answer(200, messages.short(self._job(channel=channel, key=key)))
            case ("GET", "supplier" | "refund"):
                return self._list(channel=channel, query=query)
            case ("GET", "supplier" | "refund", key):
                return Answer(200, _full(self._job(channel=channel, key=key)))
            case ("GET", "supplier", key, "units"):
                return self._units(self._job(channel=channel, key=key), query=query)
            case ("DELETE", "supplier", key):
                return self._void(self._job(channel=channel, key=key), now=now)
        raise Refused(404, "no such path")

    def _job(self, *, channel: str, key: str) -> Job:
        job = self.progress.store.job(channel=channel, key=key) if KEY.fullmatch(key) else None
        if job is None:
            raise Refused(404, "no such key", "none")
        return job

    def _take(self, request: Request, *, channel: str, fate: str, now: float) -> Answer:
        body, frozen = parsed(request.body)
        key = key_in(request)
        known = self.progress.store.job(channel=channel, key=key)
        if known is not None:
            if known.body != frozen:
                raise Refused(409, "this key came with another body before", "conflict")
            return Answer(200, _short(known), "repeated")
        _check_fields(body, channel=channel, key=key)
        plan = PLAN_OF_FATE.get(fate) or plan_of(channel=channel, body=body)
        job = self._new_job(body, channel=channel, key=key, frozen=frozen, plan=plan, now=now)
        self.progress.store.add_job(job)
        return Answer(201, _short(job), "created")

    def _new_job(
        self, body: Mapping[str, Any], *, channel: str, key: str, frozen: str, plan: str, now: float
    ) -> Job:
        return Job(
            channel=channel,
            key=key,
            reference=f"{channel[:3].upper()}-{hashlib.sha256(key.encode()).hexdigest()[:12]}",
            body=frozen,
            plan=plan,
            amount=body[AMOUNT_FIELDS[channel]],
            state="accepted",
            delivered=0,
            step=0,
            created_at=now,
            changed_at=now,
            next_at=self.progress.first_due(channel=channel, plan=plan, now=now),
        )

    def _list(self, *, channel: str, query: Mapping[str, list[str]]) -> Answer:
        since = _instant(query.get("since", [""])[0])
        jobs = self.progress.store.jobs(channel=channel, since=since)
        amount = AMOUNT_FIELDS[channel]
        return Answer(200, [{"key": job.key, **_short(job), amount: job.amount} for job in jobs])

    def _units(self, job: Job, *, query: Mapping[str, list[str]]) -> Answer:
        after = query.get("after", ["0"])[0]
        if not re.fullmatch(r"[0-9]{1,12}", after):
            raise Refused(400, "after is the index to go on from")
        deliveries = self.progress.store.deliveries(key=job.key)
        found = units(
            key=job.key,
            ordered_at=job.created_at,
            deliveries=deliveries,
            after=int(after),
            limit=MAX_UNITS_PER_ANSWER,
        )
        return Answer(200, found)

    def _void(self, job: Job, *, now: float) -> Answer:
        ended = self.progress.void(job, now=now)
        return Answer(200, _full(ended), "none" if ended == job else "voided")


def _short(job: Job) -> dict[str, object]:
    return {"reference": job.reference, "state": job.state}


def _full(job: Job) -> dict[str, object]:
    count = {"delivered": job.delivered} if job.channel == SUPPLIER else {"amount_fen": job.amount}
    return _short(job) | count


def _key(request: Request, rest: list[str]) -> str:
    """By what name the request goes in the log: its key, or what it asks about."""
    named = request.headers.get("Idempotency-Key") or (rest[0] if rest else "")
    return f"batch-{hashlib.sha256(request.body).hexdigest()[:16]}" if named == "batch" else named


def _body_of(request: Request, job: Job | None) -> dict[str, Any]:
    """What was ordered: by this request, or earlier under its key."""
    try:
        found = json.loads(request.body if request.method == "POST" else job.body if job else "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _check_fields(body: Mapping[str, Any], *, channel: str, key: str) -> None:
    if body.get("key") != key:
        raise Refused(400, "key is not the Idempotency-Key")
    for name in TEXT_FIELDS[channel]:
        value = body.get(name)
        if not isinstance(value, str) and not (value is None and name in MAY_BE_NULL):
            raise Refused(400, f"{name} is not a text")
    amount = body.get(AMOUNT_FIELDS[channel])
    if type(amount) is not int or not 0 < amount <= MAX_AMOUNT:
        raise Refused(400, f"{AMOUNT_FIELDS[channel]} is not a positive integer")


def _instant(text: str) -> float:
    try:
        # A "+" that was sent unescaped has arrived as a space.
        found = datetime.fromisoformat(text.replace(" ", "+"))
        if found.tzinfo is None:
            raise ValueError(text)
        return found.astimezone(UTC).timestamp()
    except (ValueError, OverflowError):
        raise Refused(400, "since is not an RFC 3339 instant") from None


def _log_rows(
    request: Request, answer: Answer, *, channel: str, rest: list[str], now: float
) -> Iterator[LogRow]:
    """One, or where one request brought many, one of each."""
    row = _log_row(request, answer, channel=channel, rest=rest, now=now)
    if not answer.each:
        yield row
    for key, (digest, effect) in answer.each.items():
        yield replace(row, key=key, body_sha256=digest, effect=effect)


def _log_row(request: Request, answer: Answer, *, channel: str, rest: list[str], now: float) -> LogRow:
    return LogRow(
        at=now,
        channel=channel,
        method=request.method,
        path=request.path[:300],
        key=_key(request, rest)[:100],
        body_sha256=hashlib.sha256(request.body).hexdigest(),
        status=answer.status,
        effect=answer.effect,
        fault=answer.fault,
    )
