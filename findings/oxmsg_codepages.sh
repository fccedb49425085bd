#!/bin/sh
# Three faults of python-oxmsg 0.0.2 (with olefile 0.47), observed on 2026-11-29 with the valid mails generated below.
#
# 1. A mail that declares code page 20936 (simplified Chinese) and stores all its text as Unicode.
#    Expected: the Unicode body. Observed: every property raises UnsupportedEncodingError, which derives from Exception
#    and neither from ValueError nor from LookupError.
# 2. A mail in code page 936 (GBK) whose body is stored as bytes and contains 〇.
#    Expected: the body. Observed: UnicodeDecodeError, since 936 is decoded as gb2312, which lacks 〇.
# 3. An attachment whose name is stored as bytes, in a mail of code page 936.
#    Expected: the name. Observed: it is decoded as ISO 8859-15.
#
# Exits with 0 while all three are reproduced, else with 1. Qinggui itself is not used.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check python-oxmsg==0.0.2 olefile==0.47
"$place/venv/bin/python" - <<'PROGRAM'
import io, struct, sys
from importlib.metadata import version
from oxmsg import Message

print("python-oxmsg", version("python-oxmsg"), "olefile", version("olefile"))
FREE, END, FAT, LONG = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 4096


def compound(tree):
    """A compound file; each stream is filled up to 4096 bytes by the caller, so that no small ones are needed."""
    sectors, fat, entries = [], [], []

    def keep(data):
        start, count = len(sectors), -(-len(data) // 512)
        sectors.extend(data[at * 512 : at * 512 + 512].ljust(512, b"\0") for at in range(count))
        fat.extend([*range(start + 1, start + count), END])
        return start

    def kids(tree):
        numbers = []
        for name, held in sorted(tree.items(), key=lambda item: (len(item[0]), item[0])):
            stream = isinstance(held, bytes)
            entries.append([name, 2 if stream else 1, keep(held) if stream else END, len(held) if stream else 0, FREE, FREE])
            number = len(entries) - 1
            if not stream:
                entries[number][4] = kids(held)
            numbers.append(number)
        for number, after in zip(numbers, numbers[1:]):
            entries[number][5] = after
        return numbers[0]

    entries.append(["Root Entry", 5, END, 0, FREE, FREE])
    entries[0][4] = kids(tree)
    listed = b""
    for name, kind, start, size, child, after in entries:
        wide = name.encode("utf-16-le") + b"\0\0"
        listed += wide.ljust(64, b"\0") + struct.pack("<HBBIII", len(wide), kind, 1, FREE, after, child)
        listed += bytes(36) + struct.pack("<IQ", start, size)
    directory = keep(listed)
    place = len(sectors)
    fat.append(FAT)
    assert len(fat) <= 128
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<10I", 0, 1, directory, 0, LONG, END, 0, END, 0, place) + struct.pack("<108I", *[FREE] * 108)
    return head + b"".join(sectors) + struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff")


def fixed(kind, number, value):
    return struct.pack("<HHIII", kind, number, 6, value, 0)


def properties(header, *entries):
    """A stream of properties, filled up with entries of a number that means nothing here."""
    data = bytes(header) + b"".join(entries)
    return data + fixed(3, 0x7FF0, 0) * ((LONG - len(data)) // 16 + 1)


def mail(page, body_kind, body, attached=None):
    tree = {
        f"__substg1.0_1000{body_kind:04X}": body,
        "__properties_version1.0": properties(
            32, fixed(body_kind, 0x1000, len(body)), fixed(3, 0x3FDE, page), fixed(3, 0x3FFD, page)
        ),
    }
    return compound({**tree, **(attached or {})})


def seen(work):
    try:
        return work()
    except Exception as error:
        return f"{type(error).__mro__[0].__name__}, {type(error).__mro__[1].__name__}"


text, long = "二〇二四年", 1100
unicode_body = (text * long).encode("utf-16-le")
first = seen(lambda: Message.load(io.BytesIO(mail(20936, 0x1F, unicode_body))).body[:5])
second = seen(lambda: Message.load(io.BytesIO(mail(936, 0x1E, (text * long).encode("gb18030")))).body[:5])
name = ("通知" * long).encode("gb18030")
part = {
    "__substg1.0_3707001E": name,
    "__properties_version1.0": properties(8, fixed(0x1E, 0x3707, len(name)), fixed(3, 0x3705, 1)),
}
named = mail(936, 0x1F, unicode_body, {"__attach_version1.0_#00000000": part})
third = seen(lambda: Message.load(io.BytesIO(named)).attachments[0].file_name[:4])
same = True
for what, expected, was, now in (
    ("Unicode body, code page 20936", text, "UnsupportedEncodingError, Exception", first),
    ("body in bytes, code page 936", text, "UnicodeDecodeError, UnicodeError", second),
    ("name in bytes, code page 936", "通知", "通知".encode("gb18030").decode("iso-8859-15"), third),
):
    print(f"{what}: expected {expected!r}, seen on 2026-11-29 {was!r}, now {now!r}")
    same = same and now == was
sys.exit(0 if same else 1)
PROGRAM
