"""The page of a refusal says what to do next: when to come back, in both languages, whom to be, where to return to."""

import re

import pytest
from django.core.exceptions import DisallowedHost, SuspiciousOperation
from django.utils import translation

from common.pages import come_back, refusals_as_pages
from common.refusals import Refusal
from shop_aftersales import mishaps


class TooSoon(Refusal):
    status = 429


@pytest.mark.parametrize(
    ("seconds", "chinese", "english"),
    [
        (
            0,
            "请过一会儿再试，不用一直刷新。",
            "Please try again in a while; there is no need to keep reloading.",
        ),
        (
            1,
            "请 1 秒后再试，不用一直刷新。",
            "Please try again in 1 second; there is no need to keep reloading.",
        ),
        (
            59,
            "请 59 秒后再试，不用一直刷新。",
            "Please try again in 59 seconds; there is no need to keep reloading.",
        ),
        (
            60,
            "请 1 分钟后再试，不用一直刷新。",
            "Please try again in 1 minute; there is no need to keep reloading.",
        ),
        (
            61,
            "请 2 分钟后再试，不用一直刷新。",
            "Please try again in 2 minutes; there is no need to keep reloading.",
        ),
        (
            900,
            "请 15 分钟后再试，不用一直刷新。",
            "Please try again in 15 minutes; there is no need to keep reloading.",
        ),
    ],
)
def test_when_to_come_back_is_never_too_early(seconds, chinese, english):
    assert come_back(seconds=seconds) == chinese
    with translation.override("en"):
        assert come_back(seconds=seconds) == english


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("seconds", "header", "said"), [(200, "200", "请 4 分钟后再试"), (None, "", "请过一会儿再试")]
)
def test_the_page_and_the_header_say_the_real_wait(rf, seconds, header, said):
    @refusals_as_pages
    def view(request):
        raise TooSoon(extra={"retry_after": seconds} if seconds else {})

    answer = view(rf.get("/"))
    page = answer.content.decode()
    assert (answer.status_code, answer.get("Retry-After", ""), said in page) == (429, header, True)
    assert ("15 分钟" in page) is False


def buttons(answer):
    """What can be pressed, main first, and where it leads."""
    bar = answer.content.decode().split('<div class="bar">')[1].split("</div>")[0]
    return re.findall(r'<a class="([^"]+)" href="([^"]+)">([^<]+)</a>', bar)


BY_NUMBER = ("btn quiet", "/", "用订单号查")
FORM = {"HTTP_REFERER": "http://testserver/orders/A-1/?ask=1"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "method", "sent", "first"),
    [
        (403, "get", {}, ("btn", "/login/?next=%2Forders%2FA-1%2F%3Fa%3D1", "换账号登录")),
        (403, "post", FORM, ("btn", "/login/?next=%2Forders%2FA-1%2F%3Fask%3D1", "换账号登录")),
        (422, "post", FORM, ("btn", "/orders/A-1/?ask=1", "回到刚才那一页")),
        (422, "post", {"HTTP_REFERER": "https://elsewhere.example/a/"}, None),
        (422, "get", FORM, None),
    ],
)
def test_a_refusal_has_a_way_on(rf, status, method, sent, first):
    @refusals_as_pages
    def view(request):
        refusal = Refusal()
        refusal.status = status
        raise refusal

    found = buttons(view(getattr(rf, method)("/orders/A-1/?a=1", **sent)))
    assert found == ([first, BY_NUMBER] if first else [("btn", "/", "用订单号查")])


def test_what_django_refuses_leads_back_too_but_to_no_host_that_is_not_ours(rf):
    request = rf.post("/tickets/T-1/messages/", **FORM)
    answer = mishaps.not_understood(request, SuspiciousOperation())
    assert (answer.status_code, buttons(answer)[0]) == (400, ("btn", "/orders/A-1/?ask=1", "回到刚才那一页"))
    answer = mishaps.stale(request, "CSRF token missing.")
    assert (answer.status_code, buttons(answer)[0]) == (403, ("btn", "/orders/A-1/?ask=1", "回到刚才那一页"))
    request = rf.post("/", HTTP_HOST="elsewhere.example", **FORM)
    answer = mishaps.not_understood(request, DisallowedHost())
    assert (answer.status_code, buttons(answer)) == (400, [("btn", "/", "用订单号查")])
