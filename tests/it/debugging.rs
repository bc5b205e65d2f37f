//! The verify screen as a debugger, two models side by side, and what was trained on a dataset: for each tab an input
//! that fails exactly there, and the counter-case beside it.

use crate::support::{copy_of_samples, err, even, out, touchmark};
use crate::tui::{app as empty_app, cells, event, open, text, told};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ratatui::style::Modifier;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use touchmark::inventory::ModelId;
use touchmark::signing::{Curve, SigningKey, Stage, pae};
use touchmark::tui::{Action, App, Effect, update};
use touchmark::view::comparison::RowWord;
use touchmark::workbench::{JobKind, Workbench};

/// The screens over a workbench that answers at once.
struct Bench {
    dir: tempfile::TempDir,
    workbench: Workbench,
    app: App,
}

impl Bench {
    /// The samples, changed, with some models verified; all, without a name.
    fn of(change: impl FnOnce(&std::path::Path), models: &[&str]) -> Self {
        let dir = copy_of_samples();
        change(dir.path());
        let workbench = open(dir.path(), false);
        let ids: Vec<ModelId> = match models {
            [] => workbench.view().models.iter().map(|model| model.id.clone()).collect(),
            some => some.iter().map(|id| ModelId::new(id)).collect(),
        };
        workbench.wait(workbench.start(JobKind::Verify(ids)));
        let app = empty_app("dark", Some(&workbench.view()));
        let mut bench = Bench { dir, workbench, app };
        if let [only] = models {
            bench.choose(only);
            bench.press(&["enter"]);
        }
        bench
    }

    /// Puts the inventory's cursor on a model.
    fn choose(&mut self, model: &str) {
        let view = self.workbench.view();
        self.app.rows.seek(&view, &ModelId::new(model));
        self.app.follow();
    }

    fn press(&mut self, keys: &[&str]) {
        for key in keys {
            let effects = update(&mut self.app, Action::Key(event(key)));
            self.answer(effects);
        }
    }

    fn answer(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let action = match effect {
                Effect::TakeApart(model) => {
                    let found = self.workbench.anatomy(&model).map(Box::new);
                    Action::TakenApart(model, found)
                }
                Effect::Compare(first, second) => {
                    let found = self.workbench.compare(&first, &second).map(Arc::new);
                    Action::Compared((first, second), found)
                }
                other => panic!("{other:?}"),
            };
            let more = update(&mut self.app, action);
            self.answer(more);
        }
    }

    /// What is drawn at the usual sizes, one below the other.
    fn shown(&self) -> String {
        [(80, 24), (120, 36)].map(|(columns, rows)| text(&self.app, columns, rows)).join("\n\n")
    }

    /// What stands in reverse.
    fn reversed(&self) -> String {
        let buffer = cells(&self.app, 120, 36);
        let cells = buffer.content.iter().filter(|cell| cell.modifier.contains(Modifier::REVERSED));
        cells.map(|cell| cell.symbol()).collect()
    }

    fn model(&self, id: &str) -> PathBuf {
        self.dir.path().join("models").join(id)
    }

    fn chosen_check(&self) -> Stage {
        self.app.verified().unwrap().verification.checks[self.app.check].stage
    }
}

fn has(shown: &str, wanted: &[&str]) {
    for wanted in wanted {
        assert!(shown.contains(wanted), "{wanted:?} is not in:\n{shown}");
    }
}

/// Edits a bundle in place.
fn edit_bundle(path: &std::path::Path, change: impl FnOnce(&mut Value)) {
    let mut bundle: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    change(&mut bundle);
    std::fs::write(path, serde_json::to_vec_pretty(&bundle).unwrap()).unwrap();
}

