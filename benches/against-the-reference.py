#!/usr/bin/env python3
"""Times Touchmark against the reference implementation (model-signing), turn by turn on the same files.

`cat` to nowhere is the floor: what reading alone costs. Needs a release build, and for the reference a Python
that has `model_signing` ($TOUCHMARK_REFERENCE or --reference). `docs/performance.md` tells how to read it.
"""

import argparse
import collections
import contextlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

MB = 1 << 20
# OpenSSL's name for CPUID leaf 7, EBX bit 29: the SHA extensions. aws-lc, inside Touchmark, honours it too.
WITHOUT_SHA = {"OPENSSL_ia32cap": ":~0x20000000", "TOUCHMARK_SHA256": "without-sha"}

Ran = collections.namedtuple("Ran", "seconds peak_mb")
# What is measured: files, bytes of each at full size.
DATA = {
    "64-files": (64, 64 * MB),
    "16-files": (16, 256 * MB),
    "small-files": (20_000, 4096),
    "one-file": (1, 4096 * MB),
    "million-shards": (1, 1000 * 1_000_000),
    "million-files": (1_000_000, 16),
}
# Nothing is written to it: shards of zeros are shards, too.
SPARSE = ["million-shards"]
# Takes minutes to make: only when it is named.
ON_REQUEST = ["million-files"]
# Data, ways, and targets: a way, how many times as fast as (or slow as) another way at least (at most).
# `faster` wants other / way >= factor; `within` wants way / other <= factor; `mb` bounds the peak memory of a way.
SCENARIOS = {
    "64-files": (
        ["cat", "verify", "reference-verify", "sign", "reference-sign"],
        [
            ("verify", "faster", "reference-verify", 5),
            ("sign", "faster", "reference-sign", 5),
            ("verify", "within", "cat", 2),
            ("sign", "within", "cat", 2),
            ("verify", "mb", None, 64),
            ("sign", "mb", None, 64),
        ],
    ),
    "64-files-blake3": (
        ["cat", "verify-blake3", "sign-blake3"],
        [("verify-blake3", "within", "cat", 1.5), ("sign-blake3", "within", "cat", 1.5)],
    ),
    "16-files": (
        ["cat", "verify", "reference-verify", "sign", "reference-sign"],
        [("verify", "faster", "reference-verify", 4), ("sign", "faster", "reference-sign", 4)],
    ),
    "small-files": (
        ["cat", "verify", "reference-verify", "sign", "reference-sign"],
        [("verify", "faster", "reference-verify", 10), ("sign", "faster", "reference-sign", 10)],
    ),
    "one-file": (
        ["cat", "openssl", "digest", "digest-in-shards"],
        [("digest", "faster", "openssl", 1), ("digest-in-shards", "faster", "openssl", 5)],
    ),
    "million-shards": (
        ["sign-shards", "verify-shards"],
        [("sign-shards", "mb", None, 1000), ("verify-shards", "mb", None, 1000)],
    ),
    "million-files": (["sign", "verify"], [("sign", "mb", None, 1000), ("verify", "mb", None, 1000)]),
}


