"""版本的线索: which item a newly read document may be a new version of. A version is proposed here, and chosen by a person.

A name of a file means nothing by itself: 送审稿.docx of one organ is not the 送审稿.docx of another. Two documents may be versions of
one another where title (without the words of its stage), number and issuers agree; a number or issuer that only one of them
states does not contradict.
"""

import hashlib
import re

from pipeline.review.models import Item, Kind, Original, Version

# 征求意见稿, （送审稿）, 草案修改稿…: the stage of a draft, which is no part of its title
_STAGE = re.compile(
    r"[（(〔\[【]?(?:第[一二三四五\d]+次)?(?:公开)?(?:(?:征求意见|送审|审议|报批|讨论|报审|会签|修改|修订|草案|初)+(?:[稿案]|(?<=草案)))(?:第?[一二三四五\d]+[次稿版])?[）)〕\]】]?"
)
_SIGNS = re.compile(r"[\s《》〈〉“”\"'（）()〔〕\[\]【】、，,.。·—-]")
UNTITLED = "（无题名）"
_MAX_CANDIDATES = 50


def bare_title(title: str) -> str:
    """A title without the words of its stage, signs and blanks; "" where the document has no title."""
    return "" if title.startswith(UNTITLED) else _SIGNS.sub("", _STAGE.sub("", title))


def title_key(title: str) -> str:
    """The key by which items of one title are found: 16 hexadecimal digits, "" for no title."""
    bare = bare_title(title)
    return hashlib.sha256(bare.encode()).hexdigest()[:16] if bare else ""


def proposal(item: Item, original: Original) -> tuple[Item, str] | None:
    """The item that a newly read one, whose file is `original`, may belong to, and why, in Chinese; None where there is none.

    An item that has the same file comes before any with the same title.
    """
    same = Version.objects.filter(original=original, item__rival=None).exclude(item=item.pk).select_related("item")
    version = same.order_by("pk").first()
    if version is not None:
        return version.item, f"与编号{version.item_id}第{version.sequence}版是同一个文件，逐字节相同"
    rival = possible_rival(item)
    return (rival, reason_for(item, rival)) if rival else None


def possible_rival(item: Item) -> Item | None:
    """The latest other item of which `item` may be a new version; None where title, number or issuers differ, or there is no title."""
    if not item.title_key:
        return None
    same_title = Item.objects.filter(title_key=item.title_key, rival=None).exclude(pk=item.pk)
    found = [other for other in same_title.order_by("-pk")[:_MAX_CANDIDATES] if _agree(item, other)]
    # a cleanup may have a case of its own beside the one in which the paper is reviewed
    return min(found, key=lambda other: other.kind == Kind.CLEANUP, default=None)


def _agree(one: Item, other: Item) -> bool:
    if bare_title(one.title) != bare_title(other.title):
        return False
    numbers = {_SIGNS.sub("", number) for number in (one.number, other.number) if number}
    issuers = [set(found.split("、")) for found in (one.issuers, other.issuers) if found]
    return len(numbers) < 2 and (len(issuers) < 2 or issuers[0] == issuers[1])


def reason_for(item: Item, rival: Item) -> str:
    """Why a version is proposed, in Chinese: what agrees and what only one of them states."""
    number = "文号相同" if item.number and rival.number else "至少一件没有文号"
    issuers = "制定机关相同" if item.issuers and rival.issuers else "至少一件没有读出制定机关"
    return f"与编号{rival.pk}题名相同，{number}，{issuers}"
