"""Small builders of what the rooms hand each other."""

from pipeline.classify import classify, load_model
from pipeline.document import Document, Dossier, Labels, SourceText
from pipeline.ingest import Upload, read_text
from pipeline.law import load_rulebook
from pipeline.parse import genre_of, parse
from pipeline.run import Question, examine, examine_source
from tests.conftest import AS_OF


def source(*lines: str) -> SourceText:
    """A source whose paragraphs these are."""
    return read_text("文件.txt", "\n".join(lines))


def document(*lines: str) -> Document:
    return parse(source(*lines))


def labels(*lines: str) -> Labels:
    text = source(*lines)
    parsed = parse(text)
    title = parsed.masthead.title
    return classify(text, parsed, genre_of(title.value) if title else None, load_rulebook(), load_model())


def dossier(*lines: str, place: str | None = None) -> Dossier:
    return examine_source(source(*lines), Question(AS_OF, place))


def examined(data: bytes, name: str = "文件.txt", place: str | None = None) -> Dossier:
    """The dossier of a file that can be read."""
    result = examine(Upload(name, data), Question(AS_OF, place))
    assert isinstance(result, Dossier), result
    return result
