"""Ops write rules on a page: what they type is read exactly, kept when it is wrong, and looked at before it binds."""

import re

import pytest
from django.test import Client

from accounts.services import people
from compensation import forms, queries
from compensation.models import PolicyDraft, PolicyVersion
from compensation.rules.defaults import DEFAULT_POLICIES
from compensation.rules.policy import Policy

pytestmark = pytest.mark.django_db
CODE = "metered-standard"
INDEX = "/admin/compensation/policydraft/"


@pytest.fixture
def desk(shop):
    def sign_in(name, role="ops"):
        client = Client(headers={"accept-language": "zh-hans"})
        client.force_login(people.ensure_user(username=name, role=role, password="x", is_staff=True))
        return client

    return sign_in


def begun(client, code=CODE):
    address = client.post(f"{INDEX}begin/", {"from": code}).url
    return address, PolicyDraft.objects.get(pk=int(re.search(r"/(\d+)/$", address)[1]))


def as_shown(draft, **changes):
    """The form as the page fills it, with what is typed over it."""
    policy = Policy.from_data(
        {**draft.data, "code": draft.code, "version": 2, "kind": draft.kind, "title": draft.title}
    )
    typed = {"version": draft.version, "title": draft.title, "note": draft.note, "effective": ""}
    for group in forms.groups(draft.kind):
        for entry in group.entries:
            typed[entry.name], typed[f"{entry.name}-unit"] = forms.shown(policy, entry)
    typed["use"] = list(draft.data["clauses"])
    typed |= {f"at-{name}": 10 * place for place, name in enumerate(typed["use"])}
    return typed | changes


def text_of(answer):
    return answer.content.decode()


@pytest.mark.parametrize("data", DEFAULT_POLICIES, ids=lambda data: data["code"])
def test_a_form_sent_back_as_it_came_changes_nothing(desk, data):
    client = desk("qiao")
    address, draft = begun(client, data["code"])
    answer = client.post(address, as_shown(draft, do="save"))
    draft.refresh_from_db()
    again = Policy.from_data(
        {**draft.data, "code": draft.code, "version": 1, "kind": draft.kind, "title": draft.title}
    )
    assert (answer.status_code, draft.version, again.hash) == (302, 1, Policy.from_data(data).hash)


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("tier_a_rate", "12.5", [1, 8]),
        ("tier_a_rate", "12", [12, 100]),
        ("tier_a_rate", "1/3", [1, 3]),
        ("tier_a_rate", "10.0", [10, 100]),
        ("factor_b", "1.25", [5, 4]),
        ("factor_b", "4/3", [4, 3]),
        ("factor_b", "1.20", [6, 5]),
        ("window_seconds", "36", 36 * 3600),
        ("window_seconds", "0.5", 1800),
        ("auto_limit_fen", "199.5", 19_950),
        ("warranty_days", "45", 45),
    ],
)
def test_what_is_typed_is_read_exactly(desk, name, typed, kept):
    client = desk("qiao")
    address, draft = begun(client)
    client.post(address, as_shown(draft, do="save", **{name: typed}))
    draft.refresh_from_db()
    assert draft.data[name] == kept


@pytest.mark.parametrize(
    ("name", "typed", "says"),
    [
        ("tier_a_rate", "一成", "请填一个数，例如 10、12.5。"),
        ("tier_a_rate", "-1", "请填一个数，例如 10、12.5。"),
        ("factor_b", "1/0", "请填一个数，例如 1.2、6/5。"),
        ("factor_b", "", "请填一个数。"),
        ("window_seconds", "0.00001", "请填时长，换成秒以后得是整数。"),
        ("auto_limit_fen", "1.005", "请填金额，例如 200 或 199.50，最多两位小数。"),
        ("auto_limit_fen", "9" * 13, "请填金额，例如 200 或 199.50，最多两位小数。"),
        ("warranty_days", "3.5", "请填 0 或更大的整数。"),
        ("window_seconds-unit", "week", "请选时间的单位。"),
        ("effective", "tomorrow", "请填日期和时间，例如 2026-12-01T00:00，或留空。"),
        ("use", [], "请至少勾一条。"),
        ("at-closed", "first", "次序请填整数，小的在前。"),
    ],
)
def test_what_can_t_be_read_is_said_at_its_field_and_nothing_is_lost(desk, name, typed, says):
    client = desk("qiao")
    address, draft = begun(client)
    answer = client.post(address, as_shown(draft, do="save", note="多补一点", **{name: typed}))
    page = text_of(answer)
    assert (answer.status_code, says in page, ">多补一点</textarea>" in page) == (422, True, True)
    assert typed == [] or f'value="{typed}"' in page or name.endswith("-unit")
    draft.refresh_from_db()
    assert draft.version == 0


def test_a_preview_shows_the_proof_and_the_numbers_and_writes_nothing(desk):
    client = desk("qiao")
    address, draft = begun(client)
    fine = client.post(address, as_shown(draft, do="preview", factor_b="1.3"), headers={"hx-request": "true"})
    assert ("能发布。" in text_of(fine), "补 195 个" in text_of(fine), "<html" in text_of(fine)) == (
        True,
        True,
        False,
    )
    worse = client.post(
        address, as_shown(draft, do="preview", factor_b="0.5"), headers={"hx-request": "true"}
    )
    assert ("还不能发布。" in text_of(worse), "多掉了反而补得少" in text_of(worse)) == (True, True)
    draft.refresh_from_db()
    assert (draft.version, draft.data["factor_b"]) == (0, [6, 5])


