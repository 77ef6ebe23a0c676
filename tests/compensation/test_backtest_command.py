"""backtest_policy: what it prints for people, programs and spreadsheets, and how it refuses what it can't read."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.core.management import call_command

from common import clock
from compensation import queries
from compensation.services import drafts
from tests.compensation.test_backtesting import CODE, likes, sold

pytestmark = pytest.mark.django_db


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
