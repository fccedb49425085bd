"""An answer to a point that rests on material of another case since (拆出) is set aside."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("review", "0015_letters")]

    operations = [
        migrations.AddField(model_name="check", name="set_aside", field=models.DateTimeField(null=True)),
    ]
