//! What the three people do, in a real pty at two sizes: waits for text, never for time. The keys are counted by hand:
//! each string that is typed is what a person types.

use crate::journey::Terminal;
use crate::support::{copy_of_samples, out, touchmark};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::path::Path;
use std::time::{Duration, Instant};

const SIZES: [(u16, u16); 2] = [(80, 24), (160, 50)];

/// A journey on a copy of the samples, at both sizes, with all models verified.
fn verified(journey: impl Fn(&Path, &mut Terminal)) {
    for (columns, rows) in SIZES {
        let dir = copy_of_samples();
        let mut terminal = Terminal::open(dir.path(), columns, rows);
        terminal.wait("nothing verified yet");
        terminal.keys("*V");
        terminal.wait("failing 9");
        // What was told stays until it is read.
        terminal.keys("g");
        journey(dir.path(), &mut terminal);
    }
}

/// Leaves from wherever it is.
fn leave(terminal: &mut Terminal) {
    terminal.keys("1");
    terminal.wait("Models");
    terminal.quits();
}

fn ledger(dir: &Path) -> String {
    out(&touchmark(["ledger", "show", "--workspace", dir.to_str().unwrap()]))
}

#[test]
fn a_reviewer_reviews_many_alike_and_takes_it_back() {
    verified(|dir, terminal| {
        terminal.keys("/publisher:acme gate:admit\r");
        terminal.wait("43 in all");
        // Mark all shown, review, approve, the reason.
        terminal.keys("*ra");
        terminal.wait("reason");
        terminal.keys("checked by hand\r");
        terminal.wait("u takes it back");
        terminal.keys("u");
        terminal.wait("took back");
        leave(terminal);
        let said = ledger(dir);
        let approved = said.matches("checked by hand").count();
        assert!(approved >= 5, "{said}");
        assert!(said.contains("took back"), "{said}");
    });
}

#[test]
fn an_engineer_sees_the_differing_bytes_of_the_tampered_model_in_three_keys() {
    verified(|_, terminal| {
        terminal.wait("support-bot-7b");
        terminal.keys("\r");
        terminal.wait("model-00003-of-00004");
        terminal.wait("model.layers");
        leave(terminal);
    });
}

#[test]
fn all_failing_models_of_one_publisher_are_found_and_exported() {
    verified(|dir, terminal| {
        terminal.keys("/publisher:acme fails:*\r");
        terminal.wait("43 in all");
        terminal.keys("ec");
        terminal.wait(".csv");
        terminal.keys("\u{15}");
        terminal.keys(&format!("{}\r", dir.join("nowhere/failing.csv").display()));
        terminal.wait("there is no such folder");
        terminal.keys("\u{1b}");
        terminal.gone("there is no such folder");
        assert!(!dir.join("nowhere").exists());
        terminal.keys("ec");
        terminal.wait(".csv");
        let file = dir.join("failing.csv");
        terminal.keys("\u{15}");
        terminal.keys(&format!("{}\r", file.display()));
        let began = Instant::now();
        while !file.exists() {
            assert!(began.elapsed() < Duration::from_secs(60), "nothing was written:\n{}", terminal.text());
            std::thread::sleep(Duration::from_millis(20));
        }
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains("acme/support-bot-7b") && text.contains("acme/badge-check"), "{text}");
        assert!(!text.contains("northwind/") && !text.contains("acme/call-notes"), "{text}");
        leave(terminal);
    });
}

#[test]
fn why_a_model_is_capped_is_one_key_from_its_row() {
    verified(|_, terminal| {
        terminal.keys("\u{10}");
        terminal.wait("Go to a model");
        terminal.keys("support-bot-voice\r");
        terminal.gone("Go to a model");
        terminal.keys("w");
        terminal.wait("What would admit it");
        terminal.wait("acme/support-bot-7b");
        terminal.keys("\u{1b}");
        terminal.gone("What would admit it");
        leave(terminal);
    });
}

#[test]
fn everything_trained_on_one_dataset_is_two_keys_from_its_row() {
    verified(|_, terminal| {
        terminal.keys("/calls-2025 kind:dataset\r");
        terminal.wait("1 of 1, 43 in all");
        // The family around it.
        terminal.keys("2");
        terminal.wait("focus data/calls-2025");
        terminal.wait("acme/call-transcriber");
        terminal.wait("ternlab/tern-medium");
        leave(terminal);
    });
}

#[test]
fn a_digest_is_copied_with_two_keys() {
    verified(|dir, terminal| {
        terminal.keys("yd");
        terminal.wait("copied the root digest");
        let raw = terminal.raw();
        let text = String::from_utf8_lossy(&raw).into_owned();
        let copied = text.rsplit("\u{1b}]52;c;").next().unwrap();
        let copied = copied.split(['\u{7}', '\u{1b}']).next().unwrap();
        let copied = String::from_utf8(STANDARD.decode(copied).unwrap()).unwrap();
        let shown = touchmark(["digest", dir.join("models/acme/support-bot-7b").to_str().unwrap()]);
        assert!(copied.len() >= 64 && !out(&shown).contains("…"), "{copied}");
        leave(terminal);
    });
}

