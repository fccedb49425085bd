"""The audit gets a head, which is locked while entries are chained, and entries get their place in the chain.

On PostgreSQL 0.8.0 chained two entries to the same one where people wrote at the same moment. Such forks are told as what they are,
up to the entry that is the last one now.
"""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F


def number_entries(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    entries = apps.get_model("review", "AuditEntry").objects
    entries.update(number=F("id"))
    last = entries.order_by("-id").first()
    number, digest = (last.pk, last.digest) if last else (0, "0" * 64)
    forks_until = number if schema.connection.vendor == "postgresql" else 0
    apps.get_model("review", "AuditHead").objects.create(
        pk=1, number=number, count=entries.count(), digest=digest, forks_until=forks_until
    )


class Migration(migrations.Migration):
    dependencies = [("review", "0012_spelling")]

    operations = [
        migrations.CreateModel(
            "AuditHead",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField(default=0)),
                ("count", models.BigIntegerField(default=0)),
                ("digest", models.CharField(max_length=64)),
                ("forks_until", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.AddField("auditentry", "number", models.BigIntegerField(null=True, unique=True)),
        migrations.AlterField("auditentry", "previous", models.CharField(blank=True, default="", max_length=64)),
        migrations.AlterField("auditentry", "digest", models.CharField(blank=True, default="", max_length=64)),
        migrations.RunPython(number_entries, migrations.RunPython.noop),
    ]
