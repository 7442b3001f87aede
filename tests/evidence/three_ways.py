"""The three ways to check a bundle: tallystick verify, verify.py alone, and the commands of VERIFY.md."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from tallystick.errors import TallystickError
from tallystick.evidence.standalone import FILES, instructions
from tallystick.settings import S3Settings, SigningSettings
from tallystick.stages.verify import verify
from tallystick.storage.key_files import trust_of

Check = Callable[[Path, Path | None], int]
"""Checks the bundle in a folder or zip, with a key to trust or without; 0 when all is right, and else another code."""

HERE = Path(importlib.util.find_spec("tallystick.evidence.standalone").submodule_search_locations[0])  # type: ignore[union-attr,index]


def _module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("standalone_verify", HERE / FILES[0])
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


STANDALONE = _module()
COMMANDS = "\n".join(re.findall(r"```sh\n(.*?)```", instructions()["verify/VERIFY.md"].decode(), re.DOTALL))


def by_tallystick(bundle: Path, trusted: Path | None) -> int:
    """The exit code of `tallystick verify`."""
    trust = trust_of(SigningSettings(), [trusted] if trusted else [])
    try:
        verify(str(bundle), S3Settings(), trust)
    except TallystickError as error:
        return error.exit_code
    return 0


def by_verify_py(bundle: Path, trusted: Path | None) -> int:
    """The exit code of verify.py."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        code: int = STANDALONE.main([str(bundle), *(["--trust", str(trusted)] if trusted else [])])
    return code


def by_hand(bundle: Path, trusted: Path | None, authority: Path | None = None) -> int:
    """6 when one of the commands of VERIFY.md fails, else 0."""
    given = {"TRUSTED": trusted, "AUTHORITY": authority}
    environment = {**os.environ, **{name: str(file) for name, file in given.items() if file}}
    ran = subprocess.run(
        ["bash", "-c", COMMANDS], cwd=bundle, env=environment, capture_output=True, timeout=60, check=False
    )
    return 6 if ran.returncode else 0
