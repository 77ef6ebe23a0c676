"""What the reasons, clauses and outcomes of decisions are called in lists, where a whole sentence has no room."""

from common.phrases import mark

REASONS = {
    "drop": mark("掉赞"),
    "delay": mark("迟迟没到"),
    "abnormal_data": mark("数据异常"),
    "fake_units": mark("像是假号"),
    "low_interaction": mark("没有互动"),
    "not_as_described": mark("与描述不符"),
    "defect": mark("用不了"),
    "compatibility": mark("不兼容"),
    "account_ban": mark("账号被封"),
    "refund": mark("退款"),
    "question": mark("咨询"),
    "suggestion": mark("建议"),
    "other": mark("其他"),
}
OUTCOMES = {
    "refund": mark("退款"),
    "replace": mark("换新"),
    "compensate": mark("补或送"),
    "nothing": mark("没有可给的"),
    "refuse": mark("不给"),
    "guide": mark("说明怎么办"),
    "review": mark("交给人看"),
}
CLAUSES = {
    "guidance": mark("先给教程"),
    "message": mark("转给专人"),
    "closed": mark("已经结清"),
    "drop.none": mark("没有掉"),
    "drop.unmeasurable": mark("数不出来"),
    "drop.outside": mark("过了质保"),
    "drop.slow": mark("慢掉"),
    "drop.gift": mark("赠送的掉了"),
    "drop.tier_a": mark("掉赞第一档"),
    "drop.tier_b": mark("掉赞第二档"),
    "drop.tier_c": mark("掉赞第三档"),
    "delay.running": mark("还没到送达时限"),
    "delay.choice": mark("送达时限已过"),
    "fake.replace": mark("假号已核实"),
    "fake.claimed": mark("假号待核实"),
    "effect.early": mark("还没到量互动的时候"),
    "effect.shortfall": mark("互动不足"),
    "effect.met": mark("互动够了"),
    "effect.exhausted": mark("送满几轮还不够"),
    "effect.unmeasurable": mark("互动数不出来"),
    "refund.trial": mark("体验期"),
    "refund.cooling_off": mark("冷静期"),
    "refund.pro_rata": mark("按比例退"),
    "refund.after_cooling_off": mark("过了能退的时候"),
    "refund.unmeasurable": mark("数不清送到多少"),
    "refund.stopping": mark("送货还没停"),
    "defect.verified": mark("毛病已核实"),
    "defect.claimed": mark("毛病待核实，有凭证"),
    "defect.unproven": mark("毛病待核实，没有凭证"),
    "defect.late": mark("过了质保才说的毛病"),
}
REVIEWS = {
    "amount": mark("金额超过自动办的上限"),
    "risk": mark("滥用风险偏高"),
    "unmeasurable": mark("数不出来"),
    "proof": mark("要核对凭证"),
    "person": mark("要人来答复"),
    "supplier": mark("供货商说补完了，个数没有涨"),
    "forgotten": mark("数据库退回前对方办过，要核对"),
    "manual": mark("要人看"),
}
# The rows that a decision's facts were read from, as `sources` keeps them.
RECORDS = {
    "counts": mark("计数第 {ids} 号"),
    "usage": mark("用量第 {ids} 号"),
    "deliveries": mark("发货第 {ids} 号"),
    "unshown": mark("补单前后的计数第 {ids} 号"),
    "findings": mark("查明的事实第 {ids} 号"),
    "given": mark("以前给的第 {ids} 号"),
    "closed_by": mark("结清这一单的退款第 {ids} 号"),
    "keys": mark("看过的卡密第 {ids} 份"),
    "outages": mark("停服的用量第 {ids} 号"),
    "listed": mark("商品说明第 {ids} 号"),
    "orders": mark("订单的送达时限第 {ids} 号"),
    "suppliers": mark("供货商第 {ids} 号"),
}

GOODS = {
    "metered": mark("按个数计的商品"),
    "licence": mark("卡密与授权"),
    "game_item": mark("游戏道具"),
    "course": mark("课程"),
    "subscription": mark("订阅"),
}
