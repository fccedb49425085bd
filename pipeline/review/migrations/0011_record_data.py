"""Versions get the name of their file, items the key of their title, published items their version; uploads that waited for a choice are processed again."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F, OuterRef, Subquery

_CHUNK = 2000


def fill(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    from pipeline.review.queue.rivals import title_key

    item, version, job = (apps.get_model("review", name) for name in ("Item", "Version", "Job"))
    version.objects.update(name=Subquery(item.objects.filter(pk=OuterRef("item_id")).values("name")[:1]))
    item.objects.filter(public=True).update(public_version=F("current"), published_at=F("updated"))
    job.objects.filter(state="待选择").update(state="等待", attempts=0, message="")
    changed = []
    for one in item.objects.only("pk", "title").iterator(_CHUNK):
        one.title_key = title_key(one.title)
        changed.append(one)
        if len(changed) == _CHUNK:
            item.objects.bulk_update(changed, ["title_key"])
            changed = []
    item.objects.bulk_update(changed, ["title_key"])


class Migration(migrations.Migration):
    dependencies = [("review", "0010_record")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
