"""A real time-stamp authority on loopback: openssl's own, behind a server that hands it what it is asked."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

SETTINGS = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
certs = {folder}/ca.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.32473.1
digests = sha256
ess_cert_id_alg = sha256
[request]
distinguished_name = name
[name]
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[stamps]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = critical, timeStamping
"""
KINDS = {"ec": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "rsa": ["rsa:2048"]}


@dataclass(frozen=True, kw_only=True)
class Authority:
    """An authority's files in a folder."""

    folder: Path

    @property
    def certificate(self) -> Path:
        """The root certificate, PEM."""
        return self.folder / "ca.pem"

    @classmethod
    def make(cls, folder: Path, *, kind: str = "ec") -> Authority:
        """A root, and a certificate that it issued for time-stamps."""
        folder.mkdir(parents=True, exist_ok=True)
        settings = folder / "openssl.cnf"
        settings.write_text(SETTINGS.format(folder=folder), "utf-8")
        (folder / "serial").write_text("01\n", "ascii")
        new_key = ["req", "-config", str(settings), "-nodes", "-newkey", *KINDS[kind]]
        root = ["-x509", "-days", "30", "-subj", "/CN=Fictional Time Root", "-extensions", "root"]
        _openssl(*new_key, *root, "-keyout", str(folder / "ca.key"), "-out", str(folder / "ca.pem"))
        names = ["-subj", "/CN=Fictional Time", "-keyout", str(folder / "tsa.key"), "-out", str(folder / "tsa.csr")]
        _openssl(*new_key, *names)
        signs = ["-CA", str(folder / "ca.pem"), "-CAkey", str(folder / "ca.key"), "-CAcreateserial", "-days", "30"]
        asked = ["x509", "-req", "-in", str(folder / "tsa.csr"), "-extfile", str(settings), "-extensions", "stamps"]
        _openssl(*asked, *signs, "-out", str(folder / "tsa.pem"))
        return cls(folder=folder)

    def answer(self, query: bytes) -> bytes:
        """What openssl answers to a request in DER."""
        with tempfile.NamedTemporaryFile(dir=self.folder) as asked:
            asked.write(query)
            asked.flush()
            how = ["ts", "-reply", "-config", str(self.folder / "openssl.cnf"), "-queryfile", asked.name]
            return _openssl(*how)

    @contextmanager
    def served(self) -> Iterator[str]:
        """The address at which it answers, as long as the context lasts."""
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = self.rfile.read(int(self.headers["Content-Length"]))
                reply = authority.answer(asked) if self.path == "/" else b"<html>come back later</html>"
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_port}/"
            server.shutdown()


def _openssl(*arguments: str) -> bytes:
    return subprocess.run(["openssl", *arguments], capture_output=True, check=True, timeout=60).stdout
