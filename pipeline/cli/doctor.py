"""The commands on this installation: `doctor` (components, formats, fonts, database, and remedies) and `version`."""

import importlib.metadata
import importlib.util
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import typer

from pipeline.errors import ExitCode, PipelineError, UsageError
from pipeline.version import engine, fingerprint


@dataclass(frozen=True, slots=True)
class Line:
    """One result of the check: a name, its state, whether it is fine, and the remedy; `optional` parts may be missing."""

    name: str
    state: str
    fine: bool
    optional: bool = False
    remedy: str = ""


_PARTS = (
    ("Django", "审查队列"), ("typer", "命令行"), ("PyYAML", "规则文件"), ("ahocorasick-rs", "规则扫描"), ("lxml", "docx"),
    ("pypdfium2", "pdf"), ("selectolax", "html"), ("opencc", "繁简转换"),
    ("python-docx", "docx公文"), ("XlsxWriter", "xlsx"), ("python-calamine", "电子表格"), ("waitress", "审查台"), ("whitenoise", "审查台"),
    ("django-htmx", "审查台"), ("django-axes", "登录保护"), ("django-ninja", "接口"), ("chinesecalendar", "工作日"), ("pillow", "图片"), ("ofdkit", "ofd"),
    ("olefile", "msg邮件"),
)  # fmt: skip
# packages of the optional extra `campaign`
_CAMPAIGN = (
    ("distributed", "清理：计算集群"), ("pyarrow", "清理：结果表"), ("rensa", "清理：近似文本"), ("icalendar", "清理：到期日历"),
)  # fmt: skip
_FORMATS = (
    ("txt、md", "可读"), ("html", "可读"), ("docx（含新版wps）", "可读"), ("带文字层的pdf", "可读"), ("zip", "可读，可嵌套"),
    ("ofd", "可读"), ("xlsx、xls、ods", "按行读取，可作目录"), ("eml、mht、msg", "取出正文和附件"),
)  # fmt: skip


def check_up() -> Iterator[Line]:
    """Checks this installation: Python, packages, rules, formats, fonts, home folder, database, browser."""
    from pipeline.converter import office_program
    from pipeline.ingest import ocr

    fine = sys.version_info >= (3, 11)
    yield Line("Python", sys.version.split()[0], fine, remedy="" if fine else "请安装Python 3.11或更新的版本")
    for package, use in _PARTS:
        yield _package(package, use)
    yield _rules()
    yield _judge()
    for package, use in _CAMPAIGN:
        yield replace(_package(package, use), optional=True, remedy=_missing(package, "campaign"))
    for name, state in _FORMATS:
        yield Line(f"格式 {name}", state, True)
    yield _format("扫描件和图片", "可识别", ocr.available(), "用到时再装：pip install 'qinggui[ocr]'")
    program = office_program()
    yield _format(
        "doc、旧版wps、rtf、odt、Word 2003 XML、fodt、UOF",
        f"可读（{program}）",
        bool(program),
        "用到时再装LibreOffice：apt-get install libreoffice-writer",
    )
    yield from (_protection(),) if program else ()
    yield from _fonts(office=bool(program))
    yield Line("OFD版面、导出的docx、图表的中文字体", "由阅读者的电脑显示，服务器上不需要", True)
    yield _home()
    yield _laws()
    yield from _database()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    yield Line(
        "浏览器测试用Chromium",
        chromium or "未安装",
        bool(chromium),
        optional=True,
        remedy="" if chromium else "只有开发界面时需要：apt-get install chromium",
    )


def _format(name: str, state: str, fine: bool, remedy: str) -> Line:
    """The line of a format that needs an optional component; without it such files are stored and wait (待识别)."""
    return Line(f"格式 {name}", state if fine else "收下保存，列为待识别", fine, True, "" if fine else remedy)


def _protection() -> Line:
    """How conversions by LibreOffice are kept from other files and the network."""
    from pipeline.isolation import protection

    found = protection()
    state = f"{found}：看不到本机其他文件，没有网络" if found else "没有，按地址引用别处图片或文件的文档不转换"
    remedy = "" if found else "Linux上请安装bubblewrap（apt-get install bubblewrap），并允许用户命名空间"
    return Line("LibreOffice转换时的隔离", state, bool(found), True, remedy)