class Bench:
    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.files = []

    def environment(self, masked):
        return os.environ | WITHOUT_SHA if masked else dict(os.environ)

    def run(self, command, masked=False):
        began = time.perf_counter()
        child = subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.environment(masked),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        message = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            sys.exit(f"{' '.join(map(str, command[:8]))}\n{message.decode(errors='replace')}")
        return Ran(seconds, usage.ru_maxrss / 1024)

    def make(self, name):
        count, size = DATA[name]
        # One file is one file at any scale, many small ones stay small.
        if size >= MB:
            size = max(MB, int(size * self.options.scale) // MB * MB)
        else:
            count = max(1, int(count * self.options.scale))
        shutil.rmtree(self.folder / "model", ignore_errors=True)
        model = self.folder / "model"
        model.mkdir()
        if name in SPARSE:
            os.truncate(os.open(model / "weights.bin", os.O_CREAT | os.O_WRONLY), size)
            return count, size
        block = bytearray(os.urandom(min(size, MB)))
        number = 0
        for index in range(count):
            folder = model / f"part-{index // 1000:03}" if count > 1000 else model
            folder.mkdir(exist_ok=True)
            with open(folder / f"weights-{index:05}.bin", "wb") as file:
                for _ in range(size // len(block)):
                    block[:8] = number.to_bytes(8, "little")
                    number += 1
                    file.write(block)
        os.sync()
        self.files = sorted(str(path.relative_to(self.folder)) for path in model.rglob("*") if path.is_file())
        return count, size

    def command(self, way):
        """The command of a way. Each signs to a place of its own, outside of the model."""
        touchmark = self.options.touchmark
        key, public = self.folder / "key.pem", self.folder / "key.pub"
        reference = [self.options.reference, "-m", "model_signing"]
        if way == "cat":
            return ["cat", *self.files]
        if way == "openssl":
            return ["openssl", "dgst", "-sha256", *self.files]
        if way == "digest":
            return [touchmark, "digest", "model"]
        if way == "digest-in-shards":
            return [touchmark, "digest", "model", "--shard-size", str(self.options.shard_size)]
        verb, _, hash_name = way.removeprefix("reference-").partition("-")
        asked = ["--hash", hash_name] if hash_name and verb == "sign" else []
        if hash_name == "shards":
            asked = ["--shard-size", "1000"] if verb == "sign" else []
        signature = self.folder / f"{way.replace('verify', 'sign')}.sig"
        if way.startswith("reference-"):
            keys = ["--private_key", key] if verb == "sign" else ["--public_key", public]
            return [*reference, verb, "key", "model", "--signature", signature, *keys]
        keys = ["--private-key", key] if verb == "sign" else ["--public-key", public]
        return [touchmark, verb, "key", "model", "--signature", signature, *keys, *asked]

    def make_keys(self):
        key, public = self.folder / "key.pem", self.folder / "key.pub"
        make = ["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key]
        self.run(make)
        self.run(["openssl", "ec", "-in", key, "-pubout", "-out", public])

    def measure(self, ways, masked):
        for way in ways:
            if "verify" in way:  # something to verify
                self.run(self.command(way.replace("verify", "sign")), masked)
        if "cat" in ways:
            self.run(self.command("cat"))
        runs = {way: [] for way in ways}
        for _ in range(self.options.rounds):
            for way in ways:
                runs[way].append(self.run(self.command(way), masked))
        return runs


def median(runs):
    return Ran(statistics.median(run.seconds for run in runs), max(run.peak_mb for run in runs))


def judge(targets, found):
    judged = []
    for way, kind, other, factor in targets:
        if way not in found or other is not None and other not in found:
            continue
        if kind == "mb":
            value, met = found[way].peak_mb, found[way].peak_mb <= factor
            text = f"{way}: peak memory {value:.0f} MB, below {factor} MB wanted"
        elif kind == "faster":
            value = found[other].seconds / found[way].seconds
            met = value >= factor
            text = f"{way}: {value:.1f} times as fast as {other}, {factor} wanted"
        else:
            value = found[way].seconds / found[other].seconds
            met = value <= factor
            text = f"{way}: {value:.2f} times the time of {other}, {factor} allowed"
        judged.append({"text": text, "value": value, "met": met})
    return judged


def report(title, data_bytes, found, judged):
    print(f"\n{title}")
    for way, ran in found.items():
        rate = data_bytes / ran.seconds / 1e9
        print(f"  {way:20} {ran.seconds:8.3f} s {rate:7.2f} GB/s   peak {ran.peak_mb:6.0f} MB")
    for one in judged:
        print(f"  {'met    ' if one['met'] else 'NOT MET'}  {one['text']}")
    sys.stdout.flush()


def start_up(bench):
    runs = [bench.run([bench.options.touchmark, "--version"]) for _ in range(20)]
    seconds = statistics.median(run.seconds for run in runs)
    text = f"--version: {seconds * 1000:.1f} ms, below 15 ms wanted"
    return [{"text": text, "value": seconds, "met": seconds < 0.015}]


def arguments():
    here = pathlib.Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--touchmark", default=here / "target/release/touchmark", type=pathlib.Path)
    parser.add_argument("--reference", default=os.environ.get("TOUCHMARK_REFERENCE"), help="a Python")
    parser.add_argument("--where", type=pathlib.Path, help="a folder for the data (4 GB at full size)")
    parser.add_argument("--scale", type=float, default=1.0, help="of the full size, for a quick look")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", action="append", choices=[*SCENARIOS, "start-up"])
    parser.add_argument("--shard-size", type=int, default=64 * MB)
    parser.add_argument(
        "--without-sha", action="store_true", help="everybody without the SHA extensions of the processor"
    )
    parser.add_argument("--json", type=pathlib.Path, help="write all numbers there, too")
    parser.add_argument("--check", action="store_true", help="fail when a target is not met")
    options = parser.parse_args()
    options.touchmark = options.touchmark.resolve()
    if not options.touchmark.exists():
        parser.error(f"{options.touchmark} is not there: cargo build --release")
    return options


def main():
    options = arguments()
    names = options.only or [name for name in [*SCENARIOS, "start-up"] if name not in ON_REQUEST]
    documents, missed = [], 0
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="touchmark-bench-", dir=options.where))
        bench = Bench(options, pathlib.Path(folder))
        bench.make_keys()
        made = None
        for name in names:
            if name == "start-up":
                found, judged, size = {}, start_up(bench), 0
            else:
                ways, targets = SCENARIOS[name]
                data = name.removesuffix("-blake3")
                if made != data:
                    count, each = bench.make(data)
                    made, size = data, count * each
                if not options.reference:
                    ways = [way for way in ways if not way.startswith("reference")]
                runs = bench.measure(ways, options.without_sha)
                found = {way: median(all_runs) for way, all_runs in runs.items()}
                judged = judge(targets, found)
            masked = ", without SHA extensions" if options.without_sha else ""
            report(f"{name}{masked}", size, found, judged)
            missed += sum(not one["met"] for one in judged)
            seconds = {way: ran._asdict() for way, ran in found.items()}
            documents.append({"scenario": name, "bytes": size, "ways": seconds, "targets": judged})
    if options.json:
        options.json.write_text(json.dumps(documents, indent=1) + "\n")
    print(f"\n{missed} targets not met" if missed else "\nall targets met")
    return 1 if missed and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
