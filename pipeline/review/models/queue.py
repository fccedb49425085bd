"""The queue: originals, items, versions, findings, other names, problems."""

import hashlib
import json
from typing import Any

from django.conf import settings
from django.db import models

from pipeline.clause_places import place_in_words


class Original(models.Model):
    """An original file, stored unchanged under its SHA-256 (`digest`); `size` in bytes."""

    digest = models.CharField(primary_key=True, max_length=64)
    size = models.BigIntegerField()
    first_name = models.TextField()
    first_seen = models.DateTimeField(auto_now_add=True)


class Status(models.TextChoices):
    """The state of an item in the review."""

    PENDING = "待审", "待审"
    SECOND = "待复核", "待复核"
    WAITING = "待识别", "待识别"
    DONE = "已办", "已办"


class Kind(models.TextChoices):
    """The kind of case of an item."""

    DRAFT = "草案", "合法性审查（草案）"
    FILED = "备案", "备案审查"
    CLEANUP = "清理", "清理"
    OBJECTION = "异议", "异议审查"
    MAJOR = "决策", "重大行政决策"
    CONTRACT = "合同", "行政合同"


# the kinds of case whose document is not, or not yet, a normative document in force: it has no validity, and no cleanup is proposed
WITHOUT_VALIDITY = frozenset((Kind.DRAFT, Kind.MAJOR, Kind.CONTRACT))


# the kinds of case in which a paper is reviewed that another organ than the one that hands in may have made: it has no next draft
WITHOUT_DRAFTS = frozenset((Kind.OBJECTION,))


def organ_called(kind: str) -> str:
    """What the organ of a document is called: no organ issues a contract, it is handed in for review (送审单位)."""
    return "送审单位" if kind == Kind.CONTRACT else "制定机关"


def recipient_called(kind: str) -> str:
    """What the organ is called that a review is sent to and that answers it.

    Who hands in what is not issued yet is not the organ that is to issue it: a bureau hands in a draft of the government.
    """
    return "送审单位" if kind in WITHOUT_VALIDITY else "制定机关"


class Mark(models.TextChoices):
    """What in an item waits for a person, beside its status; an item may have several."""

    PROPOSAL = "版本待定", "可能是另一件的新版本，待人选择"
    NEWCOMER = "有新版本", "另一件可能是本件的新版本，待人选择"
    DISPUTE = "有分歧", "两人意见不同，没有裁定"
    RELEASED = "已送达", "审查意见已送达有关机关"
    ANSWERED = "已答复", "制定机关已经答复"
    REFERRED = "有转办", "有转给别人办理的发现"


