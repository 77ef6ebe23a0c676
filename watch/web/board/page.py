"""The board of ops: how it goes, in charts with a table beside each."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.permissions import for_ops
from common import clock
from watch.web.board import read, words


@for_ops
@never_cache
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    found = read.board(now=now)
    about = {"title": gettext("看板"), "panels": words.panels(found), **words.beside(found, now=now)}
    return render(request, "watch/desk/board.html", admin.site.each_context(request) | about)
