"""What a person closed is known for it, with how much the provider had done by then."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrations", "0002_standstill")]

    operations = [
        migrations.AddField(
            model_name="intent",
            name="closed_knowing",
            field=models.BigIntegerField(null=True, verbose_name="由人结案时对方已办"),
        ),
    ]
