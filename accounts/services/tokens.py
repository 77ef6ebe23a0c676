"""Tokens of users: made once, shown once, stored as a hash, ended by time."""

from datetime import datetime

from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest
from knox.models import AuthToken, get_digest_token
from knox.settings import CONSTANTS, knox_settings

from accounts.models import User
from accounts.services import log_in


def issue(*, request: HttpRequest, username: str, password: str, now: datetime) -> tuple[str, datetime]:
    """(token, when it ends) for a name and password."""
    user = log_in.verify(request=request, username=username, password=password)
    user_logged_in.send(sender=User, request=request, user=user)
    return issue_for(user=user, now=now)


def issue_for(*, user: User, now: datetime) -> tuple[str, datetime]:
    """(token, when it ends) for a user who is known already."""
    digest, token = get_digest_token()
    expires = now + knox_settings.TOKEN_TTL
    AuthToken(digest=digest, token_key=token[: CONSTANTS.TOKEN_KEY_LENGTH], user=user, expiry=expires).save(
        force_insert=True
    )
    return token, expires
