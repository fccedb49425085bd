"""The search index is made anew in one spelling (simplified characters, half width, one kind of brackets), from the stored texts."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def rebuild_index(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    from pipeline.review.search.index import rebuild

    rebuild(apps.get_model("review", "Item").objects.all(), apps.get_model("review", "Version").objects.all())


class Migration(migrations.Migration):
    dependencies = [("review", "0011_record_data")]

    operations = [migrations.RunPython(rebuild_index, migrations.RunPython.noop)]
