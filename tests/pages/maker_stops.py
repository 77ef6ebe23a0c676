"""The developer's pages and those of the two funds: before there is anything, with it, and where a form goes wrong."""

from datetime import timedelta

from playwright.sync_api import Page

from accounts.models import User
from accounts.services import people
from common import clock
from compensation.services import intake
from developers.models import Defect, FundClaim
from developers.rules import credit_rows
from developers.services import credit as crediting
from developers.services.figures import following
from evidence.services import sealing
from ledger.models import Transfer
from ledger.services import fund_days
from orders.models import Product, Tutorial
from orders.services import tutorials
from shop_aftersales import demo_defects, demo_fund
from shop_aftersales.demo import DEFAULTS, GOODS, PASSWORD
from tests.pages.stages import Town
from tests.pages.stops import Stop, fill
from tickets.models import Ticket
from tickets.services import contesting, desk

CONTESTED = "LD2026CODE-01"
MADE = ("licence-key", "cloud-month")
AGAINST = "那晚平台停服四个多小时，会员打不开，货本身没有问题。\n请看停服的记录。"
ROOM = "/developers/"


def nothing_made() -> list[Stop]:
    """As somebody finds it who has sold nothing yet."""
    following.step(now=clock.now())  # as the workers leave it a moment after the start
    people.ensure_user(username="wu", role="developer", password=PASSWORD)
    pages = {
        "defects": "缺陷", "credit": "信用", "statement": "对账单", "tutorials": "教程", "feedback": "买家问的、想要的",
        "fund": "保障基金", "recalls": "召回",
    }  # fmt: skip
    own = [
        Stop(f"empty-maker-{name}", f"开发者：{said}，还没有", f"{ROOM}{name}/", username="wu")
        for name, said in pages.items()
    ]
    return [Stop("empty-funds", "两个基金：还没有进出", "/funds/"), *own]


def maker_stops(town: Town) -> list[Stop]:
    if not FundClaim.objects.exists():
        _stage()
    waits, paid = FundClaim.objects.get(state="in_review"), FundClaim.objects.get(state="paid")
    fixed = Defect.objects.get(state="fix_announced")
    open_ = Defect.objects.filter(product__developer__username="yun", state="open").latest("real")
    contested = Ticket.objects.get(order__order_no=CONTESTED)
    tutorial = Tutorial.objects.get(product__sku="cloud-month")
    month = f"{clock.shanghai(clock.now()):%Y-%m}"
    admin = "/admin/developers/"

    def stop(name: str, caption: str, path: str, **more: object) -> Stop:
        return Stop(f"maker-{name}", f"开发者：{caption}", f"{ROOM}{path}", username="yun", **more)  # type: ignore[arg-type]

    return [
        Stop("funds", "两个基金", "/funds/", main=True),
        Stop("fund-month", "基金：一个月", f"/funds/guarantee/{month}/"),
        stop("defects", "缺陷", "defects/", main=True),
        stop("defect", "一个缺陷，等答复", f"defects/{open_.no}/"),
        stop("defect-fixed", "一个缺陷，宣布了修复", f"defects/{fixed.no}/", main=True),
        stop("defect-wrong", "一个缺陷：填得不对", f"defects/{open_.no}/", do=_announce),
        stop("credit", "信用", "credit/", main=True),
        stop("statement", "对账单", "statement/", main=True),
        stop("feedback", "买家问的、想要的", "feedback/"),
        stop("tutorials", "教程", "tutorials/"),
        stop("tutorial", "一篇教程", f"tutorials/{tutorial.no}/"),
        stop("fund", "保障基金", "fund/", main=True),
        stop("fund-wrong", "保障基金：没填", "fund/", do=fill("#fund")),
        stop("fund-claim", "申请赔付，正在审", f"fund/{waits.no}/"),
        stop("fund-paid", "申请赔付，赔了", f"fund/{paid.no}/"),
        stop("case", "一张售后单，提了异议", f"cases/{contested.no}/"),
        Stop("ticket-answered", "售后单：开发者的答复", f"/tickets/{contested.no}/", username="qiao"),
        Stop("desk-fund", "后台：保障基金的申请", f"{admin}fundclaim/{waits.pk}/change/", username="qiao", desk=True),
        Stop("desk-fund-list", "后台：全部申请", f"{admin}fundclaim/", username="qiao", desk=True),
        Stop("desk-money", "后台：写一笔入账", f"{admin}fundmove/add/", username="qiao", desk=True),
        Stop("desk-contests", "后台：开发者的异议", "/admin/tickets/ticket/contests/", username="qiao", desk=True),
    ]  # fmt: skip


def _announce(page: Page) -> None:
    page.locator("#answering [name=text]").fill("这一批号被平台清理过，已经换了供货商。")
    with page.expect_navigation():
        page.locator("#answering [value=announce]").click()


def _stage() -> None:
    """yun's goods; refunds that are borne, claimed back and contested, a defect with its fix, a month of credit."""
    now = clock.now()
    for name, role in (("yun", "developer"), ("an", "ops")):
        people.ensure_user(username=name, role=role, password=PASSWORD, is_staff=role == "ops")
    yun, an = (User.objects.get(username=name) for name in ("yun", "an"))
    for sku in MADE:
        fields = DEFAULTS | GOODS[sku] | {"developer": "yun"}
        intake.put_product(sku=sku, fields=fields, now=now - timedelta(days=45))
    words = {"symptom": "question", "symptom_title": "", "title": "会员从哪天算起", "state": "published"}
    tutorials.write(
        tutorial=None, product=Product.objects.get(sku="cloud-month"), kind="",
        fields=words | {"text": "从付款那一刻算起，到期前三天提醒。"}, by="yun", now=now,
    )  # fmt: skip
    demo_fund.seed(now=now)
    demo_defects.seed(now=now)
    case = Ticket.objects.select_related("order__product", "decision").get(order__order_no=CONTESTED)
    desk.set_responsibility(
        ticket=case, by=an, party="developer", reason="查过，是货的问题", version=case.version, now=now
    )
    contesting.contest(ticket=case, by=yun, text=AGAINST, now=now)
    crediting.make(developer=yun, month=credit_rows.month_due(now), now=now)
    newest = Transfer.objects.latest("booked_at").booked_at
    fund_days.run(now=newest, lag=timedelta(0))
    while sealing.seal_due(now=now) or following.step(now=now):
        pass
