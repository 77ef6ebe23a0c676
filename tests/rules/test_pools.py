"""Several lines on one target: the gap and who bears which part of it, what was never shown, and gifts in a pool."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from compensation.rules import lines, pools
from compensation.rules.decide import decide
from compensation.rules.defaults import default_policy
from compensation.rules.facts import Facts
from compensation.rules.lines import Grant, Line, Look
from compensation.rules.pools import Counted, Member, Part
from tests.rules.cases import METERED, drop

ZERO = datetime(2025, 3, 1, 4, 0, tzinfo=UTC)
POLICY = default_policy(METERED)
quick = settings(max_examples=300, deadline=None)


def h(hours):
    return ZERO + timedelta(hours=hours)


# ---- the division


@pytest.mark.parametrize(
    ("gap", "parts", "expected"),
    [
        (0, [("A", 1000, 0), ("B", 500, 0)], (0, 0)),
        (150, [("A", 1000, 0), ("B", 500, 0)], (100, 50)),
        (1500, [("A", 1000, 0), ("B", 500, 0)], (1000, 500)),
        (150, [("A", 1000, 0)], (150,)),
        (1, [("A", 500, 0), ("B", 1000, 0)], (0, 1)),  # the largest remainder: 1/3 and 2/3
        (1, [("B", 500, 0), ("A", 500, 0)], (0, 1)),  # a tie: by order number
        (2, [("C", 100, 0), ("A", 100, 0), ("B", 100, 0)], (0, 1, 1)),
        (10, [("A", 3, 0), ("B", 3, 0), ("C", 7, 0)], (2, 2, 6)),  # 2.31, 2.31, 5.38: the third has the largest
        (10, [("A", 0, 0), ("B", 20, 0)], (0, 10)),  # nothing delivered, nothing to lose
        # What was recognised before is part of the whole: A had its 100 of 150, the rest is B's.
        (50, [("A", 1000, 100), ("B", 500, 0)], (0, 50)),
        (80, [("A", 1000, 100), ("B", 500, 0)], (20, 60)),
        (120, [("A", 1000, 150), ("B", 1000, 0)], (0, 120)),
        (300, [("A", 1000, 100), ("B", 500, 50)], (200, 100)),
        (30, [("A", 100, 500), ("B", 100, 0), ("C", 100, 0)], (0, 15, 15)),
        # Nobody is given more than N, whatever the others had before.
        (1500, [("A", 1000, 900), ("B", 1000, 0)], (500, 1000)),
        (2000, [("A", 1000, 900), ("B", 1000, 0)], (1000, 1000)),
    ],
)  # fmt: skip
def test_shares(gap, parts, expected):
    assert pools.shares(gap, [Part(*part) for part in parts]) == expected


@pytest.mark.parametrize("gap", [-1, 1501])
def test_no_gap_beyond_what_was_delivered(gap):
    with pytest.raises(ValueError, match="gap"):
        pools.shares(gap, [Part("A", 1000), Part("B", 500)])


@st.composite
def parts_and_gap(draw, *, recognised=True):
    count = draw(st.integers(1, 6))
    size = draw(st.sampled_from([3, 1000, 10**12]))
    parts = [
        Part(f"L-{k}", draw(st.integers(0, size)), draw(st.integers(0, size)) if recognised else 0)
        for k in range(count)
    ]
    return parts, draw(st.integers(0, sum(part.delivered for part in parts)))


@quick
@given(parts_and_gap())
def test_the_shares_are_the_gap_and_nobody_gets_more_than_all_of_theirs(case):
    parts, gap = case
    found = pools.shares(gap, parts)
    assert sum(found) == gap
    assert all(0 <= share <= part.delivered for share, part in zip(found, parts, strict=True))


@quick
@given(parts_and_gap(recognised=False), st.randoms())
def test_by_n_to_one_unit_and_whatever_their_order(case, dice):
    parts, gap = case
    found = dict(zip((part.order_no for part in parts), pools.shares(gap, parts), strict=True))
    total = sum(part.delivered for part in parts)
    for part in parts:
        assert abs(found[part.order_no] * total - gap * part.delivered) < max(total, 1)
    mixed = list(parts)
    dice.shuffle(mixed)
    again = pools.shares(gap, mixed)
    assert dict(zip((part.order_no for part in mixed), again, strict=True)) == found


@quick
@given(parts_and_gap(), st.data())
def test_what_is_given_for_a_share_takes_nothing_from_the_others(case, data):
    """A claims its share at once and is given it: the others' shares stay what they were, to one unit."""
    parts, gap = case
    first = pools.shares(gap, parts)
    assume(all(share < part.delivered for share, part in zip(first, parts, strict=True)))
    chosen = data.draw(st.sampled_from(range(len(parts))))
    after = [
        replace(part, recognised=part.recognised + first[k]) if k == chosen else part
        for k, part in enumerate(parts)
    ]
    again = pools.shares(gap - first[chosen], after)
    assert again[chosen] <= 1
    assert all(
        abs(new - old) <= 1 for k, (new, old) in enumerate(zip(again, first, strict=True)) if k != chosen
    )


