# ruff: noqa: E402  settings first: this is a project in one file
"""The floor of `dash`: a bare page that knows its reader and shows sixty rows of a table, served as the program is."""

import os

import django
import environ
from django.conf import settings

given = environ.Env()
POSTGRES = os.environ.get("FLOOR_DATABASE_URL", "")
PAGE = """<!doctype html><html lang="zh"><head><title>商品</title></head><body><p>{{ user.username }}</p><table>
{% for row in rows %}<tr><th><a href="/page/?no={{ row.no }}">{{ row.no }}</a></th><td>{{ row.title }}</td>
<td>{{ row.claims }}</td><td>{{ row.real }}</td><td>{{ row.at|date:"m-d H:i" }}</td></tr>{% endfor %}
</table></body></html>"""
if not settings.configured:
    settings.configure(
        SECRET_KEY="only-the-floor-of-a-benchmark",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        TEMPLATES=[{
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [("django.template.loaders.locmem.Loader", {"page.html": PAGE})],
                "context_processors": ["django.contrib.auth.context_processors.auth"],
            },
        }],
        DATABASES={
            "default": given.db_url_config(POSTGRES) | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
            if POSTGRES
            else {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": os.environ.get("FLOOR_SQLITE", ":memory:"),
                "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 30},
            },
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )  # fmt: skip
    django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection, models
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

ROWS, SHOWN = 10_000, 60  # with five cells each as many as the dashboard has


class Goods(models.Model):
    no = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    claims = models.IntegerField()
    real = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        app_label = "floor"

    def __str__(self):
        return self.no


@login_required
def page(request):
    return render(request, "page.html", {"rows": Goods.objects.order_by("-id")[:SHOWN]})


urlpatterns = [path("page/", page)]
application = get_wsgi_application()


def make_tables():
    """Run once before the server starts; prints the cookie of somebody who is signed in."""
    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        editor.create_model(Goods)
    now = timezone.now()
    Goods.objects.bulk_create(
        Goods(no=f"bench-{n}", title=f"第 {n} 件商品", claims=n, real=n % 7, at=now) for n in range(ROWS)
    )
    user, session = User.objects.create_user("floor"), SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    print(f"sessionid={session.session_key}")


if __name__ == "__main__":
    make_tables()
