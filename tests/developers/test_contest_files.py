"""A developer's contest carries files: for ops and the developer, never for the buyer; the uploads' own limits."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from accounts.services import people
from compensation.models import Contest
from evidence.models import Entry
from orders.models import Product
from tests.developers.conftest import filed
from tests.developers.test_access import api_as, cast, page_as
from tests.tickets.desk_case import act
from tests.tickets.desk_pages import words
from tests.tickets.files import PDF, SVG, hand_in, picture
from tickets.models import Attachment
from tickets.services.attachments import Given

__all__ = ["cast"]
pytestmark = pytest.mark.django_db
WORDS = "掉的是供货商的号，截图里看得到"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def borne(cast):
    """yun's case, put on yun by qiao; its buyer handed in a picture of their own."""
    ticket = filed("202611200001", left=600, buyer_external_id="b-9", buyer_name="林")
    act(ticket, "set_responsibility", party="developer")
    hand_in(ticket, [Given("买家的.png", picture())], text="")
    people.ensure_user(username="lin", role="buyer", password="pass", buyer=ticket.order.buyer)
    return ticket


def sent(*raws):
    files = [SimpleUploadedFile(f"凭证{n}.png", raw) for n, raw in enumerate(raws, start=1)]
    return {"text": WORDS, "file": files}


def by_page(ticket, *raws):
    return page_as("yun").post(f"/developers/cases/{ticket.no}/contest/", sent(*raws), follow=True)


def test_the_page_takes_them_and_ops_see_them_at_the_desk(borne):
    page = by_page(borne, picture(), PDF)
    assert {"凭证1.png", "凭证2.pdf", WORDS} <= set(words(page))
    User.objects.filter(username="ops").update(is_staff=True)
    desk = page_as("ops").get(f"/admin/tickets/ticket/{borne.pk}/change/")
    (contest,) = desk.context["case"].blame.contests
    assert [file.name for file in contest.files] == ["凭证1.png", "凭证2.pdf"]
    assert [file.name for file in desk.context["case"].proofs] == ["买家的.png"]


def test_the_api_takes_them_and_lists_them(borne):
    url = f"/api/v1/developers/cases/{borne.no}/contest/"
    told = api_as("yun").post(url, sent(picture()), format="multipart").json()["contests"][0]
    row = Attachment.objects.exclude(contest=None).get()
    assert (told["text"], told["files"]) == (
        WORDS, [{"id": row.token, "name": "凭证1.png", "kind": "png", "size": row.size}],
    )  # fmt: skip


READERS = [
    ("yun", 200, 404), ("ops", 200, 200), ("bo", 404, 404), ("lin", 404, 200), ("buyer", 404, 404), ("panel", 404, 404),
    ("shop", 404, 404),
]  # fmt: skip


@pytest.mark.parametrize(("name", "of_the_contest", "of_the_buyer"), READERS)
def test_who_reads_which_file(borne, name, of_the_contest, of_the_buyer):
    by_page(borne, picture())
    buyers, makers = Attachment.objects.order_by("pk")
    expected = [of_the_contest, of_the_buyer]
    for client, before in ((page_as(name), ""), (api_as(name), "/api/v1")):
        told = [
            client.get(f"{before}/tickets/{borne.no}/attachments/{row.token}/").status_code
            for row in (makers, buyers)
        ]
        assert told == expected, before


def test_whoever_gets_the_goods_reads_nothing_of_the_contest_before(borne):
    by_page(borne, picture())
    row = Attachment.objects.exclude(contest=None).get()
    Product.objects.update(developer=User.objects.get(username="bo"))
    page, api = f"/developers/cases/{borne.no}/", f"/api/v1/developers/cases/{borne.no}/"
    text = page_as("bo").get(page).content.decode()
    told = api_as("bo").get(api).json()
    assert ([said in text for said in (WORDS, row.token)], told["contests"]) == ([False, False], [])
    for client, before in ((page_as, ""), (api_as, "/api/v1")):
        url = f"{before}/tickets/{borne.no}/attachments/{row.token}/"
        assert [client(name).get(url).status_code for name in ("bo", "yun", "ops")] == [404, 404, 200]
    assert [client("yun").get(url).status_code for client, url in ((page_as, page), (api_as, api))] == [
        404
    ] * 2


def test_the_buyer_reads_nothing_of_them(borne):
    by_page(borne, picture(size=(50, 40)))  # not the same as the buyer's
    lin = page_as("lin")
    page = lin.get(f"/tickets/{borne.no}/").content.decode()
    bundle = lin.get(f"/tickets/{borne.no}/evidence/").content.decode()
    row = Attachment.objects.exclude(contest=None).get()
    assert [text in page for text in ("买家的.png", "凭证1.png", row.token)] == [True, False, False]
    assert (row.sha256 in bundle, Entry.objects.filter(kind="ticket", internal=True).count()) == (False, 3)


@pytest.mark.parametrize(
    ("raws", "status", "why"),
    [
        ([SVG], 415, "这里收 PNG、JPEG、WebP 图片和 PDF"), ([picture(), b""], 422, "这个文件是空的"),
        ([picture()] * 7, 422, "一次最多传 6 个"), ([picture() + b"\0" * (8 * 1024 * 1024)], 413, "一个文件最多 8 MB"),
    ],
)  # fmt: skip
def test_one_that_is_not_taken_leaves_nothing_and_keeps_what_was_typed(borne, tmp_path, raws, status, why):
    before = sorted(tmp_path.rglob("*.copy"))
    page = by_page(borne, *raws)
    text = page.content.decode()
    assert (page.status_code, why in text, WORDS in text) == (status, True, True)
    assert (Contest.objects.count(), sorted(tmp_path.rglob("*.copy"))) == (0, before)
    api = api_as("yun").post(f"/api/v1/developers/cases/{borne.no}/contest/", sent(*raws), format="multipart")
    assert (api.status_code, Contest.objects.count()) == (status, 0)


def test_a_second_contest_leaves_no_file(borne, tmp_path):
    by_page(borne, picture())
    before = sorted(tmp_path.rglob("*.copy"))
    assert by_page(borne, picture()).status_code == 409
    assert sorted(tmp_path.rglob("*.copy")) == before
