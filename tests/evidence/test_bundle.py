"""A ticket's bundle: who gets it, what is in it, and that it proves itself with no server at all."""

import json

import pytest
from django.core.management import CommandError, call_command

from common import clock
from evidence.services import log
from tests.evidence.conftest import seal
from tests.tickets import case
from tickets.services import conversation

pytestmark = pytest.mark.django_db


def bundle(client, ticket):
    answer = client.get(f"/api/v1/tickets/{ticket.no}/evidence/")
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="evidence-{ticket.no}.json"'
    return answer.json()


@pytest.fixture
def ticket(outside):
    case.fallen("A-1", left=700)
    case.fallen("A-2", left=700)
    case.claim("A-2")
    made = case.claim("A-1")
    conversation.say(ticket=made, text="内部", actor="ops", name="qiao", internal=True, now=clock.now())
    return made


@pytest.fixture
def verify(tmp_path, capsys):
    """verify_evidence over this content: (exit status, what it said)."""

    def run(content):
        path = tmp_path / "bundle.json"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        try:
            call_command("verify_evidence", str(path))
        except CommandError as error:
            return error.returncode, capsys.readouterr().err + str(error)
        return 0, capsys.readouterr().out

    return run


def test_what_waits_is_counted_and_then_sealed(ticket, buyer):
    before = bundle(buyer, ticket)
    assert (before["entries"], before["head"]["size"]) == ([], 0)
    seal()
    after = bundle(buyer, ticket)
    assert (len(after["entries"]), after["waiting"]) == (before["waiting"], 0)
    assert after["format"] == "aftersales-evidence-1"
    assert (after["ticket_no"], after["order_no"]) == (ticket.no, "A-1")
    assert [row["code"] for row in after["policies"]] == ["metered-standard"]


def test_everybody_sees_what_they_may_see(ticket, client_as, buyer, ops):
    seal()
    url = f"/api/v1/tickets/{ticket.no}/evidence/"
    whole, own = bundle(ops, ticket), bundle(buyer, ticket)
    text = json.dumps(own, ensure_ascii=False)
    assert ("A-2" in text, "内部" in text, "qiao" in text) == (False, False, False)
    assert {each["n"] for each in own["entries"]} < {each["n"] for each in whole["entries"]}
    assert "内部" in json.dumps(whole, ensure_ascii=False)
    others = ("guest:A-2", "developer", "panel", "nobody")
    assert [client_as(each).get(url).status_code for each in others] == [404, 404, 404, 401]
    assert bundle(client_as("guest:A-1"), ticket)["entries"] == own["entries"]
    assert ops.get("/api/v1/tickets/T-none/evidence/").status_code == 404


def test_as_many_queries_for_three_claims_as_for_one(ticket, buyer, django_assert_max_num_queries):
    seal()
    with django_assert_max_num_queries(12):
        bundle(buyer, ticket)
    for reason in ("question", "other"):
        case.claim("A-1", reason, text="再问一句")
    seal()
    with django_assert_max_num_queries(12):
        bundle(buyer, ticket)


def test_it_proves_itself_without_a_database(ticket, buyer, verify, django_assert_num_queries):
    seal()
    whole = bundle(buyer, ticket)
    with django_assert_num_queries(0):
        status, words = verify(whole)
    assert status == 0, words
    assert words.startswith(
        f"凭据包里 {len(whole['entries'])} 条都在 {whole['head']['size']} 条的存证里，没有改过；1 个决定"
    )
    assert whole["head"]["public_key"] in words


def changed(whole, kind, field, old, new):
    for entry in whole["entries"]:
        if f'"kind":"{kind}"' in entry["body"]:
            assert old in entry[field]
            entry[field] = entry[field].replace(old, new, 1)
            return entry["n"]
    raise AssertionError(kind)


def test_words_changed_in_it(ticket, buyer, verify):
    seal()
    whole = bundle(buyer, ticket)
    place = changed(whole, "transfer", "body", '"amount":', '"amount":9')
    assert verify(whole) == (1, f"第 {place} 条：内容和摘要对不上：内容被改过\n有 1 处出入。")


def test_an_entry_slipped_in_twice_or_moved(ticket, buyer, verify):
    seal()
    whole = bundle(buyer, ticket)
    first = whole["entries"][0]
    whole["entries"].append(first)
    assert verify(whole) == (1, f"第 {first['n']} 条：序号重复\n有 1 处出入。")
    whole["entries"][-1] = first | {"n": first["n"] + 1}
    status, words = verify(whole)
    assert (status, "不在这个头的存证里" in words) == (1, True)


@pytest.mark.parametrize(
    ("field", "value"), [("size", 1000), ("root", "0" * 64), ("sealed_at", "2020-01-01T00:00:00Z")]
)
def test_another_head(ticket, buyer, verify, field, value):
    seal()
    whole = bundle(buyer, ticket)
    whole["head"][field] = value
    status, words = verify(whole)
    assert (status, "签名不对" in words) == (1, True)


def test_a_decision_that_its_facts_don_t_give(ticket, buyer, verify):
    seal()
    whole = bundle(buyer, ticket)
    whole["policies"][0]["data"]["title"] = "另一份"
    status, words = verify(whole)
    assert (status, "规则的指纹不对" in words) == (1, True)
    whole["policies"] = []
    assert verify(whole)[0] == 1


def test_erased_entries_still_prove_their_place(ticket, buyer, verify):
    log.erase(order_no="A-1", now=clock.now())
    seal()
    whole = bundle(buyer, ticket)
    assert [bool(entry["body"]) for entry in whole["entries"]] == [False] * (len(whole["entries"]) - 1) + [
        True
    ]
    assert verify(whole)[0] == 0


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"\xff\xfe", b"null", b'{"format": "aftersales-evidence-1"}', b"[" * 100_000,
        b'{"format":"aftersales-evidence-1","head":{"size":1,"root":"00"},"entries":[]}',
        b'{"format":"aftersales-evidence-1","head":{"size":1,"root":"%s"},"entries":[{"n":0}]}' % (b"0" * 64),
        b'{"format":"aftersales-evidence-1","head":{"size":true,"root":"%s"},"entries":[]}' % (b"0" * 64),
    ],
)  # fmt: skip
def test_what_is_no_bundle_is_said_in_one_sentence(verify, content):
    status, words = verify(content)
    assert (status, words.count("\n")) == (2, 0)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CommandError, match="打不开") as caught:
        call_command("verify_evidence", str(tmp_path / "none.json"))
    assert caught.value.returncode == 2


def test_the_whole_record(ticket, capsys):
    seal()
    call_command("verify_evidence")
    out = capsys.readouterr().out
    assert "全部一致" in out
    assert "每个决定重算都一样" in out
