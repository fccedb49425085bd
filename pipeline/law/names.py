"""Titles of laws and documents as they are compared, whoever writes them."""

import re
from functools import lru_cache

_MARKS = re.compile(r"[\s《》〈〉<>“”\"'·]")


@lru_cache(maxsize=8192)
def name_key(title: str) -> str:
    """The key by which titles of instruments are compared: without 中华人民共和国, marks and blanks."""
    title = _MARKS.sub("", title).replace("（", "(").replace("）", ")").replace("，", ",")
    return title.removeprefix("中华人民共和国") if len(title) > 9 else title
