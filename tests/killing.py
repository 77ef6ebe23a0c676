"""A program that is killed before or after any commit, without a process of its own: run inside one transaction.

What a transaction had done is gone where it falls before the commit, as with kill -9; each commit gets its turn.
"""

from django.db import connection, transaction

WRITES = ("INSERT", "UPDATE", "DELETE")


class Killed(BaseException):
    """No service catches it, as none survives kill -9."""


class Axe:
    """Falls at the n-th commit (from 1), or at none and counts them; a write outside of a transaction is one too."""

    def __init__(self, n=0, *, after=False):
        self._n, self._after, self._depth, self.commits = n, after, 0, 0

    def __repr__(self):
        return f"{'after' if self._after else 'before'} commit {self._n}"

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith("SAVEPOINT"):
            self._depth += 1
            return execute(sql, params, many, context)
        ends = sql.startswith("RELEASE") and self._depth == 1
        self._depth -= sql.startswith("RELEASE")
        if not ends and (self._depth or not sql.startswith(WRITES)):
            return execute(sql, params, many, context)
        self.commits += 1
        if self.commits != self._n:
            return execute(sql, params, many, context)
        if self._after:
            execute(sql, params, many, context)
        elif ends:
            execute(sql.replace("RELEASE", "ROLLBACK TO", 1), params, many, context)
        raise Killed


def each(axe):
    """An axe for every commit that this one has counted, falling before it and after it."""
    assert axe.commits
    return [Axe(n, after=after) for n in range(1, axe.commits + 1) for after in (False, True)]


def undone(run):
    """What a run comes to; the database is then as it was before."""
    with transaction.atomic():
        found = run()
        transaction.set_rollback(True)
    return found


def struck(axe, work):
    """The work, until the axe falls."""
    try:
        with connection.execute_wrapper(axe):
            work()
    except Killed:
        pass
