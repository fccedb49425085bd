"""Django settings: SQLite (WAL) in QINGGUI_HOME by default, PostgreSQL by DATABASE_URL."""

import os
from pathlib import Path

import dj_database_url

HOME = Path(os.environ.get("QINGGUI_HOME") or Path.home() / ".qinggui").expanduser()

DATABASES = {
    "default": dj_database_url.parse(os.environ["DATABASE_URL"], conn_max_age=60)
    if os.environ.get("DATABASE_URL")
    else {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": HOME / "queue.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
}
INSTALLED_APPS = ["pipeline.review"]
# nothing is signed yet: the desk and its sessions come with their own secret
SECRET_KEY = os.environ.get("QINGGUI_SECRET_KEY", "unused-until-there-is-a-desk")
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
