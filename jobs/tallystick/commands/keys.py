"""`tallystick keys`: make the key that signs reports, or one that two sides share, and show what names a key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from tallystick.commands.options import AsJson, talk
from tallystick.errors import UsageError
from tallystick.settings import passphrase_of_environment

keys = typer.Typer(no_args_is_help=True, help="Make the keys that sign reports or are shared, and show a key.")


@keys.command()
def new(
    file: Annotated[Path, typer.Argument(help="A new file for the private key; FILE.pub gets the public one.")],
    locked: Annotated[bool, typer.Option("--locked", help="Ask for a passphrase that locks the private key.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write a new Ed25519 key: a private file that only you may read, and a public one to hand out."""
    from tallystick.storage.key_files import write_new_key

    passphrase = passphrase_of_environment()
    if locked and passphrase is None:
        passphrase = typer.prompt("passphrase", hide_input=True, confirmation_prompt=True, err=True)
    if locked and not passphrase:
        raise UsageError("a locked key needs a passphrase")
    key, public = write_new_key(file, passphrase if locked else None)
    _show({"keyid": key.public.keyid, "private": str(file), "public": str(public), "locked": locked}, as_json)
    talk.print("next: name the private file in tallystick.toml, under \\[signing] keys; hand out the public one")


@keys.command()
def shared(
    file: Annotated[Path, typer.Argument(help="A new file for the key that both sides are to have.")],
    as_json: AsJson = False,
) -> None:
    """Write a new secret key that two sides share, for `commit`; it signs nothing."""
    from tallystick.commitments.shared_key import SharedKey

    key = SharedKey.make(file)
    _show({"mark": key.mark, "file": str(file)}, as_json)
    talk.print("next: give it to the other side over a channel that nobody reads; both compare the mark")


@keys.command()
def show(
    file: Annotated[Path, typer.Argument(help="A key in PEM form, private or public.")], as_json: AsJson = False
) -> None:
    """Show a key's id and public half; never anything secret."""
    from tallystick.storage.key_files import read_key

    key = read_key(file, passphrase_of_environment())
    _show({"keyid": key.keyid, "public_key": key.pem}, as_json)


def _show(found: dict[str, object], as_json: bool) -> None:
    print(json.dumps(found) if as_json else "\n".join(f"{name}: {value}".rstrip() for name, value in found.items()))
