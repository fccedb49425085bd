"""What was handed in, added and answered keeps the organ of the account as it was then; a notice of a sending knows the sending.

Of what there is, the organ is that of the account, and where the audit tells a change of it since, the one before. Notices of sendings
that were taken back no longer tell what was sent.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils.timezone import localtime

_AT_ONCE = 500
_ISSUER, _SENT = "制定机关", "的审查意见已送达："
# a notice is written with the sending that it tells
_SAME_ACT = timedelta(seconds=10)


def fill(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    from pipeline.review.audit.organs import Organs

    member, entry, user = apps.get_model("review", "Member"), apps.get_model("review", "AuditEntry"), apps.get_model("auth", "User")
    now = dict(member.objects.values_list("user__username", "organ"))
    changes = entry.objects.filter(what="账号", detail__startswith="修改").order_by("-id").values_list("at", "detail")
    organs = Organs(now, changes.iterator())
    issuers = set(user.objects.filter(groups__name=_ISSUER).values_list("username", flat=True))

    def filled(name: str, account: str, moment: str, field: str) -> Iterator[Any]:
        for row in apps.get_model("review", name).objects.order_by("pk").iterator(_AT_ONCE):
            who = row.by.username if account == "by" else getattr(row, account)
            organ = organs.at(who, getattr(row, moment)) if who in issuers else ""
            if organ:
                setattr(row, field, organ)
                yield row

    for name, account, moment, field in (
        ("Job", "by", "created", "by_organ"), ("Material", "account", "made", "organ"), ("Reply", "account", "made", "organ"),
    ):  # fmt: skip
        rows = list(filled(name, account, moment, field))
        apps.get_model("review", name).objects.bulk_update(rows, [field], batch_size=_AT_ONCE)
    _notices(apps)


def _notices(apps: Apps) -> None:
    """Links notices to their sending: of those made in one act, to that of the organ of the reader, else to the first."""
    notices, members = apps.get_model("review", "Notice"), apps.get_model("review", "Member")
    organs = dict(members.objects.values_list("user_id", "organ"))
    for made in apps.get_model("review", "Release").objects.order_by("pk").iterator(_AT_ONCE):
        during = (made.made - timedelta(seconds=1), made.made + _SAME_ACT)
        of_act = notices.objects.filter(item=made.item_id, words__contains=_SENT, made__range=during)
        for notice in of_act:
            if notice.release_id is None or organs.get(notice.user_id, "") in made.organs:
                notice.release = made
                notice.save(update_fields=["release"])
    for notice in notices.objects.filter(release__taken_back=True).select_related("release"):
        taken_back = notice.release.withdrawn if notice.release else None
        day = f"，已于{localtime(taken_back):%Y-%m-%d}收回" if taken_back else "，已收回"
        notice.words = f"{notice.words.partition(_SENT)[0]}的审查意见曾经送达{day}"
        notice.save(update_fields=["words"])


class Migration(migrations.Migration):
    dependencies = [("review", "0020_order_by_status_and_year")]

    operations = [
        migrations.AddField("job", "by_organ", models.CharField(blank=True, db_index=True, default="", max_length=300)),
        migrations.AddField("material", "organ", models.CharField(blank=True, default="", max_length=300)),
        migrations.AddField("reply", "organ", models.CharField(blank=True, default="", max_length=300)),
        migrations.AddField(
            "notice",
            "release",
            models.ForeignKey(
                null=True, blank=True, on_delete=django.db.models.deletion.SET_NULL, related_name="notices", to="review.release"
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
