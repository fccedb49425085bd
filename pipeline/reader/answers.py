"""Checking what a second reader answered: form, number, quotation, types and laws; an answer that fails is dropped with its reason."""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.home import home_folder
from pipeline.law import Rulebook, repealed_on, statute_key, statute_keys
from pipeline.law.library import Library
from pipeline.reader.brief import FLAG, NONE, RESTATES, answer_id, speaks_to_reader
from pipeline.reader.cache import Opinion
from pipeline.reader.provisions import Provision

_LONGEST = 20_000
_LEAST_QUOTE = 4
_THOUGHT = re.compile(r"\s*<think>.*?</think>\s*", re.DOTALL)
_FENCED = re.compile(r"\s*```(?:json)?\s*\n(.*)\n\s*```\s*", re.DOTALL)
_ARTICLE = re.compile(
    r"第[0-9零〇一二三四五六七八九十百千]{1,9}条(?:之[一二三四五六七八九十]{1,2})?(?:第[^条]{1,12}款)?(?:第[^条]{1,12}项)?"
)
_REFUSES = re.compile(r"抱歉|对不起|无法|不能|拒绝|不便|不方便|sorry|can'?t|cannot|unable", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")


class Dropped(StrEnum):
    """Why an answer was not taken."""

    REFUSED = "拒绝回答"
    CUT = "没有答完"
    NO_JSON = "不是一个JSON对象"
    FORM = "不合规定的格式"
    NUMBER = "编号不是所问的条款"
    QUOTE = "引文不在条款里"
    TYPE = "没有所说的类型"
    LAW = "没有所说的法律，或者已经废止"
    INSTRUCTED = "文件里有对大模型说的话，认为没有问题的意见不采用"
    TIMEOUT = "超过时间没有答复"
    FAILED = "服务出错或者连不上"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a service returned for one request: the words, why they end, its refusal ("" for none), tokens used."""

    content: str
    finish: str
    refusal: str
    tokens_in: int
    tokens_out: int


@dataclass(frozen=True, slots=True)
class Standard:
    """What answers are checked against: types (id → Chinese name), keys of laws that exist, and the day by which they must be in force."""

    types: Mapping[str, str]
    laws: frozenset[str]
    as_of: date


class _Law(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    name: str = Field(min_length=2, max_length=80)
    article: str = Field(default="", max_length=40)


class _Form(BaseModel):
    """The form of an answer."""

    model_config = ConfigDict(extra="forbid", strict=True)
    id: str
    verdict: Literal["flag", "restates", "exempt", "none"]
    types: list[str] = Field(max_length=5)
    quote: str = Field(max_length=1200)
    laws: list[_Law] = Field(max_length=8)
    reason: str = Field(min_length=2, max_length=600)


def standard(book: Rulebook, as_of: date) -> Standard:
    """The types of a rulebook, and the laws that the tables, the bases of the types and the law library know as of a day."""
    bases = {statute_key(basis.law) for kind in book.types.values() for basis in kind.bases}
    known = statute_keys() | bases | _library_keys(home_folder())
    return Standard({key: kind.name for key, kind in book.types.items()}, frozenset(known), as_of)


@cache
def _library_keys(home: Path) -> frozenset[str]:
    library = Library(home)
    return frozenset(map(statute_key, library.names())) if library.exists() else frozenset()


def take(reply: Reply, provision: Provision, wanted: Standard, *, model: str, brief: str) -> Opinion | Dropped:
    """The opinion in a reply on a provision, or why it is dropped."""
    if reply.refusal or reply.finish == "content_filter":
        return Dropped.REFUSED
    if reply.finish == "length":
        return Dropped.CUT
    form = _form(reply.content)
    if isinstance(form, Dropped):
        return form
    fault = _fault(form, provision, wanted)
    if fault is not None:
        return fault
    return Opinion(
        model,
        brief,
        form.verdict,
        tuple(dict.fromkeys(form.types)),
        _shown(form.quote),
        tuple(f"{_name(law.name)}{law.article}" for law in form.laws),
        _shown(form.reason),
        wanted.as_of.isoformat(),
        reply.tokens_in,
        reply.tokens_out,
    )


def _form(content: str) -> _Form | Dropped:
    """The answer in what a model wrote: one JSON object, after its thoughts and within a fence where it writes these."""
    bare = _THOUGHT.sub("", content, count=1) if content.lstrip().startswith("<think>") else content
    fenced = _FENCED.fullmatch(bare)
    bare = fenced[1] if fenced else bare
    if len(bare) > _LONGEST:
        return Dropped.FORM
    try:
        found = json.loads(bare, object_pairs_hook=_once)
        return _Form.model_validate(found) if isinstance(found, dict) else Dropped.NO_JSON
    except ValidationError:
        return Dropped.FORM
    except (ValueError, RecursionError):
        return Dropped.REFUSED if "{" not in bare and _REFUSES.search(bare) else Dropped.NO_JSON


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names stand once: of two values for one name nobody knows which was meant."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("name given twice")
    return made


def _fault(form: _Form, provision: Provision, wanted: Standard) -> Dropped | None:
    if form.id != answer_id(provision):
        return Dropped.NUMBER
    raises = form.verdict in (FLAG, RESTATES)
    if raises != bool(form.types) and (raises or form.verdict == NONE):
        return Dropped.FORM
    if any(kind not in wanted.types for kind in form.types):
        return Dropped.TYPE
    quote = _squeezed(form.quote)
    if quote not in _squeezed(provision.sentence) or (raises and len(quote) < _LEAST_QUOTE):
        return Dropped.QUOTE
    if not all(_exists(law, provision, wanted) for law in form.laws):
        return Dropped.LAW
    return Dropped.INSTRUCTED if form.verdict != FLAG and speaks_to_reader(provision) else None


def _exists(law: _Law, provision: Provision, wanted: Standard) -> bool:
    """Whether a law is known and not repealed, or is named by the provision itself; and whether its article is written as one."""
    if law.article and not _ARTICLE.fullmatch(re.sub(r"\s", "", law.article)):
        return False
    key = statute_key(_name(law.name))
    named = len(key) >= _LEAST_QUOTE and _squeezed(key) in _squeezed(f"{provision.sentence}{provision.article}")
    return repealed_on(_name(law.name), wanted.as_of) is None and (key in wanted.laws or named)


def _name(law: str) -> str:
    return law.strip().removeprefix("《").removesuffix("》")


def _shown(words: str) -> str:
    """Words of a model without control characters and invisible marks."""
    return _CONTROL.sub(" ", words).strip()


def _squeezed(text: str) -> str:
    """A text without blanks, in half width."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
