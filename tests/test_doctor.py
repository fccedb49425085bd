"""The check-up says which Chinese font draws pages here, and what to do where there is none."""

import pytest

from pipeline.cli import doctor
from pipeline.review import fonts


def lines(monkeypatch: pytest.MonkeyPatch, pdf: str | None, office: str | None) -> dict[str, doctor.Line]:
    monkeypatch.setattr(fonts, "pdf_font", lambda: pdf)
    monkeypatch.setattr(fonts, "office_font", lambda: office)
    monkeypatch.setattr(doctor, "office_program", lambda: "soffice")
    return {line.name: line for line in doctor.check_up("pipeline.web.settings") if "中文字体" in line.name}


def test_a_missing_font_is_named_with_the_way_out_and_spoils_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    told = lines(monkeypatch, None, None)
    for name in ("pdf版面的中文字体", "Word等版面的中文字体"):
        line = told[name]
        assert not line.fine and line.optional and line.state == "没有找到"
        assert "方框" in line.remedy and "apt-get install fonts-noto-cjk" in line.remedy and "Windows" in line.remedy


def test_a_font_that_is_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    told = lines(monkeypatch, "Noto Serif CJK SC", "SimSun")
    assert told["pdf版面的中文字体"] == doctor.Line("pdf版面的中文字体", "Noto Serif CJK SC", True, True)
    assert told["Word等版面的中文字体"].state == "SimSun" and not told["Word等版面的中文字体"].remedy


def test_what_the_reader_draws_needs_no_font_here(monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = (line for name, line in lines(monkeypatch, None, None).items() if "OFD" in name)
    assert line.fine and "docx" in line.name and "不需要" in line.state


def test_without_an_office_program_nothing_is_said_of_its_font(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "pdf_font", lambda: "Noto")
    monkeypatch.setattr(doctor, "office_program", lambda: None)
    assert not [line for line in doctor.check_up("pipeline.web.settings") if line.name.startswith("Word等版面")]
