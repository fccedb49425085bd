"""Who may act on a case now, checked under a lock: what was checked stays so until the act is recorded.

Every act of a person on a case runs inside `acting`: it reads the case anew, holds its row, and refuses where the case is finished,
belongs to another person, or has another version than the one that the person saw.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.contrib.auth.models import User
from django.db import transaction

from pipeline.errors import UsageError
from pipeline.review.accounts import Role, display_name, role_of
from pipeline.review.models import LARGE_OF_CURRENT, Finding, Item, Status

# characters that no document may hold (XML 1.0), and halves of surrogate pairs
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
Check = Callable[[Item, User], None]


def clean(text: str) -> str:
    """Words of a person without characters that no document may hold, and without blanks at the edges."""
    return _UNPRINTABLE.sub("", text).strip()


def check_open(item: Item, user: User) -> None:
    """Raises `UsageError` where a person may not work on an item now: it is finished, waits to be read, or another has taken it up.

    In the first review an item belongs to the one who claimed it or to whom it was assigned; the 主审 and the 法律顾问 may always give
    their opinion. In the second review the first reader does not decide any more.
    """
    if item.status == Status.DONE:
        raise UsageError("这件已经办结", remedy="需要改动的，请主审重新打开")
    if item.status == Status.WAITING or item.current is None:
        raise UsageError("这件还没有读出内容", remedy="请待识别后再办理")
    free = role_of(user) in (Role.CHIEF, Role.COUNSEL)
    if item.status == Status.PENDING and item.assignee is not None and item.assignee != user and not free:
        raise UsageError(f"这件由{display_name(item.assignee)}承办", remedy="请先与承办人协商，或者由主审改派")
    if item.status == Status.SECOND and item.reviewed_by == user.username:
        raise UsageError("这件已送复核，初审人不再改动", remedy="需要改动的，请撤回（退回初审），或者请复核人退回")


def check_may_reopen(item: Item, user: User) -> None:
    """Raises `UsageError` where a person may not change the current version of an item: another one has it, or it is finished."""
    if item.status == Status.DONE and role_of(user) is not Role.CHIEF:
        raise UsageError("这件已经办结", remedy="换用新版本就是重新审查，请主审办理")
    if item.status == Status.PENDING and item.current is not None:
        check_open(item, user)


def check_may_correct(item: Item, user: User) -> None:
    """Raises `UsageError` where a person may not correct facts of an item: as `check_open`, but the 主审 may on a finished one."""
    if item.status == Status.WAITING or (item.status == Status.DONE and role_of(user) is Role.CHIEF):
        return
    check_open(item, user)


def refusal(check: Check, item: Item, user: User) -> str:
    """Why a check does not let a person act on an item, with the way out; "" where it does."""
    try:
        check(item, user)
    except UsageError as error:
        return f"{error.message}，{error.remedy}"
    return ""


def allows(check: Check, item: Item, user: User) -> bool:
    """Whether a check lets a person act on an item, to show or hide a form."""
    return not refusal(check, item, user)


def check_seen(finding: Finding, fingerprint: str) -> None:
    """Raises `UsageError` where a finding is not what a person saw (`fingerprint`; "" where that is not known)."""
    if fingerprint and fingerprint != finding.fingerprint:
        content = finding.content
        changed = f"由{content['amended_by']}改为" if content.get("amended_by") else "改为"
        bases = "；".join(f"《{basis['law']}》{basis['article']}" for basis in content["bases"]) or "没有依据"
        raise UsageError(
            f"您打开页面以后，这条发现已{changed}“{content['name']}”（{finding.severity}，{bases}），没有记录",
            remedy="请刷新页面，看过改动再办理",
        )


def locked(item: Item) -> Item:
    """An item read anew, its row held until the end of the transaction. Raises `UsageError` where it was merged into another."""
    found = (
        Item.objects.select_for_update(of=("self",))
        .select_related("current", "assignee", "rival")
        .defer(*LARGE_OF_CURRENT)
        .filter(pk=item.pk)
        .first()
    )
    if found is None:
        raise UsageError(f"编号{item.pk}已不在队列中，可能已作为新版本并入另一件", remedy="请回到队列查找题名")
    return found


@contextmanager
def acting(item: Item, user: User, check: Check = check_open, *, version: str = "") -> Iterator[Item]:
    """A transaction in which a person acts on an item that was read anew and checked.

    `version` is the key of the version that the person saw, "" where that does not matter. Raises `UsageError` as `check` does, and
    where another version is current now.
    """
    with transaction.atomic():
        found = locked(item)
        check(found, user)
        if version and version != str(found.current_id):
            raise UsageError("正文已有新版本，您看到的是旧的", remedy="请刷新页面，看过新版本再办理")
        yield found
