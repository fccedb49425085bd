"""Writes compound files ([MS-CFB]) and Outlook mails in that format ([MS-OXMSG]), for tests."""

import struct
from collections.abc import Mapping
from itertools import pairwise

SECTOR, MINI, _MINI_STREAM_CUTOFF = 512, 64, 4096
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
Tree = Mapping[str, "bytes | Tree"]


def as_compound(tree: Tree) -> bytes:
    """Build a compound file: nested mappings are storages, bytes are streams."""
    return _Writer(tree).data()


class _Writer:
    """Collects the sectors and directory entries of a compound file."""

    def __init__(self, tree: Tree) -> None:
        self.sectors: list[bytes] = []
        self.fat: list[int] = []
        self.mini, self.mini_fat = b"", list[int]()
        self.entries: list[list[object]] = []
        self._add("Root Entry", 5, b"")
        self.entries[0][4] = self._add_children(tree)

    def _add(self, name: str, kind: int, data: bytes) -> int:
        start = _END if kind == 1 else self._store(data)
        # name, kind, start, size, first child, next sibling
        self.entries.append([name, kind, start, len(data), _FREE, _FREE])
        return len(self.entries) - 1

    def _add_children(self, tree: Tree) -> int:
        """Add the children of a storage as a chain of siblings; returns the number of the first."""
        numbers = []
        for name, held in sorted(tree.items(), key=lambda item: (len(item[0]), item[0].upper())):
            number = self._add(name, 2, held) if isinstance(held, bytes) else self._add(name, 1, b"")
            if not isinstance(held, bytes):
                self.entries[number][4] = self._add_children(held)
            numbers.append(number)
        for number, after in pairwise(numbers):
            self.entries[number][5] = after
        return numbers[0] if numbers else _FREE

    def _store(self, data: bytes) -> int:
        if not data:
            return _END
        if len(data) >= _MINI_STREAM_CUTOFF:
            return self._chain(data)
        start = len(self.mini_fat)
        count = -(-len(data) // MINI)
        self.mini += data.ljust(count * MINI, b"\0")
        self.mini_fat += [*range(start + 1, start + count), _END]
        return start

    def _chain(self, data: bytes) -> int:
        start, count = len(self.sectors), -(-len(data) // SECTOR)
        self.sectors += [data[at * SECTOR : (at + 1) * SECTOR].ljust(SECTOR, b"\0") for at in range(count)]
        self.fat += [*range(start + 1, start + count), _END]
        return start

    def data(self) -> bytes:
        mini_fat = struct.pack(f"<{len(self.mini_fat)}I", *self.mini_fat)
        mini_fat = mini_fat.ljust(-(-len(mini_fat) // SECTOR) * SECTOR, b"\xff")
        first_mini = self._chain(mini_fat) if mini_fat else _END
        self.entries[0][2:4] = [self._chain(self.mini) if self.mini else _END, len(self.mini)]
        listed = b"".join(map(_entry, self.entries))
        directory = self._chain(listed.ljust(-(-len(listed) // SECTOR) * SECTOR, b"\0"))
        # each sector of the allocation table holds 128 entries and has an entry itself
        tables = next(n for n in range(1, 110) if len(self.fat) + n <= n * 128)
        first = len(self.sectors)
        self.fat += [_FAT] * tables
        table = struct.pack(f"<{len(self.fat)}I", *self.fat).ljust(tables * SECTOR, b"\xff")
        places = [*range(first, first + tables), *[_FREE] * (109 - tables)]
        header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
        header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
        header += struct.pack(
            "<IIIIIIIIII",
            0,
            tables,
            directory,
            0,
            _MINI_STREAM_CUTOFF,
            first_mini,
            len(mini_fat) // SECTOR,
            _END,
            0,
            places[0],
        )
        return header + struct.pack("<108I", *places[1:]) + b"".join(self.sectors) + table


def _entry(entry: list[object]) -> bytes:
    name, kind, start, size, child, after = entry
    utf16 = str(name).encode("utf-16-le") + b"\0\0"
    head = utf16.ljust(64, b"\0") + struct.pack("<HBBIII", len(utf16), kind, 1, _FREE, after, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)


def mail(
    text: Mapping[str, bytes], attached: Mapping[str, Tree] | None = None, *, header: int = 32, **pages: int
) -> dict[str, "bytes | Tree"]:
    """A mail: its streams by property number and type (1000001F), its attachments, and the code pages it declares.

    `pages` may give `internet` and `message`, Windows code page numbers; `header` is 24 for an embedded mail.
    """
    numbers = {"internet": 0x3FDE, "message": 0x3FFD}
    entries = b"".join(struct.pack("<HHIII", 3, numbers[name], 6, page, 0) for name, page in pages.items())
    tree: dict[str, bytes | Tree] = {f"__substg1.0_{key}": data for key, data in text.items()}
    tree |= {f"__attach_version1.0_#{number:08X}": held for number, held in enumerate((attached or {}).values())}
    return {**tree, "__properties_version1.0": bytes(header) + entries}


def attachment(data: "bytes | Tree", name: str | bytes = "") -> dict[str, "bytes | Tree"]:
    """An attachment: bytes or a mail; a name given as bytes is in the code page of the message."""
    kind = "0102" if isinstance(data, bytes) else "000D"
    tree: dict[str, bytes | Tree] = {f"__substg1.0_3701{kind}": data, "__properties_version1.0": bytes(8)}
    if isinstance(name, bytes):
        return {**tree, "__substg1.0_3707001E": name}
    return {**tree, "__substg1.0_3707001F": name.encode("utf-16-le")} if name else tree
