"""The shop's entitlement service: it suspends, reinstates and revokes one licence at a time.

A step is asked about by looking at the licence itself: what it is now tells whether the step was done, whoever did it.
"""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar
from urllib.parse import quote
from uuid import UUID

from integrations.rules import answers, bodies
from integrations.rules.answers import Answer, Heard, Meaning, Report
from integrations.rules.bodies import LICENCE
from integrations.vendors import http
from integrations.vendors.protocol import Provider

# What a licence is after the step; what is revoked stays so, whatever else was asked for.
DONE = {
    "suspend": frozenset({"suspended", "revoked"}),
    "reinstate": frozenset({"active"}),
    "revoke": frozenset({"revoked"}),
}
STATES = frozenset({"active", "suspended", "revoked"})
REFUSED = frozenset({"refused", "used"})  # it won't; it was used up, and can't be taken back


class LicenceService(Provider):
    name = LICENCE
    collection = "/licences"
    meanings: ClassVar[Mapping[str, Meaning]] = {}  # they depend on the step
    submit_idempotent = True
    query_by_our_key = True
    voidable = False
    minimum_age_s = 5.0

    def submit(self, *, key: UUID, body: bytes) -> Answer:
        step = _Step(body)
        path = f"{self._path(step)}/{step.kind}"
        return self._post(path, key=key, body=body, read=partial(_answered, step=step))

    def ask(self, *, key: UUID, body: bytes = b"") -> Answer:
        """What is the licence now? Anything but what the step wants means that the step was not done yet."""
        step = _Step(body)
        try:
            reply = self._call("GET", self._path(step))
        except http.Unheard as error:
            return answers.lost(str(error))
        answer = self._answer(answers.heard_at_query(reply.status), reply, partial(_answered, step=step))
        report = answer.report
        if report is not None and report.meaning == Meaning.RUNNING and report.said in STATES:
            return Answer(heard=Heard.ABSENT, why=report.said)
        return answer

    @classmethod
    def report_of(cls, raw: Mapping[str, Any]) -> Report:
        """A row of the list: which step under which key, and what came of it."""
        kind = bodies.text_of(raw, "kind", longest=16)
        state = bodies.text_of(raw, "state", longest=64)
        if kind not in DONE:
            raise bodies.Unreadable("kind is no step")
        return Report(
            meaning=_meaning(kind, state),
            key=bodies.text_of(raw, "key", default="") or None,
            order_no=bodies.text_of(raw, "order_no", default="") or None,
            said=state,
        )

    def _path(self, step: "_Step") -> str:
        return f"{self.collection}/{quote(step.licence_id, safe='')}"


class _Step:
    """Which step on which licence, as the frozen body says."""

    def __init__(self, body: bytes) -> None:
        said = json.loads(body)
        self.kind: str = said["kind"]
        self.licence_id: str = said["licence_id"]


def _answered(raw: Mapping[str, Any], *, step: _Step) -> Report:
    if bodies.text_of(raw, "id") != step.licence_id:
        raise bodies.Unreadable("it speaks of another licence")
    state = bodies.text_of(raw, "state", longest=64)
    return Report(
        meaning=_meaning(step.kind, state), reference=bodies.text_of(raw, "reference", default=""), said=state
    )


def _meaning(kind: str, state: str) -> Meaning:
    if state in DONE[kind]:
        return Meaning.DONE
    if state in REFUSED or (kind == "reinstate" and state == "revoked"):
        return Meaning.REFUSED
    return Meaning.RUNNING
