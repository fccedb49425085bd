"""Cards: the summary of a dossier that the register works on."""

import re
from dataclasses import dataclass, field
from datetime import date
from itertools import chain

import numpy as np

from pipeline.assess import STATED
from pipeline.document import Amendment, Cleanup, Dossier, Severity
from pipeline.law import province_of, statute_key, statute_keys
from pipeline.register.catalogues import Catalogue, read_catalogue
from pipeline.register.keys import number_cited, number_in, number_key

SKETCH = 64
_SEED, _SHINGLE, _SAMPLE = 7, 5, 20_000
_BLANK = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference to another document: title, number key (None if not stated) and kind of reference.

    `kind` is 引用, 依据, 废止, 修改 or 延长. `title` is "" where only a number is given. `until` is the new last day in force of
    a prolonged document, `years` the length by which it is prolonged (with `anew` from the disposition); `part` is what is
    changed, None for the whole; `since` the day on which the disposition takes effect, where stated.
    """

    title: str
    number: str | None
    kind: str
    until: date | None = None
    years: float | None = None
    anew: bool = False
    part: str | None = None
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """What the register needs to know of one document.

    `name` and `digest` (SHA-256) identify the file; `place` is the province; `state` and `expires` (last day in force)
    are its validity, `stated` whether the document states its term; `attached` holds the titles of attached documents;
    `alarms` counts findings of high or critical severity; `sketch` is a MinHash or () if not computed.
    """

    name: str
    digest: str
    title: str
    number: str | None
    registration: str | None
    issuers: tuple[str, ...]
    place: str | None
    made: date | None
    effective: date | None
    level: str
    genre: str
    is_normative: bool
    state: str
    expires: date | None
    stated: bool
    cleanup: Cleanup
    references: tuple[Reference, ...] = ()
    attached: tuple[str, ...] = ()
    catalogue: Catalogue | None = None
    alarms: int = 0
    risk: int = 0
    characters: int = 0
    sketch: tuple[int, ...] = field(default=(), repr=False)

    @property
    def since(self) -> date | None:
        """The day from which the document applies: 施行, else 成文 or 公布; None if none is stated."""
        return self.effective or self.made


def card_of(dossier: Dossier, *, sketched: bool = False) -> Card:
    """Make the card of a dossier; `sketched` adds the MinHash used to find near duplicates (needs rensa)."""
    document, assessment = dossier.document, dossier.assessment
    masthead = document.masthead
    issuers = tuple(fact.value for fact in masthead.issuers)
    made = masthead.made or masthead.published
    validity = assessment.validity
    alarmed = [f for f in assessment.findings if f.severity in (Severity.CRITICAL, Severity.HIGH) and not f.softened]
    title = masthead.title.value if masthead.title else ""
    return Card(
        name=dossier.source.name,
        digest=dossier.source.digest,
        title=title,
        number=number_key(masthead.number.value) if masthead.number else number_in(title),
        registration=masthead.registration.value if masthead.registration else None,
        issuers=issuers,
        place=next((place for place in map(province_of, issuers) if place), None),
        made=made.value if made else None,
        effective=document.effective.day if document.effective else None,
        level=dossier.labels.norm_level.value,
        genre=dossier.labels.genre,
        is_normative=dossier.labels.is_normative,
        state=validity.state,
        expires=validity.expires,
        stated=validity.rule == STATED,
        cleanup=assessment.cleanup,
        references=_references(dossier),
        attached=tuple(m.masthead.title.value for m in document.family() if m is not document and m.masthead.title),
        catalogue=read_catalogue(dossier),
        alarms=len(alarmed),
        risk=assessment.risk.score,
        characters=len(dossier.source.text),
        sketch=sketch(dossier.source.text) if sketched else (),
    )


def _references(dossier: Dossier) -> tuple[Reference, ...]:
    """The references of a document and its attached documents, without duplicates and without statutes."""
    statutes = statute_keys()
    found: dict[tuple[str, str | None, str, str | None], Reference] = {}
    members = list(dossier.document.family())
    references = chain(
        (Reference(r.title or "", number_key(r.number), "废止", since=r.day) for m in members for r in m.repeals),
        (_amended(a) for m in members for a in m.amendments),
        (
            Reference(c.title, number_cited(c.title, c.number), "依据" if c.role == "依据" else "引用")
            for m in members
            for c in m.citations
            if c.target == "他件" and c.role != "目录" and statute_key(c.title) not in statutes
        ),
    )
    for reference in references:
        found.setdefault((reference.title, reference.number, reference.kind, reference.part), reference)
    return tuple(found.values())


def _amended(made: Amendment) -> Reference:
    number = number_key(made.number)
    return Reference(made.title or "", number, made.kind, made.until, made.years, made.anew, made.part, made.since)


def sketch(text: str) -> tuple[int, ...]:
    """The MinHash of a text over its 5-character shingles: 64 numbers of 32 bits.

    Blanks are ignored and only the first 20,000 characters are used; equal texts have equal sketches.
    """
    from rensa import RMinHash

    squeezed = _BLANK.sub("", text[:_SAMPLE])
    minhash = RMinHash(SKETCH, _SEED)
    # shingles that come again change nothing, and dropping them first would take longer
    minhash.update(_shingles(squeezed))
    return tuple(minhash.digest())


def _shingles(text: str) -> list[str]:
    """Every run of `_SHINGLE` characters, the text itself if it is shorter."""
    count = max(len(text) - _SHINGLE + 1, 1)
    if len(text) < _SHINGLE or "\0" in text:  # arrays of text drop it from the end
        return [text[at : at + _SHINGLE] for at in range(count)]
    data = text.encode("utf-32-le", "surrogatepass")
    runs: list[str] = np.ndarray((count,), f"<U{_SHINGLE}", data, strides=(4,)).tolist()
    return runs
