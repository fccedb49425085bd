"""What leaves the desk: exports, releases to issuers and their replies."""

from django.db import models

from pipeline.review.models.queue import Item, Version
from pipeline.review.models.uploads import LONGEST_VALUE


class Export(models.Model):
    """The record of an exported file: its SHA-256 and what is needed to produce it again byte by byte.

    `basis` is everything that a document on an item says (`output.case.Case` as JSON), as it was at the time of the export; {} for
    exports of the queue and for those before 0.11.0.
    """

    digest = models.CharField(max_length=64, db_index=True)
    name = models.TextField()
    form = models.CharField(max_length=16)
    item = models.ForeignKey(Item, null=True, on_delete=models.SET_NULL, related_name="exports")
    version = models.ForeignKey(Version, null=True, on_delete=models.SET_NULL, related_name="+")
    basis = models.JSONField(default=dict)
    engine = models.CharField(max_length=64, blank=True, default="")
    by = models.CharField(max_length=150)
    at = models.DateTimeField()


class Release(models.Model):
    """送达: the review of a version as it was sent to the issuer: conclusion, opinion, findings that were upheld; kept as it was sent.

    `findings` are the upheld findings: key, name, path, text, bases, words. A release that was taken back (`withdrawn`) is no
    longer shown to the issuer.
    """

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="releases")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="releases")
    outcome = models.CharField(max_length=16)
    words = models.TextField(blank=True, default="")
    findings = models.JSONField(default=list)
    opinion = models.ForeignKey("Export", on_delete=models.PROTECT, related_name="+")
    annotated = models.ForeignKey("Export", null=True, on_delete=models.PROTECT, related_name="+")
    reviewer = models.CharField(max_length=150)
    account = models.CharField(max_length=150)
    # the organs it was sent to; [] before 0.14.0, when all that its papers name were
    organs = models.JSONField(default=list)
    # 线下送达: handed over on paper, because no account of the issuer can read it here
    offline = models.BooleanField(default=False)
    made = models.DateTimeField(auto_now_add=True)
    withdrawn = models.DateTimeField(null=True)
    # taken back by a person; a release that a later one replaced stays visible to the issuer
    taken_back = models.BooleanField(default=False)


class Stance(models.TextChoices):
    """How an issuer answers a finding that was sent to it."""

    ADOPTED = "采纳", "采纳"
    PARTLY = "部分采纳", "部分采纳"
    DECLINED = "不采纳", "不采纳"


class Reply(models.Model):
    """答复: an issuer's answer to one finding of a release; earlier ones are kept, the latest one of a finding counts.

    `organ` is that of the account that answered, as it was then, "" for one that a reviewer entered.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="replies")
    finding_key = models.CharField(max_length=32)
    stance = models.CharField(max_length=8, choices=Stance.choices)
    words = models.TextField(blank=True, default="")
    by = models.CharField(max_length=150)
    account = models.CharField(max_length=150)
    organ = models.CharField(max_length=LONGEST_VALUE, blank=True, default="")
    made = models.DateTimeField(auto_now_add=True)
