"""A file that can't be read as a table, and cells that can't be taken as they stand."""

from common.phrases import Phrase


class UnreadableFile(Exception):
    """The message, one sentence, says why and what to do; a phrase."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class Spoilt(Phrase):
    """In place of a cell's text: why its row can't be taken. Matters only where somebody reads the column."""
