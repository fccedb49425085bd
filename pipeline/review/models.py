"""Database models of the review queue: originals, items, versions, findings, decisions, problems, jobs, audit."""

from django.conf import settings
from django.db import models


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


class Mark(models.TextChoices):
    """What in an item waits for a person, beside its status; an item may have several."""

    PROPOSAL = "版本待定", "可能是另一件的新版本，待人选择"
    NEWCOMER = "有新版本", "另一件可能是本件的新版本，待人选择"
    DISPUTE = "有分歧", "两人意见不同，没有裁定"
    RELEASED = "已送达", "审查意见已送达制定机关"
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

    class Meta:
        indexes = (
            models.Index(
                fields=("type",), name="alarms_by_type", condition=models.Q(softened=False, severity__in=("严重", "高"))
            ),
        )


class Amendment(models.Model):
    """A person's change of a finding: type, severity, bases, or that it is an alarm after all; the latest one of a finding counts.

    `values` are the changed fields (type, name, severity, bases, softened); `reason` is why.
    """

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="amendments")
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
    whom 转办 refers it. A decision that its author withdrew (`withdrawn`), or of a batch that was undone, is kept and no longer
    counts (`decisions.agreement.effective_decisions`).
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
    withdrawn = models.DateTimeField(null=True)
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
    key = models.CharField(max_length=64)
    says = models.TextField()
    words = models.TextField()
    reviewer = models.CharField(max_length=150)
    account = models.CharField(max_length=150)
    made = models.DateTimeField(auto_now_add=True)


class Check(models.Model):
    """A person's answer to a point of the checklist of a case; earlier answers are kept, the latest one of a point counts."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="checks")
    point = models.CharField(max_length=16)
    answer = models.CharField(max_length=8, choices=Answer.choices)
    comment = models.TextField(blank=True, default="")
    reviewer = models.CharField(max_length=150)
    account = models.CharField(max_length=150, blank=True, default="")
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


class Correction(models.Model):
    """A person's correction of a fact, with the value that it replaces in `machine`."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="corrections")
    field = models.CharField(max_length=16)
    machine = models.TextField(blank=True, default="")
    value = models.TextField()
    reviewer = models.CharField(max_length=150)
    made = models.DateTimeField(auto_now_add=True)


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
    """The kinds of material that are handed in with a draft (国办发〔2018〕115号: 起草说明, 制定依据, 征求意见 …)."""

    EXPLANATION = "起草说明", "起草说明"
    BASIS = "制定依据", "制定依据"
    CONSULTATION = "征求意见", "征求意见及采纳情况"
    COMPETITION = "公平竞争", "公平竞争审查结论"
    DISCUSSION = "集体讨论", "集体讨论记录"
    OTHER = "其他", "其他材料"


class Job(models.Model):
    """An uploaded file that the worker processes, in order of upload; its documents are `Paper`s.

    `case` is the item for which it was handed in: as the next version of its document, or, with `material` (a `MaterialKind`), as
    material of the case.
    """

    name = models.TextField()
    original = models.ForeignKey(Original, on_delete=models.PROTECT, related_name="jobs")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.FILED)
    place = models.CharField(max_length=64, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="jobs")
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
    """Material of a case (起草说明, 依据 …): a file that is kept with it, with its text where one could be read."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="materials")
    kind = models.CharField(max_length=8, choices=MaterialKind.choices)
    name = models.TextField()
    original = models.ForeignKey(Original, on_delete=models.PROTECT, related_name="materials")
    text = models.TextField(blank=True, default="")
    message = models.TextField(blank=True, default="")
    by = models.CharField(max_length=150)
    made = models.DateTimeField(auto_now_add=True)


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
    made = models.DateTimeField(auto_now_add=True)
    withdrawn = models.DateTimeField(null=True)


class Stance(models.TextChoices):
    """How an issuer answers a finding that was sent to it."""

    ADOPTED = "采纳", "采纳"
    PARTLY = "部分采纳", "部分采纳"
    DECLINED = "不采纳", "不采纳"


class Reply(models.Model):
    """答复: an issuer's answer to one finding of a release; earlier ones are kept, the latest one of a finding counts."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="replies")
    finding_key = models.CharField(max_length=32)
    stance = models.CharField(max_length=8, choices=Stance.choices)
    words = models.TextField(blank=True, default="")
    by = models.CharField(max_length=150)
    account = models.CharField(max_length=150)
    made = models.DateTimeField(auto_now_add=True)


class Notice(models.Model):
    """通知: what happened in a case that concerns an account (assignment, dispute, new version, release, answer)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    item = models.ForeignKey(Item, null=True, on_delete=models.CASCADE, related_name="notices")
    words = models.TextField()
    made = models.DateTimeField(auto_now_add=True)
    seen = models.DateTimeField(null=True, db_index=True)


class Member(models.Model):
    """What the desk stores about a user besides the account: the organ of an issuer, and whether blind samples are on."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="member")
    organ = models.CharField(max_length=128, blank=True, default="")
    blind = models.BooleanField(default=False)


class Token(models.Model):
    """接口令牌: a token with which a program acts as its user; only the SHA-256 of the token is stored."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=32)
    digest = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField(auto_now_add=True)
    used = models.DateTimeField(null=True)
    revoked = models.BooleanField(default=False)


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


class AuditEntry(models.Model):
    """An entry of the audit: who did what and when, with the hash of the entry before it and its own."""

    at = models.DateTimeField()
    who = models.CharField(max_length=150)
    what = models.CharField(max_length=32, db_index=True)
    item = models.BigIntegerField(null=True)
    detail = models.TextField(blank=True, default="")
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)


class SavedView(models.Model):
    """A filter of the queue that a user saved under a name; `query` is the query string of the queue page.

    `seen` is the highest item number at the time the view was last opened, `notified` the highest item number that its
    owner was notified of by mail.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="views")
    name = models.CharField(max_length=32)
    query = models.CharField(max_length=500)
    seen = models.BigIntegerField(default=0)
    notified = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "name"), name="one_view_a_name"),)
