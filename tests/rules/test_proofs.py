"""For each reason and kind of goods a sentence says what to show; drops of goods that aren't counted have none."""

import pytest

from compensation.rules.facts import KINDS, METERED_ONLY, REASONS
from compensation.rules.proofs import proof_asked, proofs_of


@pytest.mark.parametrize("kind", KINDS)
def test_every_reason_of_every_kind_says_what_to_show(kind):
    said = dict(proofs_of(kind))
    assert set(said) == (set(REASONS) if kind == "metered" else set(REASONS) - METERED_ONLY)
    assert all(sentence.endswith("。") for sentence in said.values())


@pytest.mark.parametrize(
    ("reason", "kind", "says"),
    [
        ("drop", "metered", "不用准备：按我们数到的算。"),
        ("refund", "course", "不用准备：能退多少按规则算。"),
        ("defect", "licence", "激活时报错的截图，和在哪台设备、哪个账号上用的。"),
        ("account_ban", "game_item", "封号通知的截图，带上角色名和区服。"),
        ("account_ban", "subscription", "封号通知的截图，上面有时间和理由。"),
    ],
)
def test_what_is_asked(reason, kind, says):
    assert proof_asked(reason=reason, kind=kind) == says


@pytest.mark.parametrize("reason", sorted(METERED_ONLY))
def test_what_a_kind_does_not_have_asks_for_nothing(reason):
    with pytest.raises(KeyError):
        proof_asked(reason=reason, kind="licence")
