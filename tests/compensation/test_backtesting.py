"""A backtest over real rows: which decisions it takes, what it knows of them, how often it asks; and the command."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.core.management import call_command

from accounts.models import User
from common import clock
from common.refusals import Invalid
from compensation import queries
from compensation.models import DecisionRecord
from compensation.rules.policy import Policy
from compensation.services import backtesting, bearing, drafts, finding
from orders.models import Product
from tests.tickets.case import claim, fallen

pytestmark = pytest.mark.django_db
CODE = "metered-standard"
CHANGED = {"version": 2, "tier_b_rate": [40, 100], "auto_limit_fen": 3000}


def likes(**changes):
    return Policy.from_data(queries.newest_policy(CODE).data | CHANGED | changes)


def lately(days=2):
    now = clock.now()
    return backtesting.Period(now - timedelta(days=days), now + timedelta(minutes=1))


def tried(policy=None, within=None, **options):
    policy = policy or likes()
    among = backtesting.chosen(policy=policy, within=within or lately(), **options)
    return backtesting.run(policy=policy, among=among)


def sold(*lefts):
    for number, left in enumerate(lefts, 1):
        fallen(f"A-{number}", left, buyer_external_id=f"b-{number}")
        claim(f"A-{number}")


def test_stored_decisions_are_held_against_what_the_policy_would_make_of_them(shop):
    sold(850, 700, 1003)
    found = tried()
    assert found.total.decisions == 3
    # 150 lost stay at 180; 300 lost gave 50 yuan and 1000 likes, and now 360 likes
    assert (found.total.cash_before, found.total.cash_after) == (5000, 0)
    assert (found.total.units_before, found.total.units_after) == (1180, 540)
    assert [(row.before, row.after) for row in found.moves] == [("drop.tier_c", "drop.tier_b")]
    assert found.moves[0].behind[0].order_no == "A-2"


def test_one_decision_and_three_cost_as_many_questions(shop, django_assert_num_queries):
    sold(850)
    policy = likes()
    with django_assert_num_queries(3):
        assert tried(policy).total.decisions == 1
    for number in ("A-2", "A-3"):
        fallen(number)
        claim(number)
    with django_assert_num_queries(3):
        assert tried(policy).total.decisions == 3


def test_they_are_read_in_chunks_and_each_is_told(shop, monkeypatch):
    monkeypatch.setattr(backtesting, "CHUNK", 2)
    sold(850, 850, 700, 700, 940)
    policy, seen = likes(), []
    among = backtesting.chosen(policy=policy, within=lately())
    found = backtesting.run(policy=policy, among=among, seen=seen.append)
    assert (seen, found.total.decisions) == ([2, 2, 1], 5)


def test_the_period_takes_its_first_instant_and_leaves_its_last(shop):
    sold(850)
    at = DecisionRecord.objects.get().decided_at
    tick = timedelta(microseconds=1)
    spans = [(at, at + tick), (at - tick, at), (at + tick, at + 2 * tick)]
    counts = [tried(within=backtesting.Period(*span)).total.decisions for span in spans]
    assert counts == [1, 0, 0]


def test_only_the_policy_of_that_code_or_all_of_that_kind(shop):
    sold(850)
    fallen("L-1", sku="licence")
    claim("L-1", reason="refund")
    other = likes(code="metered-other")
    assert tried(other).total.decisions == 0
    assert tried(other, all_of_kind=True).total.decisions == 1


def test_decisions_on_goods_of_another_kind_are_not_tried(shop):
    sold(850)
    found = tried(likes(kind="course", code=CODE))
    assert (found.total.decisions, found.unmeasured) == (0, {"kind": 1})


def test_a_decision_made_anew_is_not_counted_twice(shop):
    fallen()
    record = claim(reason="fake_units", text="像机器号").decision
    finding.establish(
        record=record, facts={"proof": "verified", "fake_units": 30}, as_of=clock.now(), by="qiao", why="抽查过",
        now=clock.now(),
    )  # fmt: skip
    found = tried()
    assert DecisionRecord.objects.count() == 2
    assert (found.total.decisions, found.total.units_before, found.unmeasured) == (1, 30, {"replaced": 1})


def test_facts_that_no_claim_has_are_passed_over(shop):
    sold(850)
    row = DecisionRecord.objects.get()
    row.pk, row.facts = None, row.facts | {"mood": 1}
    row.save()
    found = tried()
    assert (found.total.decisions, found.unmeasured) == (1, {"facts": 1})


def test_costs_stand_with_whoever_bears_them(shop):
    developer = User.objects.create_user("yun", role="developer")
    Product.objects.update(developer=developer)
    sold(700, 700, 700, 700)
    records = list(DecisionRecord.objects.order_by("pk"))
    for record, party in zip(records, ("developer", "supplier", "platform"), strict=False):
        bearing.set_bearer(record=record, party="unknown", by="qiao", reason="-", now=clock.now())
        bearing.set_bearer(record=record, party=party, by="qiao", reason="-", now=clock.now())
    found = tried()
    costs = {row.name: (row.amounts.cash_before, row.amounts.cash_after) for row in found.accounts}
    names = {f"developer_payable.{developer.pk}", "supplier_payable", "platform_expense", "dispute_fund"}
    assert costs == dict.fromkeys(names, (5000, 0))
    [hit] = found.developers.most
    assert (hit.ref, hit.cash, hit.borne, hit.units) == (developer.pk, -20_000, -5000, -4 * 640)


BAD_PERIODS = [
    ("2026-09-01", "2026-09-01", ["to"]),
    ("2026-09-02", "2026-09-01", ["to"]),
    ("2026-02-30", "soon", ["from", "to"]),
    ("", "2026-09-01", ["from"]),
]


@pytest.mark.parametrize(("first", "last", "fields"), BAD_PERIODS)
def test_a_period_that_is_none_names_the_field(first, last, fields):
    with pytest.raises(Invalid) as refused:
        backtesting.period(first, last)
    assert [error["field"] for error in refused.value.errors] == fields


def test_a_day_begins_at_midnight_of_the_shop():
    within = backtesting.period("2026-09-01", "2026-09-02")
    assert (clock.rfc3339(within.since), clock.rfc3339(within.until)) == (
        "2026-08-31T16:00:00Z", "2026-09-01T16:00:00Z",
    )  # fmt: skip


def command(*args):
    """(exit status, what was printed, what was complained about)."""
    out, err, status = io.StringIO(), io.StringIO(), 0
    try:
        call_command("backtest_policy", *map(str, args), stdout=out, stderr=err)
    except SystemExit as stopped:
        status = stopped.code
    return status, out.getvalue(), err.getvalue()


PRINTED = """\
点赞类商品标准售后（metered-standard）第 2 版
重算 {first} 到 {last} 之前的决定
  照当时存下的事实重新算：规则变了，买家和商店的做法也会变，回测不知道。
  原来的数取当时照规则算出的，人后来改判或没有批准的不算在内。

