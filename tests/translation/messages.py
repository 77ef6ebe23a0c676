"""The English catalogues: brought up to date with what is marked, and compiled.

python -m tests.translation.messages            every room: writes <room>/locale/en/LC_MESSAGES/django.po and .mo
python -m tests.translation.messages --unmarked tickets    Chinese of that room that is not marked yet
"""

import argparse
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tests.translation.extracting import ROOMS, ROOT, messages, room_of, sources, unmarked

ENGLISH = Path("locale/en/LC_MESSAGES/django.po")


def po_of(room: str) -> Path:
    return ROOT / room / ENGLISH


def read(path: Path) -> dict[str, str]:
    """{Chinese: English} of a catalogue, without what is no longer used."""
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {str(message.id): str(message.string or "") for message in read_po(file) if message.id}


def marked(room: str) -> dict[str, list[str]]:
    """{sentence: files it stands in}, in the order of the files."""
    found: dict[str, list[str]] = {}
    for path in sources():
        if room_of(path) == room:
            for message in messages(path):
                name = str(path.relative_to(ROOT))
                if name not in found.setdefault(message, []):
                    found[message].append(name)
    return found


def written(room: str) -> bytes:
    """The catalogue's file: everything marked, with the English it has so far."""
    known, catalog = read(po_of(room)), _catalog()
    for message, files in marked(room).items():
        catalog.add(message, known.get(message, ""), locations=[(name, None) for name in files])
    out = BytesIO()
    write_po(out, catalog, width=110, omit_header=False)
    return out.getvalue()


def compiled(po: Path) -> bytes:
    with po.open("rb") as file:
        catalog = read_po(file)
    plain = _catalog(str(catalog.locale_identifier or "en"))
    for message in catalog:
        if message.id and message.string:
            plain.add(message.id, message.string)
    out = BytesIO()
    write_mo(out, plain)
    return out.getvalue()


def _catalog(locale: str = "en") -> Catalog:
    catalog = Catalog(
        locale=locale,
        fuzzy=False,
        project="after-sales",
        creation_date=datetime(2026, 11, 29, tzinfo=UTC),  # a moment that moves would make every run a change
        header_comment="# Chinese is what the code says; this is its English.",
    )
    catalog.mime_headers = [
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Transfer-Encoding", "8bit"),
    ]
    return catalog


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rooms", nargs="*", help="rooms to do; none: all of them. top: common and the rest")
    parser.add_argument("--unmarked", action="store_true")
    given = parser.parse_args()
    rooms = ["" if room == "top" else room for room in given.rooms] or ["", *ROOMS]
    if given.unmarked:
        for path in (path for path in sources() if room_of(path) in rooms):
            for line, text in unmarked(path):
                print(f"{path.relative_to(ROOT)}:{line}: {text[:80]!r}")
        return
    for room in rooms:
        po = po_of(room)
        if marked(room):
            po.parent.mkdir(parents=True, exist_ok=True)
            po.write_bytes(written(room))
            missing = [message for message, english in read(po).items() if not english]
            print(f"{po.relative_to(ROOT)}: {len(read(po))} sentences, {len(missing)} without English")
    for po in sorted(ROOT.glob("*/locale/*/LC_MESSAGES/django.po")) + sorted(
        ROOT.glob("locale/*/LC_MESSAGES/django.po")
    ):
        if not given.rooms or po.parents[3].name in given.rooms or "top" in given.rooms:
            po.with_suffix(".mo").write_bytes(compiled(po))


if __name__ == "__main__":
    sys.exit(main())
