"""The command line from the outside: each command in a separate process."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from corpora import papers, writers
from corpora.make_samples import SAMPLES
from pipeline import __version__
from pipeline.cli import COMMANDS, app, load
from pipeline.cli.render import problem_table
from tests.homes import with_queue


def run(home: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a command of qinggui with the queue in `home`."""
    variables = {
        key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    }
    variables |= {"QINGGUI_HOME": str(with_queue(home)), "COLUMNS": "160", **environment}
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *words],
        capture_output=True,
        text=True,
        env=variables,
        check=False,
    )


def test_triage_puts_the_samples_into_the_queue_riskiest_first_and_names_the_problems(
    tmp_path: Path,
) -> None:
    result = run(tmp_path, "triage", str(SAMPLES), "--as-of", "2026-11-22", "--place", "湖南")
    assert result.returncode == 3, result.stderr
    first = result.stdout.index("农家乐经营管理办法")
    assert first < result.stdout.index("社区养老服务")
    assert "问题清单（6件" in result.stdout and "设有打开密码" in result.stdout
    assert "新增17件，重复1件，问题6件，待识别1件，可能是新版本2件" in result.stderr
    again = run(tmp_path, "triage", str(SAMPLES), "--as-of", "2026-11-22", "--place", "湖南")
    assert "未变19件" in again.stderr and again.stdout == result.stdout


def test_a_paper_marked_as_a_state_secret_is_named_and_nothing_of_it_is_kept(tmp_path: Path) -> None:
    marked, plain = "密级：秘密", "关于加强渡口管理的通知"
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "甲.txt").write_text(f"{marked}\n{plain}\n渡口布防如下。", encoding="utf-8")
    (tmp_path / "in" / "乙.txt").write_text(f"{plain}\n渡口应当配备救生设备。", encoding="utf-8")
    for words in (("--dry-run",), ()):
        result = run(tmp_path / "home", "triage", str(tmp_path / "in"), *words, "--json")
        told = json.loads(result.stdout)
        assert result.returncode == 3 and [row["title"] for row in told["queue"]] == [plain]
        (problem,) = told["problems"]
        assert problem["file"].endswith("甲.txt") and "涉密设备" in problem["remedy"]
    assert len([path for path in (tmp_path / "home" / "originals").rglob("*") if path.is_file()]) == 1
    kept = b"".join(path.read_bytes() for path in (tmp_path / "home").rglob("*") if path.is_file())
    assert "渡口布防".encode() not in kept


def test_json_is_data_on_stdout_and_nothing_else(tmp_path: Path) -> None:
    result = run(tmp_path, "triage", str(SAMPLES / "06采砂通知_GB18030.txt"), "--json")
    content = json.loads(result.stdout)
    assert [row["number"] for row in content["queue"]] == ["临水发〔2023〕9号"] and result.returncode == 0


def test_a_dry_run_leaves_no_trace(tmp_path: Path) -> None:
    home = tmp_path / "home"
    result = run(home, "triage", str(SAMPLES), "--dry-run")
    assert "没有写入队列" in result.stdout + result.stderr and "qinggui show 编号" not in result.stdout + result.stderr
    assert "未入库" in result.stdout and not home.exists()


def test_show_prints_the_reasons_of_all_findings(tmp_path: Path) -> None:
    run(tmp_path, "triage", str(SAMPLES / "01农家乐管理办法.txt"), "--as-of", "2026-11-22")
    page = run(tmp_path, "show", "1").stdout
    for words in (
        "临政发〔2025〕12号",
        "第三条",
        "设定行政许可",
        "行政许可法》第十七条",
        "建议",
        "有效期至2030-04-09",
        "《临溪县农家乐管理暂行规定》",
    ):
        assert words in page, words
    lines = (
        "临溪县水利局关于河道采砂的通知",
        "各乡镇：",
        "一、依照《中华人民共和国水法》第三十九条的规定，采砂者须经县水利局许可。",
        "临溪县水利局",
        "2024年5月6日",
    )
    (tmp_path / "采砂.txt").write_text("\n".join(lines), encoding="utf-8")
    run(tmp_path, "triage", str(tmp_path / "采砂.txt"))
    assert "引述上位法" not in run(tmp_path, "show", "2").stdout
    assert "引述上位法" in run(tmp_path, "show", "2", "--all").stdout
    assert json.loads(run(tmp_path, "show", "1", "--json").stdout)["labels"]["is_normative"] is True


