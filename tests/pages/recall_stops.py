"""The pages of recalls: to the public, to whoever asks for one, at the desk, and the buyer's case."""

from datetime import timedelta

from accounts.models import User
from accounts.services import people
from common import clock
from compensation.services import intake
from developers.models import Recall
from developers.rules.recalls import Rule
from developers.services.recalls import asking, ruling, working
from developers.services.recalls.asking import Wanted
from shop_aftersales.demo import DEFAULTS, GOODS, PASSWORD
from tests.pages.stages import Town, sell
from tests.pages.stops import Stop, fill
from tickets.models import Ticket

SKU, HOUR = "plug-key", timedelta(hours=1)
WHY = "11 月下旬的一批激活码被厂家停用，装不上了。"
WRONG = {"from": "昨天", "to": "2999-01-01T00:00", "quantity": "0"}


def recall_stops(town: Town) -> list[Stop]:
    if not Recall.objects.exists():
        _stage(town)
    done, waiting, running, dry = Recall.objects.order_by("id")
    mine, order_no = "/developers/recalls/", town.orders["recall-1"]
    ticket = Ticket.objects.get(channel="recall", order__order_no=order_no)
    desk = "/admin/developers/recall/"
    return [
        Stop("recalls", "召回：全部", "/recalls/", main=True),
        Stop("recall-done", "召回：办完了", f"/recalls/{done.no}/"),
        Stop("recall-running", "召回：正在办", f"/recalls/{running.no}/", main=True),
        Stop("recall-product", "商品：正在召回", f"/products/{SKU}/"),
        Stop("recall-ticket", "售后单：召回", f"/tickets/{ticket.no}/", order="recall-1", main=True),
        Stop("recall-order", "订单：召回", f"/orders/{order_no}/", order="recall-1"),
        Stop("recall-own", "开发者：召回", mine, username="yun"),
        Stop("recall-ask", "开发者：试算", f"{mine}new/", username="yun", main=True),
        Stop(
            "recall-ask-wrong", "开发者：填得不对", f"{mine}new/", username="yun", do=fill("#recall", **WRONG)
        ),
        Stop("recall-dry", "开发者：试算过", f"{mine}{dry.no}/", username="yun", main=True),
        Stop("recall-waiting", "开发者：等批准", f"{mine}{waiting.no}/", username="yun"),
        Stop("recall-desk-list", "后台：召回", desk, username="qiao", desk=True),
        Stop("recall-desk", "后台：等批准", f"{desk}{waiting.pk}/change/", username="qiao", desk=True),
        Stop("recall-desk-done", "后台：办完了", f"{desk}{done.pk}/change/", username="qiao", desk=True),
    ]


def _stage(town: Town) -> None:
    """One done, one that waits for a yes, one under way, and a dry run."""
    now = clock.now()
    people.ensure_user(username="yun", role="developer", password=PASSWORD)
    people.ensure_user(username="an", role="ops", password=PASSWORD, is_staff=True)
    goods = GOODS["licence-key"] | {"title": "插件激活码", "developer": "yun"}
    intake.put_product(sku=SKU, fields=DEFAULTS | goods, now=now - timedelta(days=45))
    for n in (1, 2, 3):
        sell(
            town, f"recall-{n}", now=now, sku=SKU, quantity=2, paid_fen=4000, paid_at=now - n * HOUR, baseline=0,
            target="", secrets=(f"R-{n}-1", f"R-{n}-2"),
        )  # fmt: skip
    _agreed(_asked(quantity=1, cause="defect", text=WHY))
    working.run_due(now=now)
    _asked(cause="platform_error", text="扣款时多收了钱。")
    _agreed(_asked(quantity=2, cause="defect", text=""))
    _asked(submit=False, cause="unknown", quantity=1, text="")


def _asked(*, submit: bool = True, **changes: object) -> Recall:
    now = clock.now()
    rule = Rule("paid", now - 5 * HOUR, now)
    wanted = Wanted(**{"sku": SKU, "rule": rule, "remedy": "refund"} | changes)  # type: ignore[arg-type]
    return asking.ask(wanted=wanted, by=User.objects.get(username="yun"), submit=submit, now=now)


def _agreed(recall: Recall) -> Recall:
    return ruling.approve(
        recall=recall, by=User.objects.get(username="an"), reason="试过了。", now=clock.now()
    )
