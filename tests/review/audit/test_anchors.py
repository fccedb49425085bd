"""Anchors of the audit: kept in the home folder, exported, mailed once a day, and compared by every verification."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core import mail

from pipeline.errors import UsageError
from pipeline.review.audit import anchors
from pipeline.review.audit.chain import note
from pipeline.review.audit.verification import examine
from pipeline.review.connection import connect
from pipeline.review.models import AuditEntry
from tests.conftest import ROOT


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder for anchors; the audit is that of all tests."""
    connect("pipeline.web.settings")
    note("wang", "查看")
    return tmp_path


def test_anchors_are_appended_and_verified(home: Path) -> None:
    first = anchors.take_anchor(home)
    note("wang", "查看")
    second = anchors.take_anchor(home)
    kept = anchors.kept_anchors(home)
    assert kept.anchors == (first, second) and not kept.remarks
    assert not examine(kept.anchors).faults


def test_a_torn_line_is_told_and_swallows_no_anchor_after_it(home: Path) -> None:
    file = home / anchors.FILE
    file.write_bytes(b'{"number": 7, "dig')
    made = anchors.take_anchor(home)
    kept = anchors.kept_anchors(home)
    assert kept.anchors == (made,) and "1行不完整" in kept.remarks[0]


def test_anchors_of_another_database_are_told_and_not_compared(home: Path) -> None:
    anchors.take_anchor(home)
    file = home / anchors.FILE
    file.write_text(file.read_text(encoding="utf-8").replace('"sqlite"', '"postgresql db:5432/alt"'), encoding="utf-8")
    kept = anchors.kept_anchors(home)
    assert not kept.anchors and "另一个数据库" in kept.remarks[0]


def test_an_exported_anchor_is_read_again_and_other_files_are_refused(home: Path) -> None:
    made = anchors.take_anchor(home)
    anchors.export_anchor(made, home / "锚点.json")
    assert anchors.read_anchor(home / "锚点.json") == [made]
    for content in ("", "{}", '{"number": "x"}', '{"number": 1}\nnoch etwas'):
        (home / "falsch.json").write_text(content, encoding="utf-8")
        with pytest.raises(UsageError, match="不是审计锚点"):
            anchors.read_anchor(home / "falsch.json")
    with pytest.raises(UsageError, match="无法读取"):
        anchors.read_anchor(home / "没有.json")


def test_one_anchor_a_day_is_taken(home: Path) -> None:
    assert anchors.anchor_daily(home, "") is not None
    note("wang", "查看")
    assert anchors.anchor_daily(home, "") is None
    assert len(anchors.kept_anchors(home).anchors) == 1


def test_the_anchor_of_the_day_is_mailed_once_and_again_after_a_failure(
    home: Path, settings_with_mail: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError("no server")

    with monkeypatch.context() as broken:
        broken.setattr(anchors, "mail_anchor", refused)
        assert anchors.anchor_daily(home, "er@example.gov.cn") is not None
    made = anchors.anchor_daily(home, "er@example.gov.cn")
    assert made is not None and anchors.anchor_daily(home, "er@example.gov.cn") is None
    (sent,) = mail.outbox
    assert sent.to == ["er@example.gov.cn"] and made.digest in sent.body and "audit verify --anchor" in sent.body
    assert AuditEntry.objects.filter(what="锚定", detail__contains="er@example.gov.cn").count() == 1


@pytest.fixture
def settings_with_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings

    AuditEntry.objects.filter(what="锚定").update(what="锚定过")
    monkeypatch.setattr(settings, "EMAIL_HOST", "mail.example.gov.cn")
    monkeypatch.setattr(settings, "EMAIL_BACKEND", "django.core.mail.backends.locmem.EmailBackend")
    mail.outbox = []  # type: ignore[attr-defined]


def test_the_commands_print_export_and_verify(tmp_path: Path) -> None:
    settings = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    settings |= {"QINGGUI_HOME": str(tmp_path / "home"), "QINGGUI_PASSWORD": "ceshi-mima-2026"}

    def qinggui(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pipeline", *words]
        return subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=False)

    added = qinggui("user", "add", "wang", "--role", "审查员")
    assert added.returncode == 0, added.stderr
    made = qinggui("audit", "anchor", "--out", str(tmp_path / "a.json"))
    assert made.returncode == 0 and "清规审计锚点" in made.stdout and "已导出" in made.stdout, made.stderr
    assert "没有配置邮件服务器" in qinggui("audit", "anchor", "--mail", "a@b.cn").stderr
    verified = qinggui("audit", "verify", "--anchor", str(tmp_path / "a.json"))
    assert verified.returncode == 0 and "核对锚点3个，哈希链完整" in verified.stdout, verified.stderr
    cut = (
        "import django; django.setup(); from pipeline.review.models import AuditEntry as E, AuditHead as H;"
        "E.objects.all().delete(); H.objects.update(number=0, count=0, digest='0' * 64)"
    )
    settings["DJANGO_SETTINGS_MODULE"] = "pipeline.web.settings"
    subprocess.run([sys.executable, "-c", cut], cwd=ROOT, env=settings, check=True)
    broken = qinggui("audit", "verify")
    assert broken.returncode == 5 and "已经不在" in broken.stderr.replace("\n", ""), broken.stderr
