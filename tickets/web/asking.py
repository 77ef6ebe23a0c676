"""What a buyer can say is wrong, and what each of it asks them to show: read before a word is written."""

from dataclasses import dataclass

from common.language import spoken
from common.phrases import mark
from compensation.rules.proofs import proof_asked

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


def choices(kind: str) -> tuple[Choice, ...]:
    """The reasons that goods of this kind have, a drop apart, which has a button of its own."""
    return tuple(
        Choice(reason, spoken(label), spoken(proof_asked(reason=reason, kind=kind)))
        for reason, label in REASONS
        if kind == "metered" or reason not in METERED_ONLY
    )
