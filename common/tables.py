"""Tables in files: CSV rows by column name, with the line each stands on."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path


class UnreadableFile(Exception):
    """The file can't be read as a table; the message says why and what to do."""


def read_rows(path: Path, *, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """(line number, row) for each row; `columns` must all be there. UTF-8 text."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file, strict=True)
            missing = [name for name in columns if name not in (table.fieldnames or [])]
            if missing:
                raise UnreadableFile(f"文件 {path.name} 缺少这些列：{'、'.join(missing)}。")
            for row in table:
                yield table.line_num, {name: (value or "").strip() for name, value in row.items() if name}
    except OSError as error:
        raise UnreadableFile(f"文件 {path} 打不开：{error.strerror}。") from None
    except UnicodeDecodeError:
        raise UnreadableFile(f"文件 {path.name} 不是 UTF-8 文字，请另存为 UTF-8 的 CSV。") from None
    except csv.Error as error:
        raise UnreadableFile(f"文件 {path.name} 不是完整的 CSV：{error}。") from None
