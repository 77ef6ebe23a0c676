from django.db import migrations
from django.db.models import F


def as_graded(apps, schema_editor):
    """A case that proved to be major after it found its defect is so there too, and its defect is looked at again."""
    members = apps.get_model("developers", "DefectMember").objects.filter(major=False, ticket__severity="major")
    defects = set(members.values_list("defect", flat=True))
    apps.get_model("developers", "Defect").objects.filter(pk__in=defects).update(touched=True)
    members.update(major=True, seq=F("seq") + 1)


class Migration(migrations.Migration):

    dependencies = [
        ("developers", "0015_costs_of_recalls"),
        ("tickets", "0012_files_of_contests"),
    ]

    operations = [migrations.RunPython(as_graded, migrations.RunPython.noop)]
