"""zstd (RFC 8878): every frame of a file, block by block, each to its checksum where it has one."""

from __future__ import annotations

from collections.abc import Iterator

import zstandard

from tallystick.intake.compressions.feed import Feed

MAGIC = b"\x28\xb5\x2f\xfd"
SKIPPABLE = b"\x2a\x4d\x18"
"""The end of the magic number of a skippable frame; its first byte is one of 50 to 5f."""
MAX_WINDOW = 128 << 20
"""Bytes that a frame may look back; `zstd --long` looks back 128 MiB."""
TOGETHER = 1 << 17
"""Bytes of small blocks that are decoded at a time."""
BLOCK_LARGEST = 1 << 17
RAW, RLE, COMPRESSED = 0, 1, 2


def decompress_zstd(feed: Feed) -> Iterator[bytes]:
    """The decoded bytes of all frames; skippable frames are passed over.

    Raises DamagedFileError for a file that is cut, damaged, or goes on otherwise; UnreadableFileError for a frame that
    looks back too far or needs a dictionary.
    """
    decoder = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW)
    while head := feed.peek(4):
        if is_skippable(head):
            _skip(feed)
        elif head == MAGIC:
            yield from _frame(feed, decoder)
        elif MAGIC.startswith(head) or is_skippable(head + SKIPPABLE[len(head) - 1 :]):
            feed.exactly(4, "the beginning of a zstd frame")
        else:
            raise feed.foreign("a zstd frame")


def is_skippable(head: bytes) -> bool:
    """Whether four bytes begin a skippable frame."""
    return len(head) == 4 and head[1:] == SKIPPABLE and 0x50 <= head[0] <= 0x5F


def _skip(feed: Feed) -> None:
    inside = f"the skippable zstd frame that begins at byte {feed.begin_member('zstd frame')}"
    left = int.from_bytes(feed.exactly(8, inside)[4:], "little")
    while left:
        passed = feed.take(left)
        if not passed:
            raise feed.cut(inside)
        left -= len(passed)


def _frame(feed: Feed, decoder: zstandard.ZstdDecompressor) -> Iterator[bytes]:
    """One frame: its header, its blocks up to the last one, its checksum."""
    begins_at = feed.begin_member("zstd frame")
    inside = f"the zstd frame that begins at byte {begins_at}"
    header, has_checksum, block_max = _header(feed, inside)
    frame = decoder.decompressobj()
    waiting, grows_to, is_last = [header], 0, False
    while not is_last:
        head = feed.exactly(3, inside)
        stated = int.from_bytes(head, "little")
        is_last, kind, size = bool(stated & 1), stated >> 1 & 3, stated >> 3
        if kind not in (RAW, RLE, COMPRESSED) or size > block_max:
            raise feed.damaged(f"{inside} is damaged before byte {feed.at} (no block is like that)")
        waiting += [head, feed.exactly(1 if kind == RLE else size, inside)]
        if is_last and has_checksum:
            waiting.append(feed.exactly(4, inside))
        grows_to += block_max if kind == COMPRESSED else size
        if is_last or grows_to >= TOGETHER or len(waiting) > 1000:
            try:
                yield frame.decompress(b"".join(waiting))
            except zstandard.ZstdError as error:
                raise feed.damaged(f"{inside} is damaged before byte {feed.at} ({error})") from error
            waiting, grows_to = [], 0
    if not frame.eof or frame.unused_data:
        raise feed.damaged(f"{inside} is damaged before byte {feed.at} (it does not end where its last block does)")


def _header(feed: Feed, inside: str) -> tuple[bytes, bool, int]:
    """The bytes of a frame's header, whether a checksum ends the frame, and how large its blocks may be."""
    begun = feed.exactly(5, inside)
    described = begun[4]
    is_single, has_checksum = bool(described >> 5 & 1), bool(described >> 2 & 1)
    if described & 0b1000:
        raise feed.damaged(f"{inside} is damaged before byte {feed.at} (a reserved bit is set)")
    window_length = 0 if is_single else 1
    dictionary_length = (0, 1, 2, 4)[described & 3]
    size_length = (1 if is_single else 0, 2, 4, 8)[described >> 6]
    rest = feed.exactly(window_length + dictionary_length + size_length, inside)
    if any(rest[window_length : window_length + dictionary_length]):
        raise feed.refused(f"{inside} needs a dictionary")
    if is_single:
        window = int.from_bytes(rest[window_length + dictionary_length :], "little") + (256 if size_length == 2 else 0)
    else:
        base = 1 << 10 + (rest[0] >> 3)
        window = base + base // 8 * (rest[0] & 7)
    if window > MAX_WINDOW:
        raise feed.refused(f"{inside} looks back {window} bytes, more than 128 MiB")
    return begun + rest, has_checksum, min(window, BLOCK_LARGEST)
