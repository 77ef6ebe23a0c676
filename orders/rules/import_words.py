"""What people read about a file on its way in: how far it came, how long it will take, what happens next."""

from common.phrases import phrase


def per_cent(done: int, total: int) -> int:
    """Rounded down: 100 is said only when all is done."""
    return 100 if total == 0 else done * 100 // total


def duration_words(seconds: float) -> str:
    if seconds < 5:
        return phrase("几秒")
    if seconds < 60:
        return phrase("{n} 秒", n=round(seconds))
    if seconds < 3600:
        return phrase("{n} 分钟", n=round(seconds / 60))
    return phrase("{n} 小时", n=f"{seconds / 3600:.1f}")


def size_words(size: int) -> str:
    if size < 1024:
        return phrase("{n} 字节", n=size)
    if size < 1 << 20:
        return f"{size / 1024:.0f} KiB"
    return f"{size / (1 << 20):.0f} MiB"


def next_words(*, state: str, rejected: int, alone: bool, at_terminal: bool) -> str:
    """What happens next, and what the reader may do. `alone`: nobody works on it just now."""
    if state == "waiting":
        return phrase("文件已经收下，正在排队，一般几秒内开始。这页可以关掉，不影响导入。")
    if state == "running" and at_terminal:
        return (
            phrase("在终端里导入。断了的话，在终端里把同一条命令再跑一次，就从这里接着做。")
            if alone
            else phrase("在终端里导入着。")
        )
    if state == "running":
        return phrase("马上接着做。") if alone else phrase("这页可以关掉，不影响导入；中途断了会自己接着做。")
    if state == "done" and rejected:
        return phrase(
            "别的行都已收下。照下面的原因改好，把整个文件再传一次就行：收过的行算作重复，不会记两遍。"
        )
    if state == "done":
        return phrase("全部做完，没有要处理的。")
    if state == "unreadable":
        return phrase("什么都没有收下。请照上面的话改好文件，再传一次。")
    return phrase("请照上面的话处理后重新上传；已经收下的行算作重复，不会记两遍。")
