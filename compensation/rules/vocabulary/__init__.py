"""What the rules say, in each language: an explanation, a policy's text and its examples take a vocabulary.

`Vocabulary` is the interface. Chinese is what is stored; another language says the same sums, number for number.
"""

from compensation.rules.vocabulary.chinese import Chinese
from compensation.rules.vocabulary.english import English

Vocabulary = Chinese
CHINESE = Chinese()
ENGLISH: Vocabulary = English()

__all__ = ["CHINESE", "ENGLISH", "Vocabulary"]
