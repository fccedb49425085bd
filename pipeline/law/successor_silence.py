"""When the end of an issuer speaks for repeal: how long its successor has left the document without confirmation."""

from dataclasses import dataclass
from functools import cache

from pipeline.law.files import read_yaml


@dataclass(frozen=True, slots=True)
class SuccessorSilence:
    """The years after the end of the leading issuer from which a document that nobody confirmed is proposed for repeal.

    `says` is the reason in Chinese, `basis` the document that prescribes regular cleanups.
    """

    years: int
    basis: str
    says: str


@cache
def load_successor_silence() -> SuccessorSilence:
    """The setting of `rules/successor_silence.yaml`."""
    row = read_yaml("successor_silence.yaml")
    return SuccessorSilence(row["years"], row["basis"], row["says"])
