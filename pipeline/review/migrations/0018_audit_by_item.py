"""The entries of the audit on a case are found without reading those on all others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("review", "0017_organs_of_releases")]

    operations = [
        migrations.AddIndex(model_name="auditentry", index=models.Index(fields=["item"], name="audit_by_item")),
    ]
