"""The command line of qinggui: one module per topic, imported only when one of its commands runs.

Results go to stdout, messages to stderr.
"""

import os
import sys
from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperGroup

from pipeline.errors import PipelineError


class Command(NamedTuple):
    """A command: the module of `pipeline.cli` and the name in it, and its line in the list of commands."""

    module: str
    name: str
    help: str
    # words that begin with - are part of what is asked (-题名:废止), not options
    dashes: bool = False


# by topic: name of the command → its definition, in the order of `qinggui --help`
COMMANDS: dict[str, dict[str, Command]] = {
    "审查": {
        "triage": Command("triage", "triage", "读取文件，分析后按风险高低排入审查队列。"),
        "queue": Command("queue", "queue", "显示审查队列和问题清单。"),
        "show": Command("show", "show_item", "显示一份文件的全部要素、发现和理由。"),
        "explain": Command(
            "show", "explain", "一份文件每一处命中的全部论证：凭什么提出，什么使它不作警示，上位法怎么说。"
        ),
        "reader": Command(
            "reader", "reader_app", "第二读者：请本单位自己的大模型看条款，意见仅供参考（没有设置就什么都不发送）。"
        ),
    },
    "审查台": {
        "serve": Command("desk", "serve", "启动审查台（网页），并在旁边启动处理文件的进程。"),
        "worker": Command("desk", "worker", "处理网页上提交的文件：读取、分析、入队，空闲时与法律库比对。"),
        "user": Command("accounts", "user_app", "账号：新增、修改、重设密码、解锁、停用、启用、接口令牌、列出。"),
        "notify": Command("desk", "notify", "提醒：各人保存的视图里新增了什么，发邮件告知。"),
        "audit": Command("audit", "audit_app", "审计：核验哈希链，导出锚点。"),
        "verify": Command("desk", "verify_file", "核验一份导出的文件：是否由本系统导出、有没有改动。"),
        "reread": Command("reread", "reread_items", "升级以后，把以前的版本读出的文件按现在的规则重新读取。"),
        "check": Command("check", "check", "自检：原件、版本、检索、审计、数据库有没有损坏或者改动。"),
        "backup": Command("desk", "backup", "备份队列、原件、清理和法律库到一个zip，每个字节都有哈希。"),
        "restore": Command("desk", "restore", "从备份恢复到空的文件夹。"),
    },
    "清理": {"campaign": Command("campaign", "app", "清理：成批审查现行文件，提出继续有效、修改、废止、失效的建议。")},
    "分析": {
        "frames": Command("analysis", "frames", "把队列写成数据表（Parquet）。"),
        "search": Command("search", "search", "在队列全部文件中查找，一个字起都准确，风险高的在前。", dashes=True),
        "trends": Command(
            "trends", "trends", "趋势：各年、各类、各层级、各地的警示，各年文件，存续，负担，沿用；与审查台趋势页相同。"
        ),
        "reuse": Command("trends", "reuse", "沿用：不同机关的哪些文件有相同的语句和段落。"),
        "dfm": Command("analysis", "dfm", "文档词频矩阵：文件、条款或者句子×词，供scikit-learn和quanteda使用。"),
        "figures": Command("analysis", "figures", "年度报告里的数字：事项、对象、数值、单位、同比。"),
        "dictionary": Command(
            "dictionary",
            "dictionary",
            "法律用户词典：机关、法律、地名、许可和收费项目、法律用语、问题类型，每行一个词和词性，jieba.load_userdict可以加载。",
        ),
    },
    "规则、法律和模型": {
        "rules": Command("rules", "rules_app", "规则：检查、试用。"),
        "laws": Command("laws", "laws_app", "法律库：加载法律文本，供上位法比对。"),
        "cases": Command("cases", "cases_app", "官方案例：与一句话最接近的案例，由谁、何时、怎样认定。"),
        "train": Command("training", "train", "用标注句子训练条款模型，写出模型、清单和模型卡。"),
        "decisions": Command("desk", "decisions", "把审查人员对条款的决定写成标注句子，供 qinggui train --gold 使用。"),
        "evaluate": Command("evaluation", "evaluate", "在人工标注上测量：逐项给出正确、错误、未答和F1。"),
    },
    "安装": {
        "doctor": Command("doctor", "doctor", "检查安装：装了什么，缺什么，哪些格式可用，怎么补。"),
        "version": Command("doctor", "version", "显示程序版本和规则指纹。"),
    },
}
_FLAT = {name: command for topic in COMMANDS.values() for name, command in topic.items()}


class _Group(TyperGroup):
    """The group of all commands; a command is imported when it is looked up, `--help` imports none."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(_FLAT)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return load(cmd_name) if cmd_name in _FLAT else None

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(
            "清规：审查行政规范性文件。\n\n用法：qinggui 命令 [选项] …    各命令的选项：qinggui 命令 --help\n"
        )
        width = max(map(len, _FLAT))
        for topic, commands in COMMANDS.items():
            formatter.write(f"\n{topic}\n")
            for name, command in commands.items():
                formatter.write(f"  {name:<{width}}  {command.help}\n")


def load(name: str) -> Any:
    """The click command or group with this name. Raises `KeyError` for an unknown name."""
    command = _FLAT[name]
    found = getattr(import_module(f"pipeline.cli.{command.module}"), command.name)
    if isinstance(found, typer.Typer):
        return typer.main.get_group(found)
    single = typer.Typer(add_completion=False)
    single.command(name, context_settings={"ignore_unknown_options": True} if command.dashes else None)(found)
    return typer.main.get_command(single)


app = typer.Typer(
    name="qinggui", cls=_Group, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)


@app.callback()
def _root() -> None:
    """清规：审查行政规范性文件。"""


def main() -> None:
    """Runs the command line. A `PipelineError` becomes a message on stderr and its documented exit code."""
    from pipeline.logs import to_screen

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pipeline.web.settings")
    to_screen()
    try:
        app()
    except PipelineError as error:
        from rich.markup import escape

        from pipeline.cli.render import message_console

        message_console().print(f"[red]出错：[/]{escape(str(error))}")
        sys.exit(int(error.exit_code))
