"""Accounts, roles (角色) and permissions of the desk, and the tokens that programs authenticate with."""

import hashlib
import secrets
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Group, User
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone

from pipeline.errors import UsageError
from pipeline.review.audit.chain import note
from pipeline.review.models import Item, Member, Paper, Release, Token


class Role(StrEnum):
    """The roles of the desk; each is a Django group of the same name."""

    ADMIN = "管理员"
    CHIEF = "主审"
    REVIEWER = "审查员"
    COUNSEL = "法律顾问"
    ANALYST = "分析员"
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
    TRENDS = "查看趋势"
    PUBLISH = "公开和撤回公开"


_STAFF = frozenset((Action.SEE, Action.READ, Action.EXPORT, Action.BOARD))
PERMISSIONS: Mapping[Role, frozenset[Action]] = {
    Role.ADMIN: _STAFF | {Action.UPLOAD, Action.ASSIGN, Action.AUDIT, Action.PEOPLE},
    Role.CHIEF: _STAFF
    | {Action.UPLOAD, Action.ASSIGN, Action.DECIDE, Action.FINISH, Action.ADJUDICATE, Action.AUDIT, Action.PUBLISH}
    | {Action.TRENDS},
    Role.REVIEWER: _STAFF | {Action.UPLOAD, Action.DECIDE, Action.FINISH},
    Role.COUNSEL: _STAFF | {Action.DECIDE},
    Role.ANALYST: _STAFF | {Action.TRENDS},
    Role.ISSUER: frozenset((Action.UPLOAD, Action.READ)),
}
Visitor = AbstractBaseUser | AnonymousUser
# who acts in the audit where a command was given on the server; no account may have this name
COMMAND_LINE = "命令行"
LONGEST_NAME, LONGEST_FULL_NAME, LONGEST_ORGAN = 150, 64, 128
LONGEST_TOKEN_NAME = 32
_FAULTS_OF_PASSWORDS = {
    "password_too_short": "密码不足10个字符",
    "password_entirely_numeric": "密码只有数字",
    "password_too_common": "密码太常见",
    "password_too_similar": "密码和账号、姓名或者邮箱太相近",
}


def role_held(user: User) -> Role | None:
    """The role of an account, active or not; None for an account without a role."""
    names = {group.name for group in user.groups.all()}
    return next((role for role in Role if role.value in names), None)


def role_of(user: Visitor) -> Role | None:
    """The role in which an account may act; None for visitors, inactive accounts and accounts without a role."""
    return role_held(user) if isinstance(user, User) and user.is_active else None


def may(user: Visitor, action: Action) -> bool:
    """Whether the role of an account permits an action, whatever item it concerns."""
    role = role_of(user)
    return role is not None and action in PERMISSIONS[role]


def visible(user: Visitor) -> "QuerySet[Item]":
    """The items that an account may see: all of them for staff; for an issuer, those it issued, submitted, handed in a version of, or got a review of.

    What another account handed in for the organ that the issuer belongs to counts too; an organ that an account left since keeps it.
    """
    role = role_of(user)
    if role is None or not isinstance(user, User):
        return Item.objects.none()
    if role is not Role.ISSUER:
        return Item.objects.all()
    member = Member.objects.filter(user=user).first()
    handed_in = Paper.objects.filter(job__by=user, job__material="").exclude(item=None)
    own = Q(owner=user) | Q(pk__in=handed_in.values("item"))
    if member and member.organ:
        # what was sent to it stays with it also where a version of another organ was taken up since
        earlier = Release.objects.filter(taken_back=False).exclude(version=F("item__current"))
        sent = earlier.annotate(named=Cast(KeyTextTransform("issuers", "opinion__basis"), TextField())).filter(
            _among("named", member.organ)
        )
        colleagues = Paper.objects.filter(job__by_organ=member.organ, job__material="").exclude(item=None)
        own |= _among("issuers", member.organ) | Q(pk__in=sent.values("item")) | Q(pk__in=colleagues.values("item"))
    return Item.objects.filter(own)


