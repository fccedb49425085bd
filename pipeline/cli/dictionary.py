"""The command `dictionary`: the words of the law as a user dictionary for jieba and other segmenters."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.errors import UsageError


def dictionary(
    out: Annotated[Path | None, typer.Argument(metavar="文件", help="写到哪个文件；不写则输出到标准输出")] = None,
) -> None:
    """法律用户词典：机关、法律、地名、许可和收费项目、法律用语、问题类型，每行一个词和词性，jieba.load_userdict可以加载。"""
    from pipeline.law.dictionary import lines

    found = list(lines())
    if out is None:
        print("\n".join(found))
        return
    try:
        out.write_text("\n".join(found) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{out}写不进去（{error.strerror}）", remedy="请检查文件夹是否存在、是否有写入的权限"
        ) from error
    print(f'已写出{len(found)}个词到{out}，用法：jieba.load_userdict("{out}")')
