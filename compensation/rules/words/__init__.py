"""The policy as its buyer reads it, made from the same data and by the same decide() that rule on a claim."""

from compensation.rules.words.examples import Example, worked_examples
from compensation.rules.words.sections import sections
from compensation.rules.words.sentences import clause_text

__all__ = ["Example", "clause_text", "sections", "worked_examples"]
