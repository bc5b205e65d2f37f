"""Asks Touchmark about a model, for notebooks and scripts: `touchmark.verify("acme/receipt-reader").ok`.

It starts the program and reads its JSON documents, and decides nothing by itself. An answer of another form than the
expected one is an error, never a pass.
"""

import json
import subprocess
from dataclasses import dataclass

PASSING = {"verification": ("outcome", "pass"), "verdict": ("decision", "admit")}


class TouchmarkError(RuntimeError):
    """What kept Touchmark from looking: its code, what happened, and what to do."""


@dataclass(frozen=True)
class Answer:
    """What Touchmark found: `ok`, the word for it, and the whole document."""

    ok: bool
    word: str
    status: int
    document: dict

    def __bool__(self) -> bool:
        return self.ok


def verify(model, **options) -> Answer:
    """Verifies a model by the policy of the workspace. It is ok when everything that was signed is as it was signed."""
    return _ask("verification", ["verify"], model, **options)


def gate(model, stage, **options) -> Answer:
    """Decides whether a model may enter a stage, and records that. It is ok when it is admitted without warnings."""
    return _ask("verdict", ["gate", "--stage", stage], model, **options)


def _ask(name, words, model, workspace=None, binary="touchmark", timeout=600) -> Answer:
    command = [binary, *words, "--format", "json"]
    if workspace is not None:
        command += ["--workspace", str(workspace)]
    done = subprocess.run([*command, "--", str(model)], capture_output=True, timeout=timeout, stdin=subprocess.DEVNULL)
    try:
        document = json.loads(done.stdout)
        schema = document["schema"]
    except (ValueError, KeyError, TypeError) as cause:
        raise TouchmarkError(f"no answer (status {done.returncode}): {done.stderr[:2000]!r}") from cause
    if schema == "touchmark.error/1":
        raise TouchmarkError(f"{document['code']}: {document['what']} ({document['at']}); {document['help']}")
    if schema != f"touchmark.{name}/1":
        raise TouchmarkError(f"an answer of another form: {schema!r}")
    member, passing = PASSING[name]
    word = (document["verdict"] if name == "verdict" else document)[member]
    return Answer(word == passing and done.returncode == 0, word, done.returncode, document)
