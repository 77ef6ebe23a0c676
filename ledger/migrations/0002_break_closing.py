"""A break is closed by somebody who says what was found."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="break",
            index=models.Index(fields=["reference"], name="break_by_reference"),
        ),
        migrations.CreateModel(
            name="BreakClosing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by", models.CharField(max_length=150, verbose_name="谁")),
                ("note", models.CharField(max_length=1000, verbose_name="核对的结果")),
                ("closed_at", models.DateTimeField(verbose_name="结案于")),
                ("found", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="closing", to="ledger.break", verbose_name="对不上的账")),
            ],
            options={"verbose_name": "结案", "verbose_name_plural": "结案"},
        ),
    ]  # fmt: skip
