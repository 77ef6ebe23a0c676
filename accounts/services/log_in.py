"""A user shows who they are by name and password, from a place where that account may be used."""

from typing import Any

from axes.helpers import get_cool_off
from django.contrib.auth import authenticate
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from accounts.models import User
from accounts.permissions import may_act_from
from accounts.services.guest_access import TooManyTries
from common.phrases import mark, phrase
from common.refusals import Refusal


class WrongCredentials(Refusal):
    status = 401
    code = "wrong_credentials"
    title = mark("用户名或密码不对")
    detail = mark("用户名或密码不对，请核对后再试，大小写也算。")


class LoopbackDemoBackend(ModelBackend):
    """Django's own check, but to a demo account from elsewhere the right password is a wrong one."""

    def authenticate(  # type: ignore[override]  # the base takes names of its own beside **kwargs, as we do
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None,
        **kwargs: Any,
    ) -> User | None:  # fmt: skip
        user = super().authenticate(request, username=username, password=password, **kwargs)
        if user is None or not user.is_demo:
            return user
        return user if request is not None and may_act_from(user, request) else None

    def get_user(self, user_id: Any) -> User | None:  # type: ignore[override]
        """With the buyer that the user may be: every page asks for it."""
        user = User.objects.select_related("buyer").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None


def verify(*, request: HttpRequest, username: str, password: str) -> User:
    """The user, or a refusal; failures are counted and locked out by django-axes."""
    if "\0" in username:  # nobody's name, and PostgreSQL can't even look for it
        raise WrongCredentials()
    user = authenticate(request=request, username=username, password=password)
    locked = getattr(request, "axes_locked_out", False)
    # Answered here, in our own words; left set, the middleware would put its own page in their place.
    request.axes_locked_out = False  # type: ignore[attr-defined]
    if locked:
        raise _locked_out()
    if not isinstance(user, User):
        raise WrongCredentials()
    return user


def _locked_out() -> TooManyTries:
    cool_off = get_cool_off()
    seconds = int(cool_off.total_seconds()) if cool_off else 900
    return TooManyTries(
        phrase("试错的次数太多了，请等 {n} 分钟再试。", n=seconds // 60), extra={"retry_after": seconds}
    )
