"""What people said of remedies that waited for them: who, what, why, when."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("compensation", "0006_rulings")]

    operations = [
        migrations.CreateModel(
            name="HandWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("action", models.CharField(
                    choices=[
                        ("ask", "问一次对方"), ("send_again", "再发一次"), ("done_by_hand", "已由人办好"),
                        ("give_up", "不再办"), ("pay_again", "再退一次"), ("pay_by_hand", "改由人退"),
                        ("leave", "不再退"),
                    ],
                    max_length=16, verbose_name="怎么办",
                )),
                ("about", models.CharField(max_length=80, verbose_name="当时")),
                ("reference", models.CharField(blank=True, default="", max_length=200, verbose_name="凭据")),
                ("reason", models.CharField(max_length=1000, verbose_name="为什么")),
                ("by", models.CharField(max_length=150, verbose_name="谁")),
                ("at", models.DateTimeField(verbose_name="何时")),
                ("carried_out", models.BooleanField(verbose_name="已照办")),
                ("remedy", models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="words", to="compensation.remedy",
                    verbose_name="补偿",
                )),
            ],
            options={
                "verbose_name": "由人办的",
                "verbose_name_plural": "由人办的",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("action__in", ("done_by_hand", "give_up", "pay_again", "pay_by_hand", "leave")),
                            ("carried_out", True),
                        ),
                        fields=("remedy",),
                        name="one_end_by_hand",
                    )
                ],
            },
        ),
    ]  # fmt: skip
