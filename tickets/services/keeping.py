"""The files of attachments in DATA_DIR/uploads: the original sealed, and the copy that readers get."""

import hashlib
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from common.refusals import Absent

_NONCE = 12


def new_token() -> str:
    return secrets.token_hex(16)


def keep(*, token: str, original: bytes, copy: bytes) -> None:
    """Both on disk before any row speaks of them."""
    nonce = os.urandom(_NONCE)
    _write(_path(token, "original"), nonce + AESGCM(_key()).encrypt(nonce, original, token.encode()))
    _write(_path(token, "copy"), copy)


def copy_of(token: str) -> bytes:
    """What readers are given; Absent where the file is gone, as after a backup without its uploads."""
    try:
        return _path(token, "copy").read_bytes()
    except FileNotFoundError:
        raise Absent() from None


def original_of(token: str) -> bytes:
    """What was handed in, to the byte: for whoever checks it against the digest in the record."""
    try:
        sealed = _path(token, "original").read_bytes()
        return AESGCM(_key()).decrypt(sealed[:_NONCE], sealed[_NONCE:], token.encode())
    except (FileNotFoundError, InvalidTag):
        raise Absent() from None


def forget(token: str) -> None:
    """Files that no row speaks of."""
    for part in ("original", "copy"):
        _path(token, part).unlink(missing_ok=True)


def _key() -> bytes:
    return hashlib.sha256(b"uploads:" + settings.UPLOADS_KEY.encode()).digest()


def _path(token: str, part: str) -> Path:
    return Path(settings.DATA_DIR) / "uploads" / token[:2] / f"{token}.{part}"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_suffix(f"{path.suffix}.new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
