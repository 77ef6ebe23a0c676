"""The steps of goods that don't do what was promised."""

from __future__ import annotations

from compensation.rules.amounts import asked_back
from compensation.rules.explain.refunds import rest
from compensation.rules.facts import Facts
from compensation.rules.policy import Policy
from compensation.rules.steps import Step, say


def user_error(f: Facts, p: Policy) -> list[Step]:
    return [say("核实下来是用法上的问题。请照教程再试一次；还是不行就点“仍然不行”，由专人接着处理。")]


def late(f: Facts, p: Policy) -> list[Step]:
    return [say("问题已核实，但过了质保，系统不能直接算。您的申请没有被拒绝。")]


def replaced(f: Facts, p: Policy) -> list[Step]:
    count = asked_back(f)
    inputs = {"units": count, "stock": f.stock}
    swap = Step(f"库存有 {f.stock} 个，够换，换给您", None, inputs, f"{count} 个")
    return [say("问题已核实，您选了换新。"), swap]


def refunded(f: Facts, p: Policy) -> list[Step]:
    what = "全部退" if f.quantity is None else "有问题的全部退"
    text = f"问题已核实，{what}，用过的也退。"
    if f.wants == "replacement":
        text = f"问题已核实。您选了换新，但库存只有 {f.stock} 个，不够换，所以退款。"
    return [say(text), *rest(f)]


def claimed(f: Facts, p: Policy) -> list[Step]:
    return [say("已收到您的说明和凭证，核实后按规则换新或退款。")]


def unproven(f: Facts, p: Policy) -> list[Step]:
    return [say("还没有凭证。没有凭证不等于没有问题，您的申请没有被拒绝。")]
