"""The doors of the API beside throw-away views that show how a real one would behave."""

import itertools

from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.auth import OrderAccess, UserToken
from accounts.api.idempotency import IdempotentView
from accounts.api.permissions import IsOps, IsReader, IsShop
from common.refusals import Refusal, StateMoved

counter = itertools.count(1)


class WhoAmI(APIView):
    permission_classes = [IsReader]

    def get(self, request: Request) -> Response:
        return Response({"username": request.user.get_username()})

    post = get


class Shop(WhoAmI):
    permission_classes = [IsShop]


class Ops(WhoAmI):
    permission_classes = [IsOps]


class Busy(Refusal):
    status = 429


class Orders(IdempotentView):
    """Each call carried out answers with the next number."""

    permission_classes = [IsReader]

    def post(self, request: Request, how: str = "") -> Response:
        number = next(counter)
        if how == "moved":
            raise StateMoved(f"第 {number} 次")
        if how == "busy":
            raise Busy(f"第 {number} 次")
        if how == "down":
            return Response({"number": number}, status=503)
        if how == "crash":
            raise ZeroDivisionError(str(number))
        return Response({"number": number, "note": "已收到", "sent": request.data}, status=201)

    put = post


class Quotes(Orders):
    idempotent = False


@login_required
def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.user.get_username())


urlpatterns = [
    path("api/v1/auth/token/", UserToken.as_view()),
    path("api/v1/auth/order-access/", OrderAccess.as_view()),
    path("who/", WhoAmI.as_view()),
    path("shop/", Shop.as_view()),
    path("ops/", Ops.as_view()),
    path("orders/", Orders.as_view()),
    path("orders/<str:how>/", Orders.as_view()),
    path("quotes/", Quotes.as_view()),
    path("page/", page),
    path("admin/", admin.site.urls),
]
