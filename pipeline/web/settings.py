"""Django settings of the desk, meant for an intranet: SQLite (WAL) in QINGGUI_HOME by default, PostgreSQL by DATABASE_URL."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

import dj_database_url

from pipeline.errors import StorageError, UsageError
from pipeline.home import home_folder, private_file, private_folder
from pipeline.web.address import address_of, allowed_hosts

HOME = home_folder()


def _secret() -> str:
    """The secret key for signing sessions: QINGGUI_SECRET_KEY, else a generated one that is stored in the home folder."""
    key = os.environ.get("QINGGUI_SECRET_KEY")
    if key:
        return key
    file = HOME / "secret"
    try:
        if not file.exists():
            _make_secret(file)
        return file.read_text(encoding="utf-8")
    except OSError:
        return secrets.token_urlsafe(48)  # a home folder that is not writable is reported when the queue is opened


def _make_secret(file: Path) -> None:
    """Makes the key whole or not at all; where several processes do so at once, that of the first stays."""
    private_folder(HOME)
    made = private_file(file.with_name(f"secret.{os.getpid()}.new"))
    made.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    with suppress(FileExistsError):
        file.hardlink_to(made)
    made.unlink(missing_ok=True)


def _database(url: str) -> dict[str, object]:
    """The database of DATABASE_URL. Raises `StorageError` for an address that is none of a PostgreSQL database."""
    cause: ValueError | None = None
    found: dict[str, object] = {}
    try:
        found = {**dj_database_url.parse(url, conn_max_age=60)}
    except ValueError as error:
        cause = error
    if found.get("ENGINE") != "django.db.backends.postgresql":
        raise StorageError(
            "环境变量DATABASE_URL不是PostgreSQL的地址",
            remedy="请写成postgres://用户:密码@主机:5432/数据库；不设置时使用本机SQLite",
        ) from cause
    return found


def _time_zone(name: str) -> str:
    """The name of a time zone, checked. Raises `UsageError` for one that there is not."""
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:  # unknown names, names of folders, odd characters
        raise UsageError(
            f"环境变量QINGGUI_TZ写的“{name}”不是时区，或者本机没有时区数据",
            remedy="请写成Asia/Shanghai、Asia/Urumqi这样的名称，不设置时为Asia/Shanghai；缺时区数据的，请安装tzdata",
        ) from error
    return name


DATABASES = {
    "default": _database(os.environ["DATABASE_URL"])
    if os.environ.get("DATABASE_URL")
    else {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": HOME / "queue.sqlite3",
        # each thread keeps its connection: opening one costs as much as several queries
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
}
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "axes",
    "pipeline.review",
    "pipeline.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pipeline.web.middleware.SecurityHeaders",
    "pipeline.web.middleware.NewPasswordFirst",
    "pipeline.web.middleware.ErrorsInChinese",
    "axes.middleware.AxesMiddleware",
    "pipeline.web.middleware.HeadAsGet",
]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "pipeline.review.sign_in.Accounts"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pipeline.web.middleware.visitor",
            ]
        },
    }
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [{"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}}]
# five wrong passwords for an account from one address lock it there for 15 minutes (0.25 hours) from the fifth on, however often it
# is tried meanwhile: who knows a name can keep nobody else out
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "pipeline.web.errors.locked"
AXES_VERBOSE = False
ROOT_URLCONF = "pipeline.web.urls"
WSGI_APPLICATION = "pipeline.web.wsgi.application"
SECRET_KEY = _secret()
# alerts by mail: smtp://, smtp+tls:// (STARTTLS) or smtps://, user and password where the server wants them
_MAIL = urlsplit(os.environ.get("QINGGUI_MAIL", ""))
EMAIL_HOST, EMAIL_PORT = _MAIL.hostname or "", _MAIL.port or (465 if _MAIL.scheme == "smtps" else 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_MAIL.username or ""), unquote(_MAIL.password or "")
EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL.scheme == "smtp+tls", _MAIL.scheme == "smtps"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("QINGGUI_MAIL_FROM") or f"qinggui@{EMAIL_HOST or 'localhost'}"
# the second person to whom an anchor of the audit is mailed daily
QINGGUI_AUDIT_MAIL = os.environ.get("QINGGUI_AUDIT_MAIL", "").strip()
# address of the desk: links in mails, trusted origin of forms, scheme behind a proxy, allowed host
ADDRESS = address_of(os.environ.get("QINGGUI_URL", ""))
DESK_ADDRESS = ADDRESS.url
ALLOWED_HOSTS = allowed_hosts(ADDRESS, os.environ.get("QINGGUI_HOSTS", ""))
CSRF_TRUSTED_ORIGINS = [ADDRESS.url] if ADDRESS.url else []
DEBUG = False
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "login", "queue", "login"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY, SESSION_COOKIE_SAMESITE, CSRF_COOKIE_SAMESITE = True, "Lax", "Strict"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ADDRESS.secure
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "pipeline.web.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 500
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
USE_TZ = True
TIME_ZONE = _time_zone(os.environ.get("QINGGUI_TZ") or "Asia/Shanghai")
LANGUAGE_CODE = "zh-hans"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
