"""Electronic seals and signatures in an OFD: the time of signing, and whether the protected parts are unchanged.

The digests stored in a signature are recomputed (SM3, SHA and MD5, as named in GB/T 38540 and in OFD). The certificate
and the signature over the digests are not verified, which would need the authority's list of trusted certificates.
"""

import base64
import binascii
import hashlib
import xml.etree.ElementTree as ET
from collections.abc import Iterator

from ofdkit.errors import OFDError
from ofdkit.package import Package

from pipeline.document import Note

_METHODS = {
    "sm3": "sm3", "1.2.156.10197.1.401": "sm3", "md5": "md5", "1.2.840.113549.2.5": "md5", "sha1": "sha1", "sha-1": "sha1",
    "1.3.14.3.2.26": "sha1", "sha256": "sha256", "sha-256": "sha256", "2.16.840.1.101.3.4.2.1": "sha256",
}  # fmt: skip
_UNVERIFIED = "证书和签名值未验证，请用阅读器核验"


def seals_of(package: Package) -> Iterator[Note]:
    """One note for the reviewer per signature in a package."""
    names = [name for name in package.names if name.lower().endswith("signature.xml")]
    if not names and any(name.lower().endswith("signedvalue.dat") for name in package.names):
        yield Note("signed", f"含电子签章（{_UNVERIFIED}）")
    for name in sorted(names):
        try:
            root = package.read_xml(name)
        except OFDError:
            yield Note("signed", "含电子签章，但签章信息已损坏，无法核对")
            continue
        yield Note("signed", _describe(package, name, root))


def _describe(package: Package, name: str, root: ET.Element) -> str:
    when = (root.findtext("{*}SignedInfo/{*}SignatureDateTime") or "").strip()
    day = (
        f"，签章时间{when[:10]}"
        if "-" in when[:10]
        else f"，签章时间{when[:4]}-{when[4:6]}-{when[6:8]}"
        if when
        else ""
    )
    references = root.find("{*}SignedInfo/{*}References")
    method = (
        _METHODS.get((references.get("CheckMethod") or "").lower().removesuffix(".2"))
        if references is not None
        else None
    )
    if references is None or method is None or method not in hashlib.algorithms_available:
        return f"含电子签章{day}（摘要算法不能识别，未核对；{_UNVERIFIED}）"
    changed = [part_name for part_name, same in _compare_digests(package, name, references, method) if not same]
    count = len(references.findall("{*}Reference"))
    if changed:
        listed = "、".join(changed[:3]) + ("等" if len(changed) > 3 else "")
        return f"含电子签章{day}，但签章保护的{count}个部分中有{len(changed)}个与签章时不一致（{listed}），内容可能在签章后被改动，请核对原件"
    return f"含电子签章{day}，签章保护的{count}个部分与签章时一致（{_UNVERIFIED}）"


def _compare_digests(package: Package, name: str, references: ET.Element, method: str) -> Iterator[tuple[str, bool]]:
    for reference in references.findall("{*}Reference"):
        part_name = (reference.get("FileRef") or "").strip()
        part = package.resolve(name, part_name)
        try:
            expected = base64.b64decode((reference.findtext("{*}CheckValue") or "").strip(), validate=True)
            same = part is not None and hashlib.new(method, package.read(part)).digest() == expected
        except (OFDError, binascii.Error, ValueError):
            same = False
        yield part_name, same
