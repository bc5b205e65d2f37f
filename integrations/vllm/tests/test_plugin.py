"""The plugin against a stub of vLLM: with programs that misbehave, and with Touchmark itself where TOUCHMARK_TEST_BIN
names it. Run by `python -m unittest` in this folder."""

import asyncio
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import time
import types
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import stubs  # noqa: E402
import touchmark_vllm  # noqa: E402
from touchmark_vllm.gate import Admitted, Refused, Settings, ask, plain  # noqa: E402

SAMPLES = HERE.parents[2] / "samples"
REAL = os.environ.get("TOUCHMARK_TEST_BIN")


def answer(decision="admit", stage="production", status=0, **more) -> str:
    document = {
        "schema": "touchmark.verdict/1",
        "verdict": {"model": "acme/x", "stage": stage, "decision": decision, "reasons": [], **more},
    }
    return f"printf '%s' '{json.dumps(document)}'; exit {status}"


class Case(unittest.TestCase):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.model = self.dir / "model"
        self.model.mkdir()
        (self.model / "model.safetensors").write_bytes(b"weights")
        self.seen = stubs.install()
        before = dict(os.environ)
        self.addCleanup(lambda: (os.environ.clear(), os.environ.update(before)))
        for name in [name for name in os.environ if name.startswith("TOUCHMARK_")]:
            del os.environ[name]
        os.environ["TOUCHMARK_STAGE"] = "production"

    def program(self, script: str) -> str:
        path = self.dir / "touchmark"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        os.environ["TOUCHMARK_BIN"] = str(path)
        return str(path)

    def load(self, folder=None):
        touchmark_vllm.register()
        config = types.SimpleNamespace(load_format="touchmark", model_loader_extra_config={})
        loader = self.seen.formats["touchmark"](config)
        self.assertEqual(config.load_format, "touchmark")
        model = types.SimpleNamespace(model=str(folder or self.model), model_weights="")
        return loader.load_model(vllm_config=None, model_config=model)

    def refused(self, part: str, folder=None):
        with self.assertRaises(Refused) as caught:
            self.load(folder)
        self.assertIn(part, str(caught.exception))
        self.assertEqual([loaded for loaded in self.seen.loaded if not self.seen.during], [])
        return str(caught.exception)


