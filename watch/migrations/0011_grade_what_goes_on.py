from datetime import UTC, datetime, timedelta

from django.db import migrations, models
from django.db.models import Q

HOUR = timedelta(hours=1)


def owe(apps, schema_editor):
    """What went on before claims were graded is owed as well; for an hour, as long as the old program may still file."""
    now = datetime.now(UTC)
    drops = apps.get_model("watch", "Incident").objects.filter(about="drop", grade_until=None)
    drops.filter(Q(ended_at=None) | Q(ended_at__gte=now - HOUR)).update(grade_until=now + HOUR)


class Migration(migrations.Migration):

    dependencies = [
        ("watch", "0010_grade_claims"),
    ]

    operations = [
        migrations.AlterField(
            model_name="stumble",
            name="work",
            field=models.CharField(choices=[("look", "看掉了没有"), ("count", "数进每日小结"), ("earn", "算积分"), ("grade", "定轻重")], max_length=5, verbose_name="做什么时"),
        ),
        migrations.RunPython(owe, migrations.RunPython.noop),
    ]
