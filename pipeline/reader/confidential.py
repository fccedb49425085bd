"""Papers that are never sent to a second reader: marked as a state secret, as internal, or as not to be made public."""

import re
import unicodedata

from pipeline.document import Dossier

# openness notes of papers that stay within the administration
_CLOSED = ("不予公开", "不公开", "不得公开")
_INTERNAL = (
    r"(?:内部(?:资料|文件|材料|使用|发送|发行|印发|参考|参阅|掌握|传阅|情况|刊物|明电|事项|公开)?"
    r"|(?:工作|商业|警务)秘密|(?:注意|妥善)保[存管密]|(?:不得|严禁|请勿|禁止)(?:外传|外泄|复印|翻印|转载|公开|上网)|(?:阅|会|用)后[即收归][\u4e00-\u9fff]{1,3}|不予公开|不公开)"
)
_OPEN, _CLOSE = r"[(\[【〔<《〖「『*★☆]*", r"[)\]】〕>》〗」』*★☆!。]*"
# 内部资料 注意保存, 【内部】, （此件不公开）, 密级：内部, 工作秘密★3年, 仅供内部参阅
_MARK = re.compile(
    rf"{_OPEN}(?:[\u4e00-\u9fff]{{0,6}}(?:公开|密级|涉密|属性|性质|类别|级别|范围)[\u4e00-\u9fff]{{0,4}}[:：]?)?(?:[此本该](?:件|文件|资料)(?:为|属于?|系)?)?(?:仅供|仅限|限|供)?(?:本?(?:单位|系统|机关|部门))?"
    rf"{_INTERNAL}(?:[,，、;；.·]?{_INTERNAL})*(?:[★☆*]?[0-9一二三四五六七八九十]{{1,3}}(?:年|个?月)|[★☆*]?长期)?{_CLOSE}"
)
_LONGEST_MARK = 40
# 送审材料，请勿外传: a short line that is no item of a list
_FORBIDS = re.compile(
    r"(?![第(（]?[0-9一二三四五六七八九十]{1,3}[条、.)）])[^。；]{0,14}(?:不得|请勿|严禁|切勿|禁止|不要)(?:外传|外泄|扩散|翻印|传播)[!。)）】\]]*"
)
# 标注为内部文件: only the sentence itself says so
_SAID = re.compile(
    r"(?:此|本|该)(?:件|文件|资料|材料)(?:为|系|是|属于?)(?:内部|工作秘密|商业秘密|不公开)|(?:此|本|该)(?:件|文件|资料|材料)[^。\n]{0,6}(?:不得外传|不予公开|不公开)"
)
# 关于……的通知（内部）.docx
_NAMED = re.compile(
    r"内部(?:资料|文件|材料|使用|参阅|参考|传阅|掌握)|[(（\[【]内部[)）\]】]|绝密|机密|秘密件|密件|工作秘密"
)


def why_confidential(dossier: Dossier) -> str:
    """Why a paper must not be sent, in Chinese; "" where nothing marks it.

    Marks stand on lines of their own, in page headers too; attached texts count, since they are part of the paper.
    """
    for member in dossier.document.family():
        masthead = member.masthead
        if masthead.secrecy is not None:
            return f"标有密级“{masthead.secrecy.value}”"
        if masthead.openness is not None and masthead.openness.value in _CLOSED:
            return f"标有“{masthead.openness.value}”"
    found = _NAMED.search(dossier.source.name.rsplit("/", 1)[-1])
    if found:
        return f"文件名里有“{found[0]}”"
    return _marked_line(dossier.source.text)


def _marked_line(text: str) -> str:
    for line in text.splitlines():
        folded = re.sub(r"[\s｜|]", "", unicodedata.normalize("NFKC", line)) if len(line) <= 2 * _LONGEST_MARK else ""
        if 2 <= len(folded) <= _LONGEST_MARK and (_MARK.fullmatch(folded) or _FORBIDS.fullmatch(folded)):
            return f"标有“{line.strip()}”"
    said = _SAID.search(text)
    return f"写明“{said[0]}”" if said else ""
