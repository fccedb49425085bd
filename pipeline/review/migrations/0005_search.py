"""The index for full text; what stands in the queue already is put into it."""

from typing import Any

from django.db import migrations

from pipeline.review.search.index import create_tables, index_bodies, index_heads

MANY = 500


def describe(item: Any, findings: Any) -> None:
    """First issuer, its place and the groups of alarms, for an item of an earlier version."""
    from pipeline.review.queue.store import place_of

    item.issuer = item.issuers.split("、")[0][:128]
    item.place = place_of(item.issuer, None)
    alarms = findings.filter(version=item.current_id, softened=False, severity__in=("严重", "高"))
    item.groups = " ".join(sorted({kind[:3] for kind in alarms.values_list("type", flat=True)}))
    item.save(update_fields=["issuer", "place", "groups"])


def build(apps: Any, schema_editor: Any) -> None:
    create_tables(schema_editor)
    items = apps.get_model("review", "Item").objects.order_by("pk")
    for item in items.iterator(MANY):
        describe(item, apps.get_model("review", "Finding").objects)
    texts = apps.get_model("review", "Version").objects.filter(pk__in=items.exclude(current=None).values("current"))
    index_heads(items.iterator(MANY))
    index_bodies(texts.values_list("pk", "text").order_by("pk").iterator(MANY))


class Migration(migrations.Migration):

    dependencies = [("review", "0004_trust")]
    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
