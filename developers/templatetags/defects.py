"""For pages of rooms below: what the developer answered to the defect that a case is one of."""

from dataclasses import dataclass

from django import template

from common import clock, figures
from common.language import say, spoken
from developers.queries import defects as queries
from developers.rules.defect_life import WITH_FIX, State
from developers.rules.defect_words import fixed_in

register = template.Library()


@dataclass(frozen=True)
class Answer:
    """`fix`: in which version, `advice`: what can be done now; "" before there is one."""

    when: str
    machine: str
    text: str
    fix: str = ""
    advice: str = ""


@register.simple_tag
def answer_to(no: str) -> Answer | None:
    """None where the case is in no defect, or nothing was answered."""
    word = queries.newest_answer(ticket_no=no)
    if word is None:
        return None
    now, defect = clock.now(), word.defect
    told = figures.moment(word.at, now=now), figures.machine_moment(word.at), word.text
    if defect.state == State.REOPENED:
        return Answer(*told, fix=say("修好的版本上又有人遇到了，开发者在重新查。"))
    fix = queries.fix_of(defect=defect) if defect.state in WITH_FIX else None
    if fix is None:
        return Answer(*told)
    on, today = fix.fixed_on, clock.shanghai(now).date()
    return Answer(*told, spoken(fixed_in(version=fix.goods_version, on=on, today=today)), fix.advice)