/// Signs an edited statement of `vendor/voice-tts` with a key that the policy then trusts.
fn sign_anew(dir: &std::path::Path, change: impl FnOnce(&mut Value)) {
    let key = SigningKey::generate(Curve::P256).unwrap();
    std::fs::write(dir.join("keys/vendor.pub.pem"), key.public().to_pem()).unwrap();
    let policy = dir.join("policies/samples.toml");
    let text = std::fs::read_to_string(&policy).unwrap();
    let (before, vendor) = text.split_once("id = \"vendor\"").unwrap();
    let at = vendor.find("sha256:").unwrap();
    let (named, rest) = (&vendor[..at], &vendor[at + "sha256:".len() + 64..]);
    let text = format!("{before}id = \"vendor\"{named}{}{rest}", key.public().fingerprint());
    std::fs::write(policy, text).unwrap();
    edit_bundle(&dir.join("models/vendor/voice-tts/model.sig"), |bundle| {
        let payload = STANDARD.decode(bundle["dsseEnvelope"]["payload"].as_str().unwrap()).unwrap();
        let mut statement: Value = serde_json::from_slice(&payload).unwrap();
        change(&mut statement);
        let payload = serde_json::to_vec(&statement).unwrap();
        let kind = bundle["dsseEnvelope"]["payloadType"].as_str().unwrap().to_owned();
        let signature = key.sign(&pae(&kind, &payload)).unwrap();
        bundle["dsseEnvelope"]["payload"] = json!(STANDARD.encode(&payload));
        bundle["dsseEnvelope"]["signatures"][0]["sig"] = json!(STANDARD.encode(signature));
        bundle["verificationMaterial"]["publicKey"]["hint"] = json!(key.public().hint());
    });
}

#[test]
fn a_tampered_model_shows_its_differing_bytes_with_one_key() {
    let mut bench = Bench::of(|_| {}, &[]);
    bench.press(&["enter"]);
    assert_eq!(bench.app.current.as_ref().unwrap().raw(), "acme/support-bot-7b");
    let shown = bench.shown();
    has(&shown, &["✗ changed", "model-00003-of-00004.safetensors", "1 of 9 differ", "▁▁▁▁▁█▁▁▁"]);
    has(&shown, &["shard 6 of 9", "bytes 2560 to 3072", "model.layers.2.self_attn.q_proj.weight"]);
    has(&shown, &["expected", "found", "as signed: the bytes"]);
    has(&shown, &["✓ 7 files match", "Enter lists them", "file 1 of 2"]);
    let verified = bench.app.verified().unwrap();
    let part = &verified.verification.files.changed[0].parts[0];
    for digest in [&part.expected, &part.found] {
        // Whole, in groups at fixed places.
        for at in (0..64).step_by(8) {
            has(&text(&bench.app, 120, 36), &[&digest[at..at + 8]]);
            has(&text(&bench.app, 80, 36), &[&digest[at..at + 8]]);
        }
    }
    let marked: Vec<char> = bench.reversed().chars().filter(char::is_ascii_hexdigit).collect();
    let differ = part.expected.chars().zip(part.found.chars()).filter(|(a, b)| a != b).count();
    assert_eq!(marked.len(), differ, "what differs stands in reverse, and nothing else");
}

#[test]
fn all_files_are_listed_when_asked_for_and_the_list_says_where_one_is() {
    let mut bench = Bench::of(|_| {}, &["acme/support-bot-7b"]);
    bench.press(&["enter", "j", "enter", "G"]);
    has(&bench.shown(), &["file 8 of 8", "✓ match", "its bytes are the signed ones"]);
    bench.press(&["f"]);
    has(&bench.shown(), &["only: changed", "file 1 of 1"]);
    bench.press(&["f"]);
    has(&bench.shown(), &["only: match", "file 1 of 7"]);
    bench.press(&["f"]);
    assert!(!bench.shown().contains("only:"), "after the last state come all");
    bench.press(&["f", "esc"]);
    assert!(bench.app.verify.only.is_none() && bench.app.verify.inside, "Esc shows all first");
    bench.press(&["esc", "esc"]);
    assert_eq!(bench.app.screen, touchmark::commands::Screen::Inventory);
}

#[test]
fn missing_unsigned_and_claimed_files_have_their_words() {
    for (model, word, name) in [
        ("acme/mail-triage", "− missing", "tokenizer_config.json"),
        ("acme/policy-writer", "+ unsigned", "tokenizer_extra.py"),
    ] {
        let bench = Bench::of(|_| {}, &[model]);
        has(&bench.shown(), &[word, name, "files match"]);
    }
    // Nothing differs: all files are listed at once.
    let mut bench = Bench::of(|_| {}, &["acme/form-filler"]);
    bench.press(&["tab"]);
    let shown = bench.shown();
    has(&shown, &["✓ match", "config.json", "file 1 of 4"]);
    assert!(!shown.contains("Enter lists them"), "{shown}");
}

#[test]
fn a_text_file_says_that_only_its_line_ends_differ() {
    let change = |dir: &std::path::Path| {
        let path = dir.join("models/acme/form-filler/config.json");
        let lines = std::fs::read_to_string(&path).unwrap().replace('\n', "\r\n");
        std::fs::write(path, lines).unwrap();
    };
    let bench = Bench::of(change, &["acme/form-filler"]);
    has(&bench.shown(), &["✗ changed", "config.json", "only the line endings differ"]);
}

