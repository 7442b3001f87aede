"""What kind of file a name stands for: its format and media type, by its ending."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Media:
    """`format` is the ending that a data package states, `type` the media type of the bytes."""

    format: str
    type: str

    @property
    def content_type(self) -> str:
        """The Content-Type to serve it with; text is UTF-8."""
        return f"{self.type}; charset=utf-8" if self.type.startswith("text/") else self.type


_KINDS = {
    "json": Media(format="json", type="application/json"),
    "html": Media(format="html", type="text/html"),
    "csv": Media(format="csv", type="text/csv"),
    "parquet": Media(format="parquet", type="application/vnd.apache.parquet"),
    "pdf": Media(format="pdf", type="application/pdf"),
    "xlsx": Media(format="xlsx", type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "md": Media(format="md", type="text/markdown"),
    "py": Media(format="py", type="text/x-python"),
    "tsr": Media(format="tsr", type="application/timestamp-reply"),
    "txt": Media(format="txt", type="text/plain"),
}
_UNKNOWN = Media(format="bin", type="application/octet-stream")


def media_of(name: str) -> Media:
    """The kind of the file `name`; SHA256SUMS is text, an unknown ending is plain bytes."""
    last = name.rpartition("/")[2]
    if last == "SHA256SUMS":
        return _KINDS["txt"]
    return _KINDS.get(last.rpartition(".")[2].lower(), _UNKNOWN)
