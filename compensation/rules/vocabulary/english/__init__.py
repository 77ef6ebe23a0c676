"""The rules in English: the same sentences as in Chinese, one by one, for whoever reads English."""

from compensation.rules.vocabulary.chinese import Chinese
from compensation.rules.vocabulary.english.answers import Answers
from compensation.rules.vocabulary.english.drops import Drops
from compensation.rules.vocabulary.english.effects import Effects
from compensation.rules.vocabulary.english.examples import Examples
from compensation.rules.vocabulary.english.refunds import Refunds
from compensation.rules.vocabulary.english.sections import Sections


class English(Sections, Examples, Drops, Effects, Refunds, Answers, Chinese):
    """Under each part lies the Chinese one; a test sees that nothing of it shows through."""
