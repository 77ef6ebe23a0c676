"""A file that can't be read as a table, and cells that can't be taken as they stand."""


class UnreadableFile(Exception):
    """The message, one sentence, says why and what to do."""


class Spoilt(str):
    """In place of a cell's text: why its row can't be taken. Matters only where somebody reads the column."""
