"""`qinggui doctor` reports the Chinese fonts for rendering pages, and the remedy if there is none."""

from pathlib import Path

import pytest

from pipeline import converter, isolation
from pipeline.classify import model
from pipeline.cli import doctor
from pipeline.law.library import FILE, Library
from pipeline.law.library_update import update
from pipeline.review import fonts
from tests.law import data_packages


def lines(monkeypatch: pytest.MonkeyPatch, pdf: str | None, office: str | None) -> dict[str, doctor.Line]:
    monkeypatch.setattr(fonts, "pdf_font", lambda: pdf)
    monkeypatch.setattr(fonts, "office_font", lambda: office)
    monkeypatch.setattr(converter, "office_program", lambda: "soffice")
    return {line.name: line for line in doctor.check_up() if "中文字体" in line.name}


def test_a_missing_font_is_reported_with_a_remedy_and_is_optional(monkeypatch: pytest.MonkeyPatch) -> None:
    by_name = lines(monkeypatch, None, None)
    for name in ("pdf版面的中文字体", "Word等版面的中文字体"):
        line = by_name[name]
        assert not line.fine and line.optional and line.state == "没有找到"
        assert "方框" in line.remedy and "apt-get install fonts-noto-cjk" in line.remedy and "Windows" in line.remedy


def test_an_installed_font_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    by_name = lines(monkeypatch, "Noto Serif CJK SC", "SimSun")
    assert by_name["pdf版面的中文字体"] == doctor.Line("pdf版面的中文字体", "Noto Serif CJK SC", True, True)
    assert by_name["Word等版面的中文字体"].state == "SimSun" and not by_name["Word等版面的中文字体"].remedy


def test_formats_rendered_by_the_browser_need_no_font(monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = (line for name, line in lines(monkeypatch, None, None).items() if "OFD" in name)
    assert line.fine and "docx" in line.name and "不需要" in line.state


def test_without_libreoffice_its_font_is_not_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "pdf_font", lambda: "Noto")
    monkeypatch.setattr(converter, "office_program", lambda: None)
    assert not [line for line in doctor.check_up() if line.name.startswith("Word等版面")]


@pytest.mark.parametrize("found", [*isolation.Protection, None])
def test_the_protection_of_conversions_is_told(
    monkeypatch: pytest.MonkeyPatch, found: isolation.Protection | None
) -> None:
    lines(monkeypatch, None, None)
    monkeypatch.setattr(isolation, "protection", lambda: found)
    (line,) = (line for line in doctor.check_up() if "隔离" in line.name)
    assert line.optional and line.fine == (found is not None)
    assert str(found) in line.state if found else "bubblewrap" in line.remedy


def test_a_model_that_cannot_be_used_is_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    by_name = {line.name: line for line in doctor.check_up()}
    assert by_name["审查模型"].fine
    (tmp_path / model.FILE).write_bytes(b"x")
    monkeypatch.setattr(model, "model_folder", lambda: tmp_path)
    model.load_model.cache_clear()
    try:
        line = {line.name: line for line in doctor.check_up()}["审查模型"]
    finally:
        model.load_model.cache_clear()
    assert not line.fine and not line.optional and "审查模型文件" in line.state and "qinggui train" in line.remedy


def test_the_law_library_is_told_with_the_way_to_fill_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QINGGUI_HOME", str(tmp_path / "home"))
    monkeypatch.syspath_prepend(data_packages.install(tmp_path / "site"))
    line = doctor._laws()
    assert not line.fine and line.optional and line.remedy == "qinggui laws update"
    update(Library(tmp_path / "home"))
    filled = doctor._laws()
    assert filled.fine and filled.state.startswith("11部") and not filled.remedy
    (tmp_path / "home" / FILE).write_bytes(b"no database, only some words that fill a page" * 50)
    assert doctor._laws().state == "不能打开"
