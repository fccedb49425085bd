from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("review", "0006_counts")]

    operations = [migrations.AddField(model_name="savedview", name="seen", field=models.BigIntegerField(default=0))]
