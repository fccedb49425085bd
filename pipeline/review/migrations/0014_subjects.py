"""A decision keeps what it is about, and no longer counts once its finding names another type or other bases.

Of the decisions that there are it is told what the finding was called then. Those that a person's change of type or bases followed are set
aside, except in finished cases, whose documents stand; the decision that came with a finding of a person is marked.
"""

from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_AT_ONCE = 500
# a person who raised a finding decided on it in the same act
_SAME_ACT = timedelta(seconds=2)


def describe_decisions(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    decisions = apps.get_model("review", "Decision").objects
    items = sorted(set(decisions.order_by().values_list("item", flat=True).distinct()))
    for item in items:
        made = list(decisions.filter(item=item).order_by("id"))
        _describe(apps, item, made)
        decisions.bulk_update(made, ["about", "raising", "second", "set_aside"], batch_size=_AT_ONCE)


def _describe(apps: Apps, item: int, decisions: list[Any]) -> None:
    amendments = defaultdict(list)
    for amendment in apps.get_model("review", "Amendment").objects.filter(item=item).order_by("id"):
        amendments[amendment.finding_key].append(amendment)
    findings = {
        (version, key): (kind, content, raised_by, raised_at)
        for version, key, kind, content, raised_by, raised_at in apps.get_model("review", "Finding")
        .objects.filter(version__item=item)
        .values_list("version_id", "key", "type", "content", "raised_account", "raised_at")
    }
    state = apps.get_model("review", "Item").objects.filter(pk=item).values_list("status", "reviewed_at").first()
    status, reviewed_at = state if state else ("", None)
    for made in decisions:
        changes = amendments[made.finding_key]
        found = findings.get((made.version_id, made.finding_key))
        if found:
            kind, content, account, raised_at = found
            machine = content.get("machine") or {}
            values = {"type": kind, "name": content.get("name", ""), **{k: machine[k] for k in ("type", "name") if k in machine}}
            for change in (change for change in changes if change.made < made.made):
                values |= {name: change.values[name] for name in ("type", "name") if name in change.values}
            made.about = {**values, "path": content.get("path", "")}
            same = bool(account) and account == made.account and raised_at is not None
            made.raising = same and abs(made.made - raised_at) < _SAME_ACT
        made.second = status == "待复核" and reviewed_at is not None and made.made > reviewed_at
        before: dict[str, Any] = {}
        for change in changes:
            other = any(change.values.get(name) != before.get(name) for name in ("type", "bases"))
            before = change.values
            if other and status != "已办" and change.made > made.made and made.set_aside is None:
                made.set_aside = change.made


class Migration(migrations.Migration):
    dependencies = [("review", "0013_audit")]

    operations = [
        migrations.AddField("decision", "about", models.JSONField(default=dict)),
        migrations.AddField("decision", "raising", models.BooleanField(default=False)),
        migrations.AddField("decision", "second", models.BooleanField(default=False)),
        migrations.AddField("decision", "set_aside", models.DateTimeField(null=True)),
        migrations.RunPython(describe_decisions, migrations.RunPython.noop),
    ]