def _fonts(*, office: bool) -> Iterator[Line]:
    """The Chinese fonts used for page images of pdf files and, if `office` (LibreOffice) is installed, of Word files."""
    from pipeline.review import fonts

    drawn = [("pdf版面的中文字体", fonts.pdf_font(), "没有嵌入字体的pdf")]
    if office:
        drawn.append(("Word等版面的中文字体", fonts.office_font(), "doc、docx等文件"))
    for name, found, files in drawn:
        remedy = "" if found else f"{files}，版面上的汉字会是方框。请{fonts.INSTALL}"
        yield Line(name, found or "没有找到", bool(found), True, remedy)


def _package(package: str, use: str) -> Line:
    try:
        return Line(f"{use} {package}", importlib.metadata.version(package), True)
    except importlib.metadata.PackageNotFoundError:
        return Line(f"{use} {package}", "未安装", False, remedy="请在项目文件夹运行make setup")


def _missing(package: str, extra: str) -> str:
    installed = any(importlib.metadata.distributions(name=package))
    return "" if installed else f"用到时再装：pip install 'qinggui[{extra}]'"


def _rules() -> Line:
    from pipeline.law import load_rulebook

    try:
        book = load_rulebook()
    except PipelineError as error:
        return Line("规则", str(error), False, remedy=error.remedy)
    return Line(
        "规则",
        f"{len(book.types)}类、{len(book.rules)}条、{len(book.contexts)}条语境规则，指纹{fingerprint()}",
        True,
    )


def _judge() -> Line:
    from pipeline.classify.model import load_model

    try:
        model = load_model()
    except PipelineError as error:
        return Line("审查模型", error.message, False, remedy=error.remedy)
    if model is None:
        return Line("审查模型", "没有，只按规则提出", False, True, "请重新安装，或者运行qinggui train训练")
    return Line("审查模型", f"{len(model.types.names)}类，可信度{model.raise_at:.0%}以上提请审阅", True)


def _home() -> Line:
    home = Path(os.environ.get("QINGGUI_HOME") or Path.home() / ".qinggui")
    existing = next(folder for folder in (home, *home.parents) if folder.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError:
        return Line("队列文件夹", f"{home}不可写", False, remedy="请用环境变量QINGGUI_HOME指定可写的文件夹")
    return Line("队列文件夹", f"{home}{'' if home.exists() else '（首次使用时建立）'}", True)


def _laws() -> Line:
    """Whether the law library has texts, and how to fill it; without them findings show their bases only."""
    from pipeline.home import home_folder
    from pipeline.law.data_package import installed
    from pipeline.law.library import Library

    library = Library(home_folder())
    try:
        laws, articles = library.count() if library.exists() else (0, 0)
    except UsageError as error:
        return Line("法律库", "不能打开", False, True, error.message)
    package = installed()
    state = f"{laws}部{articles}条" if laws else "空的，依据之下不显示条文"
    fill = "qinggui laws update" if package else "pip install 'qinggui[laws]'，再运行 qinggui laws update"
    return Line("法律库", f"{state}（数据包{package or '没有安装'}）", bool(laws), True, "" if laws else fill)


def _database() -> Iterator[Line]:
    url = os.environ.get("DATABASE_URL")
    if not url:
        yield Line("数据库", f"SQLite {sqlite3.sqlite_version}（WAL）", True)
        return
    driver = importlib.util.find_spec("psycopg") is not None
    yield Line(
        "数据库",
        "PostgreSQL（DATABASE_URL）",
        driver,
        remedy="" if driver else "缺少驱动：pip install 'qinggui[postgres]'",
    )


def doctor() -> None:
    """检查安装：装了什么，缺什么，哪些格式可用，怎么补。"""
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False)
    healthy = True
    for line in check_up():
        healthy = healthy and (line.fine or line.optional)
        mark = "[green]✓[/]" if line.fine else "[yellow]—[/]" if line.optional else "[red]✗[/]"
        console.print(
            f"{mark} {escape(line.name)}：{escape(line.state)}"
            + (f"\n    {escape(line.remedy)}" if line.remedy else "")
        )
    if not healthy:
        raise typer.Exit(ExitCode.INTERNAL)


def version() -> None:
    """显示程序版本和规则指纹。"""
    print(engine())
