from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("review", "0007_alerts")]

    operations = [migrations.AddField(model_name="savedview", name="told", field=models.BigIntegerField(default=0))]
