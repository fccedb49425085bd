"""Reads the installed data package of national laws into the law library (`qinggui laws update`)."""

from dataclasses import dataclass
from datetime import date

from pipeline.law.data_package import NAME, read_package
from pipeline.law.dated_texts import date_texts
from pipeline.law.library import Library, without_next_part


@dataclass(frozen=True, slots=True)
class Update:
    """What was read: source and day of the package, laws, texts and articles; `corrected`: texts whose day of effect the tables
    correct; `doubts`; `own`: texts left out because a person loaded the same."""

    source: str
    day: date
    laws: int
    texts: int
    articles: int
    corrected: int
    doubts: int
    own: int


def update(library: Library) -> Update:
    """Put the texts of the installed package into a library, in the place of its earlier edition.

    Raises `UsageError` where the package is missing or cannot be read; the library then stays as it is.
    """
    package = read_package()
    dated = date_texts(package)
    own = library.replace_source(
        NAME, ((one.text, [(label, without_next_part(words)) for label, words in one.articles]) for one in dated)
    )
    return Update(
        package.source,
        package.day,
        len({one.text.key for one in dated}),
        len(dated),
        sum(len(one.articles) for one in dated),
        sum(one.corrected for one in dated),
        sum(len(one.text.doubts) for one in dated),
        own,
    )
