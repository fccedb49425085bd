"""我的视图: filters that a reviewer named, and how many items came that they would show and that were not looked at yet."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Max, QuerySet
from django.http import QueryDict

from pipeline.errors import UsageError
from pipeline.review.models import Item, SavedView
from pipeline.review.queue.filters import Filter

LONGEST = 500


@dataclass(frozen=True, slots=True)
class Shown:
    """A named view: its key, name, parameters, and how many new items it holds."""

    key: int
    name: str
    query: str
    fresh: int


def views_of(user: User, items: "QuerySet[Item]") -> list[Shown]:
    """The views of a user by name; new is what came among `items` since a view was last opened."""
    held = SavedView.objects.filter(user=user).order_by("name")
    return [Shown(view.pk, view.name, view.query, _fresh(view, items, user)) for view in held]


def _fresh(view: SavedView, items: "QuerySet[Item]", user: User) -> int:
    return since(view, items, user, view.seen).count()


def since(view: SavedView, items: "QuerySet[Item]", user: User, known: int) -> "QuerySet[Item]":
    """Those of `items` that a view shows its owner and that came after the item with the key `known`."""
    return Filter.of(QueryDict(view.query)).apply(items.filter(pk__gt=known), user)


def keep(user: User, name: str, query: str) -> None:
    """Keeps a view under a name; the same name again replaces it. What is there now counts as seen.

    Raises `UsageError` for a view without a name, or with a longer filter than can be kept.
    """
    name = " ".join(name.split())[:32]
    if not name:
        raise UsageError("视图没有名称", remedy="请填写名称")
    if len(query) > LONGEST:
        raise UsageError("筛选条件太长，不能存为视图", remedy=f"请减少条件，最多{LONGEST}个字符")
    SavedView.objects.update_or_create(user=user, name=name, defaults={"query": query, "seen": _latest()})


def look(user: User, key: str) -> None:
    """A view was opened: what is there now is no longer new."""
    if key.isdecimal():
        SavedView.objects.filter(user=user, pk=int(key)).update(seen=_latest())


def _latest() -> int:
    return int(Item.objects.aggregate(latest=Max("pk"))["latest"] or 0)
