"""Composition root: settings, URL map, Celery, timetable, demo data. Imports all, imported by none."""

from shop_aftersales.celery import app as celery_app

__all__ = ["celery_app"]
