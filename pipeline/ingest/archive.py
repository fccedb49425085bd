"""Expands files, folders, zip archives, mails, OFD packages and Word documents into a stream of `Upload`s, one file at a time."""

import hashlib
import io
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.budget import file_budget
from pipeline.document import Problem
from pipeline.errors import UnreadableFile
from pipeline.guard import as_problem, guarded, of_file
from pipeline.ingest.codepages import decode_name, decode_strictly
from pipeline.ingest.detect import detect, is_packed_document
from pipeline.ingest.mail import Part, is_mail, parts_of

if TYPE_CHECKING:
    from ofdkit.package import Package

MEBIBYTE = 1024 * 1024
# exceptions that zipfile raises for damaged archives
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError)
# header of an extra field of a zip entry: kind, size; the kind of the field with the name in UTF-8 (APPNOTE 4.6.9)
_FIELD, _UNICODE_PATH = struct.Struct("<HH"), 0x7075
# suffixes of files attached to an OFD or embedded in a Word document that are read as separate documents
_DOCUMENT_SUFFIXES = frozenset(
    {".docx", ".doc", ".wps", ".pdf", ".ofd", ".txt", ".rtf", ".odt", ".xlsx", ".xls", ".zip"}
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on what is read: sizes in bytes, entries per archive, nesting depth, and uncompressed to compressed size.

    `archive_bytes` and `entries` hold for one file with all archives in it; the first is that of `budget` where it is 0.
    """

    file_bytes: int = 200 * MEBIBYTE
    archive_bytes: int = 0
    entries: int = 50_000
    depth: int = 4
    ratio: int = 200


@dataclass(slots=True)
class _Expansion:
    """The expansion of one file, with what may still be unpacked from it, over all levels: bytes and entries."""

    limits: Limits
    bytes_left: int
    entries_left: int

    def take(self, size: int) -> bool:
        """Counts one entry; False where it is too much."""
        self.bytes_left -= size
        self.entries_left -= 1
        return not self.is_used_up

    @property
    def is_used_up(self) -> bool:
        """Whether an entry was too much: the problem that told it stands for all that follow."""
        return self.bytes_left < 0 or self.entries_left < 0


@dataclass(frozen=True, slots=True)
class Upload:
    """One unread file: its bytes, and its path as `name`; the path continues with "/" inside archives and mails."""

    name: str
    data: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


def uploads(path: Path, limits: Limits | None = None, *, named: bool = True) -> Iterator[Upload | Problem]:
    """Yield the files at a path: the file itself, every file below a folder, every entry of a zip, every part of a mail.

    A file that cannot be open_package or unpacked is yielded as a `Problem`, and the others follow. Symbolic links are
    `Problem`s too, except `path` itself if it was `named` by the user.
    """
    limits = limits or Limits()
    limits = replace(limits, archive_bytes=limits.archive_bytes or file_budget().unpacked_bytes)
    for file in files_of(path):
        if file.is_symlink() and not (named and file == path):
            yield _problem(str(file), "link", "这是指向别处的链接，没有读取", "请提交文件本身")
        else:
            yield from _from_disk(file, limits)


def files_of(path: Path) -> Iterator[Path]:
    """The file at a path, or every file and link below a folder, sorted, without hidden files and lock files of editors."""
    files = sorted(p for p in path.rglob("*") if p.is_symlink() or not p.is_dir()) if path.is_dir() else [path]
    for file in files:
        if not any(part.startswith((".", "~$", "__MACOSX")) for part in file.relative_to(path).parts):
            yield file


def holds_several(upload: Upload) -> bool:
    """Whether a file is an archive or a mail, which may hold several documents."""
    return _is_archive(upload.data) or is_mail(upload.data)


def count_files(path: Path) -> int:
    """The number of files and links that `files_of` yields; an archive counts as one."""
    return sum(1 for _ in files_of(path))


def _from_disk(file: Path, limits: Limits) -> Iterator[Upload | Problem]:
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            yield _problem(str(file), "special", "这不是普通文件（管道、设备或套接字），没有读取", "请提交文件本身")
            return
        size = file.stat().st_size
        if size > limits.file_bytes:
            yield _too_large(str(file), size, limits)
            return
        upload = Upload(str(file), file.read_bytes())
    except OSError as error:
        yield Problem(
            str(file),
            None,
            "unreadable",
            f"文件无法打开（{error.strerror}）",
            "请检查文件是否存在、是否有读取权限",
        )
        return
    yield from _expand(upload, _Expansion(limits, limits.archive_bytes, limits.entries), 0)


def _expand(upload: Upload, expansion: _Expansion, depth: int) -> Iterator[Upload | Problem]:
    """The file itself, or the contents of an archive or mail; what an OFD or Word document holds follows it."""
    try:
        with of_file(upload.name, upload.data):
            is_archive, mail = _is_archive(upload.data), is_mail(upload.data)
            parts = list(parts_of(upload.data)) if mail and not is_archive and depth < expansion.limits.depth else []
    except UnreadableFile as error:
        yield as_problem(upload.name, None, error)
        return
    if not is_archive and not mail:
        yield upload
        yield from _attachments(upload, expansion, depth)
    elif depth >= expansion.limits.depth:
        yield _problem(upload.name, "too_deep", f"压缩包或邮件嵌套超过{expansion.limits.depth}层", "请解压后提交")
    elif is_archive:
        yield from _entries(upload, expansion, depth)
    else:
        yield from _contained(upload.name, parts, expansion, depth)


def _contained(container: str, parts: Sequence[Part], expansion: _Expansion, depth: int) -> Iterator[Upload | Problem]:
    """The documents among the parts of a mail, OFD or Word document called `container`; parts that could not be read are `Problem`s."""
    if not parts:
        yield _problem(container, "empty", "邮件里没有文字，也没有附件", "请确认后重新提交")
    for name, content in parts:
        if expansion.is_used_up:
            return
        if isinstance(content, UnreadableFile):
            yield as_problem(f"{container}/{name}", None, content)
        elif not expansion.take(len(content)):
            yield _too_much(f"{container}/{name}", expansion)
            return
        else:
            yield from _expand(Upload(f"{container}/{name}", content), expansion, depth + 1)


def _attachments(upload: Upload, expansion: _Expansion, depth: int) -> Iterator[Upload | Problem]:
    """Documents attached to an OFD or embedded in a Word document; the readers of both mention those of other kinds in a note."""
    if depth >= expansion.limits.depth:
        return
    parts: list[Part] = []
    # errors of the package as a whole are reported when the file itself is read
    with suppress(UnreadableFile), of_file(upload.name, upload.data):
        if b"embeddings/" in upload.data:
            parts = list(_embedded(upload.data))
        elif upload.data.startswith(b"PK\x03\x04") and b"ttachments" in upload.data:
            parts = list(_attached(upload.data))
    if parts:
        yield from _contained(upload.name, parts, expansion, depth)


def _embedded(data: bytes) -> Iterator[Part]:
    """The documents embedded in a Word document, and the errors of those that could not be taken out."""
    from pipeline.ingest.docx_embedded import embedded_files

    if detect(data) == "docx":
        for name, content in embedded_files(data):
            if content is not None and (isinstance(content, UnreadableFile) or _is_document(name)):
                yield name, content


def _attached(data: bytes) -> Iterator[Part]:
    """The documents attached to an OFD, and the errors of those that could not be read."""
    from pipeline.ingest.ofd import attachments_of, open_package

    with open_package(data) as package:
        for name, part in attachments_of(package):
            if _is_document(part):
                filename = name if Path(name).suffix else f"{name}{Path(part).suffix}"
                yield filename, _read_part(package, part, filename)


def _is_document(name: str) -> bool:
    return Path(name).suffix.lower() in _DOCUMENT_SUFFIXES


def _read_part(package: "Package", part: str, name: str) -> bytes | UnreadableFile:
    """The bytes of a part of a package, or the error that prevented reading it."""
    from pipeline.ingest.ofd_pages import ofd_errors

    try:
        with guarded(f"“{name}”"), ofd_errors():
            return bytes(package.read(part))
    except UnreadableFile as error:
        return error


def _is_archive(data: bytes) -> bool:
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False
    return not is_packed_document(names)


def _entries(upload: Upload, expansion: _Expansion, depth: int) -> Iterator[Upload | Problem]:
    with zipfile.ZipFile(io.BytesIO(upload.data)) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        total = sum(entry.file_size for entry in entries)
        if len(entries) > expansion.entries_left or total > expansion.bytes_left:
            words = f"压缩包过大（{len(entries)}个文件，解压后{total // MEBIBYTE}MB；连同各层压缩包一共"
            yield _problem(upload.name, "zip_bomb", f"{words}{_most(expansion)}），没有展开", "请分成几个压缩包提交")
            return
        visible = [entry for entry in entries if not _is_hidden(_entry_name(entry))]
        if not visible:
            yield _problem(upload.name, "empty", "压缩包里没有文件", "请确认后重新打包")
        for entry in visible:
            if expansion.is_used_up:
                return
            yield from _entry(archive, entry, upload.name, expansion, depth)


def _too_much(name: str, expansion: _Expansion) -> Problem:
    message = f"连同各层压缩包超过{_most(expansion)}，从这一项起没有读取"
    return _problem(name, "zip_bomb", message, "请分成几个压缩包提交")


def _most(expansion: _Expansion) -> str:
    return f"最多{expansion.limits.entries}个文件、{expansion.limits.archive_bytes // MEBIBYTE}MB"


def _is_hidden(name: str) -> bool:
    """Whether an entry is a hidden file or metadata added by macOS."""
    return name.startswith("__MACOSX/") or any(part.startswith(".") and part.strip(".") for part in name.split("/"))


def _entry(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, outer: str, expansion: _Expansion, depth: int
) -> Iterator[Upload | Problem]:
    inner = _entry_name(entry)
    name = f"{outer}/{inner}"
    refusal = _refusal(entry, inner, expansion.limits)
    if refusal:
        yield _problem(name, *refusal)
        return
    try:
        with of_file(name, b""):
            data = _unpacked(archive, entry, expansion.limits)
    except UnreadableFile as error:
        yield as_problem(name, None, error)
        return
    if not expansion.take(len(data)):
        yield _too_much(name, expansion)
        return
    yield from _expand(Upload(name, data), expansion, depth + 1)


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> bytes:
    try:
        with archive.open(entry) as stream:
            return stream.read(limits.file_bytes + 1)
    except (*_BROKEN, OSError, EOFError, ValueError, RuntimeError, NotImplementedError) as error:
        raise UnreadableFile(
            "broken", f"压缩包中的文件无法解压（{type(error).__name__}）", remedy="请重新打包后提交"
        ) from error


def _refusal(entry: zipfile.ZipInfo, inner: str, limits: Limits) -> tuple[str, str, str] | None:
    parts = inner.replace("\\", "/").split("/")
    if ".." in parts or inner.startswith(("/", "\\")) or ":" in parts[0]:
        return (
            "path_traversal",
            "压缩包中的文件名指向包外路径，已拒绝",
            "来源可疑，请核对后重新打包",
        )
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "link", "压缩包中的这一项是指向别处的链接，没有读取", "请把文件本身放入压缩包"
    if entry.flag_bits & 0x1:
        return "encrypted", "压缩包设有密码，无法解压", "请取消密码后重新打包"
    if entry.file_size > limits.file_bytes:
        return "too_large", f"文件过大（{entry.file_size // MEBIBYTE}MB）", "请拆分后提交"
    if entry.file_size > MEBIBYTE and entry.file_size > limits.ratio * max(entry.compress_size, 1):
        return "zip_bomb", "压缩比异常，疑为压缩炸弹，已拒绝", "请核对来源，解压后直接提交文件"
    return None


def _entry_name(entry: zipfile.ZipInfo) -> str:
    """The name of an entry; without the UTF-8 flag that of its Unicode field, else guessed: UTF-8 (macOS) or GBK (Windows)."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        raw = entry.filename.encode("cp437")
    except UnicodeEncodeError:
        return entry.filename
    return _unicode_name(entry.extra, raw) or decode_name(raw)


def _unicode_name(extra: bytes, raw: bytes) -> str | None:
    """The name in the Info-ZIP Unicode Path field of an entry, None if it has none or one of another name than `raw`."""
    while len(extra) >= _FIELD.size:
        kind, size = _FIELD.unpack_from(extra)
        content, extra = extra[_FIELD.size : _FIELD.size + size], extra[_FIELD.size + size :]
        # version 1, the checksum of the name that the field replaces, the name
        if kind == _UNICODE_PATH and content[:1] == b"\x01" and content[1:5] == zlib.crc32(raw).to_bytes(4, "little"):
            return decode_strictly(content[5:], "utf-8")
    return None


def _too_large(name: str, size: int, limits: Limits) -> Problem:
    return _problem(
        name,
        "too_large",
        f"文件过大（{size // MEBIBYTE}MB，上限{limits.file_bytes // MEBIBYTE}MB）",
        "请拆分，或者压缩其中的图片后提交",
    )


def _problem(name: str, kind: str, message: str, remedy: str) -> Problem:
    return Problem(name, None, kind, message, remedy)
