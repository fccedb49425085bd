"""Uploaded files, the documents in them, and material of a case."""

from django.conf import settings
from django.db import models

from pipeline.review.models.queue import Item, Kind, Original

# characters of a fact that a person states: a correction, the name of an organ
LONGEST_VALUE = 300


class JobState(models.TextChoices):
    """The state of the processing of an uploaded file."""

    WAITING = "等待", "等待"
    WORKING = "处理中", "处理中"
    CHOICE = "待选择", "待选择"
    DONE = "完成", "完成"
    FAILED = "有问题", "有问题"


class Choice(models.TextChoices):
    """What to do with an uploaded document whose bytes are in the queue already."""

    LINK = "关联", "只作关联，不另立一件"
    SEPARATE = "另立", "另立一件"
    REJECT = "不收", "不收"


class MaterialKind(models.TextChoices):
    """The kinds of material of a case: what is handed in with a draft (国办发〔2018〕115号), and the two letters of an objection."""

    EXPLANATION = "起草说明", "起草说明"
    BASIS = "制定依据", "制定依据"
    CONSULTATION = "征求意见", "征求意见及采纳情况"
    COMPETITION = "公平竞争", "公平竞争审查结论"
    DISCUSSION = "集体讨论", "集体讨论记录"
    APPLICATION = "异议申请", "异议申请书"
    WRITTEN_ANSWER = "书面答复", "制定机关的书面答复"
    OTHER = "其他", "其他材料"


# the letters of an objection: from whoever objects, and from the issuer; never papers of the reviewing office, whoever hands them in
LETTERS_OF_OBJECTION = frozenset((MaterialKind.APPLICATION, MaterialKind.WRITTEN_ANSWER))


def material_kinds(kind: str, *, issuer: bool = False) -> list[tuple[str, str]]:
    """The kinds of material, with their names, that a kind of case has; an issuer hands in no 异议申请书."""
    left_out = {MaterialKind.APPLICATION} if issuer else set[MaterialKind]()
    left_out |= set() if kind == Kind.OBJECTION else LETTERS_OF_OBJECTION
    return [(value, name) for value, name in MaterialKind.choices if value not in left_out]


class Job(models.Model):
    """An uploaded file that the worker processes, in order of upload; its documents are `Paper`s.

    `case` is the item for which it was handed in: as the next version of its document, or, with `material` (a `MaterialKind`), as
    material of the case. `organ` is the 送审单位 of a contract, "" where the uploader did not say it. `by_organ`
    is the organ of the issuer account that handed it in, as it was then, "" for staff and for an account without one.
    """

    name = models.TextField()
    original = models.ForeignKey(Original, on_delete=models.PROTECT, related_name="jobs")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.FILED)
    place = models.CharField(max_length=64, blank=True, default="")
    organ = models.CharField(max_length=LONGEST_VALUE, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="jobs")
    by_organ = models.CharField(max_length=LONGEST_VALUE, blank=True, default="", db_index=True)
    state = models.CharField(max_length=8, choices=JobState.choices, default=JobState.WAITING, db_index=True)
    message = models.TextField(blank=True, default="")
    case = models.ForeignKey(Item, null=True, on_delete=models.SET_NULL, related_name="jobs")
    material = models.CharField(max_length=8, choices=MaterialKind.choices, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    created = models.DateTimeField(auto_now_add=True)
    taken = models.DateTimeField(null=True)


class Paper(models.Model):
    """One document of an uploaded file (a zip or mail has several), with its own state, result and choice.

    `digest` is the SHA-256 of its bytes, which are stored as an original unless they were refused; `rival` is the item with the
    same bytes about which `choice` is asked.
    """

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="papers")
    position = models.PositiveIntegerField()
    name = models.TextField()
    digest = models.CharField(max_length=64, blank=True, default="")
    state = models.CharField(max_length=8, choices=JobState.choices, default=JobState.WAITING)
    message = models.TextField(blank=True, default="")
    item = models.ForeignKey(Item, null=True, on_delete=models.SET_NULL, related_name="papers")
    rival = models.ForeignKey(Item, null=True, on_delete=models.SET_NULL, related_name="rivals")
    choice = models.CharField(max_length=8, choices=Choice.choices, blank=True, default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("job", "position"), name="one_paper_a_position"),)


class Material(models.Model):
    """Material of a case (起草说明, 依据 …): a file that is kept with it, with its text where one could be read.

    `organ` is that of the issuer account that handed it in, as it was then, else "".
    """

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="materials")
    kind = models.CharField(max_length=8, choices=MaterialKind.choices)
    name = models.TextField()
    original = models.ForeignKey(Original, on_delete=models.PROTECT, related_name="materials")
    text = models.TextField(blank=True, default="")
    message = models.TextField(blank=True, default="")
    by = models.CharField(max_length=150)
    account = models.CharField(max_length=150, blank=True, default="")
    organ = models.CharField(max_length=LONGEST_VALUE, blank=True, default="")
    made = models.DateTimeField(auto_now_add=True)