#[test]
fn an_ended_certificate_is_marked_at_its_validity_against_the_time_that_counts() {
    let bench = Bench::of(|_| {}, &["northwind/harbour-legacy-1b"]);
    assert_eq!(bench.chosen_check(), Stage::Chain);
    let shown = text(&bench.app, 120, 60);
    has(&shown, &["! claimed", "1. signer", "brought by the bundle", "no trusted signing time"]);
    has(&shown, &["✗ valid", "↑ ", "✗ had ended by that time", "┃", "━"]);
    // With a trusted time of before its end the same certificate holds.
    let mut bench = Bench::of(|_| {}, &["northwind/harbour-legacy-3b"]);
    bench.press(&["tab", "tab"]);
    let shown = text(&bench.app, 120, 60);
    has(&shown, &["✓ proven", "signed 2020-06-01", "✓ valid at that time", "trusted: anchor", "usage"]);
    assert!(!shown.contains("had ended"), "{shown}");
}

#[test]
fn of_a_bare_key_the_chain_says_that_there_is_none() {
    let mut bench = Bench::of(|_| {}, &["lumen/iris-base"]);
    bench.press(&["tab", "tab"]);
    has(&bench.shown(), &["there are no certificates", "key hint"]);
}

#[test]
fn of_another_identity_the_part_that_differs_is_marked() {
    let bench = Bench::of(|_| {}, &["orchid/speech-1-nightly"]);
    assert_eq!(bench.chosen_check(), Stage::Identity);
    has(&bench.shown(), &["expected", "found", "attested"]);
    let marked = bench.reversed();
    assert!(marked.contains("heads") && !marked.contains("ci.orchid.example"), "{marked}");
    let mut bench = Bench::of(|_| {}, &["orchid/speech-1"]);
    bench.press(&["tab", "tab", "tab"]);
    has(&bench.shown(), &["✓ attested", "https://ci.orchid.example"]);
    assert!(bench.reversed().is_empty(), "{}", bench.reversed());
}

#[test]
fn a_log_entry_is_shown_with_its_proof_and_a_broken_proof_where_it_breaks() {
    let mut bench = Bench::of(|_| {}, &["orchid/speech-1"]);
    bench.press(&["tab", "tab", "tab", "tab"]);
    let shown = text(&bench.app, 120, 60);
    has(&shown, &["✓ checked offline", "index", "log id", "integrated", "inclusion", "root", "checkpoint"]);
    let change = |dir: &std::path::Path| {
        edit_bundle(&dir.join("models/orchid/speech-1/model.sig"), |bundle| {
            let proof = &mut bundle["verificationMaterial"]["tlogEntries"][0]["inclusionProof"];
            proof["rootHash"] = json!(STANDARD.encode([7; 32]));
        });
    };
    let bench = Bench::of(change, &["orchid/speech-1"]);
    assert_eq!(bench.chosen_check(), Stage::Log);
    let shown = text(&bench.app, 120, 60);
    has(&shown, &["✗ FAIL", "not proven", &"07".repeat(4)]);
    // Signed with a certificate: there is none, and it says why.
    let mut bench = Bench::of(|_| {}, &["acme/form-filler"]);
    bench.press(&["tab", "tab", "tab", "tab"]);
    has(&bench.shown(), &["the bundle brings no log entry"]);
}

#[test]
fn a_statement_whose_digest_is_not_that_of_its_files_shows_both() {
    let change = |dir: &std::path::Path| {
        sign_anew(dir, |statement| statement["subject"][0]["digest"]["sha256"] = json!("5e".repeat(32)));
    };
    let bench = Bench::of(change, &["vendor/voice-tts"]);
    assert_eq!(bench.chosen_check(), Stage::Subject);
    let shown = text(&bench.app, 120, 60);
    has(&shown, &["✗ FAIL  SUBJECT", "5e5e5e5e", "root as listed", "predicate type", "serialization"]);
    let mut bench = Bench::of(|dir| sign_anew(dir, |_| {}), &["vendor/voice-tts"]);
    bench.press(&["tab", "tab", "tab", "tab", "tab"]);
    let shown = text(&bench.app, 120, 60);
    has(&shown, &["✓ pass  SUBJECT", "one digest a file", "resources", "ignores"]);
    assert!(!shown.contains("root as listed"), "{shown}");
}

