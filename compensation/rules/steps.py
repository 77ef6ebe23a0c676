"""One step of an explanation: a sentence, the sum, what went into it, what came out."""

from __future__ import annotations

from typing import Any, NamedTuple

# What a named tuple's own constructor calls in the end; a decision makes ten of them, and scans make millions.
make = tuple.__new__


class Step(NamedTuple):
    """A named tuple because a decision makes several of them: it is the cheapest frozen thing."""

    text: str
    formula: str | None
    inputs: dict[str, int]
    result: str | None

    def as_data(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "formula": self.formula,
            "inputs": dict(self.inputs),
            "result": self.result,
        }


def say(text: str) -> Step:
    """A step without a sum."""
    return make(Step, (text, None, {}, None))
