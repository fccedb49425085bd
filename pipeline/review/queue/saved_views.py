"""我的视图: filters saved under a name, with the number of items that came in since the view was last opened."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Max, QuerySet
from django.http import QueryDict

from pipeline.errors import UsageError
from pipeline.review.models import Item, SavedView
from pipeline.review.queue.filters import Filter

LONGEST = 500


@dataclass(frozen=True, slots=True)
class ViewSummary:
    """A saved view: its key, name, query string, and the number of new items (`fresh`)."""

    key: int
    name: str
    query: str
    fresh: int


def views_of(user: User, items: "QuerySet[Item]") -> list[ViewSummary]:
    """The views of a user, by name, with the number of `items` that are new since each was last opened."""
    views = SavedView.objects.filter(user=user).order_by("name")
    return [ViewSummary(view.pk, view.name, view.query, _fresh(view, items, user)) for view in views]


def _fresh(view: SavedView, items: "QuerySet[Item]", user: User) -> int:
    return items_since(view, items, user, view.seen).count()


def items_since(view: SavedView, items: "QuerySet[Item]", user: User, known: int) -> "QuerySet[Item]":
    """Those of `items` that match a view of `user` and have a number above `known`."""
    return Filter.of(QueryDict(view.query)).apply(items.filter(pk__gt=known), user)


def save_view(user: User, name: str, query: str) -> None:
    """Saves a query string as a view; a view of the same name is replaced. All present items count as seen.

    Raises `UsageError` for a blank name, or for a query string of more than `LONGEST` characters.
    """
    name = " ".join(name.split())[:32]
    if not name:
        raise UsageError("视图没有名称", remedy="请填写名称")
    if len(query) > LONGEST:
        raise UsageError("筛选条件太长，不能存为视图", remedy=f"请减少条件，最多{LONGEST}个字符")
    SavedView.objects.update_or_create(user=user, name=name, defaults={"query": query, "seen": _latest()})


def mark_seen(user: User, key: str) -> None:
    """Marks all present items of a view as seen; a key that is no number is ignored."""
    if key.isdecimal():
        SavedView.objects.filter(user=user, pk=int(key)).update(seen=_latest())


def _latest() -> int:
    return int(Item.objects.aggregate(latest=Max("pk"))["latest"] or 0)
