"""The command `qinggui user`: accounts of the desk, added, changed, unlocked, stopped and listed on the server, and their API tokens."""

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipeline.cli import render
from pipeline.cli.options import SETTINGS
from pipeline.errors import UsageError
from pipeline.review.connection import connect

if TYPE_CHECKING:
    from django.contrib.auth.models import User

user_app = typer.Typer(help="账号：新增、修改、重设密码、解锁、停用、启用、接口令牌、列出。", no_args_is_help=True)
PASSWORD = "QINGGUI_PASSWORD"

Name = Annotated[str, typer.Argument(metavar="账号")]
RoleName = Annotated[str | None, typer.Option("--role", help="管理员、主审、审查员、法律顾问、分析员、制定机关")]
FullName = Annotated[str | None, typer.Option("--name", help="姓名，写在决定和意见书上")]
Organ = Annotated[str | None, typer.Option("--organ", help="制定机关账号所属的机关，能看到它制定的文件")]
Mail = Annotated[str | None, typer.Option("--mail", help="视图有新增时提醒到这个邮箱")]


@user_app.command("add")
def add(
    name: Name,
    role: RoleName = None,
    full_name: FullName = "",
    organ: Organ = "",
    mail: Mail = "",
    must_change: Annotated[bool, typer.Option("--must-change", help="本人第一次登录时须改密码")] = False,
) -> None:
    """新增账号；密码从环境变量QINGGUI_PASSWORD读取，没有则提示输入。"""
    connect(SETTINGS)
    from pipeline.review.account_changes import Details, open_account, warning_of_namesakes
    from pipeline.review.accounts import check_role

    role = role or _ask_role()
    check_role(role)
    details = Details(role, full_name or "", organ or "", mail or "")
    user = open_account(name, _password(), details, by=None, must_change=must_change)
    print(f"已新增{role}账号“{user.username}”")
    _say(warning_of_namesakes(user))


@user_app.command("change")
def change(
    name: Name, role: RoleName = None, full_name: FullName = None, organ: Organ = None, mail: Mail = None
) -> None:
    """修改账号的角色、姓名、机关、邮箱；没有写的选项不变，写成空的（""）为删去。"""
    user = _user(name)
    from pipeline.review.account_changes import Details, change_details, warning_of_namesakes

    before = Details.of(user)
    wanted = Details(
        role=before.role if role is None else role,
        full_name=before.full_name if full_name is None else full_name,
        organ=before.organ if organ is None else organ,
        mail=before.mail if mail is None else mail,
    )
    changed = change_details(user, wanted, by=None)
    print(f"已修改账号“{user.username}”：{'；'.join(changed)}" if changed else "没有改动")
    _say(warning_of_namesakes(user))


@user_app.command("password")
def password(
    name: Name,
    must_change: Annotated[
        bool, typer.Option("--must-change/--keep", help="本人下次登录时须改密码（缺省），或者不须改")
    ] = True,
) -> None:
    """重设密码并解除锁定；密码从环境变量QINGGUI_PASSWORD读取，没有则提示输入。"""
    user = _user(name)
    from pipeline.review.account_changes import reset_password

    reset_password(user, _password(), by=None, must_change=must_change)
    print(f"已重设账号“{user.username}”的密码" + ("，本人下次登录时须修改" if must_change else ""))


@user_app.command("unlock")
def unlock(name: Name) -> None:
    """解除连续输错密码后的锁定。"""
    user = _user(name)
    from pipeline.review.account_changes import unlock as end_lock

    print(f"已解锁账号“{name}”" if end_lock(user, by=None) else f"账号“{name}”没有锁定，不需要解锁")


@user_app.command("stop")
def stop(name: Name) -> None:
    """停用账号：不能再登录，接口令牌同时停用；已经作出的决定不变。"""
    _switch(name, "stop", "停用")


@user_app.command("start")
def start(name: Name) -> None:
    """启用停用的账号；接口令牌须重新新建。"""
    _switch(name, "start", "启用")


def _switch(name: str, what: str, label: str) -> None:
    user = _user(name)
    from pipeline.review.account_changes import change_user

    change_user(user, what, by=None)
    print(f"已{label}账号“{user.username}”")


@user_app.command("token")
def token(
    name: Name,
    program: Annotated[str, typer.Option("--for", help="给哪个程序用，写在令牌清单和审计里")],
) -> None:
    """新建接口令牌，输出到标准输出，只显示这一次；程序以这个账号的权限使用接口，停用在网页“接口令牌”。"""
    user = _user(name)
    from pipeline.review.accounts import make_token

    if not user.is_active:
        raise UsageError(f"账号“{name}”已停用", remedy=f"请先运行 qinggui user start {name}，或者换一个账号")
    print(make_token(user, program))
    render.message_console().print("请保存好：令牌只显示这一次，系统只留哈希")


@user_app.command("list")
def list_users() -> None:
    """列出全部账号：姓名、角色、机关、邮箱、状态、盲审抽样、最近登录。"""
    connect(SETTINGS)
    from django.contrib.auth.models import User

    table = Table(box=None, pad_edge=False)
    for title in ("账号", "姓名", "角色", "机关", "邮箱", "状态", "盲审抽样", "最近登录"):
        table.add_column(title, overflow="fold")
    for user in User.objects.select_related("member").prefetch_related("groups").order_by("username"):
        table.add_row(*map(escape, _cells(user)))
    Console(width=None if sys.stdout.isatty() else 200).print(table)


def _cells(user: "User") -> tuple[str, ...]:
    """The cells of an account in the list."""
    from pipeline.review.account_changes import Details, locked_until, must_change_password
    from pipeline.review.clock import local_time

    details, locked = Details.of(user), locked_until(user.username)
    states = [
        "正常" if user.is_active else "已停用",
        f"锁定到{local_time(locked)}" if locked else "",
        "须改密码" if must_change_password(user) else "",
    ]
    blind = "参加" if getattr(getattr(user, "member", None), "blind", False) else ""
    last = local_time(user.last_login) if user.last_login else "没有登录过"
    state = "，".join(filter(None, states))
    role = details.role or "没有角色"
    return user.username, details.full_name, role, details.organ, details.mail, state, blind, last


def _user(name: str) -> "User":
    """The account with a name. Raises `UsageError` where there is none."""
    connect(SETTINGS)
    from django.contrib.auth.models import User

    user = User.objects.filter(username=name).first()
    if user is None:
        raise UsageError(f"没有账号“{name}”", remedy="请用qinggui user list查看全部账号")
    return user


def _ask_role() -> str:
    """The role that the operator types. Raises `UsageError` where nobody can be asked."""
    from pipeline.review.accounts import Role

    known = "、".join(Role)
    if not sys.stdin.isatty():
        raise UsageError("没有写明角色", remedy=f"请用--role写明，例如--role 审查员；角色有：{known}")
    return str(typer.prompt(f"角色（{known}）")).strip()


def _password() -> str:
    """The password: from the environment, else typed twice. Raises `UsageError` where nobody can be asked, or the two differ."""
    preset = os.environ.get(PASSWORD)
    if preset:
        return preset
    if not sys.stdin.isatty():
        raise UsageError("没有密码", remedy=f"请设置环境变量{PASSWORD}，或者在终端里运行后输入")
    typed = str(typer.prompt("密码（至少10个字符，输入时不显示）", hide_input=True))
    if typed != typer.prompt("再输一次", hide_input=True):
        raise UsageError("两次输入的密码不一致", remedy="请重新运行命令")
    return typed


def _say(warning: str) -> None:
    if warning:
        render.message_console().print(f"注意：{escape(warning)}", style="yellow")
