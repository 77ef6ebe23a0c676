"""The reason of a claim from its words, where the buyer did not name one. Plain keywords, the first that fits."""

KEYWORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("drop", ("掉赞", "掉了", "少了", "掉量", "变少", "减少", "掉粉")),
    ("fake_units", ("假号", "僵尸", "机器号", "假赞", "虚假")),
    ("low_interaction", ("没有互动", "没人评论", "没有评论", "互动少", "没互动")),
    ("delay", ("没到账", "还没到", "没发货", "太慢", "迟迟", "没收到")),
    ("account_ban", ("封号", "被封", "冻结")),
    ("compatibility", ("不兼容", "打不开", "装不上", "运行不了")),
    ("not_as_described", ("描述不符", "与描述", "货不对板", "不一样")),
    ("defect", ("失效", "不能用", "用不了", "无效", "坏了", "报错", "激活不了")),
    ("abnormal_data", ("数据异常", "显示异常", "计数异常")),
    ("refund", ("退款", "退钱", "不想要")),
    ("suggestion", ("建议", "希望增加", "希望能")),
    ("question", ("怎么", "如何", "请问", "什么时候", "吗", "？", "?")),
)


def reason_of(text: str, *, metered: bool) -> str:
    """`other` where nothing fits; reasons that only metered goods have are passed over for the rest."""
    for reason, words in KEYWORDS:
        if not metered and reason in ("drop", "fake_units", "low_interaction"):
            continue
        if any(word in text for word in words):
            return reason
    return "other"
