"""办理记录: everything that people did in a case, in order of time, each with its own person, time and words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localtime

from pipeline.clause_places import place_in_words
from pipeline.review.audit.names import names_now
from pipeline.review.case_tables import rows_in
from pipeline.review.decisions.agreement import decisions_in
from pipeline.review.decisions.case_steps import STEPS, Entry, steps_of
from pipeline.review.decisions.changes import amendments_of, changes_of
from pipeline.review.decisions.checklists import checks_in, points_of
from pipeline.review.decisions.contradictions import conclusions_in, explanations_in, findings_of
from pipeline.review.decisions.renumbered import version_words
from pipeline.review.decisions.workflow import CORRECTABLE, corrections_of, label_of
from pipeline.review.models import (
    LARGE_OF_VERSION,
    AuditEntry,
    Batch,
    Decision,
    Item,
    Kind,
    Material,
    Release,
    Version,
    recipient_called,
)


def of(item: Item) -> list[Entry]:
    """The history of an item, newest first."""
    names = _names(item)
    entries = [
        *_decisions(item, names),
        *_checks(item),
        *_conclusions(item),
        *_findings(item, names),
        *_letters(item),
        *steps_of(item),
    ]
    return sorted(entries, key=_order, reverse=True)


def _order(entry: Entry) -> tuple[datetime, bool, datetime]:
    """The audit keeps whole seconds: a step comes after what was done in the same second."""
    return entry.at.replace(microsecond=0), entry.what in STEPS, entry.at


@dataclass(frozen=True, slots=True)
class _Named:
    """What a finding of any version is called: its clause, its name now and before anybody changed it, the beginning of its words."""

    place: str
    name: str
    first_name: str
    words: str

    def __str__(self) -> str:
        return f"{self.place} {self.name}"


def _names(item: Item) -> dict[str, _Named]:
    """The findings of all versions of an item, by key."""
    found = {}
    for finding in findings_of(item.pk):
        content = finding.content
        name, first = content["name"], (content.get("machine") or {}).get("name")
        found[finding.key] = _Named(place_in_words(content["path"]), name, first or name, content["text"][:60])
    return found


def _decisions(item: Item, names: dict[str, _Named]) -> Iterator[Entry]:
    made: Decision
    # who raises a finding decides on it with that: one thing that a person did, told by `_raised`
    for made in decisions_in(item):
        if made.raising:
            continue
        undone = made.batch is not None and made.batch.undone is not None
        what = "裁定" if made.final else "决定"
        what += "（成批）" if made.batch_id else ""
        what += "（已撤回）" if made.withdrawn or undone else "（发现改动后不再作数）" if made.set_aside else ""
        verdict = f"{made.verdict}{'给' + made.addressee if made.addressee else ''}"
        about = f"{_subject(made, names)}（第{made.version.sequence}版）：{verdict}"
        yield Entry(localtime(made.made), made.reviewer, what, about, made.comment)
        if made.withdrawn:
            who = _who_withdrew(made, made.withdrawn)
            yield Entry(localtime(made.withdrawn), who, "撤回决定", about, "")
        elif made.batch is not None and made.batch.undone is not None:
            yield Entry(localtime(made.batch.undone), _who_undid(made.batch), "撤销成批决定", about, "")


def _who_withdrew(made: Decision, at: datetime) -> str:
    """The display name that the author of a decision had when it was withdrawn."""
    return names_now().at(made.account, at) if made.account else made.reviewer


def _who_undid(batch: Batch) -> str:
    """The display name of the person who undid a batch, "" where the audit does not tell."""
    entry = AuditEntry.objects.filter(what="撤销成批", detail__startswith=f"第{batch.pk}次").order_by("id").first()
    return names_now().of(entry) if entry else ""


def _subject(made: Decision, names: Mapping[str, _Named]) -> str:
    """What a decision was about as its author saw it; for decisions before 0.12.0 as the finding is called now."""
    if "name" in made.about:
        return f"{place_in_words(made.about['path'])} {made.about['name']}"
    return str(names.get(made.finding_key, "已不在的发现"))


def _checks(item: Item) -> Iterator[Entry]:
    # answers that were given before the case got another kind stay
    says = {point.key: point.says for kind in Kind.values for point in points_of(kind)}
    for made in checks_in(item):
        about = f"{says.get(made.point, made.point)}{_on(item, made.version)}：{made.answer}"
        what = "核对（所依据的材料不在本件，不再作数）" if made.set_aside else "核对"
        yield Entry(localtime(made.made), made.reviewer, what, about, made.comment)


def _conclusions(item: Item) -> Iterator[Entry]:
    for drawn in conclusions_in(item):
        about = f"{drawn.outcome}{_on(item, drawn.version)}"
        yield Entry(localtime(drawn.made), drawn.reviewer, "结论", about, drawn.reason)
    for given in explanations_in(item):
        about = f"{given.says}{_on(item, given.version)}"
        yield Entry(localtime(given.made), given.reviewer, "说明", about, given.words)


def _on(item: Item, version: Version | None) -> str:
    """The version that something was said on, "" where the item has one only or it was not recorded."""
    several = version is not None and item.current is not None and item.current.sequence > 1
    return f"（第{version.sequence}版）" if version is not None and several else ""


def _findings(item: Item, names: dict[str, _Named]) -> Iterator[Entry]:
    yield from _raised(item, names)
    found = {one.key: one for one in findings_of(item.pk)}
    for key, amendments in amendments_of(item).items():
        told = changes_of(found[key], item, amendments) if key in found else ((made, "", "") for made in amendments)
        called = names[key].first_name if key in names else ""
        for made, _, what in told:
            about = f"{names[key].place} {called}：{what}" if key in names else ""
            called = made.values.get("name", called)
            yield Entry(localtime(made.made), made.reviewer, "改动发现", about, made.reason)
    for corrected in corrections_of(item):
        before = f"“{corrected.machine}”" if corrected.machine else ""
        label = label_of(corrected.field, item.kind) if corrected.field in CORRECTABLE else ""
        about = f"{label}{before}更正为“{corrected.value}”"
        yield Entry(localtime(corrected.made), corrected.reviewer, "更正", about, "")


def _raised(item: Item, names: Mapping[str, _Named]) -> Iterator[Entry]:
    """The findings that people raised, each once, also those that were taken back."""
    raising: Decision
    told = set()
    for raising in decisions_in(item):
        if not raising.raising:
            continue
        told.add(raising.finding_key)
        named = names.get(raising.finding_key)
        about = f"{_subject(raising, names)}{f'：{named.words}' if named else ''}"
        what = "提出发现（已收回）" if raising.withdrawn else "提出发现"
        yield Entry(localtime(raising.made), raising.reviewer, what, about, raising.comment)
    # before 0.11.0 came no decision with a finding
    for finding in findings_of(item.pk):
        if finding.raised_by and finding.raised_at and finding.key not in told:
            told.add(finding.key)
            named = names[finding.key]
            about = f"{named.place} {named.first_name}：{named.words}"
            words = "；".join(finding.content["reasons"])
            yield Entry(localtime(finding.raised_at), finding.raised_by, "提出发现", about, words)


def _letters(item: Item) -> Iterator[Entry]:
    organ = recipient_called(item.kind)
    for sent in rows_in(Release, item).select_related("version").defer(*LARGE_OF_VERSION).prefetch_related("replies"):
        what = f"{'线下' if sent.offline else ''}送达{organ}"
        what += "（已收回）" if sent.taken_back else "（已由后一次送达代替）" if sent.withdrawn else ""
        number, renamed = f"第{sent.version.sequence}版", version_words(sent)
        on = f"（{renamed}）" if renamed != number else _on(item, sent.version)
        to = f"{'、'.join(sent.organs)}：" if sent.organs else ""
        about = f"{to}{sent.outcome}，{len(sent.findings)}处意见{on}"
        yield Entry(localtime(sent.made), sent.reviewer, what, about, sent.words)
        named = {finding["key"]: finding["name"] for finding in sent.findings}
        for reply in sent.replies.all():
            about = f"{to}{named.get(reply.finding_key, '')}：{reply.stance}"
            yield Entry(localtime(reply.made), reply.by, f"{organ}答复", about, reply.words)
    for kept in rows_in(Material, item):
        yield Entry(localtime(kept.made), kept.by, "提交材料", f"{kept.get_kind_display()}：{kept.name}", "")
