"""The rules a second time: bare integers with every number written out, and nothing of the engine.

Written from the text of the rules, not from the code that is tried: where the two differ, one of them is wrong.
"""

DAY = 86_400
DEFECTS = ("defect", "not_as_described", "compatibility", "account_ban")


def answer(policy, f):
    """(clause, outcome, remedies, review reasons, approvals, (base, loss) or None) of facts with all their names."""
    clause, outcome, remedies, reasons, measures = _clause(policy, f)
    remedies = sorted(remedy for remedy in remedies if remedy[1] > 0)
    cash = sum(amount for kind, amount, _ in remedies if kind == "refund")
    if outcome is None:
        kinds = [kind for kind, _, _ in remedies]
        outcome = "nothing" if not kinds else "compensate"
        if "replacement" in kinds:
            outcome = "replace"
        if "refund" in kinds:
            outcome = "refund"
    total = f["refunded_fen"] + cash
    in_lane = f["credit"] >= 700 and f["open_auto_fen"] + cash <= 50_000
    if cash > 0 and total > 20_000 and not in_lane:
        reasons = [*reasons, "amount"]
    if remedies and f["risk"] >= 66:
        reasons = [*reasons, "risk"]
    approvals = 0
    if reasons:
        approvals = 2 if cash > 0 and total > 100_000 else 1
    return clause, outcome, remedies, reasons, approvals, measures


def _clause(policy, f):
    reason = f["reason"]
    if reason == "question":
        return "guidance", "guide", [], [], None
    if reason in ("suggestion", "other"):
        return "message", "review", [], ["person"], None
    if f["closed"]:
        return "closed", "refuse", [], [], None
    if reason == "drop":
        return _drop(f)
    if reason == "abnormal_data":
        return "drop.unmeasurable", "review", [], ["unmeasurable"], None
    if reason == "delay":
        return "delay.choice" if f["late"] else "delay.running", "guide", [], [], None
    if reason == "fake_units":
        return _fakes(f)
    if reason == "low_interaction":
        return _interactions(f)
    return _refund(policy, f) if reason == "refund" else _defect(f)


def _drop(f):
    n, window = f["delivered"], f["window"]
    missing = max(0, n - (f["present"] + f["pending"]))
    if f["delivering"]:
        return "drop.none", "nothing", [], [], None
    if not f["measurable"]:
        return "drop.unmeasurable", "review", [], ["unmeasurable"], None
    if window == "outside" or (window == "warranty" and f["gift"]):
        return "drop.outside", "refuse", [], [], (n, missing)
    if window == "warranty":
        if missing == 0:
            return "drop.none", "nothing", [], [], (n, 0)
        person = ["person"] if f["slow_granted"] + missing > n else []
        return "drop.slow", "compensate", [("top_up", missing, "standard")], person, (n, missing)
    loss = f["restored"] + missing
    if loss == 0:
        return "drop.none", "nothing", [], [], (n, 0)
    if f["gift"]:
        return "drop.gift", None, [("top_up", missing, "premium")], [], (n, missing)
    if 10 * loss <= n:
        return "drop.tier_a", None, [("top_up", loss - f["granted"], "standard")], [], (n, loss)
    if 5 * loss <= n:
        entitled = (3 * loss + 1) // 2 if f["long_term"] else (6 * loss + 4) // 5
        return "drop.tier_b", None, [("top_up", entitled - f["granted"], "standard")], [], (n, loss)
    given = [
        ("gift", min(n, f["ordered"] - f["refunded_units"]), "premium"),
        ("refund", f["paid_fen"] - f["refunded_fen"], None),
    ]
    return "drop.tier_c", None, given, ["supplier"] if f["unshown"] else [], (n, loss)


def _fakes(f):
    if f["proof"] != "verified":
        return "fake.claimed", "review", [], ["proof"], None
    owed = min(f["fake_units"], f["delivered"]) - f["fake_replaced"]
    return "fake.replace", None, [("top_up", owed, "premium" if f["gift"] else "standard")], [], None


def _interactions(f):
    if not f["effect_due"]:
        return "effect.early", "nothing", [], [], None
    if not f["measurable"]:
        return "effect.unmeasurable", "review", [], ["unmeasurable"], None
    short = (5 * f["delivered"] + 99) // 100 - f["interactions"] - f["pending"]
    if short <= 0:
        return "effect.met", "nothing", [], [], None
    if f["effect_round"] >= 3:
        return "effect.exhausted", "review", [], ["person"], None
    return "effect.shortfall", None, [("interaction_pack", short, None)], [], None


def _share(f, units):
    """Half-up share of what was paid for so many units in all, less what was paid back."""
    return (2 * f["paid_fen"] * units + f["ordered"]) // (2 * f["ordered"]) - f["refunded_fen"]


def _whole_rest(f):
    if f["quantity"] is None:
        return f["paid_fen"] - f["refunded_fen"]
    return _share(f, min(f["ordered"], f["refunded_units"] + f["quantity"]))


def _refund(policy, f):
    q, elapsed = f["ordered"], f["elapsed_seconds"]
    used = f["delivered"] if policy == "metered-standard" else f["used_units"]
    if not f["revocable"] and not f["supplier_unused"]:
        used = max(used, f["revealed_units"])
    count = max(0, q - used - f["refunded_units"])
    if f["quantity"] is not None:
        count = min(count, f["quantity"])
    of_unused = [("refund", _share(f, f["refunded_units"] + count), None)]
    all_of_it = [("refund", _whole_rest(f), None)]
    first = not f["trial_taken"]
    if policy == "metered-standard":
        if not f["measurable"]:
            return "refund.unmeasurable", "review", [], ["unmeasurable"], None
        if f["delivering"]:
            return "refund.stopping", "guide", [], [], None
        return "refund.pro_rata", None, of_unused, [], None
    if policy == "licence-standard" and elapsed <= DAY:
        return "refund.cooling_off", None, of_unused, [], None
    if policy == "course-standard" and first and elapsed <= 7 * DAY and 10 * used <= q:
        return "refund.trial", None, all_of_it, [], None
    if policy == "course-standard" and elapsed <= 30 * DAY:
        return "refund.pro_rata", None, of_unused, [], None
    if policy == "game-item-standard" and first and elapsed <= 7200 and used == 0:
        return "refund.trial", None, all_of_it, [], None
    if policy == "subscription-standard":
        if first and elapsed <= DAY and f["used_seconds"] <= 3600:
            return "refund.trial", None, all_of_it, [], None
        total = f["total_seconds"]
        left = total - min(total, max(0, elapsed - f["outage_seconds"]))
        worth = (2 * f["paid_fen"] * left + total) // (2 * total)
        return "refund.pro_rata", None, [("refund", worth - f["refunded_fen"], None)], [], None
    return "refund.after_cooling_off", "refuse", [], [], None


def _defect(f):
    if f["fault"] == "buyer":
        return "guidance", "guide", [], [], None
    if f["proof"] == "none":
        return "defect.unproven", "review", [], ["proof"], None
    if f["proof"] == "claimed":
        return "defect.claimed", "review", [], ["proof"], None
    if f["warranty_over"]:
        return "defect.late", "review", [], ["proof"], None
    left = f["ordered"] - f["refunded_units"]
    asked = left if f["quantity"] is None else min(left, f["quantity"])
    if f["wants"] == "replacement" and f["stock"] >= asked:
        return "defect.verified", None, [("replacement", asked, None)], [], None
    return "defect.verified", None, [("refund", _whole_rest(f), None)], [], None
