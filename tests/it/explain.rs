//! What a verification tells about a difference: where it lies, what lies there, what it looks like; and what
//! comes near to the truth when a signer or a signature is not the expected one.

use crate::bench::{Authority, Bench, anchor, details, faults, safetensors};
use crate::support::{copy_of_samples, err, out, touchmark};
use std::fs;
use touchmark::signing::{
    Anchor, ChangeKind, Curve, IdentityPart, MoveKind, NameChange, Outcome, SigningKey, Stage, Trust,
};

fn weights() -> Vec<u8> {
    safetensors(&[("embed", 1, 100), ("layer.0", 2, 100), ("layer.1", 3, 100), ("head", 4, 100)])
}

#[test]
fn a_byte_changed_in_a_shard_names_shard_range_and_tensor() {
    let mut bytes = weights();
    let bench = Bench::sharded(&[("model.safetensors", &bytes)], 128);
    // The last byte lies in the tensor that comes last.
    *bytes.last_mut().unwrap() = 9;
    bench.write("model.safetensors", &bytes);
    let seen = bench.verify();
    let file = &seen.files.changed[0];
    assert_eq!((file.kind, file.parts_changed), (ChangeKind::Content, 1));
    assert_eq!(file.signed_size, Some(bytes.len() as u64));
    let part = &file.parts[0];
    assert_eq!((part.number, part.end), (file.parts_total, bytes.len() as u64));
    let hit = part.tensors.as_ref().unwrap();
    assert!(!hit.header && hit.names.last().unwrap().raw() == "head");
    assert!(details(&seen, Stage::Files).contains("\"head\""));
    assert_eq!(seen.files.matched, file.parts_total - 1);
    let json = serde_json::to_value(&seen.files).unwrap();
    assert_eq!(json["changed"][0]["kind"], "content");
    assert_eq!(json["changed"][0]["parts"][0]["tensors"]["names"][0], "head");
}

#[test]
fn a_changed_header_is_said_to_be_one_and_many_shards_are_counted() {
    let mut bytes = weights();
    let bench = Bench::sharded(&[("model.safetensors", &bytes)], 8);
    bytes.iter_mut().skip(300).for_each(|byte| *byte ^= 0x55);
    bytes[20] = b'E';
    bench.write("model.safetensors", &bytes);
    let seen = bench.verify();
    let file = &seen.files.changed[0];
    assert!(file.parts[0].tensors.as_ref().unwrap().header);
    assert!(file.parts_changed > 20 && file.parts.len() == 16);
    assert!(file.place().unwrap().raw().contains("more shards"));
}

#[test]
fn a_file_signed_as_a_whole_is_held_against_its_own_header() {
    let bench = Bench::unsigned(&[]);
    let bytes = weights();
    bench.write("model.safetensors", &bytes);
    bench.sign();
    let told = |bytes: &[u8]| {
        bench.write("model.safetensors", bytes);
        let seen = bench.verify();
        let file = seen.files.changed[0].clone();
        (file.kind, file.promised_size, file.note.unwrap().words())
    };
    let size = bytes.len() as u64;
    let (kind, promised, note) = told(&bytes[..bytes.len() - 7]);
    assert_eq!((kind, promised), (ChangeKind::Truncated, Some(size)));
    assert_eq!(note, "ends 7 bytes before its safetensors header says");
    let (kind, _, note) = told(&[&bytes[..], b"tail"].concat());
    assert_eq!(
        (kind, note.as_str()),
        (ChangeKind::Lengthened, "4 bytes follow what its safetensors header describes")
    );
    assert_eq!(told(&bytes[..40]).0, ChangeKind::Truncated);
    let mut other = bytes.clone();
    *other.last_mut().unwrap() = 9;
    assert_eq!(told(&other).0, ChangeKind::Content);
    let (kind, promised, note) = told(&[&bytes[..8], b"{not json"].concat().repeat(20));
    assert_eq!(
        (kind, promised, note.as_str()),
        (ChangeKind::Content, None, "its safetensors header cannot be read")
    );
}

