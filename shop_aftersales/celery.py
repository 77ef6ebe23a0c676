"""The Celery application; every worker also sweeps, so that nothing waits for a message that was lost."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop_aftersales.settings")

app = Celery("shop_aftersales")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
