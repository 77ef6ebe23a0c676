"""What a person established of an order, in words for whoever reads the sum that rests on it."""

from collections.abc import Mapping
from typing import Any

from common.language import say, spoken
from common.phrases import mark

_PROOFS = {"none": mark("没有凭证"), "claimed": mark("有凭证，没有核实"), "verified": mark("凭证已核实")}
_FAULTS = {
    "none": mark("查不出是谁的原因"), "platform": mark("是平台的原因"), "developer": mark("是商家的原因"),
    "supplier": mark("是供货商的原因"), "buyer": mark("是买家的原因"),
}  # fmt: skip


def found_words(facts: Mapping[str, Any]) -> str:
    """凭证已核实，是商家的原因"""
    said = []
    if facts.get("proof") in _PROOFS:
        said.append(spoken(_PROOFS[facts["proof"]]))
    if facts.get("fault") in _FAULTS:
        said.append(spoken(_FAULTS[facts["fault"]]))
    if facts.get("fake_units") is not None:
        said.append(say("假号 {n} 个", n=facts["fake_units"]))
    return say("，").join(said)
