"""Changes of accounts by an administrator, on a page or on the command line: each is checked and recorded in the audit.

`by` is the administrator, None for the command line. Whoever has a password that another person chose is in the group
`MUST_CHANGE` until a new one is set: a group, like the roles, and therefore the same for all sessions, workers and databases.
"""

import secrets
from collections import Counter, defaultdict
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.utils import timezone

from pipeline.errors import UsageError
from pipeline.review.accounts import (
    COMMAND_LINE,
    Role,
    add_user,
    check_password,
    check_role,
    check_texts,
    display_name,
    role_held,
)
from pipeline.review.audit.chain import note
from pipeline.review.models import Member, Token
from pipeline.review.queue.alerts import set_address

MUST_CHANGE = "须改密码"
# letters and digits that nobody takes for one another on paper
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
_LABELS = {"stop": "停用", "start": "启用", "blind": "加入盲审抽样", "open": "退出盲审抽样"}
_NAMES = {"role": "角色", "full_name": "姓名", "organ": "机关", "mail": "邮箱"}


@dataclass(frozen=True, slots=True)
class Details:
    """What is kept of an account beside its name and password; "" for what is not stated."""

    role: str
    full_name: str = ""
    organ: str = ""
    mail: str = ""

    @classmethod
    def of(cls, user: User) -> "Details":
        """The details of an account as they are."""
        member = Member.objects.filter(user=user).first()
        return cls(role_held(user) or "", user.first_name, member.organ if member else "", user.email)


def _who(by: User | None) -> str:
    return by.username if by else COMMAND_LINE


def open_account(name: str, password: str, details: Details, *, by: User | None, must_change: bool) -> User:
    """Creates an account; `must_change` makes its owner choose another password at the first login.

    Raises `UsageError` as `add_user` does, and for an invalid mail address; nothing is created then.
    """
    with transaction.atomic():
        user = add_user(name, password, details.role, organ=details.organ, full_name=details.full_name)
        if details.mail:
            set_address(user, details.mail.strip())
        if must_change:
            user.groups.add(Group.objects.get_or_create(name=MUST_CHANGE)[0])
        about = [f"{_NAMES[key]}{value}" for key, value in (("full_name", user.first_name), ("organ", details.organ), ("mail", user.email)) if value]  # fmt: skip
        note(_who(by), "账号", None, f"新增{details.role}{user.username}" + (f"：{'，'.join(about)}" if about else ""))
    return user


def change_details(user: User, wanted: Details, *, by: User | None) -> list[str]:
    """Gives an account these details and returns what changed, each as 角色：审查员 → 主审.

    Raises `UsageError` for an unknown role, a text that is too long or an invalid mail address, and where the last active
    administrator would lose the role; nothing is changed then.
    """
    wanted = Details(**{field.name: getattr(wanted, field.name).strip() for field in fields(Details)})
    with transaction.atomic():
        before = Details.of(user)
        changed = [
            f"{title}：{getattr(before, key) or '（无）'} → {getattr(wanted, key) or '（无）'}"
            for key, title in _NAMES.items()
            if getattr(before, key) != getattr(wanted, key)
        ]
        if not changed:
            return []
        if wanted.role != before.role:
            _change_role(user, wanted.role)
        check_texts(wanted.full_name, wanted.organ)
        if wanted.mail != before.mail:
            set_address(user, wanted.mail)
        user.first_name = wanted.full_name
        user.save(update_fields=["first_name"])
        Member.objects.update_or_create(user=user, defaults={"organ": wanted.organ})
        note(_who(by), "账号", None, f"修改{user.username}：{'；'.join(changed)}")
    return changed


def _change_role(user: User, role: str) -> None:
    check_role(role)
    if role != Role.ADMIN:
        _keep_an_administrator(user, "改为其他角色")
    user.groups.remove(*Group.objects.filter(name__in=list(Role)))
    user.groups.add(Group.objects.get_or_create(name=role)[0])


def _keep_an_administrator(user: User, what: str) -> None:
    """Raises `UsageError` where `user` is the only active administrator; locks the administrators until the transaction ends."""
    active = User.objects.select_for_update(of=("self",)).filter(groups__name=Role.ADMIN, is_active=True)
    if [one.pk for one in active.order_by("pk")] == [user.pk]:
        raise UsageError(f"{user.username}是唯一在用的管理员，不能{what}", remedy="请先新增或者启用另一名管理员")


