"""Run inside the program: `python -m tests.chaos.judging` reads what was answered and prints what is wrong as JSON.

The judge believes the sandbox's own log and the rows of the database, nothing else.
"""

import json
import os
import sys
from collections import Counter, defaultdict

import django

from common import clock
from common.quiet import sayable_at
from tests.chaos.sandbox_log import difference, out_of_order, read_sandbox

ALLOWED_S = 120
REFUSED = {"rejected", "failed"}


def asleep(row, *, now):
    """Whether a message that can wait was put off to the morning, and never sent."""
    morning = sayable_at(now, urgent=False)
    return (
        row.by_day
        and (row.state, row.attempts) == ("pending", 0)
        and morning > now
        and row.next_at == morning
    )


class Judge:
    """Three lists of violations, each a sentence with the order or key it is about."""

    def __init__(self, *, answered, last_trouble, sandbox):
        from compensation.models import HandWord, Remedy
        from compensation.rules import held
        from integrations.models import Intent

        self.answered, self.sandbox = answered, sandbox
        self.lost, self.doubled, self.misbooked = [], [], []
        self.remedies = {str(row.key): row for row in Remedy.objects.select_related("order", "decision")}
        self.intents = {str(row.key): row for row in Intent.objects.all()}
        # Paid by a person in the provider's own back office: the demo has such cases, and no sandbox heard of them.
        by_hand = HandWord.objects.filter(action=held.DONE_BY_HAND, carried_out=True)
        self.by_hand = {str(key) for key in by_hand.values_list("remedy__key", flat=True)}
        # What is no remedy: steps on licences, and messages.
        self.steps = {key for key, row in self.intents.items() if row.provider in ("licence", "messages")}
        faulty = [row["at"] for row in sandbox["log"] if row["fault"]]
        self.last_fault = max([last_trouble, *faulty])

    def nothing_is_lost(self):
        """Whatever was answered 2xx is final, or held with a person told, in time."""
        from tickets.models import Ticket

        tickets = {row.no: row for row in Ticket.objects.select_related("order", "decision")}
        by_decision = defaultdict(list)
        for row in self.remedies.values():
            by_decision[row.decision_id].append(row)
        for said in self.answered:
            ticket = tickets.get(said["no"])
            if ticket is None or ticket.order.order_no != said["order_no"]:
                self.lost.append(f"{said['order_no']}: the ticket that was answered is not there")
                continue
            owed = by_decision[ticket.decision_id]
            if missing := set(said["keys"]) - {str(row.key) for row in owed}:
                self.lost.append(f"{said['order_no']}: remedies that were answered are not there: {missing}")
            for row in owed:
                self._ended(row, ticket)

    def _ended(self, row, ticket):
        from ledger.models import Break

        intent = self.intents.get(str(row.key))
        if row.state == "held":
            told = (
                ticket.state == "waiting_ops"
                or Break.objects.filter(reference__contains=str(row.key)).exists()
            )
            if not row.held_reason or not told:
                self.lost.append(f"{row.key}: held, and nobody was told")
        elif not row.ended:
            self.lost.append(f"{row.key}: still {row.state}")
        elif intent and intent.finished_at.timestamp() > self.last_fault + ALLOWED_S:
            self.lost.append(f"{row.key}: ended later than {ALLOWED_S} s after the last fault")

    def nothing_is_done_twice(self):
        created, bodies = Counter(), defaultdict(set)
        for row in self.sandbox["log"]:
            at = (row["channel"], row["key"])
            created[at] += row["effect"] == "created"
            # 401: the sender was killed between head and body, so the signature is of bytes that never came.
            if row["method"] == "POST" and row["status"] != 401:
                bodies[at].add(row["body_sha256"])
            if row["effect"] == "conflict":
                self.doubled.append(f"{at}: sent with another body")
        self.doubled += [f"{at}: done {count} times" for at, count in created.items() if count > 1]
        self.doubled += [f"{at}: {len(found)} bodies" for at, found in bodies.items() if len(found) > 1]
        asked = {key for _, key in bodies if not key.startswith("batch-")}  # a batch that came to nothing
        unknown = asked - set(self.remedies) - self.steps
        self.doubled += [f"{key}: asked for, and no such remedy is owed" for key in unknown]
        # One remedy per order, kind and ordinal is a constraint; two decisions for one claim would be two remedies.
        claimed = Counter(said["order_no"] for said in self.answered)
        self.doubled += [f"{no}: {count} claims answered 201" for no, count in claimed.items() if count > 1]

    def every_message_is_sent_as_it_says(self):
        """That none is sent twice is asked of all; here, that what is settled went out, and nothing is still moving."""
        there = {row["key"]: row["state"] for row in self.sandbox["jobs"] if row["channel"] == "messages"}
        for key, row in self.intents.items():
            if row.provider != "messages":
                continue
            if row.state == "settled" and there.get(key) not in ("sent", "accepted", "with_the_carrier"):
                self.misbooked.append(f"{key}: settled, and the sandbox says {there.get(key)}")
            if row.finished_at is None and row.state != "held" and not asleep(row, now=clock.now()):
                self.lost.append(f"{key}: the message is still {row.state}")

    def everything_is_booked_as_it_happened(self):
        jobs = {row["key"]: row for row in self.sandbox["jobs"]}
        for key, row in self.remedies.items():
            job = jobs.get(key)
            if key in self.by_hand and job is None and row.state == "settled":
                continue
            if fault := difference(row, job):
                self.misbooked.append(f"{key}: {fault} (ours {row.state} {row.delivered}, sandbox {job})")
        self._holds()
        self._books()
        self._refunds(jobs)
        self._gifts()

    def nothing_is_refunded_while_its_licence_works(self):
        """By the service's own memory: a refund went out after its last unit, and no other unit was touched for it."""
        from orders.models import Licence

        created = {row["key"]: at for at, row in enumerate(self.sandbox["log"]) if row["effect"] == "created"}
        done = {row["licence"]: created[row["key"]] for row in self.sandbox["revocations"]}
        units = defaultdict(list)
        # What a refund had taken before it failed stays taken back; the next refund of its order begins with it.
        failed = {
            row.order_id for row in self.remedies.values() if row.kind == "refund" and row.state == "failed"
        }
        for licence_id, taken_by, order_id in Licence.objects.values_list(
            "licence_id", "taken_by", "order_id"
        ):
            if taken_by or order_id not in failed:
                units[str(taken_by or "")].append(licence_id)
        for key, row in self.remedies.items():
            taken = units.get(key, [])
            if not taken and row.order.licences.exists() and row.state == "settled":
                self.misbooked.append(f"{key}: refunded, and no unit was taken back")
            if fault := out_of_order(row, taken, done, created.get(key)):
                self.misbooked.append(f"{key}: {fault}")
        for licence_id in units.get("", []):
            if self.sandbox["licences"].get(licence_id, "active") != "active":
                self.misbooked.append(f"{licence_id}: no refund has it, and it doesn't work")

    def _holds(self):
        from ledger.models import Hold, Transfer

        holds = {str(row.key): row for row in Hold.objects.all()}
        booked = defaultdict(lambda: defaultdict(list))
        for reference, reason, amount in Transfer.objects.values_list("reference", "reason", "amount"):
            booked[reference][reason].append(amount)
        for key, row in self.remedies.items():
            hold, moves = holds.get(key), booked[key]
            posted = (row.amount_fen if row.state == "settled" else 0) if row.amount_fen else row.delivered
            asked = row.amount_fen or row.quantity
            wanted = {"hold": [asked]}
            if row.ended:
                wanted |= {"post": [posted]} if posted else {}
                wanted |= {"void": [asked - posted]} if posted < asked else {}
            state = ("posted" if posted else "voided") if row.ended else "pending"
            if hold is None or hold.state != state or dict(moves) != wanted:
                self.misbooked.append(
                    f"{key}: hold {hold and hold.state}, booked {dict(moves)}, wanted {wanted}"
                )
            came = sum(row.deliveries.values_list("quantity", flat=True))
            if came != row.delivered:
                self.misbooked.append(f"{key}: {came} units came, {row.delivered} are written down")

    def _books(self):
        from ledger.models import Account, Transfer
        from ledger.queries import trial_balance

        for total in trial_balance()["totals"]:
            if total["debit"] != total["credit"]:
                self.misbooked.append(f"the books don't balance: {total}")
        balance, codes = Counter(), dict(Account.objects.values_list("pk", "code"))
        for debit, credit, amount in Transfer.objects.order_by("pk").values_list("debit", "credit", "amount"):
            balance[debit] -= amount
            balance[credit] += amount
            if codes[debit].startswith("reserved.") and balance[debit] < 0:
                self.misbooked.append(f"{codes[debit]} went below zero")

    def _refunds(self, jobs):
        from compensation.models import LineBudget

        paid_out = Counter()
        for key, job in jobs.items():
            if job["channel"] == "refund" and job["state"] not in REFUSED and key in self.remedies:
                paid_out[self.remedies[key].order_id] += job["amount"]
        for key in self.by_hand - jobs.keys():
            paid_out[self.remedies[key].order_id] += self.remedies[key].amount_fen or 0
        for budget in LineBudget.objects.all():
            given = paid_out[budget.order_id]
            if given > budget.paid_fen or given < budget.settled_fen:
                self.misbooked.append(
                    f"{budget}: paid {budget.paid_fen}, refunded {given}, booked {budget.settled_fen}"
                )

    def _gifts(self):
        """What came of a gift is a line, once."""
        from orders.models import Order

        lines = dict(Order.objects.exclude(gift_key=None).values_list("gift_key", "quantity"))
        came = {
            row.key: row.delivered
            for row in self.remedies.values()
            if row.kind == "gift" and row.ended and row.delivered
        }
        self.misbooked += [
            f"{key}: {came.get(key)} came as a gift, and its line has {lines.get(key)}"
            for key in came.keys() | lines.keys()
            if came.get(key) != lines.get(key)
        ]

    def figures(self):
        # Of what was claimed in this run: the demo's claims are dated back, and would be hours slow.
        orders = {said["order_no"] for said in self.answered}
        spans = [
            (row.finished_at - row.created_at).total_seconds()
            for row in self.intents.values()
            if row.finished_at and row.order_no in orders
        ]
        ends = [row.finished_at.timestamp() for row in self.intents.values() if row.finished_at]
        own = defaultdict(float)
        for row in self.sandbox["log"]:
            if row["fault"]:
                own[row["key"]] = row["at"]
        after = [
            self.intents[key].finished_at.timestamp() - at
            for key, at in own.items()
            if key in self.intents and self.intents[key].finished_at
        ]
        return {
            "remedies": len(self.remedies), "states": Counter(row.state for row in self.remedies.values()),
            "kinds": Counter(row.kind for row in self.remedies.values()),
            "faults": Counter(row["fault"] for row in self.sandbox["log"] if row["fault"]),
            "messages": Counter(row.state for row in self.intents.values() if row.provider == "messages"),
            "requests": len(self.sandbox["log"]), "slowest_s": round(max(spans, default=0), 1),
            "after_the_last_fault_s": round(max(0.0, max(ends, default=0) - self.last_fault), 1),
            "after_its_own_last_fault_s": round(max(after, default=0), 1),
        }  # fmt: skip


def judge(given):
    found = Judge(
        answered=given["answered"], last_trouble=given["last_trouble"], sandbox=read_sandbox(given["sandbox"])
    )
    found.nothing_is_lost()
    found.nothing_is_done_twice()
    found.every_message_is_sent_as_it_says()
    found.everything_is_booked_as_it_happened()
    found.nothing_is_refunded_while_its_licence_works()
    return {
        "lost": found.lost,
        "doubled": found.doubled,
        "misbooked": found.misbooked,
        "figures": found.figures(),
    }


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "shop_aftersales.settings"
    django.setup()
    print(json.dumps(judge(json.load(sys.stdin)), default=str))
