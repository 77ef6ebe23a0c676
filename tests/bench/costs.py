"""What a piece of work takes: CPU time of processes and of the database backends behind them, room on the disk."""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import psycopg2

from tests.chaos.system import children
from tests.services_present import POSTGRES_URL

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_of(pids):
    """CPU seconds that these processes have used so far."""
    return sum(_ticks(pid) for pid in pids) / TICKS


def family(pid):
    """The process and all below it."""
    return [pid, *(below for child in children(pid) for below in family(child))]


def backends(database):
    """Pids of PostgreSQL's processes that serve this database; none where there is no name."""
    if not database:
        return []
    with closing(psycopg2.connect(POSTGRES_URL)) as server, server.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", [database])
        return [pid for (pid,) in cursor.fetchall()]


def room(system):
    """Bytes of all tables of the program with their indexes."""
    if not system.database_url:
        with closing(sqlite3.connect(system.data / "shop.sqlite3")) as file:
            pages, size = (
                file.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size")
            )
            return pages * size
    with closing(psycopg2.connect(system.database_url)) as server, server.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_total_relation_size(oid)) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        return int(cursor.fetchone()[0])


def _ticks(pid):
    with suppress(OSError, IndexError, ValueError):
        # After the name in brackets, which may hold anything: utime and stime are the 12th and 13th.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    return 0