#[test]
fn a_bundle_that_ends_in_the_middle_shows_what_there_is() {
    let bench = Bench::of(|_| {}, &["acme/call-transcriber"]);
    assert_eq!(bench.chosen_check(), Stage::Parse);
    has(&bench.shown(), &["sha256", "✗ ", "\"mediaType\"", "as it was when it was verified"]);
    let mut bench = Bench::of(|_| {}, &["acme/form-filler"]);
    bench.press(&["shift-tab", "enter", "G"]);
    has(&bench.shown(), &["line ", " of "]);
}

#[test]
fn what_is_shown_of_a_signature_is_what_was_verified_and_not_what_lies_there_now() {
    let mut bench = Bench::of(|_| {}, &[]);
    std::fs::write(bench.model("acme/form-filler").join("model.sig"), "{\"replaced\": true}").unwrap();
    bench.choose("acme/form-filler");
    bench.press(&["enter", "shift-tab", "enter", "G"]);
    has(&bench.shown(), &["\"serialization\""]);
    bench.press(&["g"]);
    let digest = bench.app.verified().unwrap().verification.bundle_digest.clone().unwrap();
    let shown = text(&bench.app, 120, 36);
    has(&shown, &[&digest[..8], "verificationMaterial"]);
    assert!(!shown.contains("replaced"), "{shown}");
}

#[test]
fn until_the_signature_is_read_the_screen_says_so_and_shows_what_the_record_holds() {
    let mut bench = Bench::of(|_| {}, &[]);
    let effects = update(&mut bench.app, Action::Key(event("enter")));
    assert_eq!(effects, [Effect::TakeApart(ModelId::new("acme/support-bot-7b"))]);
    has(&bench.shown(), &["✗ changed", "reading the signature", "shard 6 of 9"]);
    assert!(update(&mut bench.app, Action::Resize).is_empty(), "it is asked for once");
    bench.answer(effects);
    assert!(!bench.shown().contains("reading the signature"));
}

#[test]
fn two_models_are_compared_with_three_keys() {
    let mut bench = Bench::of(|_| {}, &[]);
    bench.choose("acme/claims-sorter");
    bench.press(&["space", "space", "="]);
    assert_eq!(bench.app.screen, touchmark::commands::Screen::Compare);
    let found = bench.app.compare.comparison().unwrap();
    assert!(!found.same);
    let pair = (found.first.clone(), found.second.clone());
    let shown = bench.shown();
    has(&shown, &[pair.0.raw(), pair.1.raw(), "! different", "standing", "≠"]);
    assert_eq!(bench.app.compare.chosen().unwrap().word, RowWord::Differs, "it begins on a difference");
}

#[test]
fn a_comparison_says_what_is_the_same_and_next_difference_goes_round() {
    let mut bench = Bench::of(|_| {}, &[]);
    bench.choose("acme/claims-sorter");
    bench.press(&["="]);
    update(&mut bench.app, Action::Paste("harbour-7b".to_owned()));
    bench.press(&["enter"]);
    assert!(told(&bench.app).contains("several models"), "{}", told(&bench.app));
    bench.press(&["ctrl-u"]);
    update(&mut bench.app, Action::Paste("northwind/harbour-7b-instruct".to_owned()));
    bench.press(&["enter"]);
    let found = bench.app.compare.comparison().unwrap().clone();
    let part = |word: &str| found.parts.iter().find(|part| part.part.word() == word).unwrap();
    assert!(part("lineage").note.as_ref().unwrap().contains("the first was made from the second"));
    let tensors = part("tensors");
    assert!(tensors.same > 0 || tensors.different > 0, "{tensors:?}");
    let files = part("files");
    assert!(files.rows.iter().any(|row| row.word == RowWord::OnlySecond), "{files:?}");
    let words: Vec<bool> = files.rows.iter().map(|row| row.word == RowWord::Same).collect();
    assert!(words.is_sorted(), "what differs stands first");
    let differences: u64 = found.parts.iter().map(|part| part.different).sum();
    let first = bench.app.compare.cursor;
    for _ in 0..differences {
        bench.press(&["n"]);
        assert_ne!(bench.app.compare.chosen().unwrap().word, RowWord::Same);
    }
    assert_eq!(bench.app.compare.cursor, first, "round and round");
    assert!(told(&bench.app).contains("from the beginning"));
}

