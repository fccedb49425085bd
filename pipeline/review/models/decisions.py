"""What people did: decisions, changed findings, conclusions, explanations, checklists, blind samples, corrections."""

from django.conf import settings
from django.db import models

from pipeline.review.models.queue import Item, Version


class Amendment(models.Model):
    """A person's change of a finding: type, severity, bases, or that it is an alarm after all; the latest one of a finding counts.

    `values` are the changed fields (type, name, severity, bases, softened); `reason` is why.
    """

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="amendments")
    version = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="amendments")
    finding_key = models.CharField(max_length=32, db_index=True)
    values = models.JSONField()
    reason = models.TextField()
    reviewer = models.CharField(max_length=150)
    account = models.CharField(max_length=150)
    made = models.DateTimeField(auto_now_add=True)


class Verdict(models.TextChoices):
    """A reviewer's verdict on a finding."""

    STANDS = "成立", "成立"
    FALLS = "不成立", "不成立"
    AMEND = "需修改", "需修改"
    REFER = "转办", "转办"


class Batch(models.Model):
    """An action on many items at once; one that was undone is kept, with the time in `undone`."""

    what = models.CharField(max_length=8)
    detail = models.TextField(blank=True, default="")
    by = models.CharField(max_length=150)
    items = models.JSONField(default=list)
    at = models.DateTimeField(auto_now_add=True)
    undone = models.DateTimeField(null=True)


class Decision(models.Model):
    """A person's decision on a finding; the program never writes or removes one. `final` marks a ruling (裁定) of the 主审.

    `reviewer` is the display name, `account` the account name ("" for decisions before 0.11.0), `addressee` the person or body to
    whom 转办 refers it. `about` is the finding as its author saw it (`Finding.subject`), {} for decisions before 0.12.0; `raising` marks
    the one that comes with a finding that a person raised, `second` those of the second review (复核).

    A decision that its author withdrew (`withdrawn`), of a batch that was undone, or on a finding that names another type or other
    bases since (`set_aside`), is kept and no longer counts (`decisions.agreement.effective_decisions`).
    """

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="decisions")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="decisions")
    finding_key = models.CharField(max_length=32, db_index=True)
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    comment = models.TextField(blank=True, default="")
    reviewer = models.CharField(max_length=150)
    account = models.CharField(max_length=150, blank=True, default="")
    addressee = models.CharField(max_length=128, blank=True, default="")
    final = models.BooleanField(default=False)
    about = models.JSONField(default=dict)
    raising = models.BooleanField(default=False)
    second = models.BooleanField(default=False)
    withdrawn = models.DateTimeField(null=True)
    set_aside = models.DateTimeField(null=True)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="decisions")
    made = models.DateTimeField(auto_now_add=True)


class Conclusion(models.Model):
    """A person's conclusion on a whole case (合法, 准予备案, 废止 … by its kind), drawn on a version; the latest one counts."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="conclusions")
    version = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="conclusions")
    outcome = models.CharField(max_length=16)
    reason = models.TextField(blank=True, default="")
    reviewer = models.CharField(max_length=150)
    account = models.CharField(max_length=150, blank=True, default="")
    made = models.DateTimeField(auto_now_add=True)


class Answer(models.TextChoices):
    """The possible answers to a point of a checklist."""

    YES = "是", "是"
    NO = "否", "否"
    NOT_APPLICABLE = "不适用", "不适用"


class Explanation(models.Model):
    """A person's words on a contradiction between decisions, checklist and conclusion (`decisions.contradictions`); they are printed.

    `key` identifies the contradiction with the state that it was seen in; `says` is what the person was told.
    """

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="explanations")
    version = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="explanations")
    key = models.CharField(max_length=64)
    says = models.TextField()
    words = models.TextField()
    reviewer = models.CharField(max_length=150)
    account = models.CharField(max_length=150)
    made = models.DateTimeField(auto_now_add=True)


class Check(models.Model):
    """A person's answer to a point of the checklist of a case; earlier answers are kept, the latest one of a point counts.

    One that rests on material which belongs to another case since (拆出) is `set_aside`: kept, and the point is open again.
    """

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="checks")
    version = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="checks")
    point = models.CharField(max_length=16)
    answer = models.CharField(max_length=8, choices=Answer.choices)
    comment = models.TextField(blank=True, default="")
    reviewer = models.CharField(max_length=150)
    account = models.CharField(max_length=150, blank=True, default="")
    set_aside = models.DateTimeField(null=True)
    made = models.DateTimeField(auto_now_add=True)


class Passage(models.Model):
    """盲审抽样: a passage without a finding that a reviewer judges blind; offsets in code points of the version's text."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="passages")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="passages")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    # None: not yet judged; True: the passage has a fault that the program missed
    missed = models.BooleanField(null=True)
    comment = models.TextField(blank=True, default="")
    answered = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("version", "reviewer", "start"), name="one_passage_a_reviewer"),)


class Correction(models.Model):
    """A person's correction of a fact, with the value that it replaces in `machine`."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="corrections")
    version = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="corrections")
    field = models.CharField(max_length=16)
    machine = models.TextField(blank=True, default="")
    value = models.TextField()
    reviewer = models.CharField(max_length=150)
    made = models.DateTimeField(auto_now_add=True)