#[test]
fn moved_and_renamed_shards_are_found_by_their_bytes() {
    let bench = Bench::sharded(&[("a.bin", b"0123456789"), ("B.bin", b"abcdefghij")], 4);
    bench.rename("a.bin", "old.bin");
    bench.rename("B.bin", "b.bin");
    let seen = bench.verify();
    assert_eq!(faults(&seen), [(Stage::Files, "FILES-MISSING")]);
    let moved: Vec<_> =
        seen.files.moved.iter().map(|m| (m.name.raw(), m.found.raw(), m.kind, m.same_bytes)).collect();
    assert_eq!(
        moved,
        [("B.bin", "b.bin", MoveKind::Case, true), ("a.bin", "old.bin", MoveKind::Moved, true)]
    );
    assert_eq!(seen.files.truly_missing().count() + seen.files.truly_extra().count(), 0);
    bench.write("b.bin", "other");
    assert!(!bench.verify().files.moved[0].same_bytes);
}

#[test]
fn several_kinds_of_difference_are_all_told_at_once() {
    let bench = Bench::new();
    bench.write("weights.bin", "");
    bench.remove("config.json");
    bench.write("new.py", "x");
    let seen = bench.verify();
    let text = details(&seen, Stage::Files);
    for part in ["changed: weights.bin (empty now)", "missing: config.json", "not signed: new.py (code"] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn files_and_signer_are_judged_apart_so_one_failure_hides_no_other() {
    let mut bench = Bench::new();
    bench.trust = Trust::new(vec![anchor("other", &SigningKey::generate(Curve::P256).unwrap())]);
    bench.write("weights.bin", "x");
    bench.edit_statement(|s| s["subject"][0]["digest"]["sha256"] = "0a".repeat(32).into());
    let seen = bench.verify();
    assert_eq!(
        faults(&seen),
        [
            (Stage::Trust, "TRUST-UNKNOWN-KEY"),
            (Stage::Subject, "SUBJECT-DIGEST"),
            (Stage::Files, "FILES-CHANGED")
        ]
    );
    assert_eq!(seen.outcome_of(Stage::Statement), Outcome::Pass);
    // What could not be judged says why.
    let signature = seen.check(Stage::Signature).unwrap();
    assert!(
        signature.outcome == Outcome::Unknown && signature.words().summary.contains("TRUST did not pass")
    );
}

#[test]
fn the_part_of_a_signer_that_differs_is_marked() {
    let root = Authority::new("root");
    let mut bench = Bench::new();
    bench.sign_under(&root.issue(|_| {}), &[]);
    let mut differ = |subject: &str, issuer: &str| {
        bench.trust = Trust::new(vec![root.anchor()]).expecting(subject, Some(issuer.into()));
        bench.verify().check(Stage::Identity).unwrap().difference().cloned().unwrap()
    };
    let difference = differ("CN=ci,O=acne", "CN=root");
    assert_eq!((difference.part, difference.change), (IdentityPart::Subject, NameChange::Tail));
    assert_eq!((difference.same, difference.found.raw()), (10, "CN=ci,O=acme"));
    let difference = differ("CN=ci,O=acme", "cn=ROOT");
    assert_eq!((difference.part, difference.change), (IdentityPart::Issuer, NameChange::Case));
}

#[test]
fn a_key_that_is_not_trusted_is_shown_beside_those_that_are() {
    let mut bench = Bench::new();
    let (one, two) = (SigningKey::generate(Curve::P256).unwrap(), SigningKey::generate(Curve::P384).unwrap());
    bench.trust = Trust::new(vec![anchor("one", &one), anchor("two", &two), Authority::new("root").anchor()]);
    let seen = bench.verify();
    let check = seen.check(Stage::Trust).unwrap();
    let expected = check.words().expected.unwrap();
    let expected = expected.raw();
    assert!(expected.contains(&one.public().fingerprint()) && expected.contains("(two)"));
    assert!(check.words().found.as_ref().unwrap().raw().contains(&bench.key.public().hint()));
    assert!(details(&seen, Stage::Trust).contains("of another kind than the signature: authority (ca)"));
}

#[test]
fn a_copied_signature_names_the_model_that_it_belongs_to() {
    let dir = copy_of_samples();
    let run = |arguments: &[&str]| {
        let folder = dir.path().to_string_lossy().into_owned();
        touchmark([arguments, &["--workspace", &folder]].concat())
    };
    run(&["verify", "acme/receipt-reader"]);
    let text = out(&run(&["verify", "acme/invoice-reader", "--explain"]));
    assert!(text.contains("signed for   acme/receipt-reader, whose root digest this is"), "{text}");
}

#[test]
fn json_and_explain_carry_what_was_found() {
    let dir = copy_of_samples();
    let folder = dir.path().to_string_lossy().into_owned();
    let text = out(&touchmark(["verify", "acme/support-bot-7b", "--explain", "--workspace", &folder]));
    assert!(text.contains("cause ") && text.contains("FILES-CHANGED"), "{text}");
    let json = out(&touchmark(["verify", "acme/support-bot-7b", "--format", "json", "--workspace", &folder]));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["verification"]["files"]["changed"][0]["kind"], "content", "{json:#}");
    assert!(json["verification"]["files"]["changed"][0]["promised_size"].is_u64());
    // Nothing was written beside the model.
    assert!(fs::read_dir(dir.path().join("models/acme/support-bot-7b")).unwrap().count() > 0);
}