class Programs(Case):
    def test_what_is_admitted_is_loaded_by_the_default_loader(self):
        self.program(answer())
        self.assertEqual(self.load(), "model")
        self.assertEqual(self.seen.loaded, [(str(self.model), "auto")])

    def test_touchmark_is_asked_about_this_folder_at_the_moment_of_loading(self):
        self.program(f'printf "%s\\n" "$@" > {self.dir}/asked; ' + answer())
        os.environ["TOUCHMARK_WORKSPACE"] = "/srv/space"
        self.load()
        asked = (self.dir / "asked").read_text().split("\n")
        real = os.path.realpath(self.model)
        self.assertEqual(asked[:8], ["gate", real, "--stage", "production", "--when", "load", "--location", real])
        self.assertEqual(asked[8:12], ["--format", "json", "--workspace", "/srv/space"])

    def test_only_an_admission_at_this_stage_with_status_0_lets_in(self):
        reasons = [{"code": "L1.03", "text": "1 changed", "remedy": "get it again"}]
        self.program(answer("refuse", status=1, reasons=reasons))
        said = self.refused("does not admit acme/x at production: refuse (status 1)")
        self.assertIn("L1.03: 1 changed (get it again)", said)
        for decision, status in [("admit", 1), ("admit", 5), ("warn", 5), ("warn", 0), ("refuse", 0), ("", 0), (None, 0)]:
            with self.subTest(decision=decision, status=status):
                self.program(answer(decision, status=status))
                self.refused("does not admit")
        self.program(answer(stage="dev"))
        self.refused("another stage: dev")

    def test_warnings_are_let_in_only_where_that_was_said(self):
        self.program(answer("warn"))
        self.refused("warn")
        os.environ["TOUCHMARK_ALLOW_WARN"] = "1"
        self.load()
        os.environ["TOUCHMARK_ALLOW_WARN"] = "yes"
        with self.assertRaises(Refused):
            self.load()

    def test_a_program_that_answers_nonsense_lets_nothing_in(self):
        nonsense = [
            "exit 0",
            "echo admit",
            "echo '{}'",
            "echo '[]'",
            "echo null",
            "echo '{\"schema\":\"touchmark.verdict/1\"}'",
            "echo '{\"schema\":\"touchmark.verdict/1\",\"verdict\":[]}'",
            "echo '{\"schema\":\"touchmark.verdict/2\",\"verdict\":{\"decision\":\"admit\",\"stage\":\"production\"}}'",
            "head -c 100000 /dev/urandom",
            "printf '%0.s[' $(seq 1 200000)",
            "kill -9 $$",
        ]
        for script in nonsense:
            with self.subTest(script=script):
                self.program(script)
                self.refused("no decision")
        self.program("head -c 20000000 /dev/zero")
        self.refused("too long")

    def test_a_program_that_hangs_or_is_not_there_lets_nothing_in(self):
        os.environ["TOUCHMARK_TIMEOUT"] = "0.5"
        # Its child holds the outputs open after it is killed.
        self.program("sleep 20 & wait")
        start = time.monotonic()
        self.refused("no decision in 0.5 s")
        self.assertLess(time.monotonic() - start, 10)
        os.environ["TOUCHMARK_BIN"] = str(self.dir / "none")
        self.refused("no program")
        broken = self.program("exit 0")
        Path(broken).write_bytes(b"\x7fELF nonsense")
        self.refused("cannot be started")

    def test_settings_that_make_no_sense_are_refused(self):
        self.program(answer())
        for name, value in [
            ("TOUCHMARK_STAGE", ""),
            ("TOUCHMARK_TIMEOUT", "soon"),
            ("TOUCHMARK_TIMEOUT", "0"),
            ("TOUCHMARK_TIMEOUT", "nan"),
            ("TOUCHMARK_VLLM_FORMAT", "runai_streamer"),
            ("TOUCHMARK_VLLM_FORMAT", "touchmark"),
        ]:
            with self.subTest(name=name, value=value):
                before = os.environ.get(name)
                os.environ[name] = value
                self.refused(name)
                os.environ.pop(name) if before is None else os.environ.__setitem__(name, before)

    def test_files_that_change_while_they_are_verified_or_loaded_are_refused(self):
        other = self.model / "model.safetensors"
        self.program(f"printf X >> {other}; " + answer())
        self.refused("changed while")
        self.program(answer())
        for change in [
            lambda: other.write_bytes(b"evil!!!"),
            lambda: (self.model / "more.py").write_text("import os"),
            lambda: other.unlink(),
        ]:
            other.write_bytes(b"weights")
            self.seen.during = change
            self.refused("changed while")
        self.seen.during = None
        other.write_bytes(b"weights")
        self.load()

    def test_a_name_to_download_and_odd_folders_are_refused(self):
        self.program(answer())
        self.refused("is no folder", "acme/some-model")
        self.refused("is no folder", self.model / "model.safetensors")
        empty = self.dir / "empty"
        empty.mkdir()
        self.refused("no files", empty)
        os.mkfifo(self.model / "pipe")
        self.refused("not a regular file")
        (self.model / "pipe").unlink()
        (self.model / "link").symlink_to(self.dir)
        self.refused("a link to a folder")
        (self.model / "link").unlink()
        (self.model / "gone").symlink_to(self.dir / "nothing")
        self.refused("cannot be looked at")

    def test_weights_elsewhere_are_refused(self):
        self.program(answer())
        touchmark_vllm.register()
        loader = self.seen.formats["touchmark"](types.SimpleNamespace(load_format="touchmark"))
        model = types.SimpleNamespace(model=str(self.model), model_weights=str(self.dir / "else"))
        with self.assertRaises(Refused):
            loader.load_weights(None, model)
        self.assertEqual(self.seen.loaded, [])

    def test_hostile_text_reaches_no_terminal(self):
        self.assertEqual(plain("a\x1b[2Jb\u202ec\n"), "a\N{REPLACEMENT CHARACTER}[2Jb\N{REPLACEMENT CHARACTER}c\N{REPLACEMENT CHARACTER}")
        self.program(answer("refuse", status=1, model="x\x1b[2J", reasons=[{"code": "C\x07", "text": "t\x9b"}, 7]))
        said = self.refused("does not admit")
        self.assertTrue(all(char.isprintable() or char == "\n" for char in said))

    def test_only_the_new_format_is_registered_and_adapters_only_where_asked(self):
        self.program(answer())
        touchmark_vllm.register()
        self.assertEqual(list(self.seen.formats), ["touchmark"])
        self.assertEqual(self.seen.resolvers, {})


