"""How claims come together, which version is the later, what a defect may do next: no database."""

import pytest

from developers.rules import defect_life as life
from developers.rules import likeness, masking
from developers.rules.likeness import Cluster, place
from developers.rules.versions import at_least, version_told

SAID = "换电脑后激活码失效"


def cluster(pk=1, *texts, versions=("1.2",), fix=""):
    return Cluster(pk, versions, texts or (SAID,), fix)


@pytest.mark.parametrize(
    ("text", "pk"),
    [
        (SAID, 1),
        ("激活码换了电脑就失效了", 1),
        ("软件提示激活码失效，电脑换了一台", 1),
        ("安装到一半闪退", None),
        ("激活码收不到", None),  # one pair in common is not a like thing
        ("", None),
        ("坏", None),
        ("电脑", 1),  # shorter than the fewest: all of it
    ],
)
def test_like_words_come_together(text, pk):
    assert place(reason="defect", text=text, version="1.2", clusters=[cluster()]).pk == pk


def test_the_reason_can_be_read():
    placed = place(reason="defect", text="激活码换了电脑就失效了", version="1.2", clusters=[cluster()])
    assert (
        placed.why
        == "和「换电脑后激活码失效」有 5 处两字相同（换电、电脑、激活、活码），占较短一句的一半以上。"
    )
    alone = place(reason="defect", text=SAID, version="1.2", clusters=[])
    assert (alone.pk, alone.why) == (None, "没有相像的，自成一类。")


def test_the_likest_is_taken_and_the_oldest_of_equals():
    near = [cluster(1, "激活码失效要重新买"), cluster(2), cluster(3)]
    assert place(reason="defect", text=SAID, version="1.2", clusters=near).pk == 2


@pytest.mark.parametrize(
    ("reason", "version", "clusters", "pk"),
    [
        ("drop", "", [cluster(1, "", versions=("",))], 1),  # measured: no words needed
        ("drop", "2.0", [cluster(1, "", versions=("",))], None),
        ("defect", "1.3", [cluster()], None),  # another version
        ("defect", "1.3", [cluster(fix="1.3")], 1),  # where it was to be fixed
        ("defect", "1.10", [cluster(fix="1.9")], 1),
        ("defect", "1.1", [cluster(fix="1.3")], None),
        ("defect", "", [cluster(fix="1.3")], None),  # nobody knows which it is
        ("defect", "1.3", [cluster(1, fix="1.3"), cluster(2, versions=("1.3",))], 2),  # its own first
    ],
)
def test_version_and_reason(reason, version, clusters, pk):
    assert (
        place(
            reason=reason, text=SAID if reason == "defect" else "掉了", version=version, clusters=clusters
        ).pk
        == pk
    )


def test_claims_without_words_come_together():
    wordless = cluster(1, "")
    assert place(reason="defect", text="", version="1.2", clusters=[cluster(2), wordless]).pk == 1


@pytest.mark.parametrize(
    ("version", "other", "later"),
    [
        ("1.3", "1.3", True), ("1.10", "1.9", True), ("v2", "1.9", True), ("1.2.9", "1.3", False),
        ("1.3", "1.3.0", True), ("春季版", "春季版", True), ("春季版", "1.3", False), ("", "1.3", False),
        ("1.3", "", False), ("9" * 40, "1", False),
    ],
)  # fmt: skip
def test_which_version_is_the_later(version, other, later):
    assert at_least(version, other) is later


@pytest.mark.parametrize(
    ("units", "listed", "version"),
    [
        ([], "", ""), ([], " 1.2 ", "1.2"), ([{"version": "1.3"}, {"version": 1.3}], "1.2", "1.3"),
        ([{"version": "1.3"}, {"version": "1.4"}], "1.2", ""), ([{"version": ["x"]}, {"batch": "B"}], "1.2", "1.2"),
    ],
)  # fmt: skip
def test_which_version_a_claim_is_about(units, listed, version):
    assert version_told(units, listed=listed) == version


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("打 13812345678 给我", "打 … 给我"), ("a@b.cn 收不到", "… 收不到"), ("1.3.2 版装不上", "1.3.2 版装不上"),
        ("订单LD20261120-15掉了", "订单…掉了"),
    ],
)  # fmt: skip
def test_what_tells_who_it_was_is_not_shown(text, shown):
    assert masking.words(text) == shown


@pytest.mark.parametrize(
    ("state", "real", "major", "owes"),
    [
        ("open", 2, False, False), ("open", 3, False, True), ("open", 1, True, True), ("open", 0, True, False),
        ("reopened", 1, False, True), ("answered", 9, True, False), ("closed", 9, True, False),
    ],
)  # fmt: skip
def test_when_an_answer_is_owed(state, real, major, owes):
    assert life.owes(state=state, real=real, major=major, enough=3) is owes


def test_every_state_has_its_moves_and_its_name():
    assert set(life.MOVES) == set(life.LABELS) == set(life.State)
    assert {state: life.allowed(state, life.DEVELOPER) for state in life.State} == {
        "open": ("answer", "announce"), "reopened": ("answer", "announce"), "answered": ("answer", "announce"),
        "fix_announced": ("answer", "announce", "fixed"), "fixed": ("answer", "announce"), "closed": (), "merged": (),
    }  # fmt: skip


def test_what_people_placed_teaches_no_end_of_it():
    many = [str(n) for n in range(likeness.MOST_SYMPTOMS)]
    assert likeness.with_symptom(many, "more") == many
    assert likeness.with_symptom(["a"], "a") == ["a"]
