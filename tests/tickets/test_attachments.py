"""Files handed in as proof: what is taken, what is refused and how, and what a reader gets of them."""

import hashlib
import io
import time

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import Image

from accounts.services import people
from common import uploads
from evidence.models import Entry
from tests.tickets.case import claim, fallen
from tests.tickets.files import HOSTILE, NAMES, PDF, PLACE, POLYGLOTS, hand_in, picture, with_place
from tickets.models import Attachment, Clock, Event, Ticket
from tickets.services import attachments, keeping
from tickets.services.attachments import Given

pytestmark = pytest.mark.django_db
API = "/api/v1/tickets/"


@pytest.fixture
def ticket(shop):
    fallen()
    return claim()


def send(client, ticket, raw, name="截图.png", **more):
    file = SimpleUploadedFile(name, raw, content_type="image/png")
    return client.post(f"{API}{ticket.no}/attachments/", {"file": file, **more}, format="multipart")


def files_kept():
    return sorted(path.name for path in (settings.DATA_DIR / "uploads").rglob("*") if path.is_file())


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.mark.parametrize(
    ("raw", "kind", "media"),
    [
        (picture(), "png", "image/png"), (picture("JPEG"), "jpeg", "image/jpeg"),
        (picture("WEBP"), "webp", "image/jpeg"),
        (PDF, "pdf", "application/pdf"),
    ],
)  # fmt: skip
def test_what_is_taken_is_kept_twice_and_told_once(ticket, buyer, raw, kind, media):
    answer = send(buyer, ticket, raw, name="截图.dat")
    kept, digest = answer.json(), hashlib.sha256(raw).hexdigest()
    ending = {"jpeg": "jpg"}.get(kind, kind)
    assert answer.status_code == 201
    assert kept == {
        "id": kept["id"], "name": f"截图.{ending}", "kind": kind, "size": len(raw), "sha256": digest,
        "added_at": kept["added_at"],
    }  # fmt: skip
    assert files_kept() == [f"{kept['id']}.copy", f"{kept['id']}.original"]
    assert keeping.original_of(kept["id"]) == raw
    assert raw not in (settings.DATA_DIR / "uploads" / kept["id"][:2] / f"{kept['id']}.original").read_bytes()
    got = buyer.get(f"{API}{ticket.no}/attachments/{kept['id']}/")
    assert {name: got[name] for name in (
        "Content-Type", "X-Content-Type-Options", "Content-Security-Policy", "Cross-Origin-Resource-Policy",
    )} == {
        "Content-Type": media, "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }  # fmt: skip
    assert got["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    event = Event.objects.filter(kind="attachment").get()
    assert event.data == {"id": kept["id"], "kind": kind, "size": len(raw), "sha256": digest}
    assert Entry.objects.filter(kind="ticket", order_no="A-1", body__contains=digest).count() == 1


@pytest.mark.parametrize(("what", "raw", "status", "says"), HOSTILE, ids=[row[0] for row in HOSTILE])
def test_what_is_not_taken_is_refused_in_a_sentence_and_leaves_nothing(
    ticket, buyer, what, raw, status, says
):
    began = time.monotonic()
    answer = send(buyer, ticket, raw)
    assert time.monotonic() - began < 5
    if status is None and answer.status_code == 201:
        return
    assert answer.status_code == (status or 422)
    assert answer.json()["detail"].startswith(says)
    assert (files_kept(), Attachment.objects.count(), Event.objects.filter(kind="attachment").count()) == (
        [],
        0,
        0,
    )


@pytest.mark.parametrize("what", POLYGLOTS)
def test_a_picture_that_is_something_else_too_loses_it(ticket, buyer, what):
    kept = send(buyer, ticket, POLYGLOTS[what]).json()["id"]
    assert b"EVIL" in keeping.original_of(kept)
    assert b"EVIL" not in buyer.get(f"{API}{ticket.no}/attachments/{kept}/").content


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_reader_gets_the_picture_upright_and_without_its_place(ticket, buyer, form):
    raw = with_place(form)
    assert PLACE.encode() in raw
    kept = send(buyer, ticket, raw).json()["id"]
    copy = buyer.get(f"{API}{ticket.no}/attachments/{kept}/").content
    found = Image.open(io.BytesIO(copy))
    assert (PLACE.encode() in copy, found.size, dict(found.getexif())) == (False, (40, 60), {})


@pytest.mark.parametrize(("given", "kept"), NAMES.items(), ids=[repr(name[:12]) for name in NAMES])
def test_a_name_says_nothing_but_a_name(given, kept):
    assert attachments._name(given, "png") == kept


def test_a_name_never_reaches_a_header_raw(ticket, buyer):
    hand_in(ticket, [Given("a\r\nSet-Cookie: x=1.png", picture())])
    token = Attachment.objects.get().token
    got = buyer.get(f"{API}{ticket.no}/attachments/{token}/")
    assert ("\n" in got["Content-Disposition"], "Set-Cookie" in got.headers) == (False, False)


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("buyer", 200), ("guest:A-1", 200), ("ops", 200), ("guest:B-1", 404), ("developer", 404), ("shop", 404),
        ("nobody", 401),
    ],
)  # fmt: skip
def test_who_may_read_a_file(ticket, buyer, client_as, role, status):
    fallen("B-1", buyer_external_id="b-2")
    token = send(buyer, ticket, picture()).json()["id"]
    assert client_as(role).get(f"{API}{ticket.no}/attachments/{token}/").status_code == status


