"""What is counted in 份 is said in 份: a replacement, on the rules' pages as on all others."""

import pytest

from compensation.rules.decide import decide
from compensation.rules.defaults import COURSE, LICENCE, METERED
from compensation.rules.facts import Facts
from compensation.rules.policy import Policy
from compensation.rules.words.examples import words_of

FAULTY = {"reason": "defect", "ordered": 3, "paid_fen": 3000, "proof": "verified", "wants": "replacement"}
DROPPED = {"reason": "drop", "ordered": 100, "paid_fen": 500, "delivered": 100, "present": 95}
SAID = [
    (LICENCE, {**FAULTY, "stock": 5}, "换新 3 份"),
    (COURSE, {**FAULTY, "stock": 5}, "换新 3 份"),
    (METERED, DROPPED, "补 5 个"),
]


@pytest.mark.parametrize(("policy", "facts", "words"), SAID)
def test_each_by_its_own_word(policy, facts, words):
    assert words_of(decide(Facts(**facts), Policy.from_data(policy))) == words
