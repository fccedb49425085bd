"""角色: who may do what at the desk."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Group, User
from django.db.models import Q, QuerySet

from pipeline.errors import UsageError
from pipeline.review.models import Item, Member


class Role(StrEnum):
    """The roles of the house; each is a group of accounts."""

    ADMIN = "管理员"
    CHIEF = "主审"
    REVIEWER = "审查员"
    COUNSEL = "法律顾问"
    ISSUER = "制定机关"


class Deed(StrEnum):
    """What can be done at the desk."""

    SEE = "查看队列"
    READ = "查看文件"
    DECIDE = "作出决定"
    FINISH = "办结"
    ASSIGN = "指派和成批处理"
    UPLOAD = "提交文件"
    EXPORT = "导出"
    AUDIT = "查看审计"
    PEOPLE = "管理账号"
    BOARD = "查看统计"


_STAFF = frozenset((Deed.SEE, Deed.READ, Deed.EXPORT, Deed.BOARD))
MAY: Mapping[Role, frozenset[Deed]] = {
    Role.ADMIN: _STAFF | {Deed.UPLOAD, Deed.ASSIGN, Deed.AUDIT, Deed.PEOPLE},
    Role.CHIEF: _STAFF | {Deed.UPLOAD, Deed.ASSIGN, Deed.DECIDE, Deed.FINISH, Deed.AUDIT},
    Role.REVIEWER: _STAFF | {Deed.UPLOAD, Deed.DECIDE, Deed.FINISH},
    Role.COUNSEL: _STAFF | {Deed.DECIDE},
    Role.ISSUER: frozenset((Deed.UPLOAD, Deed.READ)),
}
Visitor = AbstractBaseUser | AnonymousUser


def role_of(user: Visitor) -> Role | None:
    """The role of an account, None for visitors and accounts without one."""
    if not isinstance(user, User) or not user.is_active:
        return None
    names = set(user.groups.values_list("name", flat=True))
    return next((role for role in Role if role.value in names), None)


def may(user: Visitor, deed: Deed) -> bool:
    """Whether an account may do a deed at all."""
    role = role_of(user)
    return role is not None and deed in MAY[role]


def visible(user: Visitor) -> "QuerySet[Item]":
    """The items that an account may see: staff all, an issuer what it submitted or issued."""
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
    """A new account in a role. Raises `UsageError` for a name that is taken, an unknown role, a weak password."""
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


def shown_name(user: Any) -> str:
    """How an account is named to others: the full name, else the account."""
    return str(user.first_name or user.username)
