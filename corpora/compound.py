"""A writer of compound files ([MS-CFB]) and of the Outlook mails that are kept in them ([MS-OXMSG]), for tests."""

import struct
from collections.abc import Mapping
from itertools import pairwise

SECTOR, MINI, _CUT = 512, 64, 4096
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
Tree = Mapping[str, "bytes | Tree"]


def as_compound(tree: Tree) -> bytes:
    """A compound file; a mapping in a mapping is a storage, bytes are a stream."""
    return _Writer(tree).data()


class _Writer:
    """Sectors and directory of a compound file while it is put together."""

    def __init__(self, tree: Tree) -> None:
        self.sectors: list[bytes] = []
        self.fat: list[int] = []
        self.mini, self.mini_fat = b"", list[int]()
        self.entries: list[list[object]] = []
        self._add("Root Entry", 5, b"")
        self.entries[0][4] = self._kids(tree)

    def _add(self, name: str, kind: int, data: bytes) -> int:
        start = _END if kind == 1 else self._keep(data)
        # name, kind, start, size, first child, next sibling
        self.entries.append([name, kind, start, len(data), _FREE, _FREE])
        return len(self.entries) - 1

    def _kids(self, tree: Tree) -> int:
        """Enters what a storage holds, as a chain; returns the first."""
        numbers = []
        for name, held in sorted(tree.items(), key=lambda item: (len(item[0]), item[0].upper())):
            number = self._add(name, 2, held) if isinstance(held, bytes) else self._add(name, 1, b"")
            if not isinstance(held, bytes):
                self.entries[number][4] = self._kids(held)
            numbers.append(number)
        for number, after in pairwise(numbers):
            self.entries[number][5] = after
        return numbers[0] if numbers else _FREE

    def _keep(self, data: bytes) -> int:
        if not data:
            return _END
        if len(data) >= _CUT:
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
        # every sector of the table holds 128 numbers and is one itself
        tables = next(n for n in range(1, 110) if len(self.fat) + n <= n * 128)
        first = len(self.sectors)
        self.fat += [_FAT] * tables
        table = struct.pack(f"<{len(self.fat)}I", *self.fat).ljust(tables * SECTOR, b"\xff")
        places = [*range(first, first + tables), *[_FREE] * (109 - tables)]
        header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
        header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
        header += struct.pack(
            "<IIIIIIIIII", 0, tables, directory, 0, _CUT, first_mini, len(mini_fat) // SECTOR, _END, 0, places[0]
        )
        return header + struct.pack("<108I", *places[1:]) + b"".join(self.sectors) + table


def _entry(entry: list[object]) -> bytes:
    name, kind, start, size, child, after = entry
    wide = str(name).encode("utf-16-le") + b"\0\0"
    head = wide.ljust(64, b"\0") + struct.pack("<HBBIII", len(wide), kind, 1, _FREE, after, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)


def mail(
    text: Mapping[str, bytes], attached: Mapping[str, Tree] | None = None, *, header: int = 32, **pages: int
) -> dict[str, "bytes | Tree"]:
    """A mail: its streams by number and type (1000001F), what is attached, and the code pages that it names.

    `internet` and `message` are numbers of Windows; `header` is 24 for a mail within another.
    """
    numbers = {"internet": 0x3FDE, "message": 0x3FFD}
    entries = b"".join(struct.pack("<HHIII", 3, numbers[name], 6, page, 0) for name, page in pages.items())
    tree: dict[str, bytes | Tree] = {f"__substg1.0_{key}": data for key, data in text.items()}
    tree |= {f"__attach_version1.0_#{number:08X}": held for number, held in enumerate((attached or {}).values())}
    return {**tree, "__properties_version1.0": bytes(header) + entries}


def attachment(data: "bytes | Tree", name: str | bytes = "") -> dict[str, "bytes | Tree"]:
    """Something attached: bytes, or a mail; a name in bytes is one of the message's code page."""
    kind = "0102" if isinstance(data, bytes) else "000D"
    tree: dict[str, bytes | Tree] = {f"__substg1.0_3701{kind}": data, "__properties_version1.0": bytes(8)}
    if isinstance(name, bytes):
        return {**tree, "__substg1.0_3707001E": name}
    return {**tree, "__substg1.0_3707001F": name.encode("utf-16-le")} if name else tree
