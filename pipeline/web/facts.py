"""要素: the facts of a document as the page of an item shows them, with what people corrected under the same label."""

from dataclasses import dataclass, replace
from typing import Any

from django.utils.timezone import localtime

from pipeline.document import UNKNOWN_PLACE, NormLevel
from pipeline.review.decisions.workflow import corrections_of, label_of
from pipeline.review.models import Correction, Item, Kind, Version
from pipeline.review.queue.validity import commencement_in, told_validity, without_validity


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact: its Chinese name, value, where it comes from; `machine` is what the program read where a person corrected it ("": the same)."""

    name: str
    value: str
    origin: str
    machine: str = ""


def facts_of(found: Item, version: Version) -> list[Fact]:
    """Facts of the masthead, validity and genre of a version; facts without a value are left out, corrected ones have the value that counts."""
    made: dict[str, list[Correction]] = {}
    for correction in corrections_of(found):
        made.setdefault(_label(correction.field, found.kind), []).append(correction)
    read = [fact for fact in _read(found, version) if fact.value]
    missing = [
        Fact(name, corrections[0].machine, "")
        for name, corrections in made.items()
        if name not in {f.name for f in read}
    ]
    return [_corrected(fact, made.get(fact.name, [])) for fact in (*missing, *read)]


def _label(field: str, kind: str) -> str:
    """The label of a correctable field, which the masthead may call otherwise than the list of corrections."""
    return "发文字号" if field == "number" else label_of(field, kind)


def _corrected(fact: Fact, corrections: list[Correction]) -> Fact:
    if not corrections:
        return fact
    value = corrections[-1].value
    told = (f"更正为“{one.value}”：{one.reviewer} {localtime(one.made):%Y-%m-%d %H:%M}" for one in corrections)
    return replace(fact, value=value, origin="；".join(told), machine=fact.value if fact.value != value else "")


def _read(found: Item, version: Version) -> list[Fact]:
    """The facts as the program read them, and the validity that counts for the current version."""
    dossier = version.dossier
    masthead, validity = dossier["document"]["masthead"], dossier["assessment"]["validity"]
    rows = [_parties(masthead) if found.kind == Kind.CONTRACT else _issuers(masthead)]
    names = (
        ("发文字号", "number"),
        ("登记号", "registration"),
        ("成文日期", "made"),
        ("公布日期", "published"),
        ("主送", "recipients"),
    )
    rows += [Fact(name, str(masthead[key]["value"]), masthead[key]["origin"]) for name, key in names if masthead[key]]
    rows += _commencement(dossier["document"], version.text)
    told = told_validity(found, validity) if version.pk == found.current_id else validity
    if not without_validity(found):
        reasons = "；".join(told["reasons"])
        offered = "；知道届满日期的，请更正有效期至" if reasons.endswith(UNKNOWN_PLACE) else ""
        rows.append(Fact("有效性", told["state"], reasons + offered))
    if found.kind == Kind.CONTRACT:
        # what the program says of a text as a normative document means nothing for a contract
        return rows
    labels = dossier["labels"]
    kind = "属于" if labels["is_normative"] else "不属于"
    belongs = "是否属于行政规范性文件待人工确认" if labels.get("in_doubt") else f"{kind}行政规范性文件"
    level = labels["norm_level"] if labels["is_normative"] or labels["norm_level"] != NormLevel.NORMATIVE else ""
    about = "，".join(part for part in (level, belongs) if part)
    rows.append(Fact("文种", "" if labels["genre"] == "其他" else labels["genre"], "按题名或者文中的自称"))
    rows.append(Fact("性质", about, "；".join(labels["reasons"])))
    return rows


def _commencement(document: dict[str, Any], text: str) -> list[Fact]:
    """施行日期 with the words of the text that tell it; none where the text states none."""
    effective = document["effective"]
    if not effective:
        return []
    span = effective["span"]
    return [
        Fact(
            "施行日期",
            str(commencement_in(document) or ""),
            f"“{text[span['start'] : span['end']].strip('，。；： 　')}”",
        )
    ]


def _issuers(masthead: dict[str, Any]) -> Fact:
    issuers = masthead["issuers"]
    return Fact("制定机关", "、".join(fact["value"] for fact in issuers), issuers[0]["origin"] if issuers else "")


def _parties(masthead: dict[str, Any]) -> Fact:
    """The parties of a contract with their parts; what was read before 0.14.0 does not tell them."""
    named = "；".join(f"{fact['origin']}：{fact['value']}" for fact in masthead.get("parties", ()))
    return Fact("当事人", named, "文中写明的当事人")
