# ruff: noqa: E402  settings first: this is a project in one file
"""The floor of `create`: a bare DRF serializer and three ORM inserts, served as the program is.

A project in one file, with a database of its own beside the program's: FLOOR_DATABASE_URL, or FLOOR_SQLITE.
"""

import os

import django
import environ
from django.conf import settings

given = environ.Env()
POSTGRES = os.environ.get("FLOOR_DATABASE_URL", "")
SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": os.environ.get("FLOOR_SQLITE", ":memory:"),
    # As the program's own: what a write costs depends on these.
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
    },
}
if not settings.configured:
    settings.configure(
        SECRET_KEY="only-the-floor-of-a-benchmark",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "rest_framework"],
        DATABASES={
            "default": given.db_url_config(POSTGRES) | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
            if POSTGRES
            else SQLITE,
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        REST_FRAMEWORK={"DEFAULT_AUTHENTICATION_CLASSES": [], "DEFAULT_PERMISSION_CLASSES": []},
        USE_TZ=True,
    )
    django.setup()

from django.core.wsgi import get_wsgi_application
from django.db import connection, models, transaction
from django.urls import path
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView


class Case(models.Model):
    no = models.CharField(max_length=64)
    reason = models.CharField(max_length=24)
    text = models.TextField()

    class Meta:
        app_label = "floor"

    def __str__(self):
        return self.no


class Line(models.Model):
    case = models.ForeignKey(Case, models.CASCADE)
    quantity = models.BigIntegerField()

    class Meta:
        app_label = "floor"

    def __str__(self):
        return str(self.case_id)


class Said(models.Model):
    case = models.ForeignKey(Case, models.CASCADE)
    text = models.TextField()

    class Meta:
        app_label = "floor"

    def __str__(self):
        return self.text


class CaseIn(serializers.Serializer):
    order_no = serializers.CharField(max_length=64)
    reason = serializers.CharField(max_length=24)
    text = serializers.CharField(allow_blank=True)


class Create(APIView):
    def post(self, request):
        form = CaseIn(data=request.data)
        form.is_valid(raise_exception=True)
        given = form.validated_data
        with transaction.atomic():
            case = Case.objects.create(no=given["order_no"], reason=given["reason"], text=given["text"])
            Line.objects.create(case=case, quantity=1)
            Said.objects.create(case=case, text=given["text"])
        return Response({"no": case.no, "id": case.pk}, status=201)


urlpatterns = [path("cases/", Create.as_view())]
application = get_wsgi_application()


def make_tables():
    """Run once before the server starts: `python -m tests.bench.floor`."""
    with connection.schema_editor() as editor:
        for model in (Case, Line, Said):
            editor.create_model(model)


if __name__ == "__main__":
    make_tables()
