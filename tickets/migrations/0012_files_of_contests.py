import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('compensation', '0011_carried_rulings'),
        ('tickets', '0011_developer_clocks'),
    ]

    operations = [
        migrations.AddField(
            model_name='attachment',
            name='contest',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='files', to='compensation.contest', verbose_name='哪个异议的'),
        ),
    ]
