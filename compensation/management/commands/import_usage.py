"""import_usage FILE: reports of usage from a CSV or XLSX file, over the same service as the API."""

from compensation.management.file_import import FileImport


class Command(FileImport):
    help = "从 CSV 或 XLSX 导入用量，断了再跑就接着做。退出码：0 全部收下，1 有的行没收，2 文件读不了或正在导入。"
    kind = "usage"
    called = "用量"
