"""A small file that unpacks to much is refused in one sentence, with little memory, before anything is built of it."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from common import delimited
from common.tables import UnreadableFile, read_rows
from tests.common.test_tables import refusal, rewritten, workbook

MOST_MIB = 150
NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEET, STYLES, THEIRS = "xl/worksheets/sheet1.xml", "xl/styles.xml", "，请只留要导入的列，另存为 CSV 再试。"
# part: before, what is repeated and how often, what is said. None of them closes what it opened: no reader gets there.
BOMBS = {
    "one row of cells": (SHEET, f"<worksheet {NS}><sheetData><row>", "<c/>", 4_000_000, "里有一行超过 16384 列"),
    "columns": (SHEET, f"<worksheet {NS}><cols>", "<col/>", 9_000_000, "里有一部分大得不像表格"),
    "rows in rows": (SHEET, f"<worksheet {NS}><sheetData>", "<row><a>", 3_000_000, "里有一部分大得不像表格"),
    "no end of opening": (SHEET, f"<worksheet {NS}>", "<a>", 9_000_000, "里有一部分大得不像表格"),
    "one text": (SHEET, f"<worksheet {NS}><sheetData><row><c><v>", "11111111", 7_000_000, "里有一格太长"),
    "one attribute": (SHEET, f"<worksheet {NS}><sheetData><row><c r='", "11111111", 7_000_000, "里有一格太长"),
    "styles": (STYLES, f"<styleSheet {NS}>", "<x/>", 12_000_000, "里有一个部件（xl/styles.xml）超过 4 MiB"),
    "styles not so long": (STYLES, f"<styleSheet {NS}>", "<x/>", 900_000, "里有一部分大得不像表格"),
    "types": ("[Content_Types].xml", "<Types>", "<a/>", 900_000, "里有一部分大得不像表格"),
}  # fmt: skip
TEXTS = {
    "one row of commas": ("order_no,a\n", ",", 49 << 20, "第 2 行附近有一行太长，不像表格。"),
    "a header of commas": ("", ",", 49 << 20, "第 1 行附近有一行太长，不像表格。"),
    "a header without separator": ("", "x", 200 << 10, "第 1 行附近有一格太长，多半是引号没有配对。"),
    "one line": ("", "x", 49 << 20, "第 1 行附近有一行太长，不像表格。"),
    "a record without end": ("order_no,a\n", '"\n",', 9 << 20, "第 65538 行附近有一行太长，不像表格。"),
}  # fmt: skip
SCRIPT = """
import sys, zipfile
from pathlib import Path
import common.workbooks
from common.tables import UnreadableFile, read_rows
from tests.common.test_too_much import BOMBS, TEXTS, said

def peak():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]) >> 10

folder = Path(sys.argv[1])
for name, (part, start, again, times, _) in BOMBS.items():
    out = folder / "bomb.xlsx"
    with zipfile.ZipFile(folder / "base.xlsx") as base, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        for other in base.namelist():
            if other != part:
                bomb.writestr(other, base.read(other))
        with bomb.open(part, "w") as into:
            into.write(start.encode())
            for _ in range(times // 10_000):
                into.write(again.encode() * 10_000)
    print(name, said(out), peak(), sep="|")
for name, (start, again, times, _) in TEXTS.items():
    out = folder / "bomb.csv"
    with out.open("wb") as into:
        into.write(start.encode())
        for _ in range(times >> 10):
            into.write(again.encode() * (1 << 10))
    print(name, said(out), peak(), sep="|")
"""


def said(path):
    try:
        return str(sum(1 for _ in read_rows(path, columns=["order_no"])))
    except UnreadableFile as error:
        return str(error)


def test_every_bomb_is_one_sentence_and_little_memory(tmp_path):
    workbook(tmp_path / "base.xlsx", [["order_no", "a"], ["1", 2]])
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)], stdout=subprocess.PIPE, text=True, check=True,
        env={"PYTHONPATH": str(Path(__file__).parents[2])}, timeout=120,
    )  # fmt: skip
    lines = [line.split("|") for line in run.stdout.splitlines()]
    assert {name: why for name, why, _ in lines} == {
        **{name: f"文件 bomb.xlsx {why}{THEIRS}" for name, (*_, why) in BOMBS.items()},
        **{name: f"文件 bomb.csv 不是完整的 CSV：{why}" for name, (*_, why) in TEXTS.items()},
    }
    assert [line for line in lines if int(line[2]) > MOST_MIB] == []


def test_a_document_type_is_no_part_of_a_workbook(tmp_path):
    file = rewritten(workbook(tmp_path / "t.xlsx", [["order_no"]]), lambda old: f"<!DOCTYPE a>{old}", STYLES)
    assert refusal(file, columns=["order_no"]) == "文件 t.xlsx 是损坏的表格，请用表格软件打开，另存一份再试。"


def test_no_end_of_blank_rows_is_refused(tmp_path):
    file = tmp_path / "t.csv"
    file.write_bytes(b"order_no\n" + b"\n" * ((1 << 20) + 2))
    assert refusal(file, columns=["order_no"]) == "文件 t.csv 有一百多万个连着的空行，请删掉它们再试。"


def test_a_row_as_wide_as_the_format_allows_is_read(tmp_path):
    file = workbook(tmp_path / "t.xlsx", [["order_no"], ["A-1"]])
    rewritten(file, lambda sheet: sheet.replace("</row>", "<c/>" * 16_000 + "</row>"))
    assert [row.cells for row in read_rows(file, columns=["order_no"])] == [{"order_no": "A-1"}]


def shared(path):
    """As spreadsheet programs keep texts: once each, with formatting, and with how they are read aloud."""
    texts = f"<sst {NS}><si><t>order_no</t></si><si><r><t>A</t></r><r><t>-1中</t></r><rPh><t>x</t></rPh></si></sst>"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    workbook(path, [[0], [1]])
    rewritten(path, lambda types: types.replace(
        "</Types>", f'<Override PartName="/xl/texts.xml" ContentType="{kind}"/></Types>'
    ), "[Content_Types].xml")  # fmt: skip
    rewritten(path, lambda sheet: sheet.replace('t="n"', 't="s"'))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/texts.xml", texts)
    return path


def test_shared_texts_are_read_as_they_are_shown(tmp_path):
    rows = read_rows(shared(tmp_path / "t.xlsx"), columns=["order_no"])
    assert [row.cells["order_no"] for row in rows] == ["A-1中"]


class Enough(Exception):
    pass


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_who_reads_is_called_in_between_and_can_end_it(tmp_path, suffix, monkeypatch):
    monkeypatch.setattr(delimited, "BREATH", 1)
    file, told = tmp_path / f"t.{suffix}", []
    if suffix == "csv":
        file.write_text("order_no\nA-1\nA-2\n", encoding="utf-8")
    else:
        workbook(file, [["order_no"], ["A-1"]])
    assert [row.line for row in read_rows(file, columns=["order_no"], step=told.append)][:1] == [2]
    assert told[-1] == 1.0
    assert all(0 <= part <= 1 for part in told)

    def end(part):
        raise Enough

    with pytest.raises(Enough):
        list(read_rows(file, columns=["order_no"], step=end))
