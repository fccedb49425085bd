"""Files → the papers whose provisions a second reader may see, and those it may not."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from pipeline.analyzer import Judge, LegalContext, analyze_upload, refuse_secret
from pipeline.document import Dossier, Problem
from pipeline.ingest import uploads
from pipeline.reader.cache import Cache
from pipeline.reader.confidential import why_confidential
from pipeline.reader.provisions import LEAST, Provision, provisions_of


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper with its provisions; `withheld` says in Chinese why nothing of it may be sent, "" where it may."""

    name: str
    digest: str
    provisions: tuple[Provision, ...]
    dossier: Dossier | None = None
    withheld: str = ""


def papers_in(
    paths: Iterable[Path], legal_context: LegalContext, judge: Judge, least: float = LEAST
) -> Iterator[Paper]:
    """The papers in files and folders, in order; one that cannot be read is withheld. Raises `RuleError`."""
    for upload in chain.from_iterable(map(uploads, paths)):
        result = upload if isinstance(upload, Problem) else refuse_secret(analyze_upload(upload, legal_context))
        if isinstance(result, Problem):
            yield Paper(result.name, result.digest or "", (), None, result.message)
            continue
        name, digest = result.source.name, result.source.digest
        found = tuple(provisions_of(result, judge, least))
        yield Paper(name, digest, found, result, why_confidential(result))


def keep_places(paper: Paper, cache: Cache) -> None:
    """Lets the desk find the opinions on a paper. Raises `StorageError`."""
    if paper.digest:
        spans = [(one.span, one.sentence, one.key) for one in paper.provisions if one.span is not None]
        cache.keep_places(paper.digest, spans)
