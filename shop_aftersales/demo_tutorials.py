"""Tutorials in the demo: of two goods, for what their buyers ask most."""

from datetime import datetime

from orders import queries as orders
from orders.services import tutorials

WRITTEN = (
    ("licence-key", "defect", "提示激活码无效", "先核对激活码和网络",
     "1. 在订单页点「显示」，整个复制，不要手打，前后不留空格。\n2. 关掉代理，连上网，重新打开软件再粘贴。\n"
     "3. 旧电脑上还装着的，先在「帮助 → 停用」里停用，再到新电脑激活。"),
    ("licence-key", "question", "", "怎么换电脑",
     "1. 在旧电脑打开软件，点「帮助 → 停用」。\n2. 在新电脑装好，粘贴同一个激活码。"),
    ("course-photo", "question", "", "买了在哪里看",
     "1. 打开「我的课程」，用付款的账号登录。\n2. 没有看到，就下拉刷新，最多等 5 分钟。"),
    ("course-photo", "compatibility", "视频放不出来", "换清晰度或浏览器",
     "1. 播放器右下角把清晰度改成「流畅」。\n2. 还是黑屏，换系统自带的浏览器打开。"),
)  # fmt: skip


def seed(*, by: str, now: datetime) -> None:
    """Through the same service as everybody's."""
    for sku, symptom, more, title, text in WRITTEN:
        fields = {
            "symptom": symptom,
            "symptom_title": more,
            "title": title,
            "text": text,
            "state": "published",
        }
        tutorials.write(
            tutorial=None, product=orders.find_product(sku=sku), kind="", fields=fields, by=by, now=now
        )
