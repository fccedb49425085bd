"""Opening the queue: the database is made or brought up to date before anything is asked of it."""

import os
from pathlib import Path

import django
from django.db import DatabaseError, connection

from pipeline.errors import StorageError
from pipeline.home import home_folder
from pipeline.logs import to_file

__all__ = ["connect", "home_folder"]


def connect(settings_module: str) -> Path:
    """The home folder of a queue that is ready for use. Raises `StorageError`.

    `settings_module` names the Django settings; migrations that are missing are applied. From then on the log goes to
    the home folder.
    """
    home = home_folder()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module)
    try:
        home.mkdir(parents=True, exist_ok=True)
        to_file(home)
        django.setup(
            set_prefix=False
        )  # the command line makes no addresses; their part of Django costs a tenth of a second
        from pipeline.review.upgrade import bring_up_to_date  # its imports want Django to be set up

        bring_up_to_date(home)
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
