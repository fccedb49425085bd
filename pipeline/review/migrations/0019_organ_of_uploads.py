"""An upload of a contract names the organ that hands it in for review."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("review", "0018_audit_by_item")]

    operations = [
        migrations.AddField(model_name="job", name="organ", field=models.CharField(blank=True, default="", max_length=300)),
    ]
