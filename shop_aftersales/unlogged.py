"""What no log ever gets: a link that whoever holds it can press."""

import logging
import re

# Of claim links, and of any other page whose address is the key to it.
_KEYED = re.compile(r"(/(?:claim|report|survey)/)[^/\s\"?]+")


class NoLinks(logging.Filter):
    """Takes the keys out of addresses, wherever in a record they stand."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.msg, str):
            record.msg = _without(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(_without(one) for one in record.args)
        return True


def _without(text: object) -> object:
    return _KEYED.sub(r"\1…", text) if isinstance(text, str) else text