def change_user(user: User, what: str, *, by: User | None) -> None:
    """Deactivates or reactivates an account, or switches its blind samples (盲审抽样).

    `what` is "stop", "start", "blind" or "open" (no blind samples). Deactivating an account revokes its tokens. Raises
    `UsageError` for any other value, where an administrator would deactivate the own account, and for the last active administrator.
    """
    if what not in _LABELS:
        raise UsageError(f"没有“{what}”这种处理", remedy="请刷新后重试")
    with transaction.atomic():
        if what == "stop":
            if user == by:
                raise UsageError("不能停用自己的账号", remedy="请由另一名管理员办理")
            _keep_an_administrator(user, "停用")
            Token.objects.filter(user=user).update(revoked=True)
        if what in ("stop", "start"):
            user.is_active = what == "start"
            user.save(update_fields=["is_active"])
        else:
            Member.objects.update_or_create(user=user, defaults={"blind": what == "blind"})
        note(_who(by), "账号", None, f"{_LABELS[what]}{user.username}")


def reset_password(user: User, password: str, *, by: User | None, must_change: bool = True) -> None:
    """Sets the password of an account and ends its lock.

    Its sessions and its tokens end. With `must_change` its owner has to choose another one at the next login. Raises
    `UsageError` for a weak password.
    """
    check_password(password, user)
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        group, _ = Group.objects.get_or_create(name=MUST_CHANGE)
        (user.groups.add if must_change else user.groups.remove)(group)
        reset(username=user.username)
        Token.objects.filter(user=user).update(revoked=True)
        note(_who(by), "账号", None, f"重设{user.username}的密码" + ("，下次登录须修改" if must_change else ""))


def generated_password() -> str:
    """A new password that can be read out and typed: four groups of four letters and digits."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(4))


def password_changed(user: User) -> None:
    """Records that the owner has chosen a new password, which need not be changed any more; tokens of the account end."""
    Token.objects.filter(user=user).update(revoked=True)
    user.groups.remove(*Group.objects.filter(name=MUST_CHANGE))
    note(user.username, "账号", None, "本人修改密码")


def must_change_password(user: User) -> bool:
    """Whether the owner has to choose a new password before anything else."""
    return MUST_CHANGE in {group.name for group in user.groups.all()}


def locked_until(name: str, address: str | None = None) -> datetime | None:
    """Until when an account name is locked after wrong passwords from an address, or, for None, from any; None for one that is not."""
    lasts = timedelta(hours=settings.AXES_COOLOFF_TIME)
    by_address: dict[str | None, list[AccessAttempt]] = defaultdict(list)
    for attempt in AccessAttempt.objects.filter(username=name, attempt_time__gt=timezone.now() - lasts):
        if address in (None, attempt.ip_address):
            by_address[attempt.ip_address].append(attempt)
    return max(filter(None, (_end_of_lock(attempts, lasts) for attempts in by_address.values())), default=None)


def _end_of_lock(attempts: list[AccessAttempt], lasts: timedelta) -> datetime | None:
    """Until when wrong passwords from one address lock an account there; None where they do not."""
    attempts.sort(key=lambda attempt: attempt.attempt_time)
    left = sum(attempt.failures_since_start for attempt in attempts)
    for attempt in attempts:  # each browser has its own count, which is forgotten when its last attempt is old enough
        if left < settings.AXES_FAILURE_LIMIT:
            return None
        left -= attempt.failures_since_start
        if left < settings.AXES_FAILURE_LIMIT:
            ends: datetime = attempt.attempt_time + lasts
            return ends
    return None


def unlock(user: User, *, by: User | None) -> bool:
    """Ends the lock of an account after wrong passwords; False where it was not locked."""
    was_locked = locked_until(user.username) is not None
    reset(username=user.username)
    if was_locked:
        note(_who(by), "账号", None, f"解锁{user.username}")
    return was_locked


def namesakes() -> dict[str, int]:
    """The names that several accounts show to others, each with how many accounts; decisions and documents print only this name."""
    names = Counter(display_name(user) for user in User.objects.only("username", "first_name"))
    return {name: count for name, count in names.items() if count > 1}


def warning_of_namesakes(user: User) -> str:
    """A Chinese warning where another account shows the same name; "" where none does."""
    name = display_name(user)
    others = [
        other.username for other in User.objects.exclude(pk=user.pk).order_by("pk") if display_name(other) == name
    ]
    if not others:
        return ""
    return f"账号{'、'.join(others)}的姓名也是“{name}”。决定和文书上只写姓名，会分不清是谁，建议在姓名后加以区分"
