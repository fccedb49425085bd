"""The review room as a Django app."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """审查队列."""

    name = "pipeline.review"
    label = "review"
    verbose_name = "审查队列"
    default_auto_field = "django.db.models.BigAutoField"