class Item(models.Model):
    """One case of the queue: a document with its versions and materials, described by its current version; `risk` is 0 to 100.

    `name` is the name of the file of the current version; it does not identify the item. `rival` is the item of which this one
    may be a new version, until a person has chosen (`queue.versions`), and `rival_reason` says why that is proposed.
    """

    name = models.TextField(db_index=True)
    rival = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="newcomers")
    rival_reason = models.TextField(blank=True, default="")
    # values of `Mark` separated by blanks, kept by `decisions.marks`
    marks = models.CharField(max_length=64, blank=True, default="")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.PENDING)
    reason = models.TextField(blank=True, default="")
    title = models.TextField(blank=True, default="")
    # a hash of the title without the words of its stage (送审稿 …), see `queue.rivals`; "" without a title
    title_key = models.CharField(max_length=16, blank=True, default="", db_index=True)
    number = models.TextField(blank=True, default="")
    issuers = models.TextField(blank=True, default="")
    genre = models.CharField(max_length=16, blank=True, default="")
    norm_level = models.CharField(max_length=16, blank=True, default="")
    is_normative = models.BooleanField(default=False)
    risk = models.PositiveSmallIntegerField(default=0)
    risk_parts = models.JSONField(default=list)
    alarms = models.PositiveIntegerField(default=0)
    validity = models.CharField(max_length=8, blank=True, default="")
    expires = models.DateField(null=True, db_index=True)
    # what the validity rests on that has still to be verified (待核实), "" where nothing is open
    validity_note = models.CharField(max_length=16, blank=True, default="")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.FILED, db_index=True)
    year = models.PositiveSmallIntegerField(null=True, db_index=True)
    due = models.DateField(null=True, db_index=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="items"
    )
    # 承办人 and 复核人 as they acted: account names, "" until then; both are cleared when an item goes back to the first review
    reviewed_by = models.CharField(max_length=150, blank=True, default="")
    reviewed_at = models.DateTimeField(null=True)
    second_by = models.CharField(max_length=150, blank=True, default="")
    finished_at = models.DateTimeField(null=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="submitted"
    )
    # published, and the version that the public sees; a later version is not published by itself
    public = models.BooleanField(default=False, db_index=True)
    public_version = models.ForeignKey("Version", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    published_at = models.DateTimeField(null=True)
    # the day and reason of a withdrawal from the public pages, which these tell
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.TextField(blank=True, default="")
    # the first of the issuers, and the province, city or county it belongs to
    issuer = models.CharField(max_length=128, blank=True, default="", db_index=True)
    place = models.CharField(max_length=32, blank=True, default="", db_index=True)
    # the type prefixes of the alarms (three letters, see `queue.filters.GROUPS`), separated by blanks
    groups = models.CharField(max_length=48, blank=True, default="")
    # the cleanup outcome that a campaign proposes for the document, and why
    proposal = models.TextField(blank=True, default="")
    current = models.ForeignKey("Version", null=True, on_delete=models.SET_NULL, related_name="+")
    created = models.DateTimeField(auto_now_add=True, db_index=True)
    updated = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        indexes = (
            models.Index(fields=("-risk", "id"), name="queue_order"),
            models.Index(fields=("status", "-risk", "id"), name="queue_by_status"),
            models.Index(fields=("status", "year", "-risk", "id"), name="queue_by_status_and_year"),
            models.Index(fields=("status", "due"), name="late"),
            models.Index(fields=("due", "-risk", "id"), name="queue_by_due"),
        )


class Version(models.Model):
    """One version of an item's file with its text and the program's dossier; earlier versions are kept."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="versions")
    sequence = models.PositiveIntegerField()
    # the name of its file, and the display name of the person who handed it in ("" for the command line)
    name = models.TextField(blank=True, default="")
    submitted_by = models.CharField(max_length=150, blank=True, default="")
    original = models.ForeignKey(Original, on_delete=models.PROTECT, related_name="versions")
    text = models.TextField()
    dossier = models.JSONField()
    as_of = models.DateField()
    place = models.CharField(max_length=64, blank=True, default="")
    engine = models.CharField(max_length=64)
    # 上位法比对: finding key → similar articles of the law library; `library` is the stamp of the library that was compared
    neighbours = models.JSONField(default=dict)
    library = models.CharField(max_length=64, blank=True, default="")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("item", "sequence"), name="one_version_a_number"),)


# what is large in a version; lists that name versions read it only where it is asked for
LARGE_OF_VERSION = ("version__text", "version__dossier", "version__neighbours")
LARGE_OF_CURRENT = ("current__text", "current__dossier", "current__neighbours")


class Finding(models.Model):
    """A finding in a version, of the program or of a person, with offsets in code points of its text.

    `key` is the same whenever the same type is found again in the same wording and clause. What a person changed about a finding
    (`Amendment`) is applied to it, with the values of the program under "machine" in `content`.
    """

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="findings")
    key = models.CharField(max_length=32, db_index=True)
    type = models.CharField(max_length=16)
    severity = models.CharField(max_length=4)
    softened = models.BooleanField(default=False)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    content = models.JSONField()
    # the display name and account of the person who raised it; "" for the program
    raised_by = models.CharField(max_length=150, blank=True, default="")
    raised_account = models.CharField(max_length=150, blank=True, default="")
    raised_at = models.DateTimeField(null=True)

    @property
    def subject(self) -> dict[str, Any]:
        """What a decision on the finding is about: type with name, clause, severity, whether it is raised, bases (law, article)."""
        bases = [[basis["law"], basis["article"]] for basis in self.content["bases"]]
        return {
            "type": self.type, "name": self.content["name"], "path": self.content["path"], "severity": self.severity,
            "softened": self.softened, "bases": bases,
        }  # fmt: skip

    @property
    def label(self) -> str:
        """The finding as the audit names it: its key, and after = its clause and name of now (第五条 设定罚款)."""
        return f"{self.key}={place_in_words(self.content['path'])} {self.content['name']}"

    @property
    def fingerprint(self) -> str:
        """12 hexadecimal digits of a hash over `subject`: a form names the finding that its reader saw with it."""
        told = json.dumps(self.subject, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:12]

    class Meta:
        indexes = (
            models.Index(
                fields=("type",), name="alarms_by_type", condition=models.Q(softened=False, severity__in=("严重", "高"))
            ),
        )


class Occurrence(models.Model):
    """Another name under which the content of an item's file was submitted."""

    original = models.ForeignKey(Original, on_delete=models.CASCADE, related_name="occurrences")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="occurrences")
    name = models.TextField()
    seen = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("original", "name"), name="one_occurrence_a_name"),)


class ProblemEntry(models.Model):
    """An entry of the problem list: a file that could not be read; `open` until it can be."""

    name = models.TextField(unique=True)
    digest = models.CharField(max_length=64, blank=True, default="")
    kind = models.CharField(max_length=32)
    message = models.TextField()
    remedy = models.TextField()
    open = models.BooleanField(default=True)
    first_seen = models.DateTimeField(auto_now_add=True)
    last_seen = models.DateTimeField(auto_now=True)
