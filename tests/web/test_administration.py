"""Accounts, corrections that survive a new analysis, duplicates and their handling, comparison with the law library."""

from datetime import date, timedelta
from pathlib import Path

from django.contrib.auth.models import User

from corpora import papers
from pipeline.cli.desk import decisions
from pipeline.home import home_folder
from pipeline.ingest.laws import load_laws
from pipeline.law.library import FILE, Library
from pipeline.review.decisions import training_export, workflow
from pipeline.review.models import AuditEntry, Item, JobState, Member, Version
from pipeline.review.queue.store import QueueWriter
from pipeline.web.administration import _expiring
from pipeline.worker import compare, process_job
from tests.builders import examined
from tests.web.conftest import PASSWORD, client
from tests.web.test_desk import numbered, upload


def test_an_administrator_creates_and_deactivates_accounts_and_switches_blind_samples(people: dict[str, User]) -> None:
    User.objects.filter(username="xin").delete()
    browser = client(people, "管理员")
    form = {"name": "xin", "full_name": "新某", "role": "审查员", "password": PASSWORD}
    assert browser.post("/people", form).status_code == 302
    user = User.objects.get(username="xin")
    assert "新某" in browser.get("/people").content.decode()
    assert browser.post("/people", form).status_code == 400
    for what in ("blind", "stop", "start", "open"):
        assert browser.post(f"/people/{user.pk}", {"what": what}).status_code == 302
        user.refresh_from_db()
        assert user.is_active == (what != "stop")
        assert Member.objects.get(user=user).blind == (what != "open")
    assert browser.post(f"/people/{user.pk}", {"what": "x"}).status_code == 400
    assert AuditEntry.objects.filter(what="账号", detail="停用xin").exists()


def test_kind_and_place_are_not_corrected_to_what_they_are(people: dict[str, User], item: Item) -> None:
    form = {"field": "kind", "kind": item.kind, "place": item.place}
    refused = client(people, "审查员").post(f"/items/{item.pk}/correct", form)
    assert refused.status_code == 400 and "类别和地区没有变化" in refused.content.decode()
    assert not AuditEntry.objects.filter(what="更正", item=item.pk).exists()


def test_a_correction_survives_a_new_analysis_and_is_exported_for_training(
    people: dict[str, User], item: Item, tmp_path: Path
) -> None:
    browser = client(people, "审查员")
    for field, value in (("title", "更正后的题名"), ("made", "2020-05-06"), ("expires", "2031-01-01")):
        assert browser.post(f"/items/{item.pk}/correct", {"field": field, "value": value}).status_code == 302
    bad = browser.post(f"/items/{item.pk}/correct", {"field": "made", "value": "去年"})
    assert bad.status_code == 400 and "读不出日期" in bad.content.decode()
    data = "\n".join(papers.FARMHOUSE).encode()
    QueueWriter(home_folder(), "test-2").put(examined(data, "农家乐.txt"), data, None)
    item.refresh_from_db()
    assert (item.title, item.year, str(item.expires)) == ("更正后的题名", 2020, "2031-01-01")
    assert item.pk in {found.pk for found in desk_search("更正后的")}
    line, text = next(pair for pair in training_export.corrected() if pair[0]["id"] == f"desk-{item.pk}")
    assert (line["title"], line["made"]) == ("更正后的题名", "2020-05-06") and text == item.current.text  # type: ignore[union-attr]
    decisions(tmp_path / "a.jsonl", tmp_path / "gold")
    assert "更正后的题名" in (tmp_path / "gold" / "corrections.jsonl").read_text(encoding="utf-8")


def desk_search(word: str) -> list[Item]:
    from pipeline.review.search.index import with_words

    return list(with_words(Item.objects.all(), word, whole=False))


def test_a_possible_duplicate_waits_for_a_choice_which_is_carried_out(people: dict[str, User]) -> None:
    browser, text = client(people, "审查员"), numbered(902)
    first = upload(browser, "甲版.txt", text.encode())
    kept = Item.objects.filter(owner=people["审查员"]).order_by("-id")[0]
    assert first.state == JobState.DONE
    job = upload(browser, "乙版.txt", text.encode())
    (paper,) = job.papers.all()
    assert job.state == JobState.CHOICE and paper.rival == kept and "内容相同" in paper.message
    assert "只作关联" in browser.get("/jobs").content.decode()
    assert browser.post(f"/papers/{paper.pk}/choose", {"choice": "随便"}).status_code == 400
    browser.post(f"/papers/{paper.pk}/choose", {"choice": "关联"})
    job.refresh_from_db()
    process_job(job)
    assert job.state == JobState.DONE and kept.occurrences.filter(name="wang/乙版.txt").exists()

    for name, choice in (("丁版.txt", "不收"), ("戊版.txt", "另立")):
        job = upload(browser, name, text.encode())
        browser.post(f"/papers/{job.papers.get().pk}/choose", {"choice": choice})
        job.refresh_from_db()
        process_job(job)
        assert job.state == JobState.DONE
    assert not Item.objects.filter(name="wang/丁版.txt").exists()
    assert Item.objects.filter(name="wang/戊版.txt").exists()


def test_an_issuer_does_not_learn_of_a_duplicate_that_it_may_not_see(people: dict[str, User]) -> None:
    text = numbered(903)
    upload(client(people, "审查员"), "己版.txt", text.encode())
    Item.objects.filter(name="wang/己版.txt").update(issuers="长河县人民政府")
    job = upload(client(people, "制定机关"), "庚版.txt", text.encode())
    assert job.state == JobState.DONE and Item.objects.filter(name="shui/庚版.txt", owner=people["制定机关"]).exists()


def test_alarms_get_the_closest_articles_of_the_loaded_laws(
    people: dict[str, User], item: Item, tmp_path: Path
) -> None:
    law = tmp_path / "law.md"
    law.write_text(
        "# 农家乐管理条例\n\n第九条 开办农家乐的，应当报所在乡镇人民政府备案后方可营业。\n", encoding="utf-8"
    )
    library = Library(tmp_path)
    load_laws(library, [law])
    assert (tmp_path / FILE).exists() and item.current
    compare(item.current, library, library.stamp())
    version = Version.objects.get(pk=item.current.pk)
    assert version.library.startswith("1部1条")
    alarm = next(f for f in workflow.open_alarms(item) if f.key in version.neighbours)
    assert version.neighbours[alarm.key][0]["law"] == "农家乐管理条例"
    page = client(people, "主审").get(f"/items/{item.pk}/").content.decode()
    assert "上位法比对" in page and "<del>" in page and "<ins>" in page


def test_a_document_with_two_cases_on_one_file_expires_once(people: dict[str, User], item: Item) -> None:
    soon = date.today() + timedelta(days=40)
    assert item.current is not None
    Item.objects.filter(pk=item.pk).update(kind="备案", expires=soon)
    other = Item.objects.create(name="x", title=item.title, kind="清理", expires=soon, risk_parts=[])
    version = Version.objects.create(
        item=other, sequence=1, original=item.current.original, text="", dossier={}, as_of=soon, engine="x"
    )
    Item.objects.filter(pk=other.pk).update(current=version)
    try:
        both = Item.objects.filter(pk__in=(item.pk, other.pk))
        assert [one.pk for one in _expiring(both, date.today())] == [item.pk]
        assert client(people, "主审").get("/board").status_code == 200
    finally:
        Item.objects.filter(pk=other.pk).update(current=None)
        version.delete()
        other.delete()
