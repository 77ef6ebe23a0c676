"""Recalls at the desk: what was shown, what people said, how far it has come, and what can be done."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Case, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.views import ChangeList

from common import clock, figures
from common.language import say, spoken
from common.phrases import mark
from common.reading import DeskAdmin, ReadOnlyAdmin
from compensation.queries import Coming
from developers import queries
from developers.models import Credit, Recall, RecallLine, RecallWord
from developers.rules import recall_words as words
from developers.rules.netting import SKIPS
from developers.rules.recall_life import State, allowed
from developers.rules.recalls import CAUSES, REFUND
from developers.services.recalls import asking, ruling

RULED: dict[str, Any] = {
    "refuse": ruling.refuse, "stop": ruling.stop, "resume": ruling.resume, "again": ruling.again,
}  # fmt: skip
SAID = {
    "ask": mark("试算"), "submit": mark("提交批准"), "approve": mark("批准"), "refuse": mark("没有批准"),
    "stop": mark("先停下"), "resume": mark("接着办"), "again": mark("跳过的再看一遍"),
}  # fmt: skip
DONE = {
    "submit": mark("已提交，要由另一位同事批准。"),
    "approve": mark("批准已记下。"),
    "refuse": mark("没有批准，一分没给。"),
    "stop": mark("停下了，已经给的不收回。"),
    "resume": mark("接着办。"),
    "again": mark("跳过的再看一遍，给过的不多给。"),
}


# What waits for a yes stands first.
WAITS = Case(When(state=State.SHOWN, submitted_at__isnull=False, then=0), default=1)


class Recalls(ChangeList):
    """Each row of a page knows how much of it is still to come; one statement."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        coming = queries.comings(recalls=self.result_list)
        for row in self.result_list:
            row.coming = coming.get(row.pk, Coming())


@admin.register(Recall)
class RecallAdmin(DeskAdmin):
    list_display = ["no", "product", "cause", "remedy", "standing", "asked_by", "asked_at", "how_far"]
    list_select_related = ["product", "asked_by", "supplier"]
    list_filter = ["state"]
    search_fields = ["=no", "=product__sku"]
    search_help_text = _("编号或货号")
    explains = _("一批货有问题：先试算选中哪些订单、给多少，另一位同事批准，再一单单办。可以随时停下。")
    nothing = _("没有召回。到「试算一次召回」选出订单；开发者提出的也列在这里等批准。")
    ordering = [WAITS.asc(), "-id"]
    page_template = "admin/developers/recall.html"
    list_before_template = "admin/developers/_recalls.html"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Recalls

    @display(description=_("状态"), ordering="state", label={"waits": "warning"})
    def standing(self, row: Recall) -> str | tuple[str, str]:
        waits = row.state == State.SHOWN and row.submitted_at is not None
        said = _stands(row, row.coming)  # type: ignore[attr-defined]
        return ("waits", said) if waits else said

    @admin.display(description=_("办到哪里"))
    def how_far(self, row: Recall) -> str:
        if not row.progress:
            return "—"
        return say("{n} / {all} 单", n=row.progress["given"], all=row.figures.get("gets", 0))

    def about(self, request: HttpRequest, row: Recall) -> dict[str, Any]:
        now, said = clock.now(), queries.words_of(recall=row)
        shown = row.figures and words.shown_pairs(row.figures, remedy=row.remedy, party=row.party)
        coming = queries.coming(recall=row)
        come = words.progress_pairs(
            row.progress, remedy=row.remedy, coming=coming.lines, by_a_person=coming.by_a_person
        ) if row.progress else []  # fmt: skip
        skipped = words.skipped_pairs(row.progress["skipped"]) if row.progress else []
        return {
            "title": say("召回 {title}", title=row.product.title), "what": self._what(row, coming),
            "here": spoken(words.said(row.remedy).here),
            "shown": _spoken(shown or []), "come": _spoken([*come, *skipped]),
            "examples": [_example(row, each) for each in queries.examples(recall=row)],
            "lines": f"{reverse('admin:developers_recallline_changelist')}?q={row.no}",
            "again_at": _form_address(row) if row.state in (State.CHANGED, State.REFUSED, State.DONE) else "",
            "words": [_word(word, now) for word in said],
            "waits_for": self._waits_for(request, row, said), "actions": _actions(request.user, row, said),
        }  # fmt: skip

    def act(self, request: HttpRequest, row: Recall, typed: Mapping[str, str]) -> tuple[str, bool]:
        action, now, by = typed.get("action", ""), clock.now(), _person(request)
        reason = typed.get("reason", "")
        if action == "submit":
            asking.submit(recall=row, by=by, now=now)
        elif action == "approve":
            ruling.approve(recall=row, by=by, reason=reason, digest=typed.get("digest", ""), now=now)
        else:
            RULED[action](recall=row, by=by, reason=reason, now=now)
        return DONE[action], True

    def _what(self, row: Recall, coming: Coming) -> list[tuple[str, str]]:
        return [
            (say("状态"), _stands(row, coming)),
            (say("原因"), spoken(CAUSES[row.cause].name)),
            (say("哪些订单"), spoken(words.which(row.rule, supplier=str(row.supplier or "")))),
            (spoken(words.said(row.remedy).how), spoken(words.offered(row.remedy, row.quantity))),
            (say("对买家说"), spoken(words.why(row.cause, row.text))),
            (say("名单校验码"), row.digest[:16] or "—"),
        ]

    def _waits_for(self, request: HttpRequest, row: Recall, said: list[RecallWord]) -> str:
        if row.state != State.SHOWN:
            return ""
        if row.submitted_at is None:
            return say("只是试算，还没有提交批准。")
        if row.asked_by_id == request.user.pk:
            return say("您提出的，要由另一位同事批准。")
        if row.approvals_needed > 1:
            yes = sum(word.action == "approve" for word in said)
            return say("开发者提出的，钱多，要两位同事批准，已有 {n} 位。", n=yes)
        return say("核对过再批准：批准的就是下面这一份，名单变了会停下来。")