def test_what_would_take_from_older_orders_is_shown_with_its_case_and_not_proposed(desk):
    client = desk("qiao")
    address, draft = begun(client)
    typed = as_shown(draft, factor_b="1.15", note="第二档降一点", retroactive="on")
    shown = text_of(client.post(address, typed | {"do": "preview"}, headers={"hx-request": "true"}))
    said = "和第 1 版比：已经下单的买家会少拿：原来给 22 个，照这一版给 21 个。"
    facts = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", shown))
    assert ("还不能发布。" in shown, said in shown) == (True, True)
    assert (facts["送完时的数量"], facts["现在的数量"]) == ("99", "81")
    answer = client.post(address, typed | {"do": "propose"})
    draft.refresh_from_db()
    assert (answer.status_code, said in text_of(answer), draft.state) == (422, True, "draft")
    more = client.post(address, typed | {"do": "preview", "factor_b": "1.3"}, headers={"hx-request": "true"})
    assert "已经下单的没有一种情形会少拿" in text_of(more)


def test_a_version_that_gives_later_buyers_less_may_be_published_and_says_so(desk):
    client = desk("qiao")
    address, draft = begun(client)

    def shown(**typed):
        answer = client.post(address, as_shown(draft, do="preview", **typed), headers={"hx-request": "true"})
        found = re.search(r"有买家会少得。</b> (.*?)</p>", text_of(answer))
        return "能发布。" in text_of(answer), found and found[1]

    assert shown(factor_b="1.15") == (
        True, "以后下单的，有的会少得：原来给 22 个，照这一版给 21 个。",
    )  # fmt: skip
    assert shown(warranty_days="20") == (True, "「质保天数」对以后下单的买家更不利。")
    assert shown(factor_b="1.3") == (True, None)


def test_what_is_wrong_is_listed_on_top_each_with_the_way_to_its_field(desk):
    client = desk("qiao")
    address, draft = begun(client)
    typed = as_shown(draft, do="save", title=" ", warranty_days="abc", effective="tomorrow")
    page = text_of(client.post(address, typed))
    assert re.findall(r'<li><a href="#(.*?)">(.*?)</a> (.*?)</li>', page) == [
        ("title", "名称", "请写名称，不超过 200 个字。"),
        ("effective", "何时启用", "请填日期和时间，例如 2026-12-01T00:00，或留空。"),
        ("f-warranty_days", "质保天数", "请填 0 或更大的整数。"),
    ]
    wrong = {tag for tag in re.findall(r"<input[^>]*>", page) if 'aria-invalid="true"' in tag}
    assert {re.search(r'id="(.*?)"', tag)[1] for tag in wrong} == {"title", "effective", "f-warranty_days"}


def test_one_writes_and_another_publishes(desk):
    qiao, an = desk("qiao"), desk("an")
    address, draft = begun(qiao)
    qiao.post(address, as_shown(draft, do="propose", factor_b="1.3", note="多补一点"))
    assert "请让另一位同事打开这一页" in text_of(qiao.get(address))
    own = qiao.post(address, {"do": "publish", "version": 2})
    assert (own.status_code, "请让另一位同事看过再发布" in text_of(own)) == (422, True)
    assert an.post(address, {"do": "publish", "version": 2}).status_code == 302
    version = queries.newest_policy(CODE)
    assert (version.version, version.data["factor_b"], version.note) == (2, [13, 10], "多补一点")


def test_an_unproven_one_is_kept_and_not_proposed(desk):
    client = desk("qiao")
    address, draft = begun(client)
    answer = client.post(address, as_shown(draft, do="propose", factor_b="0.5", note="少补一点"))
    draft.refresh_from_db()
    assert (answer.status_code, draft.state, draft.data["factor_b"]) == (422, "draft", [1, 2])
    assert 'value="0.5"' in text_of(answer)


def test_a_page_that_is_out_of_date_says_so_and_keeps_what_was_typed(desk):
    client = desk("qiao")
    address, draft = begun(client)
    client.post(address, as_shown(draft, do="save", factor_b="1.3"))
    late = client.post(address, as_shown(draft, do="save", factor_b="1.4"))
    assert (late.status_code, 'value="1.4"' in text_of(late)) == (409, True)
    draft.refresh_from_db()
    assert draft.data["factor_b"] == [13, 10]


def test_a_draft_that_is_open_is_opened_again(desk):
    client = desk("qiao")
    assert begun(client)[0] == begun(client)[0]
    assert PolicyDraft.objects.count() == 1


def test_new_rules_are_refused_at_their_fields(desk):
    client = desk("qiao")
    answer = client.post(f"{INDEX}begin/", {"code": "贵", "kind": "licence", "title": "贵的授权"})
    page = text_of(answer)
    assert (answer.status_code, 'value="贵的授权"' in page, "代码用小写字母" in page) == (422, True, True)
    assert page.count("autofocus") == page.count('aria-describedby="new-code-error" autofocus') == 1
    assert client.post(f"{INDEX}begin/", {"code": "vip", "kind": "licence", "title": "贵"}).status_code == 302


@pytest.mark.parametrize("role", ["buyer", "developer", "shop"])
def test_for_others_there_is_no_such_page(desk, role):
    address, _ = begun(desk("qiao"))
    other = desk("other", role)
    answers = [other.get(INDEX), other.get(address), other.post(address, {"do": "drop"}),
               other.post(f"{INDEX}begin/", {"from": CODE})]  # fmt: skip
    assert {answer.status_code for answer in answers} == {404}
    assert PolicyDraft.objects.get().state == "draft"
    assert Client().get(address).status_code == 302


def test_the_pages_ask_no_more_of_the_database_for_more(desk, django_assert_num_queries):
    client = desk("qiao")
    begun(client)
    client.get(INDEX)
    with django_assert_num_queries(5):
        client.get(INDEX)
    for code in ("licence-standard", "course-standard"):
        begun(client, code)
    with django_assert_num_queries(5):
        client.get(INDEX)
    assert PolicyVersion.objects.count() == 5
