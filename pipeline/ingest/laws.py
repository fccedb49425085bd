"""Loads texts of laws into the law library, from files in any supported format, folders and Parquet exports."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from pipeline.document import Problem
from pipeline.errors import UnreadableFile, UsageError
from pipeline.ingest import Upload, read, uploads
from pipeline.law.library import HEADING, Library, Loaded, names_law


def load_laws(library: Library, paths: Iterable[Path]) -> Loaded:
    """Load every law at the paths (markdown, docx, txt, html, zip, Parquet) into a library.

    Files that could not be read or contain no article are listed in `refused` of the result. Raises `UsageError` for
    missing paths and for Parquet files that cannot be read.
    """
    unread: list[str] = []
    loaded = library.add(_texts(paths, unread))
    return replace(loaded, refused=(*unread, *loaded.refused))


def _texts(paths: Iterable[Path], refused: list[str]) -> Iterator[tuple[str, str]]:
    for path in paths:
        if not path.exists():
            raise UsageError(f"找不到{path}", remedy="请检查路径是否写对")
        if path.suffix.lower() == ".parquet":
            yield from _rows_of_parquet(path)
            continue
        for upload in uploads(path):
            if isinstance(upload, Problem):
                refused.append(f"{upload.name}：{upload.message}")
                continue
            text = _text_of(upload, refused)
            if text is not None:
                yield upload.name, text


def _text_of(upload: Upload, refused: list[str]) -> str | None:
    if upload.name.lower().endswith((".md", ".markdown")):
        text = upload.data.decode("utf-8", errors="replace")
        return text if names_law(text) else _title_of_folder(Path(upload.name)) + text
    try:
        return read(upload).text
    except UnreadableFile as error:
        refused.append(f"{upload.name}：{error.message}")
        return None


def _title_of_folder(path: Path) -> str:
    """The title line of a law that is split into files of one folder, from the README or _index.md there; else ""."""
    for name in ("README.md", "_index.md"):
        page = path.parent / name
        found = HEADING.search(page.read_text(encoding="utf-8", errors="replace")[:3000]) if page.is_file() else None
        if found:
            return f"title: {found[1]}\n"
    return ""


def _rows_of_parquet(path: Path) -> Iterator[tuple[str, str]]:
    """Laws of a Parquet export with a title column and a text column, under any of the usual names."""
    try:
        import pyarrow.parquet as parquet
    except ImportError as error:
        raise UsageError(f"读取{path}需要pyarrow", remedy="请运行 pip install 'qinggui[tables]'") from error
    table = parquet.read_table(path).to_pydict()
    title = next((name for name in table if name.lower() in {"title", "name", "标题", "名称"}), None)
    body = next((name for name in table if name.lower() in {"text", "content", "body", "正文", "内容"}), None)
    if title is None or body is None:
        raise UsageError(f"{path}里没有标题列（title）和正文列（text）", remedy=f"现有的列：{'、'.join(table)}")
    for name, text in zip(table[title], table[body], strict=True):
        yield str(name), f"title: {name}\n{text}"
