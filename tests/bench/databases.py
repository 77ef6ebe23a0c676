"""Databases that are a benchmark's own and gone afterwards."""

import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.chaos.__main__ import on_server
from tests.services_present import POSTGRES_URL


@contextmanager
def own(database, *endings):
    """(name, address) of each, one per ending; ("", "") where the program makes its own file."""
    if database != "postgresql":
        yield [("", "") for _ in endings]
        return
    names = [f"bench_{os.getpid()}{ending}" for ending in endings]
    try:
        for name in names:
            on_server(f'CREATE DATABASE "{name}"')
        yield [(name, urlsplit(POSTGRES_URL)._replace(path=f"/{name}").geturl()) for name in names]
    finally:
        for name in names:
            on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def program(database, ending):
    """The program on an empty folder and a database of its own; nothing is started yet."""
    from tests.chaos.system import System

    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    with own(database, ending) as ((_, url),):
        system = System(folder=folder, database_url=url)
        try:
            yield system
        finally:
            system.stop()
            shutil.rmtree(folder, ignore_errors=True)


def name_in(url):
    """What the database of this address is called; "" for a file of the program's own."""
    return urlsplit(url).path.lstrip("/")


def told(system, module, *sizes):
    """What the last line says that `python -m tests.bench.<module>` prints inside the program."""
    printed = system.python("-m", f"tests.bench.{module}", *map(str, sizes))
    return json.loads(printed.strip().splitlines()[-1])