算过的决定  2
现金  −¥50.00  ¥50.00 → ¥0.00
个数  −640  1,180 → 540
多得的买家  0  ¥0.00，0 个
少得的买家  1  −¥50.00，−640 个
改由人看  0  不再要人看 0

花费由谁承担
科目      决定数  现金原来  现金照这版   现金差  个数原来  个数照这版  个数差
争议基金       2    ¥50.00       ¥0.00  −¥50.00     1,180         540    −640

按事由
事由  决定数  现金原来  现金照这版   现金差  个数原来  个数照这版  个数差
掉赞       2    ¥50.00       ¥0.00  −¥50.00     1,180         540    −640

条款或给的数变了
原来的条款  照这版的条款  决定数   现金差  个数差
掉赞第三档  掉赞第二档         1  −¥50.00    −640

少得的买家
谁  决定数   现金差  个数差  差得最多的一单
林       1  −¥50.00    −640  A-2

门槛两边（离门槛不到它的 1% 的决定：一边多得显眼，就要看是不是有人冲着门槛来）
门槛                定在      没有超过  刚超过
A 档掉到多少        10%              0       0
B 档掉到多少        40%              0       0
超过多少钱要人看    ¥30.00           0       0
超过多少钱要两人批  ¥1000.00         0       0

由人看还是照规则
怎么变                决定数
原来照规则，改由人看       0
原来由人看，改照规则       0
"""


@pytest.fixture
def policy_file(tmp_path):
    def write(data):
        path = tmp_path / "policy.json"
        path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
        return path

    return write


def days():
    today = clock.shanghai(clock.now())
    return f"{today - timedelta(days=2):%Y-%m-%d}", f"{today + timedelta(days=1):%Y-%m-%d}"


def test_the_command_prints_tables_that_people_read(shop, policy_file):
    sold(850, 700)
    first, last = days()
    given = ("--file", policy_file(likes().as_data()), "--from", first, "--to", last)
    assert command(*given) == (0, PRINTED.format(first=first, last=last), "")


def test_the_command_gives_json_to_programs_and_csv_to_spreadsheets(shop, policy_file, tmp_path):
    sold(850, 700)
    first, last = days()
    out = tmp_path / "out.csv"
    given = ["--file", policy_file(likes().as_data()), "--from", first, "--to", last]
    status, printed, _ = command(*given, "--json", "--csv", out)
    assert (status, json.loads(printed)["total"]) == (0, {
        "decisions": 2, "cash_before": 5000, "cash_after": 0, "units_before": 1180, "units_after": 540,
    })  # fmt: skip
    text = out.read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[:3] == [
        ["花费由谁承担"],
        ["科目", "决定数", "现金原来", "现金照这版", "现金差", "个数原来", "个数照这版", "个数差"],
        ["争议基金", "2", "50.00", "0.00", "-50.00", "1180", "540", "-640"],
    ]


def test_the_command_takes_a_draft_and_a_published_version(shop):
    sold(850)
    first, last = days()
    draft = drafts.begin(version=queries.newest_policy(CODE), by="qiao", now=clock.now())
    for which in (("--draft", draft.pk), ("--policy", CODE), ("--policy", f"{CODE}@1")):
        status, printed, _ = command(*which, "--from", first, "--to", last, "--json")
        assert (status, json.loads(printed)["verdicts"]) == (0, {"better": 0, "worse": 0, "same": 1})


WHICH = "请在 --draft、--policy、--file 里写一个：拿哪份规则来算。"
DAY = "请写成 2026-09-01 这样的日期。"
FROM_TO = ("--from", "2026-09-01", "--to", "2026-10-01")
BAD = {
    "nothing to try": (FROM_TO, WHICH),
    "two to try": (("--draft", "1", "--policy", CODE, *FROM_TO), WHICH),
    "no draft": (("--draft", "7", *FROM_TO), "没有这份草稿。"),
    "a draft by name": (("--draft", "x", *FROM_TO), "--draft 要是数字，例如 2，不能是 x。"),
    "no policy": (("--policy", "nope", *FROM_TO), "没有代码是 nope 的规则。"),
    "no version": (("--policy", f"{CODE}@9", *FROM_TO), "没有这一版规则，请核对代码和版本号。"),
    "an empty version": (("--policy", f"{CODE}@", *FROM_TO), "--policy 的版本要是数字，例如 2，不能是空的。"),
    "no days": (("--policy", CODE), f"--from：{DAY} --to：{DAY}"),
    "days in turn": (
        ("--policy", CODE, "--from", "2026-10-01", "--to", "2026-09-01"), "--to：结束的日期要在开始的后面。",
    ),
    "no file": (("--file", "/nowhere.json", *FROM_TO), "文件 /nowhere.json 打不开：没有这个文件。"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_input_ends_with_2_and_says_what_to_write(shop, name):
    given, sentence = BAD[name]
    assert command(*given) == (2, "", f"{sentence}\n")


def without(name):
    return {entry: value for entry, value in likes().as_data().items() if entry != name}


FILES = {
    "no json": (lambda: '{"code": }', "读不懂：第 1 行第 10 个字起不是 JSON。"),
    "a list": (lambda: "[]", "读不懂：要写成一个 JSON 对象，即 {…}。"),
    "an entry missing": (lambda: without("auto_limit_fen"), "读不懂：缺少 “auto_limit_fen” 这一项。"),
    "an entry unknown": (lambda: likes().as_data() | {"mood": 1}, "读不懂：没有 “mood” 这一项，请去掉。"),
    "an entry malformed": (
        lambda: likes().as_data() | {"tier_a_rate": [1, 0]}, "读不懂：“tier_a_rate” 不能是 [1, 0]。",
    ),
    "a kind unknown": (lambda: likes().as_data() | {"kind": "ship"}, "读不懂：“kind”不能是 “ship”。"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_malformed_file_names_the_entry(shop, policy_file, name):
    make, sentence = FILES[name]
    path = policy_file(make())
    assert command("--file", path, *FROM_TO) == (2, "", f"文件 {path} {sentence}\n")


def test_a_clause_that_is_none_is_named(shop, policy_file):
    path = policy_file(likes().as_data() | {"clauses": ["closed", "drop.tier_z"]})
    assert command("--file", path, *FROM_TO) == (
        2, "", "规则的内容读不懂：“clauses”里没有 “drop.tier_z” 这一条。\n",
    )  # fmt: skip
