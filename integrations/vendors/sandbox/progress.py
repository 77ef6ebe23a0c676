"""The clockwork: jobs that move on by themselves, and the signed call-backs that announce each move."""

import http.client
import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from common.clock import rfc3339
from common.signing import signed_headers
from integrations.vendors.sandbox.faults import NO_FAULTS, Faults
from integrations.vendors.sandbox.plans import LICENCE, REFUND, SUPPLIER, after_step, outcome, step_of, voided
from integrations.vendors.sandbox.store import CallBack, Job, Store

CALL_BACK_PATHS = {
    "supplier": "/api/v1/webhooks/supplier/",
    "refund": "/api/v1/webhooks/refund/",
    "messages": "/api/v1/webhooks/messages/",
}
CALL_BACK_TIMEOUT = 4.0
FIRST_RETRY, LONGEST_RETRY, LAST_TRY = 0.5, 30.0, 25  # about ten minutes at pace 1
BATCH = 200

log = logging.getLogger("sandbox")


@dataclass(frozen=True)
class Progress:
    """What happens to jobs; every method runs inside the caller's transaction on the store."""

    store: Store
    pace: float
    announces: bool
    faults: Faults = NO_FAULTS

    def first_due(self, *, channel: str, plan: str, now: float) -> float | None:
        """When the job's first step is due."""
        step = step_of(channel=channel, plan=plan, number=0)
        return None if step is None else now + step.wait * self.pace

    def advance(self, *, now: float) -> int:
        """Move every job that is due by one step."""
        due = self.store.due_jobs(now=now, limit=BATCH)
        for job in due:
            step = step_of(channel=job.channel, plan=job.plan, number=job.step)
            follows = step_of(channel=job.channel, plan=job.plan, number=job.step + 1)
            next_at = None if follows is None else now + follows.wait * self.pace
            state, delivered = (
                (job.state, job.delivered) if step is None else outcome(step=step, quantity=job.amount)
            )
            if job.channel == LICENCE and step is not None:
                state = self.carry_out(json.loads(job.body))
            self._move(job, state=state, delivered=delivered, step=job.step + 1, next_at=next_at, now=now)
        return len(due)

    def carry_out(self, step: Mapping[str, str]) -> str:
        """Do the step to the licence; what it is then."""
        state = after_step(kind=step["kind"], before=self.store.licence(step["licence_id"]))
        self.store.keep_licence(step["licence_id"], state)
        return state

    def void(self, job: Job, *, now: float) -> Job:
        """End what is undelivered, at once and for good."""
        state = voided(state=job.state, delivered=job.delivered)
        if state == job.state:
            return job
        return self._move(job, state=state, delivered=job.delivered, step=job.step, next_at=None, now=now)

    def _move(
        self, job: Job, *, state: str, delivered: int, step: int, next_at: float | None, now: float
    ) -> Job:
        moved = self.store.move_job(
            job, state=state, delivered=delivered, step=step, next_at=next_at, now=now
        )
        if job.channel == LICENCE or self.faults.silences(key=job.key):  # nobody calls back about licences
            return moved
        if self.announces and (moved.state, moved.delivered) != (job.state, job.delivered):
            event_id = uuid.uuid4().hex
            body = json.dumps(_announcement(moved, event_id=event_id, now=now))
            self.store.add_call_back(event_id=event_id, channel=job.channel, body=body, now=now)
        return moved


def _announcement(job: Job, *, event_id: str, now: float) -> dict[str, object]:
    counts = {SUPPLIER: {"delivered": job.delivered}, REFUND: {"amount_fen": job.amount}}
    count = counts.get(job.channel, {})
    return {
        "event_id": event_id,
        "key": job.key,
        "reference": job.reference,
        "state": job.state,
        **count,
        "occurred_at": rfc3339(datetime.fromtimestamp(now, UTC)),
    }


@dataclass(frozen=True)
class Courier:
    """Carries call-backs to the application until it answers 2xx, always with the same bytes."""

    store: Store
    app_url: str
    secrets: Mapping[str, str]
    pace: float
    clock: Callable[[], float] = time.time

    def deliver_one(self) -> bool:
        """Try the most overdue call-back once; False when none is due."""
        now = self.clock()
        with self.store.transaction():
            taken = self.store.take_call_back(now=now, lease=CALL_BACK_TIMEOUT + 1)
        if taken is None:
            return False
        status = self._post(taken)
        done = status is not None and 200 <= status < 300
        now = self.clock()
        with self.store.transaction():
            self.store.settle_call_back(
                event_id=taken.event_id,
                status=status,
                next_at=None if done or taken.attempts >= LAST_TRY else now + self._pause(taken.attempts),
                done_at=now if done else None,
            )
        return True

    def _pause(self, attempts: int) -> float:
        return min(LONGEST_RETRY, FIRST_RETRY * 2.0 ** (attempts - 1)) * self.pace

    def _post(self, call_back: CallBack) -> int | None:
        """The status of the answer, None where there was none; no proxy and no redirect is followed."""
        parts = urlsplit(self.app_url)
        path = parts.path.rstrip("/") + CALL_BACK_PATHS[call_back.channel]
        body = call_back.body.encode()
        headers = {"Content-Type": "application/json"} | signed_headers(
            secret=self.secrets[call_back.channel], method="POST", path=path, body=body, now_ts=self.clock()
        )
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=CALL_BACK_TIMEOUT)
        try:
            connection.request("POST", path, body=body, headers=headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


class Loop(threading.Thread):
    """Repeats `work` until stopped; between rounds it sleeps until `next_due` or until it is woken."""

    LONGEST_SLEEP = 1.0

    def __init__(
        self, *, name: str, work: Callable[[], object], next_due: Callable[[], float | None]
    ) -> None:
        super().__init__(name=name, daemon=True)
        self._work = work
        self._next_due = next_due
        self._woken = threading.Event()
        self._stopped = False

    def run(self) -> None:
        while not self._stopped:
            try:
                while not self._stopped and self._work():
                    pass
                pause = self._pause()
            except Exception:  # the clockwork outlives whatever one row or a full disk does to it
                if self._stopped:
                    return
                log.exception("sandbox: %s goes on after an error", self.name)
                pause = self.LONGEST_SLEEP
            self._woken.wait(pause)
            self._woken.clear()

    def wake(self) -> None:
        self._woken.set()

    def stop(self) -> None:
        self._stopped = True
        self._woken.set()

    def _pause(self) -> float:
        due = self._next_due()
        return self.LONGEST_SLEEP if due is None else min(max(due - time.time(), 0.0), self.LONGEST_SLEEP)
