"""An index for the list of one status and one year, and its count."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("review", "0019_organ_of_uploads")]

    operations = [
        migrations.AddIndex(
            model_name="item",
            index=models.Index(fields=["status", "year", "-risk", "id"], name="queue_by_status_and_year"),
        ),
    ]
