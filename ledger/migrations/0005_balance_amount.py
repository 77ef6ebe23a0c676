from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_funds")]

    operations = [
        migrations.RemoveConstraint(model_name="balance", name="marked_account_never_negative"),
        migrations.RenameField(model_name="balance", old_name="fen", new_name="amount"),
        migrations.AlterField(
            model_name="balance",
            name="amount",
            field=models.BigIntegerField(default=0, verbose_name="余额"),
        ),
        migrations.AddConstraint(
            model_name="balance",
            constraint=models.CheckConstraint(
                condition=models.Q(("never_negative", False), ("amount__gte", 0), _connector="OR"),
                name="marked_account_never_negative",
            ),
        ),
    ]
