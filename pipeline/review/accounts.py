"""Accounts, roles (角色) and permissions of the desk, and the tokens that programs authenticate with."""

import hashlib
import secrets
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Group, User
from django.db.models import Q, QuerySet
from django.utils import timezone

from pipeline.errors import UsageError
from pipeline.review.audit.chain import note
from pipeline.review.models import Item, Member, Token


class Role(StrEnum):
    """The roles of the desk; each is a Django group of the same name."""

    ADMIN = "管理员"
    CHIEF = "主审"
    REVIEWER = "审查员"
    COUNSEL = "法律顾问"
    ISSUER = "制定机关"


class Action(StrEnum):
    """The actions that permissions are granted for."""

    SEE = "查看队列"
    READ = "查看文件"
    DECIDE = "作出决定"
    FINISH = "办结"
    ADJUDICATE = "裁定和重新打开"
    ASSIGN = "指派和成批处理"
    UPLOAD = "提交文件"
    EXPORT = "导出"
    AUDIT = "查看审计"
    PEOPLE = "管理账号"
    BOARD = "查看统计"
    PUBLISH = "公开和撤回公开"


_STAFF = frozenset((Action.SEE, Action.READ, Action.EXPORT, Action.BOARD))
PERMISSIONS: Mapping[Role, frozenset[Action]] = {
    Role.ADMIN: _STAFF | {Action.UPLOAD, Action.ASSIGN, Action.AUDIT, Action.PEOPLE},
    Role.CHIEF: _STAFF
    | {Action.UPLOAD, Action.ASSIGN, Action.DECIDE, Action.FINISH, Action.ADJUDICATE, Action.AUDIT, Action.PUBLISH},
    Role.REVIEWER: _STAFF | {Action.UPLOAD, Action.DECIDE, Action.FINISH},
    Role.COUNSEL: _STAFF | {Action.DECIDE},
    Role.ISSUER: frozenset((Action.UPLOAD, Action.READ)),
}
Visitor = AbstractBaseUser | AnonymousUser


def role_of(user: Visitor) -> Role | None:
    """The role of an account; None for visitors, inactive accounts and accounts without a role."""
    if not isinstance(user, User) or not user.is_active:
        return None
    names = set(user.groups.values_list("name", flat=True))
    return next((role for role in Role if role.value in names), None)


def may(user: Visitor, action: Action) -> bool:
    """Whether the role of an account permits an action, whatever item it concerns."""
    role = role_of(user)
    return role is not None and action in PERMISSIONS[role]


def visible(user: Visitor) -> "QuerySet[Item]":
    """The items that an account may see: all of them for staff; for an issuer, those it submitted or issued."""
    role = role_of(user)
    if role is None or not isinstance(user, User):
        return Item.objects.none()
    if role is not Role.ISSUER:
        return Item.objects.all()
    member = Member.objects.filter(user=user).first()
    own = Q(owner=user)
    if member and member.organ:
        own |= Q(issuers__contains=member.organ)
    return Item.objects.filter(own)


def add_user(name: str, password: str, role: str, *, organ: str = "", full_name: str = "") -> User:
    """Creates an account in a role. Raises `UsageError` for a name that is taken, an unknown role or a weak password."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    if role not in set(Role):
        raise UsageError(f"没有“{role}”这个角色", remedy=f"角色有：{'、'.join(Role)}")
    if User.objects.filter(username=name).exists():
        raise UsageError(f"账号“{name}”已经存在", remedy="请换一个账号名")
    try:
        validate_password(password)
    except ValidationError as error:
        raise UsageError("；".join(error.messages).rstrip("。"), remedy="请换一个更安全的密码") from error
    user = User.objects.create_user(name, password=password, first_name=full_name)
    user.groups.add(Group.objects.get_or_create(name=role)[0])
    Member.objects.create(user=user, organ=organ)
    return user


def change_user(user: User, what: str, by: User) -> None:
    """Deactivates or reactivates an account, or switches its blind samples (盲审抽样), and records that in the audit.

    `what` is "stop", "start", "blind" or "open" (no blind samples). Deactivating an account revokes its tokens. Raises
    `UsageError` for any other value, and where an administrator would deactivate the own account.
    """
    if what in ("stop", "start"):
        if user == by:
            raise UsageError("不能停用自己的账号", remedy="请由另一名管理员办理")
        user.is_active = what == "start"
        user.save(update_fields=["is_active"])
        if not user.is_active:
            Token.objects.filter(user=user).update(revoked=True)
    elif what in ("blind", "open"):
        Member.objects.update_or_create(user=user, defaults={"blind": what == "blind"})
    else:
        raise UsageError(f"没有“{what}”这种处理", remedy="请刷新后重试")
    labels = {"stop": "停用", "start": "启用", "blind": "加入盲审抽样", "open": "退出盲审抽样"}
    note(by.username, "账号", None, f"{labels[what]}{user.username}")


def make_token(user: User, name: str) -> str:
    """Creates a token for a program and returns it; only its SHA-256 is stored. Raises `UsageError` for a blank name."""
    if not name.strip():
        raise UsageError("令牌没有名称", remedy="请写明给哪个程序用")
    token = secrets.token_urlsafe(32)
    Token.objects.create(user=user, name=name.strip()[:32], digest=hashlib.sha256(token.encode()).hexdigest())
    note(user.username, "令牌", None, f"新建“{name.strip()[:32]}”")
    return token


def user_of_token(token: str) -> User | None:
    """The active user that a token acts for, None for a token that is unknown or revoked. Notes the time of use."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    found = Token.objects.select_related("user").filter(digest=digest, revoked=False, user__is_active=True).first()
    if found is None:
        return None
    Token.objects.filter(pk=found.pk).update(used=timezone.now())
    return found.user


def revoke(token: Token, by: User) -> None:
    """Revokes a token and records who did."""
    Token.objects.filter(pk=token.pk).update(revoked=True)
    note(by.username, "令牌", None, f"停用{token.user.username}的“{token.name}”")


def display_name(user: Any) -> str:
    """The name of an account as others see it: the full name, else the account name."""
    return str(user.first_name or user.username)