class Adapters(Case):
    def resolve(self, name):
        os.environ["TOUCHMARK_LORA_DIR"] = str(self.dir)
        touchmark_vllm.register()
        return asyncio.run(self.seen.resolvers["touchmark"].resolve_lora("base", name))

    def test_an_admitted_adapter_is_found_and_a_refused_one_is_not(self):
        self.program(answer())
        found = self.resolve("model")
        self.assertEqual((found.lora_name, found.lora_path), ("model", os.path.realpath(self.model)))
        self.program(answer("refuse", status=1))
        with self.assertLogs("touchmark_vllm.lora", "ERROR") as logs:
            self.assertIsNone(self.resolve("model"))
        self.assertIn("does not admit", logs.output[0])

    def test_names_that_lead_out_of_the_folder_are_not_found(self):
        self.program(answer())
        outside = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, outside)
        (outside / "x").write_text("x")
        (self.dir / "out").symlink_to(outside)
        for name in ["..", ".", "", "../" + outside.name, str(outside), "out", "none", "model\0"]:
            with self.subTest(name=name):
                self.assertIsNone(self.resolve(name))


@unittest.skipUnless(REAL, "SKIPPED: set TOUCHMARK_TEST_BIN to a touchmark program to test the plugin against it")
class Real(Case):
    def setUp(self):
        super().setUp()
        self.space = self.dir / "samples"
        shutil.copytree(SAMPLES, self.space)
        os.environ["TOUCHMARK_BIN"] = REAL
        os.environ["TOUCHMARK_WORKSPACE"] = str(self.space)
        subprocess.run([REAL, "scan", "--quiet", "--workspace", str(self.space)], check=True)

    def test_an_admitted_sample_is_loaded_and_a_changed_one_is_not(self):
        good = self.space / "models/lumen/iris-base"
        self.load(good)
        self.assertEqual(self.seen.loaded, [(str(good), "auto")])
        self.seen.loaded.clear()
        said = self.refused("does not admit acme/support-bot-7b", self.space / "models/acme/support-bot-7b")
        self.assertIn("model-00003-of-00004.safetensors", said)
        self.refused("does not admit", self.space / "models/vendor/claims-lora")
        with open(good / "model.safetensors", "r+b") as file:
            file.seek(-1, os.SEEK_END)
            file.write(b"\xff")
        self.refused("does not admit lumen/iris-base", good)

    def test_a_copy_elsewhere_is_no_model_of_the_workspace(self):
        shutil.copytree(self.space / "models/lumen/iris-base", self.dir / "copy")
        self.refused("no decision", self.dir / "copy")

    def test_the_decision_is_in_the_ledger(self):
        ask(str(self.space / "models/lumen/iris-base"), Settings.from_environment())
        shown = subprocess.run(
            [REAL, "ledger", "show", "--workspace", str(self.space)], capture_output=True, text=True, check=True
        )
        self.assertIn("decision", shown.stdout)


if __name__ == "__main__":
    unittest.main()