@admin.register(RecallLine)
class RecallLineAdmin(ReadOnlyAdmin):
    list_display = [
        "order",
        "recall",
        "state",
        "skip",
        "shown_fen",
        "shown_units",
        "fen",
        "units",
        "ticket",
        "at",
    ]
    list_select_related = ["order", "recall", "ticket"]
    list_filter = ["state", "skip"]
    search_fields = ["=recall__no", "=order__order_no"]
    search_help_text = _("召回的编号或订单号")
    explains = _("每一单：试算时要给多少，后来给了多少，没给的为什么。")
    nothing = _("没有选中过订单。")
    ordering = ["-id"]


@admin.register(Credit)
class CreditAdmin(ReadOnlyAdmin):
    list_display = ["developer", "month", "grade", "total", "sales", "defects", "made_at", "page"]
    list_select_related = ["developer"]
    list_filter = ["grade", "month"]
    search_fields = ["=developer__username"]
    search_help_text = _("开发者的用户名")
    explains = _("每月一份，写下不改。信用低的，商品改按保障更强的规则卖；信用从不减少买家得到的。")
    nothing = _("还没有算过。每月 1 日凌晨两点以后，每位有商品的开发者一份。")
    ordering = ["-month", "developer"]

    @admin.display(description=_("卖了"))
    def sales(self, row: Credit) -> int:
        return int(row.counts["sales"])

    @admin.display(description=_("毛病"))
    def defects(self, row: Credit) -> int:
        return int(row.counts["defects"])

    @admin.display(description=_("怎么算的"))
    def page(self, row: Credit) -> str:
        query = urlencode({"month": row.month, "developer": row.developer.get_username()})
        return format_html('<a href="{}?{}">{}</a>', reverse("developer-credit"), query, say("打开"))


def _stands(row: Recall, coming: Coming) -> str:
    return spoken(row.standing(coming=coming.lines, undone=coming.undone))


def _actions(user: Any, row: Recall, said: list[RecallWord]) -> list[dict[str, Any]]:
    own = row.asked_by_id == user.pk
    offered = [action for action in allowed(row.state, "ops") if action != "approve"]
    if row.state == State.DONE and not row.progress["skipped"]:
        offered.remove("again")
    approved = any(word.action == "approve" and word.by == user.get_username() for word in said)
    if row.state == State.SHOWN and row.submitted_at is None:
        offered = ["submit"] if own and row.figures["gets"] else []
    elif row.state == State.SHOWN and not own and not approved and row.figures["gets"]:
        offered = ["approve", *offered]
    return [
        {"name": action, "label": spoken(label), "meaning": spoken(meaning), "reason": reason, "hard": hard,
         "digest": row.digest if action == "approve" else ""}
        for action, label, meaning, reason, hard in _DEEDS if action in offered
    ]  # fmt: skip


_DEEDS = (
    ("submit", mark("提交批准"), mark("交给另一位同事看。批准以前不通知买家，也不动钱和货。"), False, False),
    ("approve", mark("批准"), mark("名单再核对一遍，一样就开始一单单办，买家会收到消息。"), True, False),
    ("refuse", mark("不批准"), mark("一分不给。提出的人看得到理由。"), True, True),
    ("stop", mark("先停下"), mark("下一单起不再给，已经给的不收回，随时可以接着办。"), True, True),
    ("resume", mark("接着办"), mark("从停下的地方接着办。"), False, False),
    ("again", mark("跳过的再看一遍"), mark("原因已经过去的会补办；给过的一分也不多给。"), False, False),
)


def _example(row: Recall, each: queries.Example) -> dict[str, str]:
    if each.skip:
        gives = spoken(SKIPS[each.skip])
    else:
        gives = figures.yuan(each.fen) if row.remedy == REFUND else say("{n} 个", n=each.units)
    return {
        "order": each.order_no, "buyer": each.buyer, "paid": figures.yuan(each.paid_fen), "gives": gives,
        "before": "" if each.before_fen is None else figures.yuan(each.before_fen),
    }  # fmt: skip


def _word(word: RecallWord, now: Any) -> dict[str, str]:
    at = figures.moment(word.at, now=now)
    return {"by": word.by, "at": at, "action": spoken(SAID[word.action]), "reason": word.reason}


def _form_address(row: Recall) -> str:
    """The form with the same rule filled in, to be counted anew."""
    fields = {
        "sku": row.product.sku, "by": row.by, "from": words.moment(row.start).replace(" ", "T"),
        "to": words.moment(row.end).replace(" ", "T"),
        "supplier": row.rule.supplier, "batch": row.batch, "version": row.goods_version,
        "cause": row.cause, "party": row.party, "remedy": row.remedy, "quantity": row.quantity or "",
        "text": row.text, "defect": row.defect.no if row.defect else "",
    }  # fmt: skip
    return f"{reverse('developer-recall-ask')}?{urlencode(fields)}"


def _spoken(pairs: words.Pairs) -> list[tuple[str, str]]:
    return [(spoken(label), spoken(value)) for label, value in pairs]


def _person(request: HttpRequest) -> Any:
    return request.user
