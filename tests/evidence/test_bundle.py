"""A ticket's bundle: who gets it, what is in it, and that it proves itself with no server at all."""

import json

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from common import clock
from evidence.services import log
from orders.models import Product
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


def test_a_developer_of_the_goods_gets_this_ticket_and_no_more(outside, client_as):
    order = case.fallen("A-1", left=700)
    ticket = case.claim("A-1")
    case.claim("A-1", "question", text="别的事")
    developer = client_as("developer")
    Product.objects.filter(pk=order.product_id).update(developer=User.objects.get(username="the-developer"))
    conversation.say(ticket=ticket, text="内部", actor="ops", name="qiao", internal=True, now=clock.now())
    seal()
    whole = bundle(developer, ticket)
    kinds = [json.loads(entry["body"])["kind"] for entry in whole["entries"]]
    assert sorted(set(kinds)) == ["decision", "remedy", "ticket"]
    text = json.dumps(whole, ensure_ascii=False)
    assert ("别的事" in text, "内部" in text, "dispute_fund" in text) == (False, False, False)


def drop(whole, kind):
    whole["entries"] = [
        entry for entry in whole["entries"] if f'"kind":"{kind}"' not in (entry["body"] or "")
    ]


def blank(whole, kind):
    for entry in whole["entries"]:
        if f'"kind":"{kind}"' in entry["body"]:
            entry["body"] = entry["salt"] = None
            return


FORGERIES = {
    "another order's name": (lambda whole: whole.update(order_no="A-2"), "里面有别的订单的条目：A-1"),
    "another ticket's name": (lambda whole: whole.update(ticket_no="T-2"), "里面没有售后单 T-2 的经过"),
    "the decision left out": (lambda whole: drop(whole, "decision"), "补偿所依据的决定不在里面"),
    "what happened left out": (lambda whole: drop(whole, "ticket"), "的经过"),
    "everything left out": (lambda whole: whole.update(entries=[]), "的经过"),
    "the decision blanked": (lambda whole: blank(whole, "decision"), "有 1 条内容被抹去，却没有抹去的记录"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_bundle_that_is_not_whole(ticket, buyer, verify, name):
    seal()
    whole = bundle(buyer, ticket)
    forge, words = FORGERIES[name]
    forge(whole)
    status, said = verify(whole)
    assert (status, words in said) == (1, True), said


SHAPES = {
    "a word beside the body": lambda whole: whole["entries"][0].update(note="x"),
    "a word beside the bundle": lambda whole: whole.update(note="x"),
    "a salt for an erased one": lambda whole: whole["entries"][0].update(body=None),
    "half a character": lambda whole: whole["entries"][0].update(body='{"kind":"\\ud800"}'),
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_bundle_of_another_shape(ticket, buyer, verify, name):
    seal()
    whole = bundle(buyer, ticket)
    SHAPES[name](whole)
    assert verify(whole)[0] == 2


@pytest.mark.parametrize("field", ["salt", "body", "sealed_at", "policy"])
def test_half_characters_and_empty_policies_end_in_a_finding(ticket, buyer, verify, field):
    seal()
    whole = bundle(buyer, ticket)
    if field == "sealed_at":
        whole["head"]["sealed_at"] = "\ud800"
    elif field == "policy":
        place = next(i for i, entry in enumerate(whole["entries"]) if '"kind":"decision"' in entry["body"])
        said = json.loads(whole["entries"][place]["body"])
        said["data"]["policy"] = {}
        whole["entries"][place]["body"] = json.dumps(said)
    else:
        text = whole["entries"][0][field]
        whole["entries"][0][field] = text.replace("A-1", "\ud800", 1) if field == "body" else "\ud800"
    assert verify(whole)[0] == 1


def test_before_the_first_seal_there_is_nothing_to_prove(ticket, buyer, verify):
    status, said = verify(bundle(buyer, ticket))
    assert (status, "还没有封存" in said) == (0, True)


def test_whose_key_it_is_can_be_demanded(ticket, buyer, tmp_path, capsys):
    seal()
    whole = bundle(buyer, ticket)
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(whole))
    call_command("verify_evidence", str(path), key=whole["head"]["public_key"])
    assert "没有核对是谁签的" not in capsys.readouterr().out
    with pytest.raises(CommandError) as caught:
        call_command("verify_evidence", str(path), key="0" * 64)
    assert caught.value.returncode == 1