def test_a_file_of_another_ticket_is_absent(ticket, buyer):
    fallen("A-2")
    other, token = claim("A-2"), send(buyer, ticket, picture()).json()["id"]
    for no, name in (
        (other.no, token),
        (ticket.no, "0" * 32),
        (ticket.no, "..%2f..%2fsecrets.json"),
        (ticket.no, "%00"),
    ):
        assert buyer.get(f"{API}{no}/attachments/{name}/").status_code == 404


def test_handing_in_is_a_word_of_the_buyers(ticket, buyer):
    fallen("A-2", left=None)
    waiting = claim("A-2")
    send(buyer, waiting, picture())
    assert list(Clock.objects.filter(ticket=waiting, kind="next_reply").values_list("state", flat=True)) == [
        "running"
    ]


def test_a_closed_case_takes_nothing(ticket, buyer):
    ticket.state = "closed"
    ticket.save()
    answer = send(buyer, ticket, picture())
    assert (answer.status_code, answer.json()["code"], files_kept()) == (409, "move_not_allowed", [])


def test_a_ticket_takes_so_many_and_no_more(ticket, buyer, monkeypatch):
    monkeypatch.setattr(attachments, "MOST_OF_A_TICKET", 2)
    codes = [send(buyer, ticket, picture()).status_code for _ in range(3)]
    assert (codes, Attachment.objects.count(), len(files_kept())) == ([201, 201, 422], 2, 4)


def test_all_of_several_or_none(ticket):
    given = [Given("一.png", picture()), Given("二.svg", b"<svg/>")]
    with pytest.raises(uploads.NotTaken):
        hand_in(ticket, given)
    with pytest.raises(attachments.TooManyFiles):
        hand_in(ticket, [Given("一.png", picture())] * 7)
    assert (Attachment.objects.count(), files_kept()) == (0, [])


def test_the_same_key_hands_in_once(ticket, buyer):
    codes = []
    for _ in range(2):
        file = SimpleUploadedFile("一.png", picture())
        answer = buyer.post(
            f"{API}{ticket.no}/attachments/",
            {"file": file},
            format="multipart",
            headers={"Idempotency-Key": "k-1"},
        )
        codes.append((answer.status_code, answer.headers.get("Idempotency-Replayed")))
    assert (codes, Attachment.objects.count()) == ([(201, None), (201, "true")], 1)


def test_a_refusal_under_a_key_is_the_answer_to_the_same_again(ticket, buyer):
    def send_it(raw):
        sent = {"file": SimpleUploadedFile("一.svg", raw)}
        keyed = {"headers": {"Idempotency-Key": "k-1"}}
        answer = buyer.post(f"{API}{ticket.no}/attachments/", sent, format="multipart", **keyed)
        return answer.status_code, answer.json()["code"], answer.headers.get("Idempotency-Replayed")

    taken = [send_it(b"<svg/>"), send_it(b"<svg/>"), send_it(picture())]
    assert taken == [
        (415, "unsupported_media_type", None), (415, "unsupported_media_type", "true"),
        (422, "idempotency_key_reused", None),
    ]  # fmt: skip
    assert files_kept() == []


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_to_write_while_a_picture_is_decoded(ticket, buyer, monkeypatch):
    clean, inside = uploads.clean, []

    def watched(raw, *, kind):
        inside.append(connection.in_atomic_block)
        return clean(raw, kind=kind)

    monkeypatch.setattr(uploads, "clean", watched)
    sent = {"file": SimpleUploadedFile("一.png", picture())}
    answer = buyer.post(
        f"{API}{ticket.no}/attachments/", sent, format="multipart", headers={"Idempotency-Key": "k-1"}
    )
    assert (answer.status_code, inside, Attachment.objects.count()) == (201, [False], 1)


@pytest.mark.parametrize("body", [{}, {"file": "text"}])
def test_no_file_is_said_so(ticket, buyer, body):
    answer = buyer.post(f"{API}{ticket.no}/attachments/", body, format="multipart")
    assert (answer.status_code, answer.json()["detail"]) == (422, "请先选一张图或一个 PDF。")


def test_json_is_not_a_file(ticket, buyer):
    assert buyer.post(f"{API}{ticket.no}/attachments/", {"file": "x"}, format="json").status_code == 415


def test_a_request_that_is_too_large_keeps_no_file(ticket, buyer, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_BODY", 1000)
    answer = send(buyer, ticket, picture() + b"\0" * 2000)
    assert (answer.status_code, files_kept()) == (413, [])


@pytest.mark.parametrize("move", ["ops", "developer", "shop"])
def test_proof_is_the_buyers_to_hand_in(ticket, client_as, move):
    assert send(client_as(move), ticket, picture()).status_code == 403


def test_proof_that_ops_file_with_a_claim_is_no_word_of_the_buyer(sell, client):
    sell("A-9", quantity=10, target="https://v.example/9")
    client.force_login(people.ensure_user(username="qiao", role="ops", password="pass"))
    sent = {"reason": "other", "text": "买家打电话说的", "file": SimpleUploadedFile("a.png", picture())}
    client.post("/orders/A-9/claim/", sent)
    events = Ticket.objects.get(order__order_no="A-9").events
    assert list(events.exclude(actor="system").values_list("kind", "actor", "name")) == [
        ("opened", "ops", "qiao"), ("attachment", "ops", "qiao"),
    ]  # fmt: skip
