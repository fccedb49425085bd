"""Tables and columns get the names of the field; their rows stay."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("review", "0008_told")]

    operations = [
        migrations.RenameModel("Sighting", "Occurrence"),
        migrations.RenameModel("Trouble", "ProblemEntry"),
        migrations.RenameModel("Handout", "Export"),
        migrations.RenameModel("Entry", "AuditEntry"),
        migrations.RenameField("savedview", "told", "notified"),
        migrations.RemoveConstraint("occurrence", "one_sighting_a_name"),
        migrations.AddConstraint(
            "occurrence", models.UniqueConstraint(fields=("original", "name"), name="one_occurrence_a_name")
        ),
        migrations.AlterField(
            "occurrence",
            "original",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="occurrences", to="review.original"
            ),
        ),
        migrations.AlterField(
            "occurrence",
            "item",
            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="occurrences", to="review.item"),
        ),
        migrations.AlterField(
            "export",
            "item",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="exports", to="review.item"
            ),
        ),
    ]
