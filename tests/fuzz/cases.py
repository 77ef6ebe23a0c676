"""Facts drawn from a seed, with a heavy hand for limits: at one, one below, one above."""

from compensation.rules.facts import CHOICES, DEFAULTS, FLAGS, LARGEST, REASONS

DAY = 86_400
POLICIES = {
    "metered-standard": "metered", "licence-standard": "licence", "course-standard": "course",
    "subscription-standard": "subscription", "game-item-standard": "game_item",
}  # fmt: skip
DEFECTS = ("defect", "not_as_described", "compatibility", "account_ban")
QUANTITIES = (1, 2, 3, 4, 5, 9, 10, 11, 12, 40, 99, 100, 101, 137, 999, 1000, 1001, 10_000, LARGEST)
PRICES = (
    0, 1, 2, 3, 50, 99, 100, 648, 990, 3000, 5000, 19_900, 19_999, 20_000, 20_001, 49_999, 50_000, 50_001,
    99_999, 100_000, 100_001, 250_000, LARGEST,
)  # fmt: skip
TIMES = (0, 1, 60, 3599, 3600, 3601, 7199, 7200, 7201, DAY, 7 * DAY, 30 * DAY, LARGEST)


def draw(r):
    """(policy, facts with all their names): whatever the contract doesn't refuse."""
    policy = r.choice((*POLICIES, "metered-standard", "metered-standard"))
    f = DEFAULTS | {"ordered": _near(r, QUANTITIES, 1), "paid_fen": _near(r, PRICES, 0)}
    f["reason"] = _reason(r, policy)
    q, paid = f["ordered"], f["paid_fen"]
    if r.random() < 0.3:
        units = f["refunded_units"] = _within(r, q)
        exact = (2 * paid * units + q) // (2 * q)
        f["refunded_fen"] = r.choice((exact, exact, exact, _within(r, paid)))
    if r.random() < 0.35:
        f["quantity"] = _within(r, q)
    _METERED.get(f["reason"], _used)(r, f)
    for name in ("risk", "credit", "open_auto_fen"):
        if r.random() < 0.15:
            f[name] = _near(r, {"risk": (66,), "credit": (700,), "open_auto_fen": (50_000 - paid,)}[name], 0)
    for name in sorted(FLAGS):
        if r.random() < 0.07:
            f[name] = not DEFAULTS[name]
    if f["delivered"] == 0:
        f["present"] = 0
    return policy, {name: min(value, LARGEST) if type(value) is int else value for name, value in f.items()}


def _reason(r, policy):
    if policy == "metered-standard":
        return r.choice(("drop",) * 10 + ("refund",) * 3 + ("low_interaction", "fake_units") * 3 + REASONS)
    others = tuple(x for x in REASONS if x not in ("drop", "low_interaction", "fake_units"))
    return r.choice(("refund",) * 12 + DEFECTS * 2 + others)


def _drop(r, f):
    n = f["delivered"] = r.choice((f["ordered"],) * 3 + (_within(r, f["ordered"]),))
    f["window"] = r.choice(("inside",) * 6 + ("warranty",) * 2 + ("outside",))
    f["long_term"] = r.random() < 0.3
    limits = (n // 10, n // 5) * 3 + (3 * n // 20, 2 * n // 25, 3 * n // 10, n, 0)
    loss = r.choice(
        (max(0, r.choice(limits) + r.choice((0, 0, -1, 1, 2))), r.randint(0, n // 4), r.randint(0, n))
    )
    if loss and r.random() < 0.4:
        f["restored"] = r.choice((1, loss // 2, loss, r.randint(0, loss)))
        due = r.choice((f["restored"], (6 * f["restored"] + 4) // 5, (3 * f["restored"] + 1) // 2))
        f["granted"] = r.choice((due, due, (6 * loss + 4) // 5, r.randint(0, 2 * loss)))
    held = max(0, n - max(0, loss - f["restored"])) + r.choice((0, 0, 0, 0, 1, f["granted"]))
    f["pending"] = r.choice((0, 0, min(held, f["granted"]), r.randint(0, held)))
    f["present"] = held - f["pending"]
    if r.random() < 0.2:
        f["slow_granted"] = max(0, r.choice((n - loss, n, 1)) + r.choice((-1, 0, 1)))


def _interactions(r, f):
    n = f["delivered"] = r.choice((f["ordered"], _within(r, f["ordered"])))
    f["interactions"] = max(0, r.choice((0, n // 20, -(-n // 20))) + r.choice((-1, 0, 1)))
    f["pending"] = r.choice((0, 0, 1, r.randint(0, n)))
    f["effect_round"] = r.choice((0, 0, 1, 2, 3, 4))


def _fakes(r, f):
    n = f["delivered"] = r.choice((f["ordered"], _within(r, f["ordered"])))
    f["fake_units"] = r.choice((0, 1, n, n + 1, r.randint(0, n)))
    f["fake_replaced"] = max(0, r.choice((0, f["fake_units"])) + r.choice((0, 0, -1, 1)))
    f["proof"] = r.choice(("verified", "verified", "claimed", "none"))


def _used(r, f):
    """A refund or a defect, of any kind of goods."""
    q = f["ordered"]
    f["delivered"], f["used_units"] = (
        r.choice((0, q, _within(r, q))),
        r.choice((0, 0, q // 10, _within(r, q))),
    )
    if q // 10 < q and r.random() < 0.15:
        f["used_units"] = q // 10 + 1
    if r.random() < 0.35:
        f["revealed_units"], f["revocable"] = _within(r, q), r.random() < 0.4
    f["total_seconds"] = r.choice((1, 2, 30 * DAY, 365 * DAY, r.randint(1, 90 * DAY)))
    times = (*TIMES, f["total_seconds"])
    f["elapsed_seconds"], f["used_seconds"] = _near(r, times, 0), _near(r, times, 0)
    if r.random() < 0.3:
        f["outage_seconds"] = _near(r, times, 0)
    f["fault"], f["wants"] = r.choice(CHOICES["fault"]), r.choice(CHOICES["wants"])
    f["proof"] = r.choice(("verified", "verified", "claimed", "none"))
    f["stock"] = max(0, r.choice((0, q, q - f["refunded_units"], f["quantity"] or 0)) + r.choice((-1, 0, 1)))


_METERED = {"drop": _drop, "low_interaction": _interactions, "fake_units": _fakes}


def _near(r, limits, least):
    value = r.choice(limits) + r.choice((0, 0, 0, -1, 1))
    if r.random() < 0.2:
        value = r.randint(least, 2 * max(1, abs(value)))
    return min(LARGEST, max(least, value))


def _within(r, most):
    """Between none and all, often at an end or beside it."""
    return min(most, max(0, r.choice((0, 1, 2, most // 3, most // 2, most - 1, most, r.randint(0, most)))))
