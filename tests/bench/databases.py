"""Databases that are a benchmark's own and gone afterwards."""

import os
from contextlib import contextmanager
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
