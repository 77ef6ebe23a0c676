"""What a buyer can say is wrong, and what each of it asks them to show: read before a word is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from common.language import say, spoken
from common.phrases import mark
from common.written import in_words
from compensation.rules.proofs import proof_asked
from orders import queries as orders
from tickets.rules.details import ELSEWHERE

REASONS = (
    ("delay", mark("没按时送到")),
    ("abnormal_data", mark("个数对不上")),
    ("fake_units", mark("像是假号")),
    ("low_interaction", mark("没有互动")),
    ("not_as_described", mark("和说明不一样")),
    ("defect", mark("用不了")),
    ("compatibility", mark("和我的设备、软件不合")),
    ("account_ban", mark("账号被封")),
    ("refund", mark("想退款")),
    ("question", mark("想问怎么用")),
    ("suggestion", mark("提个建议")),
    ("other", mark("别的")),
)
METERED_ONLY = {"abnormal_data", "fake_units", "low_interaction"}


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    proof: str
    chosen: bool = False


@dataclass(frozen=True)
class Particulars:
    """What is asked beside the words: of fakes how many and whose, of goods not as described which claim."""

    counted: bool = False
    listed: tuple[tuple[str, str], ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    file_error: str = ""

    @property
    def claims(self) -> tuple[tuple[str, str, bool], ...]:
        """(what is sent, what is read, whether it is chosen)."""
        options = [(name, say("{name}：{said}", name=name, said=said)) for name, said in self.listed]
        chosen = self.typed.get("claim", "")
        rest = [(ELSEWHERE, say("说明里没有列的"))] if options else []
        return tuple((value, label, value == chosen) for value, label in (*options, *rest))


def listed_of(order: Any) -> dict[str, str]:
    """The claims of the goods when they were paid, each in words."""
    found = orders.specification_of(order=order)
    return {str(name)[:100]: in_words(said)[:300] for name, said in found.items()}


def choices(kind: str) -> tuple[Choice, ...]:
    """The reasons that goods of this kind have, a drop apart, which has a button of its own."""
    return tuple(
        Choice(reason, spoken(label), spoken(proof_asked(reason=reason, kind=kind)))
        for reason, label in REASONS
        if kind == "metered" or reason not in METERED_ONLY
    )
