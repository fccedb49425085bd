"""`pipeline.analyze`: one file to one dossier, from a path or bytes."""

from datetime import date, datetime
from pathlib import Path

import pytest

from corpora.make_samples import SAMPLES
from pipeline import analyze
from pipeline.errors import UnreadableFile, UsageError
from pipeline.ingest import read_text

AS_OF = date(2026, 11, 22)
FARMHOUSE = SAMPLES / "01农家乐管理办法.txt"


def test_a_path_and_its_bytes_give_the_same_dossier() -> None:
    by_path = analyze(FARMHOUSE, as_of=AS_OF, place="湖南")
    by_bytes = analyze(FARMHOUSE.read_bytes(), name=str(FARMHOUSE), as_of=AS_OF, place="湖南")
    assert by_path == by_bytes == analyze(str(FARMHOUSE), as_of=AS_OF, place="湖南")
    assert by_path.document.masthead.number and by_path.document.masthead.number.value == "临政发〔2025〕12号"


def test_evidence_is_cut_from_the_text_by_its_span() -> None:
    dossier = analyze(FARMHOUSE, as_of=AS_OF)
    evidence = [dossier.source.text[f.evidence.start : f.evidence.end] for f in dossier.assessment.findings]
    assert evidence and all(evidence)


def test_bytes_without_a_name_get_a_default_name() -> None:
    assert analyze("关于采砂的通知".encode()).source.name == "未命名文件"


def test_an_archive_is_refused_with_a_remedy() -> None:
    with pytest.raises(UnreadableFile, match=r"多件文件.*qinggui triage"):
        analyze(SAMPLES / "15打包报送.zip")


def test_an_unreadable_file_raises_with_a_reason_in_chinese(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="空"):
        analyze(SAMPLES / "16空文件.txt")
    with pytest.raises(UsageError, match="请检查路径"):
        analyze(tmp_path / "没有.docx")


def test_a_time_stands_for_its_day() -> None:
    assert analyze(FARMHOUSE, as_of=datetime(2026, 11, 22, 9, 30)).assessment.as_of == AS_OF


def test_a_path_that_no_system_has_or_a_folder_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="路径"):
        analyze("甲\0乙.txt")
    with pytest.raises(UsageError, match="不是文件"):
        analyze(tmp_path)


def test_half_a_surrogate_pair_is_shown_as_unreadable() -> None:
    text = read_text("文件.txt", "关于采砂的通知\ud929\n各乡镇人民政府：").text
    assert text.startswith("关于采砂的通知\ufffd\n") and text.encode()
