"""A message to a buyer on its way out: its key, a function of the occasion, and the bytes that leave."""

import json
from dataclasses import dataclass
from uuid import UUID, uuid5

from integrations.rules.bodies import MESSAGE, BodyRefused

NAMESPACE = UUID("4b9c1f0e-6f35-5c1d-9a52-2d8a3f6e7b11")
LONGEST_TEXT = 4000


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """What the shop's backend is asked to bring to a buyer; `about` names the occasion and stays here.

    `by_day`: it can wait, and doesn't go out at night. No part of the key or of what leaves.
    """

    external_id: str
    contact: str
    kind: str
    about: str
    text: str
    link: str
    order_no: str = ""
    by_day: bool = False

    @property
    def key(self) -> UUID:
        """The same for the same occasion, so that a restored database doesn't write a second time."""
        return uuid5(NAMESPACE, "\n".join((MESSAGE, self.external_id, self.kind, self.about)))


def freeze(message: Outgoing) -> str:
    """The one text whose bytes go out on every try, alone or among others."""
    if not message.external_id or not message.text or len(message.text) > LONGEST_TEXT:
        raise BodyRefused("a message needs a buyer and a text of at most 4000 characters")
    body = {
        "key": str(message.key), "to": {"external_id": message.external_id, "contact": message.contact},
        "kind": message.kind, "text": message.text, "link": message.link,
    }  # fmt: skip
    if message.order_no:
        body["order_no"] = message.order_no
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