def test_show_of_a_contract_names_nothing_that_binds_normative_documents_only(tmp_path: Path) -> None:
    lines = (
        "外卖平台入驻合同",
        "甲方：临溪县商务局",
        "乙方：临溪县某某公司",
        "第一条 在本县从事外卖的，须经甲方批准后方可营业。",
    )
    (tmp_path / "合同.txt").write_text("\n".join(lines), encoding="utf-8")
    run(tmp_path, "triage", str(tmp_path / "合同.txt"))
    page, reasons = run(tmp_path, "show", "1", "--all").stdout, run(tmp_path, "explain", "1").stdout
    assert "是否适用由审查人员判断" in page and "外卖平台入驻合同" in page
    for told in (page, reasons):
        assert "规范性文件不得" not in told and "立法法" not in told
    assert "不动" in run(tmp_path, "reread", "--help").stdout
    assert "有0件" in run(tmp_path, "reread", "--dry-run").stdout
    assert run(tmp_path, "reread", "--kind", "合约").returncode == 2


def test_queue_lists_items_and_problems(tmp_path: Path) -> None:
    run(tmp_path / "new", "triage", str(SAMPLES / "16空文件.txt"), str(SAMPLES / "06采砂通知_GB18030.txt"))
    result = run(tmp_path / "new", "queue")
    assert "临水发〔2023〕9号" in result.stdout and "文件是空的" in result.stdout


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("triage", "/没有/这个文件"), 2, "找不到"),
        (("triage", str(SAMPLES), "--as-of", "昨天"), 2, "日期“昨天”不正确"),
        (("show", "99"), 2, "没有编号为99"),
        (("evaluate", "--gold", "/没有"), 6, "没有documents.jsonl"),
        (("triage", str(SAMPLES / "16空文件.txt")), 3, ""),
    ],
)
def test_errors_have_a_chinese_message_and_a_documented_code(
    tmp_path: Path, words: tuple[str, ...], code: int, message: str
) -> None:
    result = run(tmp_path, *words)
    assert result.returncode == code, result.stderr
    assert message in result.stderr.replace("\n", "") and "Traceback" not in result.stderr


def test_a_database_that_does_not_answer_is_reported(tmp_path: Path) -> None:
    result = run(tmp_path, "queue", DATABASE_URL="postgres://nobody@127.0.0.1:1/none")
    assert result.returncode == 5 and "数据库无法打开" in result.stderr.replace("\n", "")


def test_a_home_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = run(tmp_path / "file" / "home", "queue")
    assert result.returncode == 5 and "QINGGUI_HOME" in result.stderr


def test_doctor_and_version_say_what_is_installed(tmp_path: Path) -> None:
    result = run(tmp_path, "doctor")
    assert result.returncode == 0, result.stdout
    assert "带文字层的pdf：可读" in result.stdout and "扫描件和图片" in result.stdout
    assert run(tmp_path, "version").stdout.startswith(__version__ + "+")


def test_evaluate_prints_scores_and_refuses_to_fall_below_floors(tmp_path: Path) -> None:
    gold = tmp_path / "gold"
    (gold / "texts").mkdir(parents=True)
    (gold / "texts" / "a.txt").write_bytes(writers.as_txt(papers.WATER))
    row = {
        "id": "a", "norm_level": "规范性文件", "is_normative": True, "genre": "通知", "title": "临溪县水利局关于规范河道采砂管理的通知", "issuers": ["临溪县水利局"],
        "number": "临水发〔2023〕9号", "made": "2023-04-12", "published": None, "effective": "公布之日", "expires": None, "term_years": None,
        "recipients": "各乡镇人民政府，各采砂企业", "attachments": [], "bases": [{"title": "水法"}, {"title": "湖南省河道采砂管理条例"}], "repeals": [],
        "old_bodies": [], "stale_bases": [], "cleanup": "amend", "flags": [{"type": "FEE-01", "quote": "交纳码头占用费"}],
    }  # fmt: skip
    (gold / "documents.jsonl").write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    (gold / "clauses.jsonl").write_text(
        json.dumps(
            {"id": "c", "sentence": "违者罚款二百元。", "types": ["PEN-01"], "verdict": "flag"},
            ensure_ascii=False,
        ),
        encoding="utf-8",
    )
    scores = json.loads(run(tmp_path, "evaluate", "--gold", str(gold), "--json", "--as-of", "2026-11-22").stdout)
    assert all(score["exact"] == 1 for score in scores["documents"]["fields"].values()), scores
    assert scores["documents"]["sets"]["flags"] == {"tp": 1, "fp": 0, "fn": 0}
    assert scores["clauses"]["clauses.jsonl"]["flag"] == {"tp": 1, "fp": 0, "fn": 0}
    floors = tmp_path / "floors.json"
    assert run(tmp_path, "evaluate", "--gold", str(gold), "--floors", str(floors), "--update-floors").returncode in (
        0,
        6,
    )
    floors.write_text(json.dumps({"floors": {"number.exact": 1.0, "flags.f1": 1.1}}), encoding="utf-8")
    result = run(tmp_path, "evaluate", "--gold", str(gold), "--floors", str(floors))
    assert result.returncode == 7 and "低于下限" in result.stderr


