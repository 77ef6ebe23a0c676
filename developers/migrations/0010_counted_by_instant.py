from datetime import UTC, datetime

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('developers', '0009_count_anew'),
    ]

    operations = [
        migrations.AddField(
            model_name='countedclaim',
            name='opened_at',
            field=models.DateTimeField(default=datetime(2000, 1, 1, tzinfo=UTC), verbose_name='提交于'),
            preserve_default=False,
        ),
    ]
