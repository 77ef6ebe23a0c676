"""The kinds of what doesn't add up: what each is called, and what to do before it is closed."""

from __future__ import annotations

from typing import NamedTuple

from common.phrases import mark


class Advice(NamedTuple):
    """What it is called, and what to look at first."""

    label: str
    first: str


_COMPARE = mark(
    "到对方后台按键找这一笔，与「发出的请求」里的请求逐项比。谁错了谁改；写下比出来的结果再结案。"
)
KINDS: dict[str, Advice] = {
    "key": Advice(mark("键不一样"), _COMPARE),
    "order": Advice(mark("订单号不一样"), _COMPARE),
    "amount": Advice(mark("金额不一样"), _COMPARE),
    "quantity": Advice(mark("数量不一样"), _COMPARE),
    "reference": Advice(mark("对方单号变了"), _COMPARE),
    "delivered": Advice(mark("到的数说不通"), _COMPARE),
    "conflict": Advice(mark("键用在别的内容上"), _COMPARE),
    "state": Advice(
        mark("结果前后不一样"),
        mark("这里已经了结，对方后来说的相反。以对方后台的流水为准：多办了就追回，没办成就另补，写下怎么处理的再结案。"),
    ),
    "by_hand": Advice(
        mark("由人结案后对方又办"),
        mark("这一笔由人办过或不再办，对方又说办了，账上没有记第二次。到对方后台核实；真办了两次就追回一次，再结案。"),
    ),
    "done_twice": Advice(
        mark("可能办了两次"),
        mark("有人说在系统外办好了，对方同时答复它也办成了，账上记了对方的那一次。两边都查流水，真有两次就追回一次，再结案。"),
    ),
    "not_listed": Advice(
        mark("对方的清单里没有"),
        mark("账上记为完成，对方的清单里没有。按对方单号问对方：有，是清单漏了；没有，就另补给买家，再结案。"),
    ),
    "unreadable": Advice(
        mark("清单里有读不懂的"),
        mark("把这一行发给对方，请它改正。改正以后下次对账就不再出现，那时结案。"),
    ),
    "unknown_key": Advice(
        mark("我们没有这一笔"),
        mark("看情况里写的是哪一单、第几次。数据库退回过的，请买家重新申请，或核对后结案；结案以后这一单不再受它约束。"),
    ),
    "restored": Advice(
        mark("数据库退回过"),
        mark("等各方的清单核对完，忘掉的每一笔都看过，再把这一条结案。"),
    ),
    "refund_failed": Advice(
        mark("退款没有办成"),
        mark("到「补偿」里找这一笔，选再退一次、改由人退或不再退；选了以后这一条自动结案。"),
    ),
    "licence_stuck": Advice(
        mark("授权没有恢复"),
        mark("退款没有办，授权该让买家接着用。到授权服务的后台看这一份，停用着就恢复它，写下结果再结案。"),
    ),
    "secret_twice": Advice(
        mark("同一个卡密给了两次"),
        mark(
            "后一单的这一份没有打开，买家看不到。问商店这个卡密该是谁的：要换的，在后一单的售后单里认定事实换一张新的或退款，"
            "没有售后单就替买家提一张；写下结果再结案。"
        ),
    ),
    "rest_again": Advice(
        mark("补了两次仍不够"),
        mark("到「补偿」里找等人处理的那一笔，再发一次或由人补；办了以后这一条自动结案。"),
    ),
}  # fmt: skip