def test_names_in_brackets_are_not_taken_for_markup(tmp_path: Path) -> None:
    refused = run(tmp_path, "evaluate", "--gold", "没有[bold]的文件夹")
    assert "[bold]" in refused.stderr.replace("\n", "")


def test_cells_of_tables_keep_text_in_brackets() -> None:
    console = Console(width=120, file=io.StringIO())
    console.print(problem_table([("附件[red].txt", "没有文字层", "pip install 'qinggui[ocr]'")]))
    printed = console.file.getvalue()  # type: ignore[attr-defined]
    assert "附件[red].txt" in printed and "qinggui[ocr]" in printed


COMMAND_NAMES = sorted(name for topic in COMMANDS.values() for name in topic)


@pytest.mark.parametrize("name", COMMAND_NAMES)
def test_the_list_of_commands_agrees_with_the_help_of_each_command(name: str) -> None:
    listed = next(topic[name].help for topic in COMMANDS.values() if name in topic)
    own_help = load(name).help or ""
    assert own_help.replace("\n", "").startswith(listed.rstrip("。")), (listed, own_help)


@pytest.mark.parametrize("words", [("--help",), ("version",)])
def test_help_and_version_import_neither_django_nor_readers_nor_rules(words: tuple[str, ...]) -> None:
    heavy = ("django", "numpy", "lxml", "yaml", "pipeline.ingest", "pipeline.law", "rich.console")
    code = (
        "import sys\nfrom pipeline.cli import main\nsys.argv = ['qinggui', *sys.argv[1:]]\n"
        f"try:\n    main()\nfinally:\n    print([name for name in {heavy!r} if name in sys.modules])\n"
    )
    result = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    assert result.stdout.splitlines()[-1] == "[]", result.stdout


def test_an_unknown_command_is_refused_with_the_usage(tmp_path: Path) -> None:
    result = run(tmp_path, "triag", "x")
    assert result.returncode == 2 and "triag" in result.stderr and "Traceback" not in result.stderr


@pytest.mark.parametrize("name", COMMAND_NAMES)
def test_every_command_explains_its_options(name: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, [name, "--help"])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    "address", ["foo://", "notaurl", "postgresql://[::1/db", "postgresql://h:abc/db", "mysql://a/b"]
)
def test_a_database_address_that_is_none_is_refused_in_words(tmp_path: Path, address: str) -> None:
    result = run(tmp_path, "queue", DATABASE_URL=address)
    assert result.returncode == 5 and "DATABASE_URL不是PostgreSQL的地址" in result.stderr.replace("\n", "")


def test_a_dry_run_keeps_nothing_even_where_a_home_folder_exists(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    result = run_without_queue(home, "triage", str(SAMPLES / "06采砂通知_GB18030.txt"), "--dry-run")
    assert result.returncode == 0 and not list(home.iterdir())


def run_without_queue(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command that finds neither a queue nor prepared rules."""
    variables = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "QINGGUI_PREPARED")}
    variables["QINGGUI_HOME"] = str(home)
    words = (sys.executable, "-m", "pipeline", *words)
    return subprocess.run(words, capture_output=True, text=True, env=variables, check=False)


def test_a_wrong_rule_file_is_not_blamed_on_the_documents(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "unit.yaml").write_bytes("group: 本单位\n".encode("gbk"))
    words = ("triage", str(SAMPLES / "06采砂通知_GB18030.txt"), str(SAMPLES / "05市场积分制度.md"), "--dry-run")
    result = run(tmp_path, *words, QINGGUI_RULES=str(tmp_path / "rules"))
    assert result.returncode == 4 and "unit.yaml不是UTF-8编码" in result.stderr.replace("\n", "")


def test_a_finding_that_is_not_there_is_refused(tmp_path: Path) -> None:
    run(tmp_path, "triage", str(SAMPLES / "01农家乐管理办法.txt"))
    for number in ("0", "99"):
        refused = run(tmp_path, "explain", "1", "--finding", number)
        assert refused.returncode == 2 and f"没有第{number}处" in refused.stderr
