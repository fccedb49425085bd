"""提醒: new items in saved views, mailed once to the owners of the views; programs read the same list.

Each view stores the highest item number that its owner was notified of (`notified`), separately from the highest one at the
time the view was last opened (`seen`); only items above both are new. Mail is sent only where QINGGUI_MAIL names a server
and the account has an address; a mail that could not be sent is tried again the next time.
"""

import smtplib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email

from pipeline.errors import UsageError
from pipeline.review.accounts import visible
from pipeline.review.audit.chain import note
from pipeline.review.models import Item, SavedView
from pipeline.review.queue.saved_views import items_since

LISTED = 20


@dataclass(frozen=True, slots=True)
class News:
    """The new items of a view: the `LISTED` riskiest ones, the number of all, and the highest item number (`latest`)."""

    view: SavedView
    items: tuple[Item, ...]
    count: int
    latest: int

    @property
    def words(self) -> str:
        """The new items as Chinese lines of a mail."""
        lines = [f"“{self.view.name}”新增{self.count}件："]
        lines += [f"  编号{item.pk}  风险{item.risk}  {item.title or item.name}{item.number and f'（{item.number}）'}{_link(item)}" for item in self.items]  # fmt: skip
        if self.count > len(self.items):
            lines.append(f"  ……其余{self.count - len(self.items)}件请在审查台查看")
        return "\n".join(lines)


def _link(item: Item) -> str:
    return f"\n    {settings.DESK_ADDRESS}/items/{item.pk}/" if settings.DESK_ADDRESS else ""


def news_of(view: SavedView) -> News | None:
    """The new items of a view among those that its owner may see, None where there are none."""
    found = items_since(view, visible(view.user), view.user, max(view.seen, view.notified))
    keys = list(found.order_by("-pk").values_list("pk", flat=True))
    if not keys:
        return None
    shown = found.order_by("-risk", "pk")[:LISTED]
    return News(view, tuple(shown), len(keys), keys[0])


def news() -> Iterator[News]:
    """Yields the new items of all views of active accounts, ordered by account and name of the view."""
    views = SavedView.objects.filter(user__is_active=True).select_related("user").order_by("user_id", "name")
    return (found for found in map(news_of, views) if found is not None)


def send() -> tuple[list[str], list[str]]:
    """Mails new items, one mail per account.

    Returns the names of the accounts that were mailed, and a Chinese message for each account that was not (no address, mail
    not accepted). Raises `UsageError` where no mail server is configured.
    """
    if not settings.EMAIL_HOST:
        raise UsageError("没有配置邮件服务器", remedy="请设置环境变量QINGGUI_MAIL，例如smtp://用户:密码@主机:25")
    sent, faults = [], []
    for user, group in groupby(news(), key=lambda found: found.view.user):
        found = list(group)
        if not user.email:
            faults.append(f"账号“{user.username}”没有邮箱，{sum(one.count for one in found)}件没有提醒")
            continue
        mine = [one for one in found if _claim(one)]
        try:
            if mine:
                _message(user, mine).send()
                note(user.username, "提醒", None, f"邮件，{sum(one.count for one in mine)}件")
                sent.append(user.username)
        except (OSError, smtplib.SMTPException) as error:
            for one in mine:
                SavedView.objects.filter(pk=one.view.pk).update(notified=one.view.notified)
            faults.append(f"给账号“{user.username}”的邮件没有发出（{error}），下次再发")
    return sent, faults


def _claim(one: News) -> bool:
    """Marks new items as notified; False where another worker has done so meanwhile."""
    return SavedView.objects.filter(pk=one.view.pk, notified=one.view.notified).update(notified=one.latest) == 1


def _message(user: User, found: Sequence[News]) -> EmailMessage:
    count = sum(one.count for one in found)
    names = "、".join(f"“{one.view.name}”" for one in found)
    body = (
        "\n\n".join(one.words for one in found)
        + "\n\n这是清规审查台按您保存的视图发出的提醒；不再需要的，请在审查台删去该视图。\n"
    )
    return EmailMessage(f"清规：{names}新增{count}件", body, settings.DEFAULT_FROM_EMAIL, [user.email])


def set_address(user: User, address: str) -> None:
    """Sets the mail address of an account, "" for none. Raises `UsageError` for an invalid address."""
    try:
        if address:
            validate_email(address)
    except ValidationError as error:
        raise UsageError(f"“{address}”不是邮箱地址", remedy="请写完整的邮箱地址，例如li@example.gov.cn") from error
    user.email = address
    user.save(update_fields=["email"])
