"""How far long work has come: a bar on a terminal, nothing in pipes and logs."""

import sys
from collections.abc import Iterable, Iterator, Sized
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm

KNOWN = "{desc} {percentage:3.0f}% |{bar}| {n_fmt}/{total_fmt}，{rate_fmt}，还要 {remaining}"
UNKNOWN = "{desc} {n_fmt}，{rate_fmt}，已用 {elapsed}"
# Work that ends sooner shows none.
DELAY_S = 1.0


def bar(
    of: Iterable[Any] | int | None, label: str, *, done: int = 0, unit: str = "行", shown: bool = True
) -> Any:
    """Wraps what is iterated over, or counts by hand (`with bar(300, …) as it: it.update(50)`); None: no total."""
    things, total = (None, of) if of is None or isinstance(of, int) else (of, _length(of))
    return tqdm(
        things, total=total, initial=done, desc=label, unit=unit, file=sys.stderr,
        disable=not (shown and sys.stderr.isatty()), delay=DELAY_S, leave=False, dynamic_ncols=True,
        bar_format=KNOWN if total is not None else UNKNOWN,
    )  # fmt: skip


@contextmanager
def aside() -> Iterator[None]:
    """Room for other lines while bars are shown."""
    with tqdm.external_write_mode(file=sys.stderr):
        yield


def _length(things: Iterable[Any]) -> int | None:
    return len(things) if isinstance(things, Sized) else None
