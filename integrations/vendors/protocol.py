"""The protocol that the supplier and the shop's refund backend share: signed JSON under one key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit
from uuid import UUID

from common import clock, signing
from integrations.rules import answers, bodies
from integrations.rules.answers import Abilities, Answer, Heard, Meaning, Report
from integrations.vendors import http

# A list names everything since an instant and can't be paged: it alone may be longer than 64 KiB.
MAX_LIST_BYTES = 8 * 1024 * 1024
Reads = Callable[[Mapping[str, Any]], Report]


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A connected provider; subclasses name the path, the states and what can be done."""

    url: str
    secret: str
    timeout_s: float

    name: ClassVar[str]
    collection: ClassVar[str]
    meanings: ClassVar[Mapping[str, Meaning]]
    submit_idempotent: ClassVar[bool]
    query_by_our_key: ClassVar[bool]
    voidable: ClassVar[bool]
    minimum_age_s: ClassVar[float]
    unhurried: ClassVar[bool] = False

    @classmethod
    def abilities_within(cls, *, timeout_s: float) -> Abilities:
        """What this provider can do, given how long we wait for an answer."""
        return Abilities(
            submit_idempotent=cls.submit_idempotent,
            query_by_our_key=cls.query_by_our_key,
            voidable=cls.voidable,
            # A request that we stopped waiting for may still be on its way.
            minimum_age_s=max(cls.minimum_age_s, timeout_s),
            unhurried=cls.unhurried,
        )

    def submit(self, *, key: UUID, body: bytes) -> Answer:
        """Ask for the effect. The key and the bytes are the same on every try."""
        return self._post(self.collection, key=key, body=body, read=self.report_of)

    def _post(self, path: str, *, key: UUID, body: bytes, read: Reads) -> Answer:
        headers = {"Idempotency-Key": str(key), "Content-Type": "application/json"}
        try:
            reply = self._call("POST", path, body=body, headers=headers)
        except http.Unheard as error:
            return answers.lost(str(error))
        return self._answer(answers.heard_at_submit(reply.status), reply, read)

    def ask(self, *, key: UUID, body: bytes = b"") -> Answer:
        """How far is it? `body` is what was asked for, where the key alone doesn't lead there."""
        try:
            reply = self._call("GET", f"{self.collection}/{key}")
        except http.Unheard as error:
            return answers.lost(str(error))
        return self._answer(answers.heard_at_query(reply.status), reply, self.report_of)

    def void(self, *, key: UUID) -> Answer:
        """Don't deliver what is not delivered yet."""
        try:
            reply = self._call("DELETE", f"{self.collection}/{key}")
        except http.Unheard as error:
            return answers.lost(str(error))
        answer = self._answer(answers.heard_at_void(reply.status), reply, self.report_of)
        if 200 <= reply.status < 300 and answer.report is None:
            # It took the void without a word on what came (204, say): how it ended has to be asked for.
            return Answer(heard=Heard.DECLINED, why=answer.why)
        return answer

    def listing(self, *, since: datetime) -> list[Mapping[str, Any]]:
        """Everything the provider knows of since then; Unheard or Unreadable if it can't be had."""
        path = f"{self.collection}?since={quote(str(clock.rfc3339(since)), safe=':')}"
        reply = self._call("GET", path, max_bytes=MAX_LIST_BYTES)
        if reply.status != 200:
            raise http.Unheard(f"HTTP {reply.status}")
        rows = bodies.read_json(reply.body, max_bytes=MAX_LIST_BYTES)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise bodies.Unreadable("not a list of objects")
        return rows

    @classmethod
    def report_of(cls, raw: Mapping[str, Any]) -> Report:
        """One statement of the provider, from an answer, a list or a call-back; Unreadable if it is none."""
        order_no = raw.get("order_no")
        return Report(
            # A state that nobody has heard of is not an end.
            meaning=cls.meanings.get(bodies.text_of(raw, "state", longest=64), Meaning.RUNNING),
            reference=bodies.text_of(raw, "reference", default=""),
            delivered=bodies.count_of(raw, "delivered"),
            amount_fen=bodies.count_of(raw, "amount_fen"),
            quantity=bodies.count_of(raw, "quantity"),
            order_no=None if order_no is None else bodies.text_of(raw, "order_no"),
            key=bodies.text_of(raw, "key", default="") or None,
        )

    def _answer(self, heard: Heard, reply: http.Reply, read: Reads) -> Answer:
        if heard != Heard.REPORT:
            return Answer(heard=heard, why=f"HTTP {reply.status}")
        try:
            return answers.told(read(bodies.read_object(reply.body)))
        except bodies.Unreadable as error:
            return answers.lost(f"HTTP {reply.status}, {error}")

    def _call(
        self, method: str, path: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None,
        max_bytes: int = bodies.MAX_BYTES,
    ) -> http.Reply:  # fmt: skip
        full = urlsplit(self.url).path.rstrip("/") + path
        signed = signing.signed_headers(
            secret=self.secret, method=method, path=full, body=body, now_ts=clock.now().timestamp()
        )
        return http.exchange(
            method=method, base_url=self.url, path=full, body=body, headers={**(headers or {}), **signed},
            deadline_s=self.timeout_s, max_bytes=max_bytes,
        )  # fmt: skip