#[test]
fn a_model_compared_with_itself_differs_in_nothing() {
    let bench = Bench::of(|_| {}, &[]);
    let id = ModelId::new("acme/claims-sorter");
    let found = bench.workbench.compare(&id, &id).unwrap();
    assert!(found.same && found.parts.iter().all(|part| part.different == 0), "{found:?}");
    assert!(bench.workbench.compare(&id, &ModelId::new("no/body")).is_err());
}

#[test]
fn the_command_line_compares_as_the_screen_does() {
    let bench = Bench::of(|_| {}, &["acme/claims-sorter", "acme/form-filler"]);
    let dir = bench.dir.path().to_str().unwrap();
    let line = |more: &[&str]| {
        let mut arguments = vec!["compare", "acme/claims-sorter", "acme/form-filler", "--workspace", dir];
        arguments.extend(more);
        touchmark(arguments)
    };
    let output = line(&[]);
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    has(&out(&output), &["first   acme/claims-sorter", "files: ", "! different"]);
    let document: Value = serde_json::from_str(&out(&line(&["--format", "json"]))).unwrap();
    assert_eq!(document["schema"], "touchmark.comparison/1");
    let ids = [ModelId::new("acme/claims-sorter"), ModelId::new("acme/form-filler")];
    let found = bench.workbench.compare(&ids[0], &ids[1]).unwrap();
    assert_eq!(document["parts"], serde_json::to_value(&found.parts).unwrap(), "one function for both");
    let same = touchmark(["compare", "acme/form-filler", "acme/form-filler", "--workspace", dir]);
    assert_eq!(same.status.code(), Some(0), "{}", out(&same));
}

#[test]
fn what_was_trained_on_a_dataset_is_two_keys_from_its_row() {
    let mut bench = Bench::of(|_| {}, &[]);
    // From the lineage of a model that was trained on it.
    bench.choose("acme/claims-sorter");
    bench.press(&["2"]);
    let row = bench.app.lineage.rows.iter().position(|row| row.id.raw() == "data/claims-2025").unwrap();
    bench.app.lineage.cursor = row;
    has(&bench.shown(), &["data/claims-2025 → ", "trained", "says", "pinned"]);
    bench.press(&["enter"]);
    let shown = bench.shown();
    has(&shown, &["focus data/claims-2025", "acme/claims-sorter", "vendor/claims-lora", "trained on it"]);
    bench.press(&["-"]);
    has(&bench.shown(), &["focus acme/claims-sorter"]);
    // From the inventory.
    bench.press(&["1"]);
    bench.choose("data/claims-2025");
    bench.press(&["2"]);
    has(&bench.shown(), &["focus data/claims-2025", "acme/claims-sorter", "vendor/claims-lora"]);
}

#[test]
fn a_dataset_that_is_only_mentioned_shows_what_was_trained_on_it() {
    let change = |dir: &std::path::Path| {
        for model in ["acme/form-filler", "acme/policy-writer"] {
            let path = dir.join("models").join(model).join("README.md");
            let text = std::fs::read_to_string(&path).unwrap();
            let text = text.replacen("---\n", "---\ndatasets:\n- elsewhere/chats\n", 1);
            std::fs::write(path, text).unwrap();
        }
    };
    let dir = copy_of_samples();
    change(dir.path());
    let workbench = open(dir.path(), false);
    let app = empty_app("dark", Some(&workbench.view()));
    let mut bench = Bench { dir, workbench, app };
    bench.choose("acme/form-filler");
    bench.press(&["2"]);
    let row = bench.app.lineage.rows.iter().position(|row| row.id.raw() == "elsewhere/chats").unwrap();
    bench.app.lineage.cursor = row;
    bench.press(&["enter"]);
    has(&bench.shown(), &["focus elsewhere/chats", "acme/form-filler", "acme/policy-writer"]);
}

#[test]
fn a_family_that_is_not_drawn_whole_says_how_many_are_left_out() {
    let mut bench = Bench::of(|_| {}, &["northwind/harbour-7b"]);
    bench.press(&["2"]);
    let whole = bench.shown();
    assert!(!whole.contains("more below"), "{whole}");
    has(&whole, &["acme/support-bot-voice", " of "]);
    let is_parent = |row: &touchmark::lineage::LaneRow| row.id.raw() == "northwind/harbour-7b-instruct";
    bench.app.lineage.cursor = bench.app.lineage.rows.iter().position(is_parent).unwrap();
    bench.press(&["left"]);
    has(&bench.shown(), &["more below", "→ shows them"]);
    bench.press(&["a"]);
    let whole = bench.shown();
    assert!(!whole.contains("more below"), "{whole}");
}

