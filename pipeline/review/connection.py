"""Opening the queue: sets up Django and creates or migrates the database before the first query."""

import os
from collections import deque
from pathlib import Path

import django
from django.db import DatabaseError, connection

from pipeline.errors import StorageError
from pipeline.home import home_folder, private_file, private_folder, tighten
from pipeline.logs import to_file


def connect(settings_module: str) -> Path:
    """Sets up Django, applies missing migrations and returns the home folder of the queue.

    `settings_module` is the dotted name of the Django settings, used unless DJANGO_SETTINGS_MODULE is set. From then on the
    log goes to the home folder. Raises `StorageError` where the folder or the database cannot be used.
    """
    home = home_folder()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module)
    try:
        private_folder(home)
        if not os.environ.get("DATABASE_URL"):
            private_file(home / "queue.sqlite3")
        deque(tighten(home), maxlen=0)
        to_file(home)
        # the command line makes no addresses: the part of Django for them costs a tenth of a second
        django.setup(set_prefix=False)
        from pipeline.review.upgrade import apply_migrations  # its imports need Django to be set up

        apply_migrations(home)
    except OSError as error:
        raise StorageError(
            f"无法使用队列文件夹{home}（{error.strerror}）",
            remedy="请用环境变量QINGGUI_HOME指定可写的文件夹",
        ) from error
    except DatabaseError as error:
        raise StorageError(
            f"数据库无法打开（{connection.vendor}：{str(error).splitlines()[0]}）",
            remedy="请检查DATABASE_URL是否正确、数据库是否已启动；不设置DATABASE_URL时使用本机SQLite",
        ) from error
    return home