# ---- lines in a pool


def member(no, delivered=1000, *, baseline=20, paid=0.0, done=1.0, grants=(), warranty=30, **more):
    line = Line(h(done), h(done + 24), h(done + 24 * warranty), delivered, None, None, grants=tuple(grants))
    return Member(ord(no), f"O-{no}", h(paid), baseline, line, **more)


def grant(*came, cover="window", quantity=100, share=100, ended=True, given=0.0):
    return Grant(cover, quantity, share, ended, tuple((u, h(at)) for u, at in came), h(given))


def counts(of="A", /, **by_hour):
    """counts("A", h2=1520): under A's number."""
    return [Counted(h(int(at[1:])), count, int(at[1:]), ord(of)) for at, count in by_hour.items()]


A, B = member("A"), member("B", 500, baseline=1020, paid=2, done=3)
BOTH = (ord("A"), ord("B"))


def newest(own, others, seen):
    return pools.read(own, others, seen).newest


def missing(own, others, seen):
    look = newest(own, others, seen)
    assert look.present is not None
    return own.delivered - look.present - (look.pending or 0)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (1520, (0, 0)),
        (1600, (0, 0)),
        (1370, (100, 50)),
        (1369, (101, 50)),
        (1368, (101, 51)),
        (20, (1000, 500)),
    ],
)
def test_two_lines_one_after_the_other_share_the_gap(count, expected):
    seen = counts(h3=1520, h10=count)
    assert (missing(A, [B], seen), missing(B, [A], seen)) == expected


def test_a_line_joins_when_it_completes():
    """At hour 2 B was not complete: the count is A's alone; from hour 3 on it is shared."""
    assert newest(A, [B], counts(h1=1020, h2=900)) == Look(h(2), 880)
    assert newest(A, [B], counts(h1=1020, h3=1400)) == Look(h(3), 920, 0, BOTH)


def test_the_newest_count_of_any_line_counts_for_all():
    under_b = counts("B", h5=1370)
    assert (missing(A, [B], counts(h3=1520) + under_b), missing(B, [A], counts(h3=1520) + under_b)) == (
        100,
        50,
    )
    # Not a count from before it was complete: a line's own reading until then is its own.
    late = member("A", paid=2, done=6)
    assert pools.read(late, [B], under_b).newest is None


def test_the_windows_count_is_the_newest_of_any_line_inside_it():
    seen = counts(h3=1520) + counts("B", h25=1370, h26=1220)
    read = pools.read(A, [B], seen)
    assert (read.window, read.newest) == (Look(h(25), 900, 0, BOTH), Look(h(26), 800, 0, BOTH))


