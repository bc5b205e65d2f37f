"""The helper against the program on a copy of the samples, and against programs that answer nonsense.

`TOUCHMARK_TEST_BIN` names the program.
"""

import os
import shutil
import stat
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "integrations/python"))
import touchmark  # noqa: E402

BINARY = os.environ.get("TOUCHMARK_TEST_BIN", "touchmark")


class Helper(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.samples = self.folder / "samples"
        shutil.copytree(ROOT / "samples", self.samples, ignore=shutil.ignore_patterns("touchmark.db*"))

    def program(self, text):
        """A program that prints this and ends well."""
        path = self.folder / "program"
        path.write_text(f"#!/bin/sh\ncat <<'END'\n{text}\nEND\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    def test_what_is_as_it_was_signed_passes_and_what_was_changed_does_not(self):
        good = touchmark.verify("lumen/iris-base", workspace=self.samples, binary=BINARY)
        self.assertTrue(good)
        self.assertEqual((good.word, good.status), ("pass", 0))
        self.assertEqual(good.document["verification"]["checks"][0]["stage"], "PARSE")
        bad = touchmark.verify("acme/support-bot-7b", workspace=self.samples, binary=BINARY)
        self.assertFalse(bad)
        self.assertEqual((bad.word, bad.status), ("fail", 1))
        unsigned = touchmark.verify("vendor/claims-lora", workspace=self.samples, binary=BINARY)
        self.assertFalse(unsigned)
        self.assertEqual(unsigned.status, 3)

    def test_a_gate_admits_or_refuses(self):
        ask = lambda model: touchmark.gate(model, "production", workspace=self.samples, binary=BINARY)  # noqa: E731
        self.assertEqual((ask("acme/receipt-reader").ok, ask("acme/receipt-reader").word), (True, "admit"))
        self.assertEqual((ask("acme/support-bot-7b").ok, ask("acme/support-bot-7b").word), (False, "refuse"))

    def test_what_stops_the_program_is_an_error_with_what_to_do(self):
        for model in ("nobody/knows-it", "--help", ""):
            with self.assertRaises(touchmark.TouchmarkError):
                touchmark.verify(model, workspace=self.samples, binary=BINARY)
        with self.assertRaisesRegex(touchmark.TouchmarkError, "E-NOT-FOUND.*touchmark list"):
            touchmark.verify("nobody/knows-it", workspace=self.samples, binary=BINARY)

    def test_nonsense_is_never_a_pass(self):
        for text in (
            "",
            "[]",
            "1",
            "{}",
            '{"schema": "touchmark.verification/2", "outcome": "pass"}',
            '{"schema": "touchmark.verdict/1", "verdict": {"decision": "admit"}}',
            '{"schema": 7, "outcome": "pass"}',
        ):
            with self.assertRaises(touchmark.TouchmarkError, msg=text):
                touchmark.verify("x", binary=self.program(text))
        failed = touchmark.verify("x", binary=self.program('{"schema": "touchmark.verification/1", "outcome": "fail"}'))
        self.assertFalse(failed)


if __name__ == "__main__":
    unittest.main()