fn photographs(name: &str, app: &App) {
    for (columns, rows) in [(80, 24), (120, 36)] {
        insta::assert_snapshot!(format!("{name}_{columns}x{rows}"), even(&text(app, columns, rows)));
    }
}

#[test]
fn the_screens_of_an_engineer() {
    let mut bench = Bench::of(|_| {}, &[]);
    bench.press(&["enter"]);
    photographs("files", &bench.app);
    bench.press(&["shift-tab"]);
    photographs("check", &bench.app);
    bench.press(&["1"]);
    bench.choose("orchid/speech-1-nightly");
    bench.press(&["enter"]);
    photographs("identity", &bench.app);
    bench.press(&["1"]);
    bench.choose("lumen/iris-base");
    bench.press(&["enter", "tab", "tab", "tab", "tab", "tab"]);
    photographs("statement", &bench.app);
    bench.press(&["1"]);
    bench.choose("data/claims-2025");
    bench.press(&["2", "j"]);
    photographs("dataset", &bench.app);
    bench.press(&["1"]);
    bench.choose("acme/claims-sorter");
    bench.press(&["="]);
    update(&mut bench.app, Action::Paste("acme/claims-sorter-q8".to_owned()));
    photographs("compare_ask", &bench.app);
    bench.press(&["enter"]);
    photographs("compare", &bench.app);
}

#[test]
fn whatever_a_signature_holds_it_is_taken_apart_or_refused() {
    let bench = Bench::of(|_| {}, &["acme/form-filler"]);
    let view = bench.workbench.view();
    let verification = &bench.app.verified().unwrap().verification;
    let take = |bytes: &[u8]| {
        touchmark::signing::anatomy(
            Some(bytes),
            &verification.files,
            verification.check(Stage::Chain),
            view.trust.trust(),
        )
    };
    for model in ["acme/form-filler", "orchid/speech-1", "lumen/iris-base", "acme/support-bot-7b"] {
        let whole = std::fs::read(bench.model(model).join("model.sig")).unwrap();
        let found = take(&whole);
        assert!(found.fault.is_none() && found.files.len() > 3 && !found.raw.payload.is_empty(), "{model}");
        for at in (0..whole.len()).step_by(97) {
            let cut = take(&whole[..at]);
            assert!(cut.fault.is_some() && cut.raw.bytes == at as u64, "{model} cut at {at}");
            let mut flipped = whole.clone();
            flipped[at] ^= 1;
            let flipped = take(&flipped);
            assert!(flipped.raw.digest != found.raw.digest, "{model} changed at {at}");
        }
    }
    // No lines beyond the limit, and what is left out is said.
    let long = format!("{{\"a\": [{}]}}", vec!["1"; 20_000].join(","));
    let found = take(long.as_bytes());
    assert!(found.raw.lines.len() <= 4000 && found.raw.left_out.is_some(), "{:?}", found.raw.left_out);
}

#[test]
fn a_strip_of_more_shards_than_cells_is_scaled_and_says_what_it_leaves_out() {
    let mut bench = Bench::of(|_| {}, &["acme/support-bot-7b"]);
    let view = bench.workbench.view();
    let (index, _) = view.model(&ModelId::new("acme/support-bot-7b")).unwrap();
    let mut verified = touchmark::view::Verified::clone(view.verified[index].as_ref().unwrap());
    let files = Arc::make_mut(&mut verified.verification.files);
    let file = &mut files.changed[0];
    (file.parts_total, file.parts_changed) = (1000, 20);
    file.parts[0].number = 1000;
    let mut fresh = view.with(&[(index, Some(Arc::new(verified)))]);
    fresh.generation += 1;
    update(&mut bench.app, Action::View(Arc::new(fresh)));
    for (columns, rows) in [(80, 30), (120, 40), (200, 60)] {
        let shown = text(&bench.app, columns, rows);
        let strip = shown.lines().find(|line| line.contains("shards  ")).unwrap();
        let cells: String = strip.chars().filter(|c| matches!(c, '▁' | '█')).collect();
        assert!(cells.ends_with('█') && cells.matches('█').count() == 1, "{strip}");
        let each = 1000_usize.div_ceil(cells.chars().count());
        has(&shown, &[&format!("20 of 1000 differ, {each} a cell")]);
        has(&shown, &["! 19 more shards differ"]);
    }
}