#[test]
fn a_governance_lead_trusts_an_observed_signer_and_the_queue_shrinks() {
    verified(|dir, terminal| {
        terminal.keys("\u{10}");
        terminal.wait("Go to a model");
        terminal.keys("speech-1-nightly\r");
        terminal.gone("Go to a model");
        terminal.keys("\r");
        terminal.wait("IDENTITY-MISMATCH");
        // Two keys: the change, and what it would change is in view with it.
        terminal.keys("A");
        terminal.wait("trust this signer");
        terminal.keys("t");
        terminal.wait("✗ refuse → ✓ admit  1 model");
        terminal.wait("speech-1-nightly");
        terminal.wait("reason:");
        let file = dir.join("policies/samples.toml");
        let before = std::fs::read_to_string(&file).unwrap();
        terminal.keys("their nightly builds are reviewed\r");
        terminal.wait("saved and in force");
        assert_ne!(std::fs::read_to_string(&file).unwrap(), before);
        terminal.keys("\u{1b}");
        terminal.gone("If you save");
        terminal.keys("1");
        terminal.wait("failing 8");
        leave(terminal);
        let said = ledger(dir);
        assert!(said.contains("policy-change"), "{said}");
    });
}

#[test]
fn a_rule_is_written_with_completion_and_saved() {
    for (columns, rows) in SIZES {
        let dir = copy_of_samples();
        let mut terminal = Terminal::open(dir.path(), columns, rows);
        terminal.wait("nothing verified yet");
        terminal.keys("5");
        terminal.wait("e edits");
        terminal.keys("e");
        terminal.wait("If you save");
        // To the end of the text; then Ctrl-Space behind what was begun.
        terminal.keys("\u{1b}[1;5F");
        terminal.keys("\r[lineage]\runsig");
        terminal.wait("unsig");
        terminal.keys("\0");
        terminal.wait("unsigned_ancestor");
        terminal.keys("\r");
        terminal.wait("unsigned_ancestor = ");
        terminal.keys("\0");
        terminal.wait("cap");
        terminal.wait("fail");
        terminal.keys("\u{1b}[B\r");
        terminal.wait("unsigned_ancestor = \"warn\"");
        terminal.keys("\u{13}");
        terminal.wait("reason:");
        terminal.keys("ancestors have to be signed\r");
        terminal.wait("saved and in force");
        let policy = std::fs::read_to_string(dir.path().join("policies/samples.toml")).unwrap();
        assert!(policy.contains("\n[lineage]\nunsigned_ancestor = \"warn\""), "{policy}");
        terminal.keys("\u{1b}");
        terminal.gone("If you save");
        leave(&mut terminal);
    }
}

#[test]
fn a_long_verification_is_cancelled_and_nothing_is_recorded() {
    for (columns, rows) in SIZES {
        let dir = copy_of_samples();
        let weights = dir.path().join("models/acme/call-notes/model.safetensors");
        // A hole takes no place on the disk.
        if std::fs::File::options().write(true).open(&weights).unwrap().set_len(64 << 30).is_err() {
            return;
        }
        let mut terminal = Terminal::open(dir.path(), columns, rows);
        terminal.wait("nothing verified yet");
        terminal.keys("/call-notes\r");
        terminal.wait("43 in all");
        terminal.keys("F8");
        terminal.wait("1 job");
        terminal.keys("x");
        terminal.wait("cancelled");
        leave(&mut terminal);
        terminal.gone("Models");
        assert!(!ledger(dir.path()).contains("verification"), "{}", ledger(dir.path()));
    }
}

#[test]
fn a_plain_folder_opens_for_the_moment_and_is_left_as_it_was() {
    for (columns, rows) in SIZES {
        let dir = tempfile::tempdir().unwrap();
        crate::support::copy(&crate::support::samples().join("models/acme"), dir.path());
        let before = crate::support::names_below(dir.path());
        let mut terminal = Terminal::open(dir.path(), columns, rows);
        terminal.wait("temporary");
        terminal.wait("badge-check");
        terminal.keys("q");
        terminal.gone("badge-check");
        assert_eq!(crate::support::names_below(dir.path()), before);
    }
}

#[test]
fn a_faulty_policy_is_shown_at_its_line_and_work_goes_on_once_it_is_corrected() {
    for (columns, rows) in SIZES {
        let dir = copy_of_samples();
        let file = dir.path().join("policies/samples.toml");
        let good = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, format!("colour = \"red\"\n{good}")).unwrap();
        let mut terminal = Terminal::open(dir.path(), columns, rows);
        terminal.wait("colour");
        terminal.wait("othing is"); // judged or admitted meanwhile
        std::fs::write(&file, &good).unwrap();
        terminal.keys("R");
        terminal.wait("Models");
        leave(&mut terminal);
    }
}

#[test]
fn a_kill_in_the_middle_of_reviews_loses_nothing_that_was_told() {
    for (columns, rows) in SIZES {
        let dir = copy_of_samples();
        let mut terminal = Terminal::open(dir.path(), columns, rows);
        terminal.wait("nothing verified yet");
        terminal.keys("/acme\r");
        terminal.wait("43 in all");
        terminal.keys("*rx");
        terminal.wait("reason");
        terminal.keys("not asked for\r");
        terminal.wait("takes it back");
        terminal.kill();
        let said = ledger(dir.path());
        assert!(said.matches("not asked for").count() >= 10, "{said}");
        let sound = touchmark(["ledger", "verify", "--workspace", dir.path().to_str().unwrap()]);
        assert_eq!(sound.status.code(), Some(0), "{}", out(&sound));
    }
}
