"""The page of a refusal that ends by itself says when, in both languages, and so does its header."""

import pytest
from django.utils import translation

from common.pages import come_back, refusals_as_pages
from common.refusals import Refusal


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
