"""What a benchmark found, as rows of one table."""

import unicodedata
from dataclasses import dataclass

HEADS = ("workload", "measured", "floor", "ratio", "goal", "stretch")


@dataclass(frozen=True)
class Row:
    """One workload: what it took, what its floor took in the same run, and what is wanted."""

    workload: str
    measured: str
    floor: str = "–"
    ratio: str = "–"
    goal: str = "–"
    stretch: str = "–"

    def cells(self):
        return (self.workload, self.measured, self.floor, self.ratio, self.goal, self.stretch)


def told(row):
    """One row by itself, as soon as it is known."""
    heads = zip(HEADS[1:], row.cells()[1:], strict=True)
    return f"{row.workload}: " + ", ".join(f"{head} {cell}" for head, cell in heads if cell != "–")


def drawn(rows):
    """The table as text, columns as wide as they need to be."""
    lines = [HEADS, *(row.cells() for row in rows)]
    widths = [max(_width(line[index]) for line in lines) for index in range(len(HEADS))]
    return "\n".join(
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    )


def _width(text):
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def quantile(times, share):
    """The time that this share of all stayed within."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
