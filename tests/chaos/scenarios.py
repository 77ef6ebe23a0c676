"""The two scenarios: claims whose every answer is a fault, and claims in a crowd."""

import json
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.chaos import clients
from tests.chaos.system import ROOT
from tests.chaos.trouble import BROKER_AWAY_S, Trouble
from tests.chaos.waiting import wait_for_the_end

CLAIMS_OF_FAULTS, CLAIMS_OF_CROWD, RACES, CLIENTS = 300, 1000, 25, 8
CLIENTS_WITHOUT_BROKER = 2  # the bar is for a claim, not for a queue of them
TROUBLES, TROUBLE_EVERY_S = 40, 1.0
FEWEST_TROUBLES = 5
FEWEST = {"F": 12, "C": 30, "R": 3}
LONGEST_201_S = 1.0


@dataclass
class Result:
    """What one scenario found; a violation of any kind is a failure."""

    name: str
    figures: dict
    violations: list = field(default_factory=list)
    lost: int = 0
    doubled: int = 0
    misbooked: int = 0


def faults(system, broker, claims, *, scale, seed):
    """Every key's first answers are faults, while pool processes, workers and the broker die."""
    claims = claims["F"]
    trouble = Trouble(
        system=system, broker=broker, seed=seed, count=max(FEWEST_TROUBLES, round(TROUBLES * scale)),
        every_s=TROUBLE_EVERY_S,
    )  # fmt: skip
    trouble.start()
    # Spread over the time of the troubles, so that each of them meets claims.
    pause = min(1.0, trouble.count * TROUBLE_EVERY_S * CLIENTS / len(claims))
    filed = clients.file_all(system.port, claims, clients=CLIENTS, pause_s=pause)
    trouble.join()
    result = end(system, "faults", filed, last_trouble=trouble.last)
    result.figures |= {"claims": len(filed), "killed": dict(trouble.done)}
    if trouble.error:
        result.violations.append(f"the trouble-maker failed: {trouble.error!r}")
    return result


def crowd(system, broker, claims):
    """Claims by eight clients at once, races for one line, and the broker away for a part of it."""
    claims, races = claims["C"], claims["R"]
    third = len(claims) // 3
    began = time.monotonic()
    filed = clients.file_all(system.port, claims[:third], clients=CLIENTS)
    broker.kill()
    went = time.time()
    without = clients.file_all(system.port, claims[third : 2 * third], clients=CLIENTS_WITHOUT_BROKER)
    time.sleep(max(0.0, went + BROKER_AWAY_S - time.time()))
    broker.start()
    rest = clients.file_all(system.port, claims[2 * third :], clients=CLIENTS)
    took = time.monotonic() - began
    violations = [
        f"{one.order_no}: {one.status} after {one.tries} tries {one.troubles} {one.body.get('code', '')}"
        for one in filed + without + rest
        if one.status != 201 or one.tries > 1
    ]
    errors = len(violations)
    # On a machine that is busy with other things even a claim with the broker there takes longer.
    bar = max([LONGEST_201_S, *(one.took_s for one in filed + rest)])
    slow = [one for one in without if one.took_s >= bar]
    # One alone was held up by the machine: waiting for the broker would meet every process's first claim.
    if len(slow) > 1:
        violations += [f"{one.order_no}: {one.took_s:.2f} s with the broker away" for one in slow]
    raced = [clients.race(system.port, claim, clients=CLIENTS) for claim in races]
    for found in raced:
        statuses = sorted(one.status for one in found)
        if statuses != [201] + [409] * (CLIENTS - 1):
            violations.append(f"{found[0].order_no}: raced to {statuses}")
    every = filed + without + rest
    result = end(
        system, "claims", every + [one for found in raced for one in found], last_trouble=time.time()
    )
    result.violations += violations
    result.figures |= {
        "claims": len(every), "errors": errors, "races": len(raced), "claims_per_s": round(len(every) / took, 1),
        "answered": quantiles([one.took_s for one in filed + rest]),
        "broker_away": quantiles([one.took_s for one in without]),
    }  # fmt: skip
    return result


def seed_claims(system, *, names, scale):
    """Orders that fell, and the claims to be filed on them, by name: F for faults, C for the crowd, R for races."""
    wanted = {"F": CLAIMS_OF_FAULTS, "C": CLAIMS_OF_CROWD, "R": RACES}
    sizes = {name: max(FEWEST[name], round(count * scale)) for name, count in wanted.items() if name in names}
    return seeded(system, **sizes)


def seeded(system, **counts):
    """{name: claims to be filed} on so many fresh orders each."""
    sizes = [f"{name}={count}" for name, count in counts.items()]
    return json.loads(system.python("-m", "tests.chaos.seeding", *sizes))


def end(system, name, filed, *, last_trouble):
    """Wait, judge by the sandbox's log and the rows, and verify the record where the program can."""
    left = wait_for_the_end(system, seconds=180)
    answered = [
        {
            "order_no": one.order_no, "no": one.body["no"],
            "keys": [row["key"] for row in one.body["remedies"]],
        }
        for one in filed
        if one.status == 201
    ]  # fmt: skip
    given = {
        "answered": answered, "last_trouble": last_trouble, "sandbox": str(system.data / "sandbox.sqlite3"),
    }  # fmt: skip
    (system.folder / f"{name}.answered.json").write_text(json.dumps(given))
    found = json.loads(system.python("-m", "tests.chaos.judging", given=json.dumps(given)))
    result = Result(name=name, figures=found["figures"])
    result.lost, result.doubled, result.misbooked = (
        len(found[kind]) for kind in ("lost", "doubled", "misbooked")
    )
    result.violations = found["lost"] + found["doubled"] + found["misbooked"]
    if left:
        result.violations.append(f"still moving after 180 s: {left}")
    unanswered = [one for one in filed if one.status not in (201, 409)]
    result.violations += [f"{one.order_no}: never answered, {one.troubles}" for one in unanswered]
    result.figures["troubles_of_clients"] = dict(Counter(word for one in filed for word in one.troubles))
    return result


def verify_evidence(system):
    """What `manage.py verify_evidence` objects to, once at the end of all."""
    if not list(ROOT.glob("*/management/commands/verify_evidence.py")):
        return []
    try:
        system.python("manage.py", "verify_evidence")
    except RuntimeError as error:
        return [f"verify_evidence: {error}"]
    return []


def quantiles(times):
    """p50, p95 and the longest, in milliseconds."""
    ordered = sorted(times) or [0.0]
    pick = [ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.95)]
    return {
        name: round(value * 1000)
        for name, value in zip(("p50", "p95", "max"), [*pick, ordered[-1]], strict=True)
    }
