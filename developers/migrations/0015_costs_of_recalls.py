from django.db import migrations


def walk_again(apps, schema_editor):
    """What recalls cost stood among the questions: every order is counted again, and the difference moves over."""
    apps.get_model('developers', 'Follower').objects.filter(name='figures').update(walked=0)


class Migration(migrations.Migration):

    dependencies = [
        ('developers', '0014_months_of_goods'),
    ]

    operations = [migrations.RunPython(walk_again, migrations.RunPython.noop)]
