"""异议: its letters have kinds of material of their own, and the documents tell who they came from."""

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile

from pipeline.errors import UsageError
from pipeline.review.models import Item, Job, Kind, Material, MaterialKind, Original, material_kinds
from pipeline.review.queue.uploads import Purpose
from tests.review.output.test_forms import written
from tests.review.output.test_kinds import of_kind
from tests.web.conftest import client

LETTERS = {"异议申请书", "制定机关的书面答复"}


@pytest.fixture
def objection(item: Item, people: dict[str, User]) -> Item:
    """An objection about a document that its issuer had handed in, with both letters, put in by a reviewer."""
    Item.objects.filter(pk=item.pk).update(owner=people["制定机关"])
    original = Original.objects.get_or_create(digest="e" * 64, defaults={"size": 1, "first_name": "x"})[0]
    for kind in (MaterialKind.APPLICATION, MaterialKind.WRITTEN_ANSWER, MaterialKind.OTHER):
        Material.objects.create(
            item=item,
            kind=kind,
            name=f"{kind}.pdf",
            original=original,
            by="wang先生",
            account=people["审查员"].username,
        )
    return of_kind(item, Kind.OBJECTION)


def test_letters_of_an_objection_are_never_papers_of_the_reviewing_office(objection: Item) -> None:
    listed = "案中的材料：异议申请书（异议申请.pdf）；制定机关的书面答复（书面答复.pdf）。"
    record = written(objection, "record")
    assert listed in record and "审查机关补充的材料：其他材料（其他.pdf）。" in record
    text = written(objection, "objection")
    assert listed in text and "其他.pdf" not in text


def test_an_answer_that_was_handed_in_is_told_and_its_content_left_open(objection: Item) -> None:
    assert "制定机关提交了书面答复（书面答复.pdf），内容：（待填写）。" in written(objection, "objection")
    objection.materials.all().delete()
    assert "制定机关的答复：（待填写）。" in written(objection, "objection")


@pytest.mark.parametrize("kind", Kind.values)
def test_only_objections_have_these_letters_and_an_issuer_hands_in_no_application(kind: str) -> None:
    names = {name for _, name in material_kinds(kind)}
    assert names & LETTERS == (LETTERS if kind == Kind.OBJECTION else set())
    assert "异议申请书" not in dict(material_kinds(kind, issuer=True)).values()


def test_other_cases_refuse_such_a_letter_and_the_page_offers_it_for_objections(
    item: Item, people: dict[str, User]
) -> None:
    with pytest.raises(UsageError, match="这类案件没有“异议申请”这种材料"):
        Purpose(Kind.FILED, case=item, material=MaterialKind.APPLICATION).check()
    found = of_kind(item, Kind.OBJECTION)
    reviewer = client(people, "审查员")
    for address in (f"/items/{found.pk}/", f"/upload?case={found.pk}"):
        assert "异议申请书" in reviewer.get(address).content.decode()
    letter = SimpleUploadedFile("申请.txt", "异议申请书".encode())
    reviewer.post("/upload", {"case": str(found.pk), "material": "异议申请", "files": letter})
    assert Job.objects.get(case=found).material == MaterialKind.APPLICATION
    Job.objects.filter(case=found).delete()