#[test]
fn a_mix_up_of_methods_is_told_before_anything_else_is_asked() {
    let mut bench = Bench::new();
    let root = Authority::new("root");
    bench.sign_under(&root.issue(|_| {}), &[]);
    // A certificate where a key is asked for: the method is the trouble, not the file.
    let file = bench.folder.path().join("root.pem");
    fs::write(&file, &root.pem).unwrap();
    let done = touchmark([
        "verify".as_ref(),
        "key".as_ref(),
        bench.model().as_os_str(),
        "--public-key".as_ref(),
        file.as_os_str(),
    ]);
    let text = out(&done);
    assert_eq!(done.status.code(), Some(1), "{text}");
    assert!(text.contains("METHOD-MISMATCH"), "{text}");
    assert!(text.contains("touchmark verify certificate MODEL --certificate-chain CA.pem"), "{text}");
}

#[test]
fn an_old_root_is_told_with_its_date_when_the_signature_is_newer() {
    let mut bench = Bench::new();
    bench.sign_keyless(&Authority::new("root"), "d29uZGVybGFuZA==");
    let made = Some("2024-06-01T00:00:00Z".parse().unwrap());
    bench.trust = Trust::new(vec![Anchor { made, ..Anchor::public_good() }]);
    let seen = bench.verify();
    assert_eq!(faults(&seen), [(Stage::Log, "LOG-UNKNOWN")]);
    let text = details(&seen, Stage::Log);
    assert!(text.contains("was made on 2024-06-01T00:00:00Z") && text.contains("refresh the root"), "{text}");
}

#[test]
fn an_anchor_that_was_made_after_the_time_of_the_verification_is_shown_without_an_age() {
    let bench = Bench::new();
    let key = bench.folder.path().join("key.pem");
    fs::write(&key, bench.key.public().to_pem()).unwrap();
    let made = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_780_272_000);
    fs::File::options().append(true).open(&key).unwrap().set_modified(made).unwrap();
    let (model, key) = (bench.model(), key.to_string_lossy().into_owned());
    let said = |at: &str| {
        let words = ["verify", "key", model.to_str().unwrap(), "--public-key", &key, "--at", at];
        let done = touchmark(words);
        assert_eq!(done.status.code(), Some(0), "{}", err(&done));
        out(&done)
    };
    let before = said("2026-05-31T23:59:59Z");
    assert!(before.contains("  trust  ") && !before.contains("d old"), "{before}");
    assert!(said("2026-06-01T00:00:00Z").contains(", 0 d old"));
    assert!(said("2026-06-03T12:00:00Z").contains(", 2 d old"));
}
