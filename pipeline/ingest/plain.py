"""Reads plain text and Markdown in any encoding common in Chinese offices."""

import re

import yaml

from pipeline.document import BlockKind, Note
from pipeline.errors import UnreadableFile
from pipeline.ingest.assemble import RawBlock, Reading
from pipeline.ingest.paragraphs import looks_like_markdown, strip_markdown

_FRONT_MATTER = re.compile(r"---\r?\n(.*?)\n---\r?\n", re.DOTALL)
# front matter fields of law collections and their Chinese names
_FIELDS = {
    "title": "标题",
    "author": "制定机关",
    "publication_date": "公布日期",
    "effective_date": "施行日期",
    "group": "效力层级",
}
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
# frequent characters, which make up about half of any Chinese text
_COMMON = re.compile(
    "[的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严]"
)


def read_plain(data: bytes) -> Reading:
    """Read a txt or md file. Raises `UnreadableFile` for binary data."""
    text, notes = decode(data)
    meta, text = _front_matter(text)
    if meta or looks_like_markdown(text):
        return Reading("md", (*meta, RawBlock(strip_markdown(text))), notes)
    return Reading("txt", (RawBlock(text),), notes)


def _front_matter(text: str) -> tuple[tuple[RawBlock, ...], str]:
    """Split off YAML front matter: its known fields as rows of an information table, and the remaining text."""
    match = _FRONT_MATTER.match(text) if text.startswith(("---\n", "---\r\n")) else None
    if match is None:
        return (), text
    try:
        fields = yaml.safe_load(match[1])
    except yaml.YAMLError:
        return (), text
    rows = {name: fields.get(key) for key, name in _FIELDS.items()} if isinstance(fields, dict) else {}
    if isinstance(fields, dict) and isinstance(fields.get("categories"), list):
        rows["效力层级"] = " ".join(map(str, (rows.get("效力层级"), *fields["categories"])))
    return tuple(RawBlock(f"{name}：{value}", BlockKind.META) for name, value in rows.items() if value), text[
        match.end() :
    ]


def decode(data: bytes) -> tuple[str, tuple[Note, ...]]:
    """Decode bytes: by byte order mark, else as UTF-8, UTF-16 without mark or GB18030, each strictly.

    Damaged text is decoded with replacement characters and a note. Raises `UnreadableFile` for binary data.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decode_marked(data, encoding)
    text = _strict(data, "utf-8")
    if text is not None:
        return _reject_binary(text), ()
    for encoding in _candidates(data):
        text = _strict(data, encoding)
        if text is not None and _reads_as_chinese(text):
            return text, ()
    return _decode_damaged(data)


def _decode_marked(data: bytes, encoding: str) -> tuple[str, tuple[Note, ...]]:
    text = _strict(data, encoding)
    if text is not None:
        return _reject_binary(text), ()
    return _lossy(data, encoding)


def _candidates(data: bytes) -> tuple[str, ...]:
    if data[:2000].count(0) * 20 < len(data[:2000]):
        return ("gb18030", "utf-16-le", "utf-16-be")
    even = data[0:2000:2].count(0)
    return ("utf-16-be", "utf-16-le") if even * 2 > data[:2000].count(0) else ("utf-16-le", "utf-16-be")


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if error.end >= len(data) - 1 and error.start >= len(data) - 4 and error.start > 0:
            return data[: error.start].decode(encoding, errors="ignore")
    return None


def _reads_as_chinese(text: str) -> bool:
    sample = text[:4000]
    return len(_COMMON.findall(sample)) * 4 > len(sample.strip())


def _decode_damaged(data: bytes) -> tuple[str, tuple[Note, ...]]:
    for encoding in ("utf-8", "gb18030"):
        text = data.decode(encoding, errors="replace")
        if text.count("\ufffd") * 20 < len(text) and _reads_as_chinese(text):
            return _lossy(data, encoding)
    raise _binary()


def _lossy(data: bytes, encoding: str) -> tuple[str, tuple[Note, ...]]:
    text = data.decode(encoding, errors="replace")
    lost = text.count("\ufffd")
    if lost * 20 > len(text):
        raise _binary()
    return text, (Note("damaged", f"文件编码有损坏，{lost}处字符无法辨认，请核对原件"),)


def _reject_binary(text: str) -> str:
    sample = text[:20000]
    if len(_CONTROL.findall(sample)) * 50 > len(sample):
        raise _binary()
    return text


def _binary() -> UnreadableFile:
    return UnreadableFile(
        "binary",
        "文件内容不是文字，疑为二进制数据或已损坏",
        remedy="请用原来的软件打开核对，另存为docx、pdf或txt后重新提交",
    )