@pytest.mark.parametrize("count", [None, 19, 0])
def test_a_counter_that_cannot_be_trusted_measures_nobody(count):
    for own, other in ((A, B), (B, A)):
        assert newest(own, [other], counts(h3=1520, h5=count)) == Look(h(5), None, lines=BOTH)


def test_below_the_second_lines_start_is_no_fault_while_the_first_is_open():
    assert (missing(A, [B], counts(h3=1520, h5=920)), missing(B, [A], counts(h3=1520, h5=920))) == (400, 200)


@pytest.mark.parametrize(
    "other",
    [replace(A, is_open=False), member("A", 0), member("A", None)],
    ids=["closed", "nothing of it was delivered", "how many were delivered is unknown"],
)
def test_what_is_no_part_of_the_pool(other):
    assert newest(B, [other], counts("B", h3=1520, h5=1370)) == Look(h(5), 350)


def test_a_line_alone_reads_its_own_counts_as_ever():
    seen = counts(h1=1020, h5=870, h30=700)
    assert pools.read(A, [], seen) == replace(A.line, window=Look(h(5), 850), newest=Look(h(30), 680))


def test_first_is_who_was_paid_for_first():
    """A was paid for first and completed last: its start is what the counter is counted from."""
    late = member("A", done=4)
    early = member("B", 500, baseline=420, paid=1, done=3)
    # Side by side: the counter had shown all 1500 before it fell.
    assert missing(late, [early], counts(h4=1520, h6=1370)) == 100
    assert missing(early, [late], counts(h4=1520, h6=1370)) == 50


SIDE = (member("A", baseline=20, done=5), member("B", 500, baseline=20, paid=0.5, done=4))


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ({"h4": 700, "h5": 1020}, (0, 0)),  # each is complete by the same units: nothing has dropped
        ({"h4": 700, "h5": 1020, "h6": 1300}, (0, 0)),
        ({"h4": 700, "h5": 1020, "h6": 1520}, (0, 0)),
        ({"h4": 700, "h5": 1020, "h6": 1520, "h7": 1370}, (100, 50)),
        ({"h4": 700, "h5": 1020, "h6": 1420, "h7": 1270}, (100, 50)),  # 100 were never there, 150 have gone
    ],
)
def test_lines_delivered_side_by_side_lose_nothing_that_was_never_shown(seen, expected):
    a, b = SIDE
    assert (missing(a, [b], counts(**seen)), missing(b, [a], counts(**seen))) == expected


def test_what_fell_before_the_second_began_is_not_taken_for_never_shown():
    """Paid for together, delivered one after the other: at hour 3 the counter stood at B's start, A long complete."""
    second = member("B", 500, baseline=720, paid=0.5, done=6)
    seen = counts(h1=1020, h3=720, h6=1220)
    assert (missing(A, [second], seen), missing(second, [A], seen)) == (200, 100)


def test_what_is_on_its_way_to_one_line_is_missing_of_nobody():
    given = member("A", grants=[grant(quantity=180, share=150, ended=False, given=6)])
    other = member("B", 1000, baseline=1020, paid=2, done=3)
    seen = counts(h3=2020, h5=1720)
    assert (missing(given, [other], seen), missing(other, [given], seen)) == (0, 120)
    assert newest(given, [other], seen) == Look(h(5), 820, 180, BOTH)


def test_claiming_again_gives_nothing_of_the_others_loss():
    """By the gap alone A would now bear 60 of B's 120, and with them pass 20 %."""
    came = member("A", grants=[grant((180, 6), quantity=180, share=150, given=5.5)])
    other = member("B", 1000, baseline=1020, paid=2, done=3)
    seen = counts(h3=2020, h5=1720, h7=1900)
    assert (missing(came, [other], seen), missing(other, [came], seen)) == (0, 120)


def test_what_was_given_before_the_newest_line_joined_is_over():
    early = member("A", grants=[grant((100, 1.5), given=1.2)])
    assert (missing(early, [B], counts(h3=1520, h5=1370)), missing(B, [early], counts(h3=1520, h5=1370))) == (
        100, 50,
    )  # fmt: skip


