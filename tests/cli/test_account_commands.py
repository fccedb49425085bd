"""`qinggui user`: accounts on the command line, with the same checks and the same audit as on the page."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.review.accounts import Role
from tests.cli.test_commands import run

SECRET = "ceshi-mima-2026"


def user(home: Path, *words: str, secret: str = SECRET) -> str:
    """Runs `qinggui user`; returns stdout and stderr without line breaks."""
    result = run(home, "user", *words, QINGGUI_PASSWORD=secret)
    assert "Traceback" not in result.stderr
    return (result.stdout + result.stderr).replace("\n", "")


def test_an_account_is_added_changed_stopped_and_listed(tmp_path: Path) -> None:
    assert "角色有" in user(tmp_path, "add", "guan")
    assert "已新增管理员账号“guan”" in user(tmp_path, "add", "guan", "--role", "管理员", "--name", "关某")
    assert "已新增审查员账号“shen”" in user(
        tmp_path, "add", "shen", "--role", "审查员", "--name", "关某", "--must-change"
    )
    changed = user(tmp_path, "change", "shen", "--role", "主审", "--organ", "司法局", "--mail", "s@example.cn")
    assert "角色：审查员 → 主审；机关：（无） → 司法局；邮箱：（无） → s@example.cn" in changed
    assert "账号guan的姓名也是“关某”" in changed
    assert "机关：司法局 → （无）" in user(tmp_path, "change", "shen", "--organ", "")
    assert "唯一在用的管理员" in user(tmp_path, "stop", "guan")
    assert "唯一在用的管理员" in user(tmp_path, "change", "guan", "--role", "主审")
    assert "已停用" in user(tmp_path, "stop", "shen")
    rows = run(tmp_path, "user", "list").stdout.splitlines()
    assert "s@example.cn" in rows[2] and "已停用，须改密码" in rows[2] and "主审" in rows[2]
    assert "已启用" in user(tmp_path, "start", "shen")


def test_a_password_is_reset_and_an_unknown_account_named(tmp_path: Path) -> None:
    user(tmp_path, "add", "shen", "--role", "审查员")
    assert "下次登录时须修改" in user(tmp_path, "password", "shen", secret="ling-yige-mima-7")
    assert "须改密码" in user(tmp_path, "list")
    assert "下次登录" not in user(tmp_path, "password", "shen", "--keep") and "须改密码" not in user(tmp_path, "list")
    assert "密码只有数字" in user(tmp_path, "password", "shen", secret="12345678901")
    assert "没有密码" in user(tmp_path, "password", "shen", secret="")
    assert "不需要解锁" in user(tmp_path, "unlock", "shen")
    assert "没有账号“li”" in user(tmp_path, "unlock", "li")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "/etc", "../x", "Asia"])
def test_an_unknown_time_zone_is_named_with_an_example(tmp_path: Path, zone: str) -> None:
    result = run(tmp_path, "user", "list", QINGGUI_TZ=zone)
    said = result.stderr.replace("\n", "")
    assert result.returncode == 2 and "Traceback" not in said
    assert "QINGGUI_TZ" in said and zone in said and "Asia/Shanghai" in said


def test_times_are_shown_in_the_zone_of_the_desk(tmp_path: Path) -> None:
    user(tmp_path, "add", "shen", "--role", "审查员")
    script = (
        "from pipeline.review.connection import connect; connect('pipeline.web.settings');"
        "from datetime import UTC, datetime; from pipeline.review.clock import local_time;"
        "print(local_time(datetime(2026, 11, 22, 20, 30, tzinfo=UTC)))"
    )
    for zone, says in (("", "2026-11-23 04:30"), ("Asia/Urumqi", "2026-11-23 02:30"), ("UTC", "2026-11-22 20:30")):
        variables = {**os.environ, "QINGGUI_HOME": str(tmp_path), "QINGGUI_TZ": zone}
        shown = subprocess.run(
            [sys.executable, "-c", script], env=variables, capture_output=True, text=True, check=True
        )
        assert shown.stdout.strip() == says


def test_a_token_is_made_for_a_program_and_acts_as_its_account(tmp_path: Path) -> None:
    user(tmp_path, "add", "shen", "--role", "审查员")
    made = run(tmp_path, "user", "token", "shen", "--for", "统计程序")
    token = made.stdout.strip()
    assert made.returncode == 0 and len(token) > 30 and "只显示这一次" in made.stderr and token not in made.stderr
    asked = (
        "from pipeline.review.connection import connect; connect('pipeline.web.settings')\n"
        "from pipeline.review.accounts import user_of_token\n"
        f"print(user_of_token('{token}').username, user_of_token('another'))"
    )
    environment = {**os.environ, "QINGGUI_HOME": str(tmp_path)}
    found = subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["shen", "None"]
    assert "没有名称" in user(tmp_path, "token", "shen", "--for", " ")
    assert "没有账号" in user(tmp_path, "token", "wu", "--for", "统计程序")
    user(tmp_path, "stop", "shen")
    assert "已停用" in user(tmp_path, "token", "shen", "--for", "统计程序")


def test_the_help_of_user_add_names_every_role(tmp_path: Path) -> None:
    assert "、".join(Role) in "".join(user(tmp_path, "add", "--help").replace("│", "").split())
