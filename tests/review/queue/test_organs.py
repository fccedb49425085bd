"""A document of another organ is not taken up as a version without a reason."""

import pytest
from django.contrib.auth.models import User

from pipeline.errors import UsageError
from pipeline.review.models import Item
from pipeline.review.queue import versions
from pipeline.review.queue.organs import different_organs, organs_of
from tests.review.reviewed import erase
from tests.web.conftest import client


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("长河县教育局", "长河县水利局", True),
        ("长河县教育局", "长河县教育局", False),
        ("长河县教育局、长河县水利局", "长河县水利局", False),
        ("县教育局", "长河县教育局", False),
        ("", "长河县水利局", False),
        ("长河县人民政府", "长河县人民政府办公室", True),
    ],
)
def test_organs_differ_where_both_are_known_and_none_is_common(item: Item, one: str, other: str, differ: bool) -> None:
    found = different_organs(Item(pk=2, issuers=one), Item(pk=1, issuers=other))
    assert bool(found) is differ
    assert not differ or found == f"编号2是{one}的，编号1是{other}的"


def test_the_organ_that_handed_in_counts_where_the_text_names_none(people: dict[str, User]) -> None:
    issuer = people["制定机关"]
    assert organs_of(Item(owner=issuer)) == (issuer.member.organ,)
    assert organs_of(Item(owner=people["审查员"])) == ()


def test_a_version_of_another_organ_needs_a_reason_and_the_page_warns(item: Item, people: dict[str, User]) -> None:
    newcomer = Item.objects.create(name="河道.txt", title="河道办法", issuers="长河县水利局", current=None)
    first = item.current
    assert first is not None
    first.pk, first.item, first.sequence = None, newcomer, 1
    first.save()
    Item.objects.filter(pk=newcomer.pk).update(current=first)
    newcomer.refresh_from_db()
    reviewer = people["审查员"]
    versions.propose(newcomer, item.pk, reviewer)
    newcomer.refresh_from_db()
    page = client(people, "审查员")
    words = f"编号{newcomer.pk}是长河县水利局的，编号{item.pk}是"
    for address in (f"/items/{newcomer.pk}/", f"/items/{item.pk}/", f"/items/{item.pk}/versions?with={newcomer.pk}"):
        assert words in page.get(address).content.decode()
    first.name, first.submitted_by = "shuili/河道.txt", "水利局某"
    first.save()
    compared = page.get(f"/items/{item.pk}/versions?with={newcomer.pk}").content.decode()
    assert "（河道.txt，水利局某提交，" in compared and "shuili/" not in compared
    with pytest.raises(UsageError, match="两个机关都能看到"):
        versions.take_up(newcomer, reviewer, " ")
    assert Item.objects.filter(pk=newcomer.pk).exists()
    kept = versions.take_up(newcomer, reviewer, "机构改革后由水利局承接")
    assert kept.current is not None and kept.current.sequence == 2
    separate = versions.split_off(kept, reviewer, "收错了")
    erase(separate.pk)