def test_more_on_its_way_than_is_there_is_no_negative_count():
    given = member("A", 100, grants=[grant(quantity=180, share=0, cover="other", ended=False)])
    assert newest(given, [B], counts(h3=1520, h5=1500)) == Look(h(5), 0, 100, BOTH)


GIFT = member("G", baseline=1070, paid=10, done=12, warranty=0, gift=True)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        # What B's own counter start makes missing of the closed line before it is nothing that fell of the gift.
        (2070, 0),
        (2000, 70),
        (1700, 370),
    ],
)
def test_a_gift_in_a_pool_is_missing_no_more_than_fell_since_it_began(count, expected):
    assert missing(GIFT, [B], counts("B", h3=1520, h11=1070, h12=2070, h13=count)) == expected


def test_a_gift_in_a_pool_bears_its_part_of_what_fell_since():
    gift = replace(GIFT, baseline=1520)
    seen = counts("B", h3=1520, h12=2520, h13=2220)
    assert (missing(gift, [B], seen), missing(B, [gift], seen)) == (200, 100)


def test_a_gift_alone_counts_from_its_own_start():
    assert missing(GIFT, [replace(A, is_open=False)], counts(h12=2070, h13=1900)) == 170


# ---- what a claim on a pool's line comes to


def answer(own, others, seen, hour, **facts):
    line = pools.read(own, others, seen)
    base = Facts(reason="drop", ordered=own.delivered, paid_fen=5000, gift=own.gift, **facts)
    return decide(lines.drop_facts(base, line, policy=POLICY, now=h(hour))[0], POLICY)


@pytest.mark.parametrize(
    ("count", "clauses", "given"),
    [
        (1370, ("drop.tier_a", "drop.tier_a"), (100, 50)),
        (1295, ("drop.tier_b", "drop.tier_b"), (180, 90)),
        (1220, ("drop.tier_b", "drop.tier_b"), (240, 120)),
        (1217, ("drop.tier_c", "drop.tier_c"), (1000, 500)),
        (1520, ("drop.none", "drop.none"), ()),
    ],
)
def test_each_line_claims_its_part(count, clauses, given):
    seen = counts(h3=1520, h10=count)
    found = [answer(A, [B], seen, 11), answer(B, [A], seen, 11)]
    assert tuple(one.clause for one in found) == clauses
    assert tuple(r.quantity for one in found for r in one.remedies if r.quantity) == given


def test_a_gift_is_covered_inside_its_day_and_not_later():
    seen = counts(h12=2070, h13=1900)
    inside, later = answer(GIFT, [], seen, 14), answer(GIFT, [], seen, 12 + 73)
    assert (inside.clause, [(r.kind, r.quantity, r.grade) for r in inside.remedies]) == (
        "drop.gift", [("top_up", 170, "premium")],
    )  # fmt: skip
    assert (later.clause, later.remedies) == ("drop.outside", ())


@quick
@given(st.integers(20, 3000), st.integers(20, 3000), st.data(), st.booleans())
def test_two_lines_instead_of_one_gain_no_more_than_rounding(first, second, data, long_term):
    """Within A and B, while rounding leaves each part in the tier of the whole."""
    base = first + second
    lost = data.draw(st.integers(1, base // 5))
    whole = drop(present=base - lost, ordered=base, delivered=base, long_term=long_term)
    parts = pools.shares(lost, [Part("A", first), Part("B", second)])
    apart = [
        drop(present=n - share, ordered=n, delivered=n, long_term=long_term)
        for n, share in ((first, parts[0]), (second, parts[1]))
    ]
    assume(all(one.clause in (whole.clause, "drop.none") for one in apart))
    together = sum(r.quantity for one in apart for r in one.remedies)
    assert whole.remedies[0].quantity <= together <= whole.remedies[0].quantity + 1
