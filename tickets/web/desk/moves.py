"""The moves that ops may make now, as forms: what each asks for, what was typed kept, and why it can't be pressed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from common.language import say, spoken
from common.phrases import mark
from common.refusals import Refusal
from compensation.rules.overrides import CASH, KINDS, SUPPLIED
from tickets.rules.lifecycle import allowed
from tickets.web.desk import words
from tickets.web.desk.approval import Approval, approval, nth
from tickets.web.desk.read_case import Case

# In the order in which a person decides; the shape of its form.
NAMES = {
    "approve": mark("批准"),
    "override": mark("改判"),
    "refuse": mark("不予补偿"),
    "request_proof": mark("要凭证"),
    "establish": mark("认定事实"),
    "set_responsibility": mark("定责任方"),
    "answer_contest": mark("答复异议"),
    "assign": mark("交给…"),
}
TONES = {"approve": "go", "refuse": "hard"}
REASONS = {
    "approve": mark("批准的理由（买家看得到）"),
    "override": mark("为什么改（买家看得到）"),
    "refuse": mark("为什么不补（买家看得到）"),
    "establish": mark("凭什么这样认定（买家看得到）"),
    "set_responsibility": mark("凭什么由它承担（只有内部看）"),
    "answer_contest": mark("给开发者的答复（开发者看得到）"),
}
PROOFS = (
    ("", mark("不改")),
    ("none", mark("没有凭证")),
    ("claimed", mark("说了，没有核实")),
    ("verified", mark("已核实")),
)
FAULTS = (
    ("", mark("不改")), ("none", mark("查不出")), ("platform", mark("平台")), ("developer", mark("开发者")),
    ("supplier", mark("供货商")), ("buyer", mark("买家")),
)  # fmt: skip
PARTIES = (
    ("platform", mark("平台")), ("developer", mark("开发者")), ("supplier", mark("供货商")), ("buyer", mark("买家")),
    ("unknown", mark("还不清楚")),
)  # fmt: skip


@dataclass(frozen=True)
class Field:
    """A choice or a figure; `name` is what it is posted as."""

    name: str
    label: str
    value: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    error: str = ""


@dataclass(frozen=True)
class Form:
    action: str
    label: str
    tone: str
    hint: str = ""
    blocked: str = ""
    fields: tuple[Field, ...] = ()
    asks: str = ""
    asks_label: str = ""
    text: str = ""
    error: str = ""
    open: bool = False


@dataclass(frozen=True)
class Tried:
    """A move that was refused: what was typed, and why it did not go."""

    action: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: Refusal | None = None

    @property
    def errors(self) -> dict[str, str]:
        return (
            {fault["field"]: spoken(fault["detail"]) for fault in self.refusal.errors} if self.refusal else {}
        )

    @property
    def is_late(self) -> bool:
        """Somebody else moved the case meanwhile."""
        return self.refusal is not None and self.refusal.code in (
            "colleague_first",
            "move_not_allowed",
            "state_moved",
        )

    @property
    def words(self) -> str:
        return self.typed.get("reason") or self.typed.get("text") or ""

    @property
    def why(self) -> str:
        """Nothing twice: where each fault stands at its field, the general sentence is left out."""
        return spoken(self.refusal.detail) if self.refusal and not self.refusal.errors else ""


def forms(*, case: Case, reader: Any, colleagues: Sequence[Any], tried: Tried) -> list[Form]:
    """One per move of the table that ops may make in this state."""
    may = set(allowed(case.ticket.state, "ops"))
    if case.open_contest is not None:  # until it is answered, the answer is the only way to set who bears it
        may = may - {"set_responsibility"} | {"answer_contest"}
    yes = approval(case=case, reader=reader) if "approve" in may else Approval()
    return [_form(action, case, yes, colleagues, tried) for action in NAMES if action in may]


def _form(action: str, case: Case, yes: Approval, colleagues: Sequence[Any], tried: Tried) -> Form:
    mine = tried.action == action
    typed, errors = (tried.typed, tried.errors) if mine else ({}, {})
    asks = "" if action == "assign" else "text" if action == "request_proof" else "reason"
    fields = tuple(_fields(action, case, colleagues, typed, errors))
    blocked = yes.blocked if action == "approve" else ""
    return Form(
        action=action, label=_label(action, case, yes), tone="quiet" if blocked else TONES.get(action, "quiet"),
        hint=_hint(action, case, yes), blocked=blocked, fields=fields, asks=asks, asks_label=_asks(action, yes),
        text=typed.get(asks, ""), error=_error(tried, fields) if mine else "", open=mine,
    )  # fmt: skip


def _label(action: str, case: Case, yes: Approval) -> str:
    """Of an approval, what it gives; with nothing to give, what is sent is an answer."""
    if action != "approve" or yes.blocked:
        return spoken(NAMES[action])
    if not yes.gives:
        return say("答复买家")
    if (needed := case.rulings.needed) > 1:
        return say(
            "批准（第 {k} 位，共要 {n} 位）：{gives}",
            k=nth(case.rulings),
            n=needed,
            gives=words.to_give(yes.gives),
        )
    return say("批准：{gives}", gives=words.to_give(yes.gives))


def _asks(action: str, yes: Approval) -> str:
    if action == "approve" and not yes.gives:
        return say("写给买家的答复")
    return spoken(REASONS.get(action, mark("请买家或开发者补充什么")))


def _waits(case: Case) -> list[Any]:
    return [row for row in case.remedies if row.state == "awaiting_approval"]


def _error(tried: Tried, fields: Sequence[Field]) -> str:
    """What no field of the form says already."""
    shown = {each.name for each in fields}
    own = "" if tried.is_late else tried.why  # said above the whole page
    return " ".join([own, *(why for name, why in tried.errors.items() if name not in shown)]).strip()


def _hint(action: str, case: Case, yes: Approval) -> str:
    rulings = case.rulings
    if action == "approve":
        gives = words.all_given(yes.gives)
        if yes.blocked and not gives:
            return ""
        if not gives:
            return say("没有要给的：您写的就是答复，发给买家确认。要给什么，用「改判」或「认定事实」。")
        if rulings.needed > 1:
            there = say("、").join(row.by for row in rulings.approvals) or say("还没有人")
            return say(
                "给：{gives}。要 {n} 个人批准，已批准：{who}。", gives=gives, n=rulings.needed, who=there
            )
        return say("给：{gives}。", gives=gives)
    return spoken(HINTS.get(action, ""))


HINTS = {
    "override": mark("写要给的，没写的不给。现金累计超过自动办的上限，要另一位同事批准。"),
    "refuse": mark("还没发出的作废。买家可以申诉一次。"),
    "request_proof": mark("问买家 72 小时，问开发者 48 小时；到时没有答复，回到队列由我们决定。"),
    "establish": mark("写查明的事实，规则马上重新算一遍；原来的决定留在记录里。"),
    "set_responsibility": mark("只决定谁承担，不改买家得到的。"),
    "answer_contest": mark("维持就选开发者，不然选改由谁承担；已付的随着改记，买家得到的不变。"),
}


def _fields(
    action: str, case: Case, colleagues: Sequence[Any], typed: Mapping[str, str], errors: Mapping[str, str]
) -> Any:
    def choice(name: str, label: str, choices: Any, now: str = "") -> Field:
        said = tuple((value, spoken(text)) for value, text in choices)
        return Field(name, label, typed.get(name, now), said, error=errors.get(name, ""))

    if action == "override":
        yield from _remedies(case, typed, errors)
    elif action == "request_proof":
        yield choice("whom", say("问谁"), (("buyer", mark("买家")), ("developer", mark("开发者"))), "buyer")
    elif action == "establish":
        yield choice("proof", say("凭证"), PROOFS)
        yield choice("fault", say("问题出在谁"), FAULTS)
        if case.ticket.reason == "fake_units":
            fault = errors.get("fake_units", "")
            yield Field(
                "fake_units", say("核实的假号"), typed.get("fake_units", ""), unit=say("个"), error=fault
            )
    elif action == "set_responsibility":
        yield choice("party", say("由谁承担"), PARTIES, case.ticket.responsibility or case.proposal.party)
    elif action == "answer_contest":
        yield choice("party", say("由谁承担"), PARTIES, "developer")
    elif action == "assign":
        people = (("", mark("谁也不交")), *((str(person.pk), person.username) for person in colleagues))
        yield choice("to", say("交给"), people, str(case.ticket.assignee_id or ""))


def _remedies(case: Case, typed: Mapping[str, str], errors: Mapping[str, str]) -> Any:
    """One row per kind: what stands now is filled in, empty means not given."""
    standing = {row.kind: row for row in _waits(case)}
    metered = case.ticket.order.product.kind == "metered"
    for kind in KINDS:
        if kind in SUPPLIED and not metered:
            continue
        row, now = standing.get(kind), ""
        if row is not None:
            now = f"{row.amount_fen / 100:.2f}" if kind == CASH else str(row.quantity)
        name = f"give_{kind}"
        yield Field(
            name, spoken(words.REMEDIES[kind]), typed.get(name, now), unit=say("元") if kind == CASH else say("个"),
            error=errors.get(name, ""),
        )  # fmt: skip
