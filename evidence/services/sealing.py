"""The one sequencer: entries that wait get their place in the log, and a new head is published. Run by the sweep."""

import logging
import time
from datetime import datetime

from django.db import IntegrityError, transaction

from common.clock import rfc3339
from evidence.models import Entry, Head, Leaf, Tile
from evidence.queries import BAND, Tree, newest_head
from evidence.rules import merkle
from evidence.rules.entries import head_text
from evidence.services import keeping, signing

log = logging.getLogger(__name__)
BATCH = 1000
LONGEST_PASS_S = 3.0


def seal_due(*, now: datetime) -> int:
    """Seal what waits; how many entries were sealed. Any number of workers may call it at once."""
    done, began = 0, time.monotonic()
    while time.monotonic() - began < LONGEST_PASS_S and Entry.objects.filter(waiting=True).exists():
        before = newest_head()
        try:
            sealed = _seal_some(now)
        except IntegrityError as error:  # the number is the lock: somebody else gave it out this instant
            if newest_head() == before:
                log.error("封存没有做成，也没有别人在做：%s", error)
            break
        done += sealed
        if sealed < BATCH:
            break
    if done:
        keeping.keep_head()
    return done


@transaction.atomic
def _seal_some(now: datetime) -> int:
    head = newest_head()
    peaks = merkle.Peaks(size=head.size if head else 0, node=Tree().node)
    waiting = Entry.objects.filter(waiting=True).order_by("id").values_list("id", "digest")[:BATCH]
    leaves, tiles = [], []
    for entry_id, digest in waiting:
        hashed = merkle.leaf_hash(bytes.fromhex(digest))
        leaves.append(Leaf(seq=peaks.size, entry_id=entry_id, hash=hashed.hex()))
        for level, index, node in peaks.append(hashed):
            if level % BAND == 0:
                tiles.append(Tile(level=level, index=index, hash=node.hex()))
    if not leaves:
        return 0
    Leaf.objects.bulk_create(leaves, batch_size=500)
    Tile.objects.bulk_create(tiles)
    _publish(size=peaks.size, root=peaks.root().hex(), now=now)
    Entry.objects.filter(id__in=[leaf.entry_id for leaf in leaves]).update(waiting=False)
    return len(leaves)


def _publish(*, size: int, root: str, now: datetime) -> None:
    text = head_text(size=size, root=root, sealed_at=str(rfc3339(now)))
    Head.objects.create(
        size=size, root=root, sealed_at=now, key=signing.public_key(), signature=signing.sign(text)
    )
