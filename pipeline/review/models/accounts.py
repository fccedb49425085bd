"""What belongs to accounts: organ, tokens, notices, saved views; and the audit."""

from django.conf import settings
from django.db import models

from pipeline.review.models.letters import Release
from pipeline.review.models.queue import Item


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


class Notice(models.Model):
    """通知: what happened in a case that concerns an account (assignment, dispute, new version, release, answer).

    `release` is the sending that it tells of, None for any other.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    item = models.ForeignKey(Item, null=True, on_delete=models.CASCADE, related_name="notices")
    release = models.ForeignKey(Release, null=True, blank=True, on_delete=models.SET_NULL, related_name="notices")
    words = models.TextField()
    made = models.DateTimeField(auto_now_add=True)
    seen = models.DateTimeField(null=True, db_index=True)


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


class AuditEntry(models.Model):
    """An entry of the audit: who did what and when, with the hash of the entry before it and its own.

    `number` is its place in the chain; None, with both hashes "", until it is sealed, right after its transaction (`audit.chain`).
    """

    at = models.DateTimeField()
    who = models.CharField(max_length=150)
    what = models.CharField(max_length=32, db_index=True)
    item = models.BigIntegerField(null=True)
    detail = models.TextField(blank=True, default="")
    previous = models.CharField(max_length=64, blank=True, default="")
    digest = models.CharField(max_length=64, blank=True, default="")
    number = models.BigIntegerField(null=True, unique=True)

    class Meta:
        # each page of a case asks for its own entries, whatever the audit holds of others
        indexes = (models.Index(fields=("item",), name="audit_by_item"),)


class AuditHead(models.Model):
    """The last link of the audit, the only row of its table: whoever seals entries locks it, so that one does so at a time.

    `number` and `digest` are those of the last sealed entry, `count` how many are sealed. Up to the number `forks_until` two entries
    may have the same predecessor, as 0.8.0 wrote them on PostgreSQL.
    """

    number = models.BigIntegerField(default=0)
    count = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64)
    forks_until = models.BigIntegerField(default=0)
