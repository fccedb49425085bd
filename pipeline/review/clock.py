"""Moments as people read them: in the time zone of the desk (QINGGUI_TZ)."""

from datetime import datetime

from django.utils import timezone


def local_time(moment: datetime, *, seconds: bool = False) -> str:
    """An aware moment in the time zone of the desk, as 2026-11-22 09:30, with `seconds` as 2026-11-22 09:30:15."""
    return f"{timezone.localtime(moment):{'%Y-%m-%d %H:%M:%S' if seconds else '%Y-%m-%d %H:%M'}}"
