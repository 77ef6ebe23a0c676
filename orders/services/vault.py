"""Secrets at rest: sealed with a key that lies outside the database, and told apart by a digest made with it."""

from __future__ import annotations

import hmac
import logging
import secrets
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from common.phrases import mark
from common.refusals import Refusal
from orders.models import CardKey
from orders.rules.card_keys import normal

log = logging.getLogger(__name__)
_NONCE = 12


class SecretShut(Refusal):
    status = 503
    code = "secret_shut"
    title = mark("现在打不开")
    detail = mark("这张卡密现在打不开，我们已经知道。请稍后再看，急用请提交售后。")


@dataclass(frozen=True, slots=True)
class _Keys:
    """What is made of SECRETS_KEY: a key to seal with, another to compare with, and a name for both."""

    seal: AESGCM
    compare: bytes
    name: str


@lru_cache(maxsize=4)
def _keys(secret: str) -> _Keys:
    def made(purpose: bytes) -> bytes:
        return HKDF(SHA256(), 32, salt=None, info=b"aftersales card keys " + purpose).derive(secret.encode())

    return _Keys(AESGCM(made(b"seal")), made(b"compare"), made(b"name").hex()[:8])


def digest(*, secret: str) -> str:
    """The same for the same secret, and nothing to anybody without the key: short secrets could else be guessed."""
    key = _keys(settings.SECRETS_KEY).compare
    return hmac.digest(key, normal(secret).encode(), "sha256").hex()


def seal(*, secret: str, digest: str) -> tuple[bytes, str]:
    """(the sealed secret, the name of the key). It opens beside its own digest only."""
    keys, nonce = _keys(settings.SECRETS_KEY), secrets.token_bytes(_NONCE)
    return nonce + keys.seal.encrypt(nonce, secret.encode(), digest.encode()), keys.name


def unseal(*, key: CardKey) -> str:
    """What it says. Refuses SecretShut where it was sealed with another key, or touched since."""
    sealed = bytes(key.sealed)
    try:
        opened = _keys(settings.SECRETS_KEY).seal.decrypt(
            sealed[:_NONCE], sealed[_NONCE:], key.digest.encode()
        )
    except InvalidTag:
        log.error("卡密 %s 打不开：是用密钥 %s 封的，现在的是 %s", key.pk, key.key_id, key_name())
        raise SecretShut() from None
    return opened.decode()


def key_name() -> str:
    return _keys(settings.SECRETS_KEY).name


def foreign() -> bool:
    """Whether what is kept was sealed with another key than ours: its secrets can't be opened, nor compared."""
    newest = CardKey.objects.order_by("-id").values_list("key_id", flat=True).first()
    return newest not in (None, key_name())
