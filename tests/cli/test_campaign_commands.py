"""`qinggui campaign`, each command in a separate process."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.campaign.material import write_documents
from tests.conftest import ROOT


def qinggui(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    settings = {**os.environ, "QINGGUI_HOME": str(home)}
    command = [sys.executable, "-m", "pipeline", "campaign", *words]
    return subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True)


def test_a_campaign_from_beginning_to_end(tmp_path: Path) -> None:
    home, source = tmp_path / "home", write_documents(tmp_path / "in", 6)
    (source / "空.txt").write_bytes(b"")
    assert "快照7个文件" in qinggui(home, "new", "甲", str(source), "--as-of", "2026-11-22").stdout
    ran = qinggui(home, "run", "甲", "--workers", "1")
    assert ran.returncode == 3 and "6件文件有建议，1个文件有问题" in ran.stdout, ran
    assert "空.txt" in qinggui(home, "status", "甲", "--files").stdout.replace("\n", "")
    assert json.loads(qinggui(home, "status", "甲", "--json").stdout)["done"] == 7
    for word, told in (("pause", "没有可以暂停的"), ("cancel", "没有可以取消的")):
        ended = qinggui(home, word, "甲")
        assert ended.returncode == 2 and f"清理“甲”已经结束，{told}" in ended.stderr.replace("\n", "")
    assert "完成：7/7" in qinggui(home, "status", "甲").stdout
    assert "清理建议总表.xlsx" in qinggui(home, "lists", "甲").stdout
    refused = qinggui(home, "publish", "甲")
    assert refused.returncode == 2 and "没有决定" in refused.stderr
    assert "将决定" in qinggui(home, "decide", "甲", "--only", "宣布失效", "--preview", "--by", "张三").stdout
    assert (
        "已决定1件"
        in qinggui(
            home, "decide", "甲", "--item", "1", "--outcome", "修改", "--reason", "机构已变", "--by", "张三"
        ).stdout
    )
    assert "采用建议5件" in qinggui(home, "publish", "甲", "--adopt", "--by", "张三").stdout
    assert "已放进审查台" in qinggui(home, "desk", "甲").stdout
    assert "结论0件" in qinggui(home, "decide", "甲", "--from-desk").stdout
    qinggui(home, "new", "乙", str(source), "--as-of", "2026-11-22", "--previous", "甲")
    assert "沿用上次决定6件" in qinggui(home, "run", "乙", "--workers", "1").stdout
    assert "没有变化" in qinggui(home, "diff", "甲", "乙").stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("run", "没有"), "没有名为“没有”的清理"),
        (("new", "../坏", "."), "不能用作文件夹名"),
        (("new", "丙", "没有的文件夹"), "找不到没有的文件夹"),
        (("new", "丙", ".", "--as-of", "昨天"), "日期“昨天”不正确"),
    ],
)
def test_invalid_arguments_are_refused_with_a_message(tmp_path: Path, words: tuple[str, ...], message: str) -> None:
    refused = qinggui(tmp_path, *words)
    assert refused.returncode == 2 and message in refused.stderr.replace("\n", "")
