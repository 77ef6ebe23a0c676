"""What is still owed, asked of the database itself and not of the program."""

import sqlite3
import time
from contextlib import closing

QUESTION = "SELECT state, count(*) FROM integrations_intent GROUP BY state"
ENDED = {"settled", "failed", "voided", "held"}


def states(system):
    """{state: intents}."""
    if not system.database_url:
        with closing(
            sqlite3.connect(f"file:{system.data / 'shop.sqlite3'}?mode=ro", uri=True, timeout=20)
        ) as db:
            return dict(db.execute(QUESTION).fetchall())
    import psycopg2

    with closing(psycopg2.connect(system.database_url)) as db, db.cursor() as cursor:
        cursor.execute(QUESTION)
        return dict(cursor.fetchall())


def wait_for_the_end(system, *, seconds):
    """Until nothing moves any more; what is left if it takes longer than that."""
    end = time.monotonic() + seconds
    while True:
        left = {state: count for state, count in states(system).items() if state not in ENDED}
        if not left or time.monotonic() > end:
            return left
        time.sleep(0.5)
