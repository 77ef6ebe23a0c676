"""The log's own key: whoever has the public half can tell a head that we published from one that we did not."""

from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


@lru_cache(maxsize=4)
def _private(secret: str) -> Ed25519PrivateKey:
    # Derived, so that every machine that shares the SECRET_KEY signs alike and there is no second file to lose.
    seed = HKDF(SHA256(), 32, salt=None, info=b"aftersales evidence head").derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_key() -> str:
    """Hex, 32 bytes."""
    return _private(settings.SECRET_KEY).public_key().public_bytes_raw().hex()


def sign(text: bytes) -> str:
    return _private(settings.SECRET_KEY).sign(text).hex()


def is_signed(*, key: str, signature: str, text: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), text)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True
