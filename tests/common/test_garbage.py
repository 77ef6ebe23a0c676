"""The collector rests while it is told to, and never longer."""

import gc
from multiprocessing import get_context

import pytest

from common import garbage


@garbage.at_rest
def inner():
    return gc.isenabled()


@garbage.at_rest
def outer():
    return gc.isenabled(), inner(), gc.isenabled()


@garbage.at_rest
def forks():
    """Whether it runs in a process that is forked meanwhile."""
    context = get_context("fork")
    queue = context.SimpleQueue()
    child = context.Process(target=lambda: queue.put(gc.isenabled()))
    child.start()
    told = queue.get()
    child.join()
    return told, gc.isenabled()


@garbage.at_rest
def breaks():
    raise LookupError


def test_it_rests_as_long_as_the_outermost_of_them():
    assert (outer(), gc.isenabled()) == ((False, False, False), True)


def test_a_process_that_is_forked_meanwhile_collects():
    assert forks() == (True, False)


def test_it_is_back_where_that_breaks():
    with pytest.raises(LookupError):
        breaks()
    assert gc.isenabled()


def test_whoever_stopped_it_for_good_finds_it_stopped():
    gc.disable()
    try:
        assert (inner(), gc.isenabled()) == (False, False)
    finally:
        gc.enable()
