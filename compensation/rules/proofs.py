"""What a buyer is asked to show, for each reason and kind of goods: said before a word is written."""

from __future__ import annotations

from common.phrases import mark
from compensation.rules.facts import METERED_ONLY, REASONS

_ASKED = {
    "drop": mark("不用准备：按我们数到的算。"),
    "delay": mark("不用准备：按送达的时限查。"),
    "abnormal_data": mark("您看到的数的截图，带上时间。"),
    "fake_units": mark("那些账号主页的截图，三五张就够。"),
    "low_interaction": mark("不用准备：送完 7 天后按互动的次数算。"),
    "not_as_described": mark("商品说明里哪一条不符，和您实际看到的截图。"),
    "defect": mark("用不了的那一处的截图，和几时开始的。"),
    "compatibility": mark("设备型号、系统版本，和报错的截图。"),
    "account_ban": mark("封号通知的截图，上面有时间和理由。"),
    "refund": mark("不用准备：能退多少按规则算。"),
    "question": mark("不用准备：写清哪一步不明白。"),
    "suggestion": mark("不用准备。"),
    "other": mark("不用准备；有截图更快。"),
}
_OF_KIND = {
    ("licence", "defect"): mark("激活时报错的截图，和在哪台设备、哪个账号上用的。"),
    ("licence", "not_as_described"): mark("商品说明里哪一条不符，和激活以后看到的截图。"),
    ("course", "defect"): mark("放不出来的那一节的截图，和几时开始的。"),
    ("course", "not_as_described"): mark("第几节、和商品说明里哪一条不符，附截图。"),
    ("course", "compatibility"): mark("设备型号、播放器或浏览器的版本，和报错的截图。"),
    ("subscription", "defect"): mark("用不了的时候的截图，和从几时到几时。"),
    ("game_item", "defect"): mark("没到账或用不了的截图，带上角色名、区服和时间。"),
    ("game_item", "account_ban"): mark("封号通知的截图，带上角色名和区服。"),
    ("metered", "not_as_described"): mark("商品说明里哪一条不符，和账号主页的截图。"),
}


def proof_asked(*, reason: str, kind: str) -> str:
    """One sentence; KeyError for a reason that goods of this kind don't have."""
    if reason in METERED_ONLY and kind != "metered":
        raise KeyError(reason)
    return _OF_KIND.get((kind, reason)) or _ASKED[reason]


def proofs_of(kind: str) -> list[tuple[str, str]]:
    """(reason, what is asked for) of every reason that goods of this kind have."""
    possible = (reason for reason in REASONS if kind == "metered" or reason not in METERED_ONLY)
    return [(reason, proof_asked(reason=reason, kind=kind)) for reason in possible]
