"""Many pictures on a few sheets, each with its name under it, wrapped into rows as wide as the sheet."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ACROSS, DOWN, HIGH, GAP, LINE = 4000, 6000, 560, 24, 30
DESK, INK = "#cfc6b3", "#2b261e"
Picture = tuple[str, Path]
Line = tuple[str, list[tuple[str, Image.Image]]]


def lay_out(rows: Sequence[tuple[str, Sequence[Picture]]], out: Path) -> list[Path]:
    """One heading after the other with its pictures below, all equally high; no sheet is longer than people open."""
    lines = [(heading, line) for heading, pictures in rows for heading, line in _wrapped(heading, pictures)]
    return [_draw(some, out / f"sheet-{number}.png") for number, some in enumerate(_cut(lines), start=1)]


def _cut(lines: Sequence[Line]) -> list[list[Line]]:
    sheets: list[list[Line]] = []
    room = 0
    for line in lines:
        if _height(line) > room:
            sheets.append([])
            room = DOWN - GAP
        sheets[-1].append(line)
        room -= _height(line)
    return sheets


def _height(line: Line) -> int:
    return HIGH + LINE + GAP + (LINE + GAP if line[0] else 0)


def _draw(lines: Sequence[Line], target: Path) -> Path:
    font = _font()
    sheet = Image.new("RGB", (ACROSS, sum(map(_height, lines)) + GAP), DESK)
    pen, top = ImageDraw.Draw(sheet), GAP
    for heading, line in lines:
        if heading:
            pen.text((GAP, top), heading, fill=INK, font=font, stroke_width=1, stroke_fill=INK)
            top += LINE + GAP
        left = GAP
        for caption, picture in line:
            sheet.paste(picture, (left, top))
            pen.text((left, top + HIGH + 4), caption, fill=INK, font=font)
            left += picture.width + GAP
        top += HIGH + LINE + GAP
    sheet.save(target, compress_level=1)
    return target


def _wrapped(heading: str, pictures: Sequence[Picture]) -> list[Line]:
    """Rows that fit the sheet; only the first carries the heading."""
    made: list[Line] = []
    room = 0
    for caption, path in pictures:
        picture = _small(path)
        if picture.width + GAP > room:
            made.append(("" if made else heading, []))
            room = ACROSS - GAP
        made[-1][1].append((caption, picture))
        room -= picture.width + GAP
    return made


def _small(path: Path) -> Image.Image:
    picture = Image.open(path).convert("RGB")
    return picture.resize((picture.width * HIGH // picture.height, HIGH), Image.Resampling.BILINEAR)


def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """One that has Chinese, as fontconfig finds it."""
    finder = shutil.which("fc-match")
    if finder:
        asked = [finder, "-f", "%{file}", "sans:lang=zh-cn"]
        found = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
        if found:
            return ImageFont.truetype(found, 20)
    return ImageFont.load_default(20)
