"""One table in many files: encodings, separators, line ends and workbooks give the same rows, or one sentence."""

import io
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from common import workbooks
from common.tables import Row, UnreadableFile, defused, read_rows

COLUMNS = ["order_no", "paid_at", "note"]
CELLS = [
    ["order_no", "说明不读", "paid_at", "note"],
    ["A-1", "x", "2025-03-01T12:00:00+08:00", "掉赞，要补"],
    ["A-2", "", "2025-03-02T00:00:00+08:00", "1"],
]
ROWS = [
    Row(2, {"order_no": "A-1", "paid_at": "2025-03-01T12:00:00+08:00", "note": "掉赞，要补"}),
    Row(3, {"order_no": "A-2", "paid_at": "2025-03-02T00:00:00+08:00", "note": "1"}),
]


def read(path, columns=COLUMNS, **named):
    return list(read_rows(path, columns=columns, **named))


def refusal(path, content=None, columns=COLUMNS):
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnreadableFile) as refused:
        read(path, columns)
    return str(refused.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_text_in_any_encoding_separator_and_line_end_is_the_same_rows(tmp_path, encoding, separator, end):
    text = end.join(separator.join(row) for row in CELLS) + end
    file = tmp_path / "named.xlsx"  # the name is no matter
    file.write_bytes(text.encode(encoding))
    assert read(file) == ROWS


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "gb18030"])
def test_marks_of_every_byte_order_are_read(tmp_path, encoding):
    file = tmp_path / "t.csv"
    file.write_bytes(("\ufeff" + "\n".join(",".join(row) for row in CELLS)).encode(encoding))
    assert read(file) == ROWS


def workbook(path, rows, *, before=None):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if before:
        before(book)
    book.save(path)
    return path


