"""Asks Touchmark about a model, and holds its answer to the bytes that are loaded.

It knows nothing of vLLM. Whatever goes wrong is a refusal: only a decision that was read, that is about this stage and
that ended with status 0 lets a model in.
"""

import json
import os
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass

#: More output than a decision can have.
MAX_OUTPUT = 16 * 1024 * 1024
#: More files than a model can have.
MAX_FILES = 2_000_000


class Refused(RuntimeError):
    """A model that must not be loaded, with the reasons and what to do."""


@dataclass(frozen=True)
class Settings:
    """Where Touchmark is, and what it is asked."""

    stage: str
    binary: str = "touchmark"
    workspace: str | None = None
    allow_warn: bool = False
    timeout: float = 600.0

    @staticmethod
    def from_environment(environment=os.environ) -> "Settings":
        """What the variables say; a stage has to be named."""
        stage = environment.get("TOUCHMARK_STAGE", "")
        if not stage:
            raise Refused("no stage is named; set TOUCHMARK_STAGE, for example to `production`")
        text = environment.get("TOUCHMARK_TIMEOUT", "600")
        try:
            timeout = float(text)
        except ValueError:
            timeout = 0.0
        if not 0 < timeout <= 86_400:
            raise Refused(f"TOUCHMARK_TIMEOUT is no number of seconds: {plain(text)}")
        warn = environment.get("TOUCHMARK_ALLOW_WARN", "0")
        if warn not in ("0", "1"):
            raise Refused("TOUCHMARK_ALLOW_WARN is 0 or 1")
        return Settings(
            stage=stage,
            binary=environment.get("TOUCHMARK_BIN") or "touchmark",
            workspace=environment.get("TOUCHMARK_WORKSPACE") or None,
            allow_warn=warn == "1",
            timeout=timeout,
        )


def plain(text: object, limit: int = 2000) -> str:
    """Text of others without what moves a terminal's cursor or hides."""
    text = str(text)
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text[:limit])
    return shown + ("…" if len(text) > limit else "")


def files_of(folder: str) -> dict[str, tuple[int, ...]]:
    """Every file below a folder with what tells it from another: device, inode, size and times."""
    found: dict[str, tuple[int, ...]] = {}

    def unreadable(cause: OSError) -> None:
        raise Refused(f"a folder of the model cannot be listed: {plain(cause)}")

    for place, folders, names in os.walk(folder, onerror=unreadable):
        for name in folders:
            path = os.path.join(place, name)
            if os.path.islink(path):
                raise Refused(f"a link to a folder inside the model: {plain(path)}; copy the files instead")
        for name in names:
            path = os.path.join(place, name)
            try:
                seen = os.stat(path)
            except OSError as cause:
                raise Refused(f"a file of the model cannot be looked at: {plain(cause)}") from None
            if not stat.S_ISREG(seen.st_mode):
                raise Refused(f"not a regular file: {plain(path)}")
            found[path] = (seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)
            if len(found) > MAX_FILES:
                raise Refused("the model has too many files")
    if not found:
        raise Refused(f"no files in {plain(folder)}")
    return found


def reasons_of(decision: dict) -> str:
    """The reasons of a decision and what would lift them, one a line."""
    lines = []
    reasons = decision.get("reasons")
    for reason in reasons[:20] if isinstance(reasons, list) else []:
        if not isinstance(reason, dict):
            continue
        code, text = plain(reason.get("code", "?"), 80), plain(reason.get("text") or "", 500)
        remedy = plain(reason.get("remedy") or "", 500)
        lines.append(f"  {code}: {text}" + (f" ({remedy})" if remedy else ""))
    return "\n".join(lines)


def ask(folder: str, settings: Settings) -> dict:
    """Touchmark's decision about the model that lies here; anything but an admission raises."""
    binary = shutil.which(settings.binary)
    if binary is None:
        raise Refused(f"no program `{plain(settings.binary)}`; install Touchmark or set TOUCHMARK_BIN")
    command = [binary, "gate", folder, "--stage", settings.stage, "--when", "load", "--location", folder]
    command += ["--format", "json"]
    if settings.workspace:
        command += ["--workspace", settings.workspace]
    if settings.allow_warn:
        command.append("--allow-warn")
    # Files, not pipes: a child that outlives the program cannot hold us back.
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        try:
            ended = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                timeout=settings.timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Refused(
                f"no decision in {settings.timeout:g} s; a large model takes its time: raise TOUCHMARK_TIMEOUT"
            ) from None
        except OSError as cause:
            raise Refused(f"Touchmark cannot be started: {plain(cause)}") from None
        output.seek(0)
        raw = output.read(MAX_OUTPUT + 1)
        errors.seek(0)
        complaint = plain("; ".join(errors.read(4000).decode("utf-8", "replace").split("\n")).strip("; "))
    if len(raw) > MAX_OUTPUT:
        raise Refused("the answer of Touchmark is too long to be a decision")
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        document = None
    decision = document.get("verdict") if isinstance(document, dict) else None
    if not isinstance(decision, dict) or document.get("schema") != "touchmark.verdict/1":
        raise Refused(f"no decision (status {ended.returncode}): {complaint or 'no words either'}")
    word, stage = decision.get("decision"), decision.get("stage")
    if stage != settings.stage:
        raise Refused(f"the decision is about another stage: {plain(stage)}")
    let_in = word == "admit" or (word == "warn" and settings.allow_warn)
    if ended.returncode != 0 or not let_in:
        model = plain(decision.get("model", folder))
        raise Refused(
            f"Touchmark does not admit {model} at {plain(settings.stage)}: {plain(word)} (status {ended.returncode})\n"
            f"{reasons_of(decision)}\n"
            f"  more: touchmark why {model} --stage {plain(settings.stage)}"
        )
    return decision


class Admitted:
    """A model that was let in, bound to its files as they were."""

    def __init__(self, folder: str, settings: Settings):
        self.folder = os.path.realpath(folder)
        if not os.path.isdir(self.folder):
            raise Refused(
                f"{plain(folder)} is no folder on this machine; vLLM must be given the folder that Touchmark verified, "
                "not a name to download"
            )
        before = files_of(self.folder)
        self.decision = ask(self.folder, settings)
        self._files = before
        self.unchanged()

    def unchanged(self) -> None:
        """Raises unless every file is the one that was verified: none changed, none added, none removed."""
        now = files_of(self.folder)
        differing = [path for path in sorted(now.keys() | self._files.keys()) if now.get(path) != self._files.get(path)]
        if differing:
            raise Refused(
                f"{plain(differing[0])} changed while the model was verified or loaded; find out who writes there"
            )
