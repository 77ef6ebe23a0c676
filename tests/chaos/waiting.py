"""What is still owed, asked of the database itself and not of the program."""

import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

# By night what can wait is put off to the morning, at rest; what is tried again is due long before.
QUESTION = """SELECT state, count(*) FROM integrations_intent
    WHERE NOT (state = 'pending' AND by_day AND attempts = 0 AND next_at > '{soon:%Y-%m-%d %H:%M:%S}+00')
    GROUP BY state"""
SOON = timedelta(minutes=15)
ENDED = {"settled", "failed", "voided", "held"}


def states(system):
    """{state: intents} of those that are not asleep until the morning."""
    question = QUESTION.format(soon=datetime.now(UTC) + SOON)
    if not system.database_url:
        with closing(
            sqlite3.connect(f"file:{system.data / 'shop.sqlite3'}?mode=ro", uri=True, timeout=20)
        ) as db:
            return dict(db.execute(question).fetchall())
    import psycopg2

    with closing(psycopg2.connect(system.database_url)) as db, db.cursor() as cursor:
        cursor.execute(question)
        return dict(cursor.fetchall())


def wait_for_the_end(system, *, seconds):
    """Until nothing moves any more; what is left if it takes longer than that."""
    end = time.monotonic() + seconds
    while True:
        left = {state: count for state, count in states(system).items() if state not in ENDED}
        if not left or time.monotonic() > end:
            return left
        time.sleep(0.5)
