from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('compensation', '0003_forgotten_remedy'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='remedy',
            index=models.Index(fields=['ended_at'], name='remedy_by_end'),
        ),
    ]
