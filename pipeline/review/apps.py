"""Configuration of the Django app `review`."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """The app of the review queue (审查队列)."""

    name = "pipeline.review"
    label = "review"
    verbose_name = "审查队列"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from pipeline.review.audit.sessions import listen  # models are there only now

        listen()
