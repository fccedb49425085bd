"""A release keeps the organs it was sent to."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("review", "0016_set_aside_answers")]

    operations = [
        migrations.AddField(model_name="release", name="organs", field=models.JSONField(default=list)),
    ]
