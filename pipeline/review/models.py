"""The queue in the database: files by hash, items, versions, findings, decisions, problems."""

from django.db import models


class Original(models.Model):
    """A file as it came, kept untouched under its SHA-256."""

    digest = models.CharField(primary_key=True, max_length=64)
    size = models.BigIntegerField()
    first_name = models.TextField()
    first_seen = models.DateTimeField(auto_now_add=True)


class Status(models.TextChoices):
    """Where an item stands."""

    PENDING = "待审", "待审"
    WAITING = "待识别", "待识别"
    DONE = "已办", "已办"


class Item(models.Model):
    """One entry of the queue: a file's family of documents, in its current version."""

    name = models.TextField(unique=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.PENDING)
    reason = models.TextField(blank=True, default="")
    title = models.TextField(blank=True, default="")
    number = models.TextField(blank=True, default="")
    issuers = models.TextField(blank=True, default="")
    genre = models.CharField(max_length=16, blank=True, default="")
    norm_level = models.CharField(max_length=16, blank=True, default="")
    is_normative = models.BooleanField(default=False)
    risk = models.PositiveSmallIntegerField(default=0)
    risk_parts = models.JSONField(default=list)
    alarms = models.PositiveIntegerField(default=0)
    validity = models.CharField(max_length=8, blank=True, default="")
    expires = models.DateField(null=True)
    current = models.ForeignKey("Version", null=True, on_delete=models.SET_NULL, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = (models.Index(fields=("-risk", "id"), name="queue_order"),)


class Version(models.Model):
    """One state of an item's file with what the machine said of it; older ones stay."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="versions")
    sequence = models.PositiveIntegerField()
    original = models.ForeignKey(Original, on_delete=models.PROTECT, related_name="versions")
    text = models.TextField()
    dossier = models.JSONField()
    as_of = models.DateField()
    place = models.CharField(max_length=64, blank=True, default="")
    engine = models.CharField(max_length=64)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("item", "sequence"), name="one_version_a_number"),)


class Finding(models.Model):
    """A machine finding of a version; `key` stays the same when the same sentence is found again."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="findings")
    key = models.CharField(max_length=32, db_index=True)
    type = models.CharField(max_length=16)
    severity = models.CharField(max_length=4)
    softened = models.BooleanField(default=False)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    content = models.JSONField()


class Verdict(models.TextChoices):
    """What a reviewer says of a finding."""

    STANDS = "成立", "成立"
    FALLS = "不成立", "不成立"
    AMEND = "需修改", "需修改"
    REFER = "转办", "转办"


class Decision(models.Model):
    """A person's decision; the machine never writes or removes one."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="decisions")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="decisions")
    finding_key = models.CharField(max_length=32, db_index=True)
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    comment = models.TextField(blank=True, default="")
    reviewer = models.CharField(max_length=64)
    made = models.DateTimeField(auto_now_add=True)


class Sighting(models.Model):
    """A file whose content was already there under another name."""

    original = models.ForeignKey(Original, on_delete=models.CASCADE, related_name="sightings")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="sightings")
    name = models.TextField()
    seen = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("original", "name"), name="one_sighting_a_name"),)


class Trouble(models.Model):
    """An entry of the problem list: a file that could not be taken, until it can."""

    name = models.TextField(unique=True)
    digest = models.CharField(max_length=64, blank=True, default="")
    kind = models.CharField(max_length=32)
    message = models.TextField()
    remedy = models.TextField()
    open = models.BooleanField(default=True)
    first_seen = models.DateTimeField(auto_now_add=True)
    last_seen = models.DateTimeField(auto_now=True)
