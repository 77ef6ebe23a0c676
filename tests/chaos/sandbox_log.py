"""What the sandbox wrote down by itself, and whether a row of ours says the same."""

import json
import sqlite3
from contextlib import closing

DONE = {"completed", "succeeded"}


def difference(row, job):
    """What the remedy says against what the sandbox did, or ''."""
    if job is None:
        return (
            "" if row.state in ("held", "voided") else "settled or failed without the sandbox knowing of it"
        )
    if row.state == "held":
        return ""  # a person looks
    wanted = row.amount_fen or row.quantity
    if job["amount"] != wanted:
        return f"asked for {job['amount']} instead of {wanted}"
    if (
        row.state != ("settled" if job["state"] in DONE or job["delivered"] else "failed")
        and row.state != "voided"
    ):
        return "ended otherwise"
    if row.state == "voided" and (job["delivered"] or job["state"] in DONE):
        return "voided, yet it was done"
    if row.quantity is not None and row.delivered != job["delivered"]:
        return "other units"
    return ""


def out_of_order(row, taken, done, paid_at):
    """What is wrong with the units of a refund against the instant at which it was asked for, or ''."""
    if not taken:
        return ""
    if row.units_back not in (0, len(taken)):
        return f"{row.units_back} units are paid back, {len(taken)} were taken"
    if paid_at is None:
        return ""
    late = [licence_id for licence_id in taken if done.get(licence_id, paid_at) >= paid_at]
    return f"paid before {late} were revoked" if late else ""


def read_sandbox(path):
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        db.row_factory = sqlite3.Row
        return {
            "log": [dict(row) for row in db.execute("SELECT * FROM request_log ORDER BY id")],
            "jobs": [
                dict(row) for row in db.execute("SELECT channel, key, state, delivered, amount FROM jobs")
            ],
            "licences": dict(tuple(row) for row in db.execute("SELECT id, state FROM licences")),
            "revocations": [
                {"key": key, "licence": json.loads(body)["licence_id"]}
                for key, body in db.execute(
                    "SELECT key, body FROM jobs WHERE channel = 'licence' AND state = 'revoked'"
                )
            ],
        }
