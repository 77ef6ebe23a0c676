"""What a tutorial may say, for which symptom, and whether it helps those who read it."""

from typing import Any, NamedTuple

from common.phrases import mark, phrase
from orders.rules.rows import storable

# Reasons of claims that reading may settle. Nobody is taught out of what a drop or a refund owes them.
SYMPTOMS = {
    "question": mark("咨询"),
    "defect": mark("用不了"),
    "compatibility": mark("不兼容"),
    "not_as_described": mark("与描述不符"),
    "account_ban": mark("账号被封"),
    "delay": mark("迟迟没到"),
    "abnormal_data": mark("数据异常"),
    "fake_units": mark("像是假号"),
    "low_interaction": mark("没有互动"),
    "other": mark("其他"),
}
LONGEST = {"symptom_title": 40, "title": 80, "text": 4000}
PUBLISHED, WITHDRAWN = "published", "withdrawn"
MOST = 30  # published ones of the same goods
HELPED, NOT_HELPED, SILENT = "helped", "not_helped", ""
ENOUGH = 20


class Tally(NamedTuple):
    """Readers, each once: who had it before them and went on, and what they said of it."""

    shown: int = 0
    helped: int = 0
    not_helped: int = 0

    @property
    def answered(self) -> int:
        return self.helped + self.not_helped

    @property
    def per_cent(self) -> int | None:
        """Of those who said anything; silence says neither."""
        return self.helped * 100 // self.answered if self.answered else None

    @property
    def falls_short(self) -> bool:
        """Enough said something, and fewer than half that it helped."""
        return self.answered >= ENOUGH and 2 * self.helped < self.answered


def word_after(before: str | None, said: str) -> str:
    """A reader's last word counts; filing without one takes none back."""
    return said or before or SILENT


def change(before: str | None, said: str) -> Tally:
    """What a word adds to the tally; `before` is None for a reader who is not counted yet."""
    after = word_after(before, said)
    return Tally(
        int(before is None),
        int(after == HELPED) - int(before == HELPED),
        int(after == NOT_HELPED) - int(before == NOT_HELPED),
    )


def paragraphs(text: str) -> tuple[str, ...]:
    """One for each line that says something."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def faults(fields: dict[str, Any]) -> list[dict[str, str]]:
    """Why these words can't be a tutorial."""
    found = []
    if fields.get("symptom") not in SYMPTOMS:
        found.append({"field": "symptom", "code": "unknown_symptom", "detail": mark("请选一个症状。")})
    if fields.get("state") not in (PUBLISHED, WITHDRAWN):
        found.append({"field": "state", "code": "unknown_state", "detail": mark("请选发布或撤下。")})
    for name, most in LONGEST.items():
        text = fields.get(name, "").strip()
        if not text and name != "symptom_title":
            found.append({"field": name, "code": "required", "detail": mark("请写几个字。")})
        elif len(text) > most:
            detail = phrase("请不要超过 {n} 个字。", n=most)
            found.append({"field": name, "code": "too_long", "detail": detail})
        elif not storable(text):
            why = mark("里面有存不下的字符，请去掉后再试。")
            found.append({"field": name, "code": "malformed", "detail": why})
    return found