def _among(field: str, organ: str) -> Q:
    """Whether an organ is among those in a field, which are separated by 、."""
    inside = Q(**{f"{field}__startswith": f"{organ}、"}) | Q(**{f"{field}__endswith": f"、{organ}"})
    return Q(**{field: organ}) | inside | Q(**{f"{field}__contains": f"、{organ}、"})


def faults_of_password(password: str, user: User) -> list[str]:
    """What is wrong with a password for an account (saved or not), in Chinese without full stops; [] for a good one."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return [_FAULTS_OF_PASSWORDS.get(str(one.code), "；".join(one.messages)) for one in error.error_list]
    return []


def check_password(password: str, user: User) -> None:
    """Raises `UsageError` for a password that is too weak for an account."""
    faults = faults_of_password(password, user)
    if faults:
        raise UsageError("；".join(faults), remedy="请换一个密码：至少10个字符，不能只有数字，不能是常见密码")


def check_role(role: str) -> None:
    """Raises `UsageError` for a role that there is not, or none."""
    if role not in set(Role):
        known = f"角色有：{'、'.join(Role)}"
        raise UsageError(f"没有“{role}”这个角色" if role else "没有选择角色", remedy=known)


def add_user(name: str, password: str, role: str, *, organ: str = "", full_name: str = "") -> User:
    """Creates an account in a role.

    Raises `UsageError` for a name that is taken or that cannot be one, an unknown role, a text that is too long or a weak password.
    """
    user = User(username=User.normalize_username(name.strip()), first_name=full_name.strip())
    _check_name(user.username)
    check_role(role)
    check_texts(user.first_name, organ)
    check_password(password, user)
    user.set_password(password)
    with transaction.atomic():
        user.save()
        user.groups.add(Group.objects.get_or_create(name=role)[0])
        Member.objects.create(user=user, organ=organ.strip())
    return user


def _check_name(name: str) -> None:
    if not name:
        raise UsageError("没有填写账号", remedy="账号用于登录，例如姓名的拼音")
    try:
        UnicodeUsernameValidator()(name)
    except ValidationError as error:
        raise UsageError(f"“{name}”不能作账号", remedy="账号只用汉字、字母、数字和@ . + - _，中间不留空格") from error
    _check_text("账号", name, LONGEST_NAME)
    if name == COMMAND_LINE or User.objects.filter(username__iexact=name).exists():
        raise UsageError(f"账号“{name}”已经存在", remedy="请换一个账号名；只有大小写不同的也算相同")


def check_texts(full_name: str, organ: str) -> None:
    """Raises `UsageError` for a full name or an organ that cannot be kept: too long, or with control characters."""
    _check_text("姓名", full_name, LONGEST_FULL_NAME)
    _check_text("机关", organ, LONGEST_ORGAN)


def _check_text(title: str, text: str, longest: int) -> None:
    if len(text) > longest:
        raise UsageError(f"{title}太长（{len(text)}个字）", remedy=f"请写得短一些，最多{longest}个字")
    if any(ord(character) < ord(" ") for character in text):
        raise UsageError(f"{title}里有换行或者其他控制字符", remedy="请重新输入，不要从别处粘贴")


def make_token(user: User, name: str) -> str:
    """Creates a token for a program and returns it; only its SHA-256 is stored. Raises `UsageError` for a blank name and one that cannot be kept."""
    name = name.strip()
    if not name:
        raise UsageError("令牌没有名称", remedy="请写明给哪个程序用")
    _check_text("令牌的名称", name, LONGEST_TOKEN_NAME)
    token = secrets.token_urlsafe(32)
    Token.objects.create(user=user, name=name, digest=hashlib.sha256(token.encode()).hexdigest())
    note(user.username, "令牌", None, f"新建“{name}”")
    return token


def holder_of_token(token: str) -> Token | None:
    """The token with its active user, None for one that is unknown or revoked; nothing is noted."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    found = Token.objects.select_related("user").prefetch_related("user__groups")
    return found.filter(digest=digest, revoked=False, user__is_active=True).first()


def user_of_token(token: str) -> User | None:
    """The active user that a token acts for, None for a token that is unknown or revoked. Notes the time of use."""
    found = holder_of_token(token)
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
