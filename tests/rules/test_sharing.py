"""Where a cost moves, how much to each account, and that nothing of it is lost on the way."""

import random

import pytest

from ledger.rules.sharing import DISPUTES, FUND, Move, borne, plan

DEV, OTHER, PLATFORM = "developer_payable.7", "developer_payable.8", "platform_expense"
# what lies where, whose it shall be, what marked accounts hold; where it lies then
TABLE = [
    ({DISPUTES: 50}, PLATFORM, {}, {PLATFORM: 50}),
    ({DISPUTES: 50}, DEV, {}, {DEV: 50}),  # no share of theirs is kept here: they owe it
    ({DISPUTES: 50}, DEV, {FUND: 99}, {DEV: 50}),
    ({DISPUTES: 50}, DEV, {DEV: 50, FUND: 99}, {DEV: 50}),
    ({DISPUTES: 50}, DEV, {DEV: 49, FUND: 99}, {DEV: 49, FUND: 1}),
    ({DISPUTES: 50}, DEV, {DEV: 0, FUND: 50}, {FUND: 50}),
    ({DISPUTES: 50}, DEV, {DEV: 20, FUND: 10}, {DEV: 20, FUND: 10, DISPUTES: 20}),
    ({DISPUTES: 50}, DEV, {DEV: 0, FUND: 0}, {DISPUTES: 50}),
    ({DEV: 20, FUND: 10, DISPUTES: 20}, DEV, {DEV: 15, FUND: 5}, {DEV: 35, FUND: 15}),
    ({DEV: 20, FUND: 30}, DEV, {DEV: 99, FUND: 99}, {DEV: 20, FUND: 30}),  # what the fund bears stays with it
    ({DEV: 20, FUND: 30}, PLATFORM, {DEV: 0, FUND: 0}, {PLATFORM: 50}),
    ({DEV: 20, FUND: 30}, OTHER, {DEV: 0, FUND: 0}, {OTHER: 20, FUND: 30}),
    ({PLATFORM: 50}, PLATFORM, {}, {PLATFORM: 50}),
]  # fmt: skip


@pytest.mark.parametrize(("lies", "goal", "room", "then"), TABLE)
def test_where_it_lies_then(lies, goal, room, then):
    assert after(lies, plan(lies, goal=goal, room=room)) == then


def after(lies, moves):
    sums = dict(lies)
    for to, off, fen in moves:
        sums[to], sums[off] = sums.get(to, 0) + fen, sums[off] - fen
    return {code: fen for code, fen in sums.items() if fen}


def test_the_developers_own_part_is_booked_first():
    found = plan({DISPUTES: 50}, goal=DEV, room={DEV: 20, FUND: 10})
    assert found == [Move(DEV, DISPUTES, 20), Move(FUND, DISPUTES, 10)]


def test_two_thousand_walks_lose_nothing_and_leave_no_marked_account_short():
    for seed in range(2000):
        r = random.Random(seed)
        room, moves = {DEV: r.randint(0, 60), FUND: r.randint(0, 60)}, []
        held = dict(room)
        for _ in range(8):
            lies = borne(DISPUTES, 50, moves)
            fresh = plan(lies, goal=r.choice((DEV, PLATFORM, DISPUTES, OTHER)), room=held)
            for to, off, fen in fresh:
                held = {code: has - fen * (code == to) + fen * (code == off) for code, has in held.items()}
            moves += fresh
            assert (sum(borne(DISPUTES, 50, moves).values()), min(held.values()) >= 0) == (50, True), seed
            lies = borne(DISPUTES, 50, moves)
            assert all(held[code] + lies.get(code, 0) == room[code] for code in room), seed
