"""The policy as its buyer reads it, made from the same data and by the same decide() that rule on a claim."""

from compensation.rules.words.beside import beside
from compensation.rules.words.examples import Example, words_of, worked_examples
from compensation.rules.words.sections import sections
from compensation.rules.words.sentences import clause_text

__all__ = ["Example", "beside", "clause_text", "sections", "words_of", "worked_examples"]
