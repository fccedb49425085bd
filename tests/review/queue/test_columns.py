"""Counts from the columns in memory equal those of the database, also after changes."""

import random
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db.models import Count
from django.utils import timezone

from pipeline.review.models import Item
from pipeline.review.queue.columns import columns
from pipeline.review.queue.filters import BANDS, Filter, facets


@pytest.fixture
def items(queue_home: Path) -> list[Item]:
    rng = random.Random(3)
    rows = [
        Item(
            name=f"{n}.txt", title=f"第{n}号", status=rng.choice(("待审", "已办")), genre=rng.choice(("通知", "意见", "")),
            year=rng.choice((None, 2020, 2021)), issuer=rng.choice(("甲局", "乙局")), risk=rng.randrange(0, 100),
            groups=rng.choice(("", "LIC", "FEE LIC")), marks=rng.choice(("", "有分歧", "已送达 有分歧")),
        )
        for n in range(200)
    ]  # fmt: skip
    Item.objects.bulk_create(rows)
    return list(Item.objects.order_by("pk"))


def counts_of_the_database(column: str, chosen: Filter) -> dict[str, int]:
    rows = chosen.apply(Item.objects.all(), None).values_list(column).annotate(n=Count("id"))
    return {str(value): count for value, count in rows if value not in (None, "")}


@pytest.mark.parametrize(
    "chosen",
    [Filter(), Filter(status="待审"), Filter(band="高", genre="通知"), Filter(group="FEE"), Filter(mark="已送达")],
)
def test_counts_agree_with_the_database(items: list[Item], chosen: Filter) -> None:
    counts = facets(Item.objects.all(), chosen, None)
    for name in ("status", "genre", "year", "issuer"):
        if not getattr(chosen, name):
            assert dict(counts[name]) == counts_of_the_database(name, chosen)
    if not chosen.band:
        for name, low, high in BANDS:
            found = chosen.apply(Item.objects.all(), None).filter(risk__gte=low, risk__lt=high).count()
            assert dict(counts["band"])[name] == found
    if not chosen.group:
        fees = chosen.apply(Item.objects.all(), None).filter(groups__contains="FEE").count()
        assert dict(counts["group"]).get("FEE", 0) == fees
    if not chosen.mark:
        disputed = chosen.apply(Item.objects.all(), None).filter(marks__contains="有分歧").count()
        assert dict(counts["mark"]).get("有分歧", 0) == disputed


def test_changed_new_and_deleted_items_are_counted(items: list[Item]) -> None:
    assert len(columns().keys) == 200
    Item.objects.filter(pk__in=[item.pk for item in items[:30]]).update(genre="办法", updated=timezone.now())
    Item.objects.create(name="new.txt", genre="办法")
    assert dict(columns().counts("genre", columns().equal("genre", "办法"))) == {"办法": 31}
    items[0].delete()
    Item.objects.create(name="newer.txt", genre="办法")
    found = columns()
    assert len(found.keys) == 201 and set(found.keys) == set(Item.objects.values_list("pk", flat=True))


def test_search_words_and_assignees_restrict_the_counts(items: list[Item]) -> None:
    from pipeline.review.search.index import index_heads

    index_heads(items)
    user = User.objects.filter(username="zhao").first() or User.objects.create_user("zhao")
    Item.objects.filter(pk__in=[item.pk for item in items[:7]]).update(assignee=user, updated=timezone.now())
    counts = facets(Item.objects.all(), Filter(q="第1"), None)
    wanted = Item.objects.filter(title__contains="第1").count()
    assert sum(count for _, count in counts["band"]) == wanted
    mine = facets(Item.objects.all(), Filter(mine="1"), user)
    assert dict(mine["reviewer"]) == {"zhao": 7}
