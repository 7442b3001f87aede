"""The central directory of a zip archive: its members, held to account for every byte of the file."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

from tallystick.errors import DamagedFileError
from tallystick.intake.compressions.feed import Feed
from tallystick.intake.masking import harmless

LOCAL, CENTRAL, END, END_64, LOCATOR_64 = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
DESCRIPTOR = b"PK\x07\x08"
MAX_MEMBERS = 1 << 16
"""Members of an archive of logs; their directory is held in memory."""
MAX_DIRECTORY_BYTES = 1 << 24
END_BYTES, LONGEST_COMMENT = 22, 0xFFFF
FULL, FULL_SHORT = 0xFFFFFFFF, 0xFFFF
ENCRYPTED, HAS_DESCRIPTOR, STRONG, MASKED = 1, 1 << 3, 1 << 6, 1 << 13


@dataclass(frozen=True, kw_only=True)
class Member:
    """One member as the central directory states it; `offset` is where its local header begins."""

    name: str
    raw_name: bytes
    flags: int
    method: int
    crc: int
    stored_bytes: int
    decoded_bytes: int
    offset: int

    @property
    def is_folder(self) -> bool:
        """Whether it is a directory, which has no content."""
        return self.raw_name.endswith(b"/")


def read_directory(archive: BinaryIO, size: int, feed: Feed) -> tuple[list[Member], int]:
    """The members of an archive of `size` bytes in the order of its directory, and where the directory begins.

    Raises DamagedFileError for an archive that is cut or does not add up, UnreadableFileError for one in several parts
    or with too many members.
    """
    count, length, begins_at, ends_at = _end(archive, size, feed)
    if count > MAX_MEMBERS or length > MAX_DIRECTORY_BYTES:
        raise feed.refused(f"the zip archive has {count} members; more than {MAX_MEMBERS} are not read")
    if begins_at + length != ends_at:
        raise feed.damaged(f"the directory of the zip archive does not end at byte {ends_at}, where it should")
    archive.seek(begins_at)
    directory = archive.read(length)
    members, at = [], 0
    for _ in range(count):
        member, at = _member(directory, at, begins_at, feed)
        members.append(member)
    if at != length:
        raise feed.damaged(f"at byte {begins_at + at}, in the directory of the zip archive, stand bytes of no member")
    return members, begins_at


def _end(archive: BinaryIO, size: int, feed: Feed) -> tuple[int, int, int, int]:
    """Members, length and place of the directory, and the place of what follows it."""
    tail_at = max(0, size - END_BYTES - LONGEST_COMMENT)
    archive.seek(tail_at)
    tail = archive.read()
    at = tail.rfind(END)
    while at >= 0:
        if at + END_BYTES <= len(tail):
            disk, start, here, count, length, begins_at, comment = struct.unpack(
                "<4H2IH", tail[at + 4 : at + END_BYTES]
            )
            if at + END_BYTES + comment == len(tail):
                break
        at = tail.rfind(END, 0, at)
    else:
        raise feed.damaged(f"it ends at byte {size}, without the end of a zip archive's directory")
    place = tail_at + at
    if count == FULL_SHORT or FULL in (length, begins_at):
        disk, here, count, length, begins_at, place = _end_64(archive, place, feed)
    elif disk or start:
        raise feed.refused("is one part of a zip archive in several parts")
    if here != count:
        raise feed.damaged(f"the end of the zip archive at byte {place} does not add up")
    return count, length, begins_at, place


def _end_64(archive: BinaryIO, place: int, feed: Feed) -> tuple[int, int, int, int, int, int]:
    archive.seek(max(0, place - 20))
    locator = archive.read(20)
    if place >= 20 and locator.startswith(LOCATOR_64):
        _, at, disks = struct.unpack("<IQI", locator[4:])
        archive.seek(min(at, place))
        record = archive.read(56)
        if len(record) == 56 and record.startswith(END_64) and at + 56 == place - 20 and disks == 1:
            length, _, _, disk, start, here, count, size, begins_at = struct.unpack("<Q2H2I4Q", record[4:])
            if length == 44 and not disk and not start:
                return disk, here, count, size, begins_at, at
    raise feed.damaged(f"the end of the zip archive at byte {place} does not add up")


def _member(directory: bytes, at: int, begins_at: int, feed: Feed) -> tuple[Member, int]:
    fixed = directory[at : at + 46]
    if len(fixed) < 46 or not fixed.startswith(CENTRAL):
        raise feed.damaged(f"at byte {begins_at + at} the directory of the zip archive is damaged")
    (_, _, flags, method, _, _, crc, stored, decoded, name, extra, comment, disk, _, _, offset) = struct.unpack(
        "<6H3I5H2I", fixed[4:]
    )
    ends_at = at + 46 + name + extra + comment
    raw = directory[at + 46 : at + 46 + name]
    if ends_at > len(directory) or disk not in (0, FULL_SHORT):
        raise feed.damaged(f"at byte {begins_at + at} the directory of the zip archive is damaged")
    wide = _wide(directory[at + 46 + name : at + 46 + name + extra])
    sizes = []
    for value in (decoded, stored, offset):
        if value == FULL:
            if len(wide) < 8:
                raise feed.damaged(f"at byte {begins_at + at} the directory of the zip archive is damaged")
            value, wide = int.from_bytes(wide[:8], "little"), wide[8:]
        sizes.append(value)
    text = harmless(raw.decode("utf-8" if flags & 1 << 11 else "cp437", "backslashreplace"))
    return (
        Member(
            name=text if len(text) <= 80 else f"{text[:80]}…",
            raw_name=raw,
            flags=flags,
            method=method,
            crc=crc,
            stored_bytes=sizes[1],
            decoded_bytes=sizes[0],
            offset=sizes[2],
        ),
        ends_at,
    )


def _wide(extra: bytes) -> bytes:
    """The 64-bit numbers of an extra field; none where there are none."""
    while len(extra) >= 4:
        kind, length = struct.unpack("<2H", extra[:4])
        if kind == 1:
            return extra[4 : 4 + length]
        extra = extra[4 + length :]
    return b""


def data_of(archive: BinaryIO, member: Member, ends_at: int, feed: Feed) -> tuple[int, bytes]:
    """Where a member's stored bytes begin, and what stands after them up to `ends_at`, where the next one begins.

    Raises DamagedFileError where the member's own header says something else than the directory, or where bytes up to
    `ends_at` belong to no member.
    """
    archive.seek(member.offset)
    fixed = archive.read(30)
    if len(fixed) < 30 or not fixed.startswith(LOCAL):
        raise feed.damaged(f"at byte {member.offset} should begin a member of the zip archive")
    _, flags, method, _, _, crc, stored, decoded, name, extra = struct.unpack("<5H3I2H", fixed[4:])
    raw, wide = archive.read(name), _wide(archive.read(extra))
    begins_at = member.offset + 30 + name + extra
    differs = _differs(member, ends_at, feed)
    if raw != member.raw_name or (method, flags & ~STRONG) != (member.method, member.flags & ~STRONG):
        raise differs
    if stored == FULL and decoded == FULL and len(wide) >= 16:
        decoded, stored = struct.unpack("<2Q", wide[:16])
    stated = (crc, stored, decoded)
    known = (member.crc, member.stored_bytes, member.decoded_bytes)
    if stated != known and not (flags & HAS_DESCRIPTOR and stated in ((0, 0, 0), (0, FULL, FULL))):
        raise differs
    after = ends_at - begins_at - member.stored_bytes
    if after < 0 or after > 24:
        raise differs
    archive.seek(begins_at + member.stored_bytes)
    rest = archive.read(after)
    sizes = [struct.pack(form, *known) for form in ("<3I", "<I2Q") if form != "<3I" or max(known) <= FULL]
    allowed = [mark + one for one in sizes for mark in (b"", DESCRIPTOR)] if flags & HAS_DESCRIPTOR else [b""]
    if rest not in allowed:
        raise differs
    return begins_at, rest


def _differs(member: Member, ends_at: int, feed: Feed) -> DamagedFileError:
    return feed.damaged(
        f"the member {member.name!r} of the zip archive at byte {member.offset} and the directory disagree, "
        f"or bytes before byte {ends_at} belong to no member"
    )