def rewritten(path, change, part="xl/worksheets/sheet1.xml"):
    """The workbook again with one part changed as text, as no library of ours would write it."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part].decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_a_workbook_is_the_same_rows_whatever_it_is_called(tmp_path):
    rows = [
        [" order_no ", "说明不读", "paid_at", "note"],
        ["A-1", "x", datetime(2025, 3, 1, 12), "掉赞，要补"],
        ["A-2", None, date(2025, 3, 2), True],
    ]
    assert read(workbook(tmp_path / "named.csv", rows)) == ROWS


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0012", "0012"), (12, "12"), (12.0, "12"), (12.5, "12.5"), (-3, "-3"), (999999999999999, "999999999999999"),
        (True, "1"), (False, "0"), (datetime(2017, 9, 27, 8, 0, 1), "2017-09-27T08:00:01+08:00"),
        (date(2017, 9, 27), "2017-09-27T00:00:00+08:00"), ("  x ", "x"), ("1234567890123456789", "1234567890123456789"),
    ],
)  # fmt: skip
def test_a_cell_of_a_workbook_is_the_text_a_csv_would_hold(tmp_path, value, text):
    file = workbook(tmp_path / "t.xlsx", [["order_no", "other"], [value, "-"]])
    assert read(file, ["order_no"]) == [Row(2, {"order_no": text})]


@pytest.mark.parametrize("stored", ["12.0", "1.2E1", "12"])
def test_a_whole_number_has_no_point_however_it_is_stored(tmp_path, stored):
    file = workbook(tmp_path / "t.xlsx", [["order_no", "other"], [12, "-"]])
    rewritten(file, lambda sheet: sheet.replace("<v>12</v>", f"<v>{stored}</v>"))
    assert read(file, ["order_no"]) == [Row(2, {"order_no": "12"})]


@pytest.mark.parametrize("value", [10**15, 1234567890123456789, 1.23456789012346e18, -(10**15)])
def test_a_long_number_was_spoilt_and_its_row_says_so(tmp_path, value):
    file = workbook(tmp_path / "t.xlsx", [["order_no", "other"], [value, 1], ["A-1", value]])
    spoilt, whole = read(file, ["order_no"])
    assert spoilt.trouble == (
        "order_no 是超过 15 位的数字，末几位已被表格软件改掉，请把这一列设成“文本”重填。"
    )
    assert (whole.cells, whole.trouble) == (
        {"order_no": "A-1"},
        "",
    )  # a column nobody reads may hold anything


def test_formulas_count_by_their_stored_value_and_one_without_is_named(tmp_path):
    file = workbook(
        tmp_path / "t.xlsx", [["order_no", "count"], ["A-1", "=1+1"], ["A-2", "=2+2"], ["A-3", "#N/A"]]
    )
    rewritten(file, lambda sheet: sheet.replace("<f>2+2</f><v></v>", "<f>2+2</f><v>4</v>").replace(
        "<f>2+2</f><v />", "<f>2+2</f><v>4</v>"))  # fmt: skip
    assert [(row.line, row.cells["order_no"], row.cells["count"] if not row.trouble else row.trouble)
            for row in read(file, ["order_no", "count"])] == [
        (2, "A-1", "count 的公式没有存下结果，请用表格软件打开，重新保存。"), (3, "A-2", "4"),
        (4, "A-3", "count 是错误值 #N/A，请改好这一格。"),
    ]  # fmt: skip


def test_lines_are_the_file_s_own_and_empty_rows_are_skipped(tmp_path):
    book = workbook(
        tmp_path / "t.xlsx", [[], ["order_no", "b"], [], ["A-1", 1], [None, " "], ["", None], [None, 2]]
    )
    assert [(row.line, row.cells["order_no"]) for row in read(book, ["order_no"])] == [(4, "A-1"), (7, "")]
    text = tmp_path / "t.csv"
    text.write_text('\norder_no,b\n,\n"A\n1",1\n , \nA-2,2\n', encoding="utf-8")
    assert [(row.line, row.cells["order_no"]) for row in read(text, ["order_no"])] == [
        (5, "A\n1"),
        (7, "A-2"),
    ]


def test_the_first_sheet_counts_and_a_lying_size_costs_nothing(tmp_path):
    def second(book):
        book.create_sheet("二").append(["nothing"])

    file = workbook(tmp_path / "t.xlsx", [["order_no"], ["A-1"]], before=second)
    rewritten(
        file,
        lambda sheet: sheet.replace('ref="A1:A2"', 'ref="A1:XFD1048576"').replace('r="2"', 'r="1048576"'),
    )
    assert read(file, ["order_no"]) == [Row(1048576, {"order_no": "A-1"})]


def zipped(**parts):
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return into.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
HEADER = b"order_no,paid_at,note\n"
UNREADABLE = {
    "empty": (b"", "是空的。"),
    "nothing but blank lines": (b"\xef\xbb\xbf\r\n , \r\n", "是空的。"),
    "a column is missing": (b"order_no,note\nA-1,\n", "缺少这些列：paid_at。"),
    "a column twice": (b"order_no,paid_at,note,note\n", "里这些列不止一次：note。"),
    "no encoding of ours": (HEADER + b"\xff\xff,", "不是 UTF-8、UTF-16 或 GB18030 文字，请另存为 UTF-8 的 CSV。"),
    "half a UTF-16": (b"\xff\xfeo", "不是 UTF-8、UTF-16 或 GB18030 文字，请另存为 UTF-8 的 CSV。"),
    "NUL": (HEADER + b"A\0,,\n", "里有空字节，不是文字表格，请另存为 UTF-8 的 CSV。"),
    "an open quote": (HEADER + b'"A-1,,\n', "不是完整的 CSV：第 2 行附近有一处引号没有配对。"),
    "an old workbook": (OLE, "是旧的 Excel 格式（.xls），请另存为 .xlsx 或 CSV。"),
    "a locked workbook": (OLE + "EncryptedPackage".encode("utf-16-le"), "有密码，请去掉密码再存。"),
    "half a zip": (b"PK\x03\x04\x14\x00\x00", "是损坏的表格，请用表格软件打开，另存一份再试。"),
    "another zip": (zipped(mimetype="x"), "不是 XLSX 表格，请另存为 .xlsx 或 CSV。"),
    "a workbook without a book": (
        zipped(xl__workbook_xml="<a"), "是损坏的表格，请用表格软件打开，另存一份再试。"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "why"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_one_sentence(tmp_path, content, why):
    assert refusal(tmp_path / "f.csv", content) == f"文件 f.csv {why}"


def test_nothing_there_and_a_folder(tmp_path):
    assert refusal(tmp_path / "none.csv") == f"文件 {tmp_path / 'none.csv'} 打不开：没有这个文件。"
    assert refusal(tmp_path) == f"文件 {tmp_path} 打不开：这是一个文件夹。"


def test_what_would_grow_too_large_is_refused_before_it_grows(tmp_path, monkeypatch):
    file = workbook(tmp_path / "t.xlsx", [["order_no"], *[["0" * 1000]] * 2000])
    monkeypatch.setattr(workbooks, "MOST_BYTES", 2 << 10)
    assert refusal(file, columns=["order_no"]) == "文件 t.xlsx 展开后超过 0 MiB，请分成几份，或另存为 CSV。"


BOMB = """<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "{}">{}]><worksheet>&k;</worksheet>""".format(
    "x" * 100, "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(10))
)


def test_entities_that_grow_are_refused(tmp_path):
    file = rewritten(workbook(tmp_path / "t.xlsx", [["order_no"]]), lambda _: BOMB)
    assert refusal(file, columns=["order_no"]) == (
        "文件 t.xlsx 是损坏的表格，请用表格软件打开，另存一份再试。"
    )


@pytest.mark.parametrize("spoilt", [b"xl/worksheets/sheet1.xml", b"xl/styles.xml"])
def test_a_part_whose_bytes_changed_is_a_damaged_workbook(tmp_path, spoilt):
    file = workbook(tmp_path / "t.xlsx", [["order_no"], *[[f"A-{n}"] for n in range(300)]])
    content = bytearray(file.read_bytes())
    at = content.index(spoilt) + len(spoilt) + 20
    content[at : at + 8] = b"\0" * 8
    assert refusal(file, bytes(content), ["order_no"]) == (
        "文件 t.xlsx 是损坏的表格，请用表格软件打开，另存一份再试。"
    )


@pytest.mark.parametrize("start", "=+-@\t\r")
def test_what_a_spreadsheet_would_run_stays_text(start):
    assert (defused(f"{start}1"), defused(f"a{start}1")) == (f"'{start}1", f"a{start}1")
