"""The law shelf: rule files that lawyers edit (`rules/`) and what reads them.

Everything here is data with dates; nothing here looks at a document.
"""

from pipeline.law.bodies import Body, load_bodies
from pipeline.law.registrations import Registration, load_registrations
from pipeline.law.statutes import Repealed, find_statute_names, load_statute_names, repealed_on, statute_key

__all__ = [
    "Body",
    "Registration",
    "Repealed",
    "find_statute_names",
    "load_bodies",
    "load_registrations",
    "load_statute_names",
    "repealed_on",
    "statute_key",
]
