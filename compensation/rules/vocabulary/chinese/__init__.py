"""The rules in Chinese. Every sentence here is stored with decisions: another wording is another decision."""

from compensation.rules.vocabulary.chinese.answers import Answers
from compensation.rules.vocabulary.chinese.drops import Drops
from compensation.rules.vocabulary.chinese.effects import Effects
from compensation.rules.vocabulary.chinese.examples import Examples
from compensation.rules.vocabulary.chinese.refunds import Refunds
from compensation.rules.vocabulary.chinese.sections import Sections


class Chinese(Sections, Examples, Drops, Effects, Refunds, Answers):
    """All of it; `Vocabulary` is another name of this class."""
