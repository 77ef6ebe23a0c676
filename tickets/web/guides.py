"""Tutorials as a buyer's pages show them: before filing, and given in a case."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from common.language import say, spoken
from orders import queries as orders
from orders.rules.tutorials import paragraphs
from tickets.services.guiding import GUIDED, SOLVED, UNSOLVED
from tickets.web.asking import REASONS


@dataclass(frozen=True)
class Guide:
    """`key` is how its two buttons name it, `symptom` the reason that it is for; `said` the reader's last word."""

    key: str
    title: str
    steps: tuple[str, ...]
    symptom: str = ""
    about: str = ""
    said: str = ""
    answerable: bool = False


def guides_for(order: Any, *, answerable: bool) -> tuple[Guide, ...]:
    """What is published for the order's goods, each with the reason that it is for."""
    if not order.taught:  # as `find_order` found with it
        return ()
    names = dict(REASONS)
    return tuple(
        Guide(
            key=orders.key_of(row),
            title=row.title,
            steps=paragraphs(row.text),
            symptom=row.tutorial.symptom,
            about=_about(spoken(names[row.tutorial.symptom]), row.tutorial.symptom_title),
            answerable=answerable,
        )
        for row in orders.tutorials_for(order.product)
        if row.tutorial.symptom in names
    )


def _about(reason: str, more: str) -> str:
    return say("{reason}：{more}", reason=reason, more=more) if more else reason


def guides_in(events: Iterable[Any], *, answerable: bool) -> tuple[Guide, ...]:
    """Given in a case, the newest first, as they read then; `said` after it was given last."""
    found: dict[str, Any] = {}
    for event in events:
        key = f"{event.data.get('tutorial')}/{event.data.get('version')}"
        if event.kind == GUIDED:
            found.pop(key, None)
            found[key] = (event.data, "")
        elif event.kind in (SOLVED, UNSOLVED) and key in found:
            found[key] = (found[key][0], event.kind)
    return tuple(
        Guide(
            key,
            data["title"],
            paragraphs(data["text"]),
            said=_SAID.get(said, ""),
            answerable=answerable and not said,
        )
        for key, (data, said) in reversed(found.items())
    )


_SAID = {SOLVED: "solved", UNSOLVED: "unsolved"}


def guide_to_answer(guides: tuple[Guide, ...]) -> Guide | None:
    """The only one there is, where its reader hasn't said yet; of several each has its own buttons."""
    return guides[0] if len(guides) == 1 and guides[0].answerable else None
