"""Versions get the name of their file, published items their version; uploads that waited for a choice are processed again, document by document."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F, OuterRef, Subquery


def fill(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    item, version, job = (apps.get_model("review", name) for name in ("Item", "Version", "Job"))
    version.objects.update(name=Subquery(item.objects.filter(pk=OuterRef("item_id")).values("name")[:1]))
    item.objects.filter(public=True).update(public_version=F("current"), published_at=F("updated"))
    job.objects.filter(state="待选择").update(state="等待", attempts=0, message="")


class Migration(migrations.Migration):
    dependencies = [("review", "0010_record")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
