"""Log events on stderr: for people on a terminal, as JSON lines elsewhere; an event is named `<stage>.<what>`."""

from __future__ import annotations

import sys
from typing import Any

import structlog


def configure_log() -> None:
    """Send every event to stderr; control characters in values are escaped by both renderers."""
    on_terminal = sys.stderr.isatty()
    renderer: Any = (
        structlog.dev.ConsoleRenderer() if on_terminal else structlog.processors.JSONRenderer(sort_keys=True)
    )
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.add_log_level,
            _printable,
            renderer,
        ],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # what stderr is then, not what it was
        cache_logger_on_first_use=False,
    )


def log_event(event: str, **values: Any) -> None:
    """One event at level info, on stderr also where nobody has configured anything."""
    if not structlog.is_configured():
        configure_log()
    structlog.get_logger().info(event, **values)


def printable(text: str) -> str:
    """`text` with everything that could move a cursor, forge a line or turn the reading direction made visible."""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


def _printable(_: Any, __: str, event: Any) -> Any:
    return {key: printable(value) if isinstance(value, str) else value for key, value in event.items()}
