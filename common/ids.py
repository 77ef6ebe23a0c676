"""Numbers that people read: short, unguessable, without letters that look alike."""

import secrets

# Crockford's alphabet: no I, L, O, U, so that a number read over the phone arrives whole.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10


def public_id(prefix: str) -> str:
    """prefix-XXXXXXXXXX, 50 random bits."""
    return prefix + "-" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
