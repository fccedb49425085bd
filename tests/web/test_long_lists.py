"""An item with hundreds of findings: its page stays small, groups are folded, cut into parts and loaded when they are opened."""

import re
import time
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pipeline.review.models import Decision, Finding, Item, Version
from tests.web.conftest import client

COUNT = 600


def add_findings(item: Item, paths: list[str]) -> list[Finding]:
    """A finding for each path, like the first alarm of the item, with neighbours in the law."""
    assert item.current is not None
    like = (
        item.current.findings.filter(softened=False, severity="严重").first()
        or item.current.findings.filter(softened=False)[0]
    )
    made = [
        Finding(
            version=item.current, key=f"long{at:04}", type=like.type, severity="严重", softened=False, start=like.start,
            end=like.end, content={**like.content, "path": path},
        )
        for at, path in enumerate(paths)
    ]  # fmt: skip
    Finding.objects.bulk_create(made)
    return list(Finding.objects.filter(version=item.current, key__startswith="long").order_by("key"))


def page_of(people: dict[str, User], item: Item, query: str = "", role: str = "审查员") -> str:
    answer = client(people, role).get(f"/items/{item.pk}/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def long(item: Item) -> Iterator[Item]:
    """An item of which one article has 600 alarms."""
    made = add_findings(item, ["第九条"] * COUNT)
    Finding.objects.bulk_create(
        Finding(
            version=item.current,
            key=f"soft{at}",
            type=made[0].type,
            severity="中",
            softened=True,
            start=0,
            end=5,
            content=made[0].content,
        )
        for at in range(COUNT)
    )
    near = {
        "law": "中华人民共和国某某法",
        "article": "第三十六条",
        "verdict": "",
        "likeness": 0.7,
        "marked": "【应当】" * 150,
        "text": "应当" * 300,
    }
    Version.objects.filter(pk=item.current_id).update(neighbours={finding.key: [near] * 3 for finding in made})
    yield Item.objects.get(pk=item.pk)


def test_a_page_with_600_findings_of_one_article_is_small(people: dict[str, User], long: Item) -> None:
    browser = client(people, "审查员")
    browser.get(f"/items/{long.pk}/")
    began = time.process_time()
    text = browser.get(f"/items/{long.pk}/").content.decode()
    took = time.process_time() - began
    assert len(text.encode()) < 1_000_000
    assert took < 3, "seconds of processor time"
    assert text.count('<section class="finding') <= 60


def test_a_page_with_600_decided_findings_is_small(people: dict[str, User], long: Item) -> None:
    findings = Finding.objects.filter(version=long.current, key__startswith="long")
    Decision.objects.bulk_create(
        Decision(
            item=long,
            version=long.current,
            finding_key=key,
            verdict="成立",
            comment="没有依据",
            reviewer="wang先生",
            account="wang",
        )
        for key in findings.values_list("key", flat=True)
    )
    browser = client(people, "审查员")
    with CaptureQueriesContext(connection) as queries:
        text = browser.get(f"/items/{long.pk}/").content.decode()
    assert len(text.encode()) < 1_000_000 and f"办理记录（{COUNT}）" in text
    joined = [query["sql"] for query in queries if "review_decision" in query["sql"] and '"dossier"' in query["sql"]]
    assert not joined, "each decision with the whole dossier of its version"


def test_softened_findings_are_loaded_when_their_list_is_opened(people: dict[str, User], long: Item) -> None:
    text, browser = page_of(people, long), client(people, "审查员")
    finding = Finding.objects.get(version=long.current, key="soft7")
    assert f'id="f{finding.pk}"' not in text and f'hx-get="/items/{long.pk}/rows?softened=1"' in text
    assert f'id="f{finding.pk}"' in browser.get(f"/items/{long.pk}/rows?softened=1").content.decode()
    form = browser.get(f"/items/{long.pk}/findings/change?key=soft7").content.decode()
    assert 'name="softened" value="0"' in form and "列为发现" in form and 'name="type"' not in form
    raised = {"key": "soft7", "softened": "0", "reason": "不是转述"}
    assert browser.post(f"/items/{long.pk}/findings/change", raised).status_code == 302
    finding.refresh_from_db()
    assert not finding.softened


def rows_address(text: str, key: str) -> str:
    """The address from which the group with a finding is loaded."""
    found = re.search(rf'data-holds="[^"]*\b{key}\b[^"]*"[^>]*hx-get="([^"]+)"', text)
    assert found is not None, f"{key} is in no folded group"
    return found[1].replace("&amp;", "&")


def test_a_long_article_is_cut_into_parts_of_which_the_first_with_an_open_alarm_is_open(
    people: dict[str, User], item: Item
) -> None:
    made = add_findings(item, ["第九条"] * 95)
    browser = client(people, "审查员")
    for finding in made[:40]:
        browser.post(f"/items/{item.pk}/decide", {"key": finding.key, "verdict": "成立"})
    text = page_of(people, item)
    parts = re.findall(r'<details class="article" (open)?><summary id="s(f\d+)">第九条（(\S+?)）：(\d+)处', text)
    assert [(is_open, name, count) for is_open, _, name, count in parts] == [
        ("", "1–40", "40"), ("open", "41–80", "40"), ("", "81–95", "15"),
    ]  # fmt: skip
    assert f'id="f{made[40].pk}"' in text and f'id="f{made[0].pk}"' not in text
    answer = browser.get(rows_address(text, f"f{made[90].pk}"))
    assert answer.status_code == 200 and answer.content.decode().count('<section class="finding') == 15
    assert f'id="f{made[90].pk}"' in answer.content.decode() and "<html" not in answer.content.decode()


def test_every_finding_is_in_the_page_or_in_a_group_that_can_be_loaded(people: dict[str, User], item: Item) -> None:
    made = add_findings(item, [f"第{at // 7}条" for at in range(100)])
    browser, text = client(people, "法律顾问"), page_of(people, item, role="法律顾问")
    for finding in made:
        if f'id="f{finding.pk}"' not in text:
            loaded = browser.get(rows_address(text, f"f{finding.pk}")).content.decode()
            assert f'id="f{finding.pk}"' in loaded


def test_rows_that_changed_since_the_page_was_made_are_not_mixed_up(people: dict[str, User], long: Item) -> None:
    address = rows_address(page_of(people, long), f"f{Finding.objects.get(version=long.current, key='long0599').pk}")
    Finding.objects.filter(version=long.current, key="long0003").delete()
    answer = client(people, "审查员").get(address)
    assert answer.status_code == 400 and "刷新" in answer.content.decode()
    for wrong in ("", "?at=x&count=3", "?at=0&count=0", "?at=0"):
        assert client(people, "审查员").get(f"/items/{long.pk}/rows{wrong}").status_code == 400
    assert client(people, "审查员").get(f"/items/{long.pk}/rows?at=99999&count=5").content.decode().strip() == ""


def test_a_folded_group_says_what_is_in_it(people: dict[str, User], item: Item) -> None:
    made = add_findings(item, [*["第九条"] * 3, *["第十条"] * 12])
    browser = client(people, "审查员")
    for finding in made[:2]:
        browser.post(f"/items/{item.pk}/decide", {"key": finding.key, "verdict": "成立"})
    name = made[0].content["name"]
    swapped = browser.post(f"/items/{item.pk}/decide", {"key": made[2].key, "verdict": "需修改"}).content.decode()
    said = f"第九条：3处<small>（{name} 成立2处；{name} 需修改）"
    assert said in swapped and f'hx-swap-oob="innerHTML:#sf{made[0].pk}"' in swapped
    assert said in page_of(people, item)
    for summary in re.findall(r"<small>（(.+?)）</small></summary>", page_of(people, item)):
        assert len(summary) <= 60


def test_a_group_with_a_dispute_is_always_open(people: dict[str, User], long: Item) -> None:
    last = Finding.objects.get(version=long.current, key="long0599")
    assert "分歧" not in page_of(people, long)
    for role, verdict in (("审查员", "成立"), ("法律顾问", "不成立")):
        client(people, role).post(f"/items/{long.pk}/decide", {"key": last.key, "verdict": verdict})
    text = page_of(people, long)
    group = re.search(
        r'<details class="article" open><summary id="s(f\d+)">第九条（561–600）.*?分歧待裁定', text, re.DOTALL
    )
    assert group is not None and "有1处分歧待裁定" in text
    # beyond the rows that come with a page, it is loaded when it comes into view
    assert re.search(rf'data-holds="{group[1]} [^>]*hx-trigger="intersect once"', text)


def test_a_group_can_be_opened_by_address(people: dict[str, User], long: Item) -> None:
    last = Finding.objects.get(version=long.current, key="long0599")
    assert f'id="f{last.pk}"' not in page_of(people, long)
    count = Finding.objects.filter(version=long.current, softened=False).count()
    assert any(f'id="f{last.pk}"' in page_of(people, long, f"?open={at}") for at in range(count - 45, count))
