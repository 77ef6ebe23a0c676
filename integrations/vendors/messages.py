"""The shop's own backend that brings a message to a buyer: by SMS, WeChat, QQ or mail, as it knows them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from integrations.rules import answers, bodies
from integrations.rules.answers import Answer, Heard, Meaning, Report
from integrations.rules.bodies import MESSAGES
from integrations.vendors import http
from integrations.vendors.protocol import Provider

NOT_OFFERED = frozenset({404, 405, 501})


class Messages(Provider):
    name = MESSAGES
    collection = "/messages"
    meanings = {
        "accepted": Meaning.RUNNING,
        "sent": Meaning.DONE,
        "failed": Meaning.REFUSED,
    }
    submit_idempotent = True
    query_by_our_key = True
    voidable = False
    minimum_age_s = 5.0
    unhurried = True

    def submit(self, *, key: UUID, body: bytes) -> Answer:
        """One alone. What it won't take is refused: the buyer has it in the inbox all the same."""
        answer = super().submit(key=key, body=body)
        if answer.heard == Heard.CONFLICT:
            return answers.told(TOLD_BEFORE)
        if answer.heard == Heard.DECLINED:
            return answers.told(Report(meaning=Meaning.REFUSED, said=answer.why))
        return answer

    def submit_many(self, *, rows: Sequence[tuple[UUID, bytes]]) -> dict[UUID, Answer]:
        """So many in one request, each by its own key and with its own answer; whoever is not named is unknown."""
        body = b'{"messages":[' + b",".join(body for _, body in rows) + b"]}"
        path, headers = f"{self.collection}/batch", {"Content-Type": "application/json"}
        try:
            reply = self._call("POST", path, body=body, headers=headers)
            if reply.status in NOT_OFFERED:
                raise BatchNotOffered()
            heard = answers.heard_at_submit(reply.status)
            if heard == Heard.UNAUTHORISED:
                return dict.fromkeys(
                    (key for key, _ in rows), Answer(heard=heard, why=f"HTTP {reply.status}")
                )
            if heard != Heard.REPORT:  # of none of them alone: each is asked about
                raise http.Unheard(f"HTTP {reply.status}")
            told = dict(_each(bodies.read_object(reply.body)))
        except (http.Unheard, bodies.Unreadable) as error:
            told, why = {}, str(error)
        else:
            why = "not named in the answer"
        return {key: told.get(str(key)) or answers.lost(why) for key, _ in rows}

    @classmethod
    def report_of(cls, raw: Mapping[str, Any]) -> Report:
        """State, reference and why not; nothing else is believed of a message."""
        state = bodies.text_of(raw, "state", longest=64)
        return Report(
            meaning=cls.meanings.get(state, Meaning.RUNNING),
            reference=bodies.text_of(raw, "reference", default=""),
            key=bodies.text_of(raw, "key", default="") or None,
            said=bodies.text_of(raw, "reason", default="") if state == "failed" else "",
        )


# The key is there with other words, so this buyer was told of this occasion: before a restored database forgot it.
TOLD_BEFORE = Report(meaning=Meaning.RUNNING, said="key known with another body")


class BatchNotOffered(Exception):
    """This backend takes messages one by one only; nothing of the batch was carried out."""


def _each(raw: Mapping[str, Any]) -> Iterable[tuple[str, Answer]]:
    rows = raw.get("messages")
    if not isinstance(rows, list):
        raise bodies.Unreadable("messages is not a list")
    for row in rows:
        try:
            yield _one(row)
        except bodies.Unreadable:  # one that can't be read is unknown, and spoils none of the others
            continue


def _one(row: Any) -> tuple[str, Answer]:
    if not isinstance(row, Mapping):
        raise bodies.Unreadable("a row is not an object")
    key = bodies.text_of(row, "key")
    if row.get("state") == "conflict":
        return key, answers.told(replace(TOLD_BEFORE, key=key))
    return key, answers.told(Messages.report_of(row))
