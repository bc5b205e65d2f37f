//! Packs that somebody tampered with: each change is found and named, and the untouched pack beside it passes.

use crate::audit::{AT, Desk, SORTER, manifest, members};
use crate::audit_zip::{Members, Zip};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::Path;
use touchmark::Code;
use touchmark::decision::{Again, Inputs, LedgerProof};
use touchmark::pack::{Archive, PackManifest, check_pack, judged};
use touchmark::signing::{Anchor, Outcome, Trust};
use touchmark::store::{EvidenceDigest, LedgerEnd, LedgerEntry};

fn digest(bytes: &[u8]) -> String {
    EvidenceDigest::of(bytes).unwrap().to_string()
}

fn json_of(members: &Members, name: &str) -> Value {
    serde_json::from_slice(&members[name]).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The first member of a folder.
fn first(members: &Members, folder: &str) -> String {
    members.keys().find(|name| name.starts_with(folder)).unwrap_or_else(|| panic!("no {folder}")).clone()
}

fn edit(members: &mut Members, name: &str, change: impl FnOnce(&mut Value)) {
    let mut value = json_of(members, name);
    change(&mut value);
    members.insert(name.to_owned(), serde_json::to_vec(&value).unwrap());
}

/// Changes words of a member, and nothing else; the manifest follows.
fn reword(members: &mut Members, name: &str, from: &str, to: &str) {
    let text = String::from_utf8(members[name].clone()).unwrap();
    assert!(text.contains(from), "{name}: no {from}");
    members.insert(name.to_owned(), text.replace(from, to).into_bytes());
    seal(members);
}

/// The manifest as typed, so that it is written as one.
fn edit_manifest(members: &mut Members, change: impl FnOnce(&mut PackManifest)) {
    let mut manifest: PackManifest = serde_json::from_slice(&members["manifest.json"]).unwrap();
    change(&mut manifest);
    members.insert("manifest.json".to_owned(), manifest.bytes().unwrap());
}

/// Makes the manifest say what is there: names by digest follow the bytes, and so do the names in the manifest.
fn seal(members: &mut Members) {
    let there = members.clone();
    edit_manifest(members, |manifest| {
        for member in &mut manifest.members {
            if let Some(bytes) = there.get(&member.name) {
                member.sha256 = EvidenceDigest::of(bytes).unwrap();
                member.bytes = bytes.len() as u64;
            }
        }
    });
}

/// Replaces a member that is called by its digest; gives the new digest.
fn replace(members: &mut Members, name: &str, bytes: Vec<u8>) -> String {
    let (old, new) = (digest(&members.remove(name).unwrap()), digest(&bytes));
    let renamed = name.replace(&old, &new);
    edit_manifest(members, |manifest| {
        let member = manifest.members.iter_mut().find(|member| member.name == name).unwrap();
        member.name.clone_from(&renamed);
        member.sha256 = EvidenceDigest::of(&bytes).unwrap();
        member.bytes = bytes.len() as u64;
        manifest.members.sort_by(|one, other| one.name.cmp(&other.name));
    });
    members.insert(renamed, bytes);
    new
}

/// Removes a member, and its row in the manifest.
fn drop_member(members: &mut Members, name: &str) {
    members.remove(name).unwrap();
    edit_manifest(members, |manifest| manifest.members.retain(|member| member.name != name));
}

fn inputs(members: &Members, verdict: &str) -> Inputs {
    serde_json::from_value(json_of(members, verdict)["inputs"].clone()).unwrap()
}

/// The verdict that honestly comes of other inputs, in the place of the one that is there.
fn judge_anew(members: &mut Members, verdict: &str, inputs: &Inputs) {
    let rests_on = serde_json::from_value(json_of(members, verdict)["rests_on"].clone()).unwrap();
    let by_digest: BTreeMap<String, Vec<u8>> =
        members.values().map(|bytes| (digest(bytes), bytes.clone())).collect();
    let kept = |digest: EvidenceDigest| Ok(by_digest.get(&digest.to_string()).cloned());
    let bytes = judged(&Again::new(&kept), inputs, rests_on).unwrap();
    members.insert(verdict.to_owned(), bytes);
    seal(members);
}

/// The member of a record of a kind, and the record.
fn record(members: &Members, kind: &str) -> (String, LedgerEntry) {
    let of = |name: &String| {
        let proof: LedgerProof = serde_json::from_slice(&members[name]).unwrap();
        (proof.record.kind.as_str() == kind).then_some((name.clone(), proof.record))
    };
    members.keys().filter(|name| name.starts_with("ledger/")).find_map(of).unwrap()
}

/// A record with another body, whose hash fits again, without a proof.
fn forge(members: &mut Members, name: &str, entry: &LedgerEntry, previous: &str, body: &str) {
    let end = LedgerEnd { entries: entry.seq - 1, hash: previous.to_owned() };
    let forged = LedgerEntry::after(end, entry.at, entry.kind.clone(), &entry.model, body).unwrap();
    members.insert(name.to_owned(), touchmark::decision::bytes_of(&forged).unwrap());
    edit_manifest(members, |manifest| {
        let member = manifest.members.iter_mut().find(|member| member.name == name).unwrap();
        member.kind = touchmark::pack::MemberKind::Record;
    });
    seal(members);
}

const ONE: &str = "verdicts/00001.json";
const TWO: &str = "verdicts/00002.json";

/// A tampering: what it is, what finds it, where, and how it is done.
type Row = (&'static str, &'static str, &'static str, fn(&mut Members));

#[rustfmt::skip]
const TAMPERED: &[Row] = &[
    // By somebody who cannot sign, and changes what is signed or named.
    ("a byte of a signature", "member-changed", "bundles/", |m| {
        let name = first(m, "bundles/");
        m.get_mut(&name).unwrap()[9] ^= 1;
    }),
    ("a byte of a report", "member-changed", "reports/maturity.html", |m| {
        m.get_mut("reports/maturity.html").unwrap()[9] ^= 1;
    }),
    ("a line added to a policy", "member-changed", "policies/", |m| {
        let name = first(m, "policies/");
        m.get_mut(&name).unwrap().extend(b"\n");
    }),
    ("a member removed", "member-missing", "files/", |m| drop(m.remove(&first(m, "files/")).unwrap())),
    ("a member added", "member-unnamed", "reports/more.html", |m| {
        m.insert("reports/more.html".to_owned(), b"all is well".to_vec());
    }),
    ("the manifest removed", "manifest-missing", "manifest.json", |m| drop(m.remove("manifest.json"))),
    ("the manifest written otherwise", "manifest-form", "manifest.json", |m| {
        let text = serde_json::to_vec_pretty(&json_of(m, "manifest.json")).unwrap();
        m.insert("manifest.json".to_owned(), text);
    }),
    ("a word added to the manifest", "manifest-form", "manifest.json", |m| {
        edit(m, "manifest.json", |value| value["approved"] = json!(true));
    }),
    ("another stage in the manifest", "signature-other", "manifest.sig", |m| {
        edit_manifest(m, |manifest| manifest.stage = "dev".to_owned());
    }),
    ("another stage in the manifest, and what follows from it", "verdict-other", TWO, |m| {
        edit_manifest(m, |manifest| manifest.stage = "dev".to_owned());
    }),
    ("another time in the manifest", "verdict-other", ONE, |m| {
        edit_manifest(m, |manifest| manifest.at = "2027-12-01T00:00:00Z".parse().unwrap());
    }),
    ("the manifest not sorted", "manifest-order", "manifest.json", |m| {
        edit_manifest(m, |manifest| manifest.members.swap(3, 4));
    }),
    ("a member named twice", "manifest-order", "manifest.json", |m| {
        edit_manifest(m, |manifest| manifest.members.insert(3, manifest.members[3].clone()));
    }),
    ("another size in the manifest", "member-size", "README.md", |m| {
        edit_manifest(m, |manifest| manifest.members[0].bytes += 1);
    }),
    ("a path out of the pack in the manifest", "member-name", "../README.md", |m| {
        edit_manifest(m, |manifest| manifest.members[0].name = "../README.md".to_owned());
    }),
    ("another kind in the manifest", "member-name", "files/", |m| {
        edit_manifest(m, |manifest| {
            let of = manifest.members.iter_mut().find(|member| member.name.starts_with("files/"));
            of.unwrap().kind = touchmark::pack::MemberKind::Contents;
        });
    }),
    ("a member that is there and is said to be left out", "member-not-redacted", "README.md", |m| {
        edit_manifest(m, |manifest| manifest.members[0].redacted = true);
    }),
    ("the signature of something else", "signature-other", "manifest.sig", |m| {
        let other = m[&first(m, "checkpoints/")].clone();
        m.insert("manifest.sig".to_owned(), other);
    }),
    ("a signature that does not hold", "signature-invalid", "manifest.sig", |m| {
        edit(m, "manifest.sig", |value| {
            let signature = &mut value["dsseEnvelope"]["signatures"][0]["sig"];
            let text = signature.as_str().unwrap();
            let (head, tail) = text.split_at(20);
            let other = if tail.starts_with('A') { "B" } else { "A" };
            *signature = format!("{head}{other}{}", &tail[1..]).into();
        });
    }),
    ("no signature where one should be", "signature-form", "manifest.sig", |m| {
        m.insert("manifest.sig".to_owned(), b"{}".to_vec());
    }),
    // By somebody who makes the manifest fit again.
    ("another decision", "verdict-differs", TWO, |m| {
        reword(m, TWO, "\"decision\":\"refuse\"", "\"decision\":\"admit\"");
    }),
    ("another level", "verdict-differs", ONE, |m| {
        let level = json_of(m, ONE)["verdict"]["effective"].clone();
        reword(m, ONE, &format!("\"effective\":{level}"), "\"effective\":3");
    }),
    ("a verdict written otherwise", "verdict-differs", ONE, |m| {
        let text = serde_json::to_vec_pretty(&json_of(m, ONE)).unwrap();
        m.insert(ONE.to_owned(), text);
        seal(m);
    }),
    ("no verdict", "verdict-form", ONE, |m| {
        m.insert(ONE.to_owned(), b"{}".to_vec());
        seal(m);
    }),
    ("the verdicts of two models swapped", "verdict-other", ONE, |m| {
        let (one, two) = (m[ONE].clone(), m[TWO].clone());
        m.insert(ONE.to_owned(), two);
        m.insert(TWO.to_owned(), one);
        seal(m);
    }),
    ("a model left out of the manifest", "verdict-missing", TWO, |m| {
        edit_manifest(m, |manifest| manifest.models.truncate(1));
    }),
    ("a model without a verdict", "verdict-missing", "verdicts/00003.json", |m| {
        edit_manifest(m, |manifest| manifest.models[1].verdict = "verdicts/00003.json".to_owned());
    }),
    ("one verdict for two models", "verdict-missing", ONE, |m| {
        edit_manifest(m, |manifest| manifest.models[1].verdict = ONE.to_owned());
    }),
    ("a report in the place of a verdict", "verdict-missing", "reports/maturity.json", |m| {
        edit_manifest(m, |manifest| manifest.models[1].verdict = "reports/maturity.json".to_owned());
    }),
    ("a policy called by the digest of another one", "verdict-differs", ONE, |m| {
        let digest = inputs(m, ONE).policy.digest;
        reword(m, ONE, &digest, &"0".repeat(64));
    }),
    ("another policy in the place of the one that was judged by", "verdict-differs", TWO, |m| {
        let policy = inputs(m, TWO).policy.text;
        let lax = touchmark::policy::BUILT_IN[0].1.as_bytes().to_vec();
        let lax = replace(m, &format!("policies/{policy}.toml"), lax);
        reword(m, TWO, &policy.to_string(), &lax);
    }),
    ("a policy that is none", "verdict-unjudged", ONE, |m| {
        let policy = inputs(m, ONE).policy.text;
        let text = replace(m, &format!("policies/{policy}.toml"), b"nonsense".to_vec());
        reword(m, ONE, &policy.to_string(), &text);
    }),
    ("evidence that nobody saw, judged honestly", "record-missing", TWO, |m| {
        let mut inputs = inputs(m, TWO);
        let name = format!("evidence/{}.json", inputs.evidence);
        let mut evidence = json_of(m, &name);
        let bot = evidence["models"].as_array_mut().unwrap().iter_mut();
        let bot = bot.filter(|model| model["id"] == "acme/support-bot-7b").last().unwrap();
        bot["seen"].as_object_mut().unwrap().remove("bundle").unwrap();
        // As if its files held no signature.
        let files = format!("files/{}.json", bot["seen"]["observed"].as_str().unwrap());
        let mut observed = json_of(m, &files);
        observed["signature"]["state"] = json!("absent");
        let observed = replace(m, &files, serde_json::to_vec(&observed).unwrap());
        let bot = evidence["models"].as_array_mut().unwrap().iter_mut();
        bot.filter(|model| model["id"] == "acme/support-bot-7b").last().unwrap()["seen"]["observed"] = json!(observed);
        let typed: touchmark::decision::EvidenceDocument = serde_json::from_value(evidence).unwrap();
        let bytes = touchmark::decision::bytes_of(&typed).unwrap();
        inputs.evidence = replace(m, &name, bytes).parse().unwrap();
        judge_anew(m, TWO, &inputs);
    }),
    ("a review kept quiet", "record-missing", ONE, |m| {
        edit(m, ONE, |verdict| {
            verdict["rests_on"].as_array_mut().unwrap().pop().unwrap();
        });
        let inputs = inputs(m, ONE);
        judge_anew(m, ONE, &inputs);
    }),
    ("a record removed", "record-missing", ONE, |m| {
        let number = json_of(m, ONE)["rests_on"][0]["number"].as_u64().unwrap();
        drop_member(m, &format!("ledger/{number:012}.json"));
    }),
    ("the body of a record changed", "record-changed", "ledger/", |m| {
        let (name, _) = record(m, "review");
        edit(m, &name, |proof| {
            let body = proof["record"]["body"].as_str().unwrap().replace("say what", "forget what");
            proof["record"]["body"] = body.into();
        });
        rewrite::<LedgerProof>(m, &name);
    }),
    ("a record written anew, with its hash", "record-missing", ONE, |m| {
        let (name, entry) = record(m, "review");
        let body = entry.body.replace("say what", "forget what");
        forge(m, &name, &entry, &entry.previous, &body);
    }),
    ("a record without a proof changed", "record-changed", "ledger/", |m| {
        let (name, entry) = record(m, "review");
        forge(m, &name, &entry, &entry.previous, &entry.body);
        reword(m, &name, "say what", "forget what");
    }),
    ("a record written otherwise", "record-form", "ledger/", |m| {
        let (name, _) = record(m, "review");
        let text = serde_json::to_vec_pretty(&json_of(m, &name)).unwrap();
        m.insert(name, text);
        seal(m);
    }),
    ("a record after another one", "record-chain", "ledger/", |m| {
        let (name, entry) = record(m, "review");
        forge(m, &name, &entry, &"0".repeat(64), &entry.body);
    }),
    ("a decision recorded otherwise, with its hash", "record-differs", "ledger/", |m| {
        let (name, entry) = record(m, "decision");
        let body = entry.body.replacen("\"tainted\":false", "\"tainted\":true", 1);
        assert_ne!(body, entry.body);
        forge(m, &name, &entry, &entry.previous, &body);
    }),
    ("a record in the place of another", "record-place", "ledger/", |m| {
        let (one, _) = record(m, "review");
        let (other, _) = record(m, "decision");
        let bytes = m[&one].clone();
        m.insert(other, bytes);
        seal(m);
    }),
    ("no record", "record-form", "ledger/", |m| {
        let (name, _) = record(m, "decision");
        m.insert(name, b"{}".to_vec());
        seal(m);
    }),
    ("the way of a proof changed", "proof-broken", "ledger/", |m| {
        let (name, _) = record(m, "decision");
        edit(m, &name, |proof| proof["path"][0] = json!("0".repeat(64)));
        rewrite::<LedgerProof>(m, &name);
    }),
    ("a proof under another root", "proof-other", "ledger/", |m| {
        let name = first(m, "ledger/");
        let mut proof: LedgerProof = serde_json::from_slice(&m[&name]).unwrap();
        let index = proof.record.seq - 1;
        proof.path[0] = EvidenceDigest([7; 32]);
        let hash = proof.record.hash.parse().unwrap();
        proof.root = touchmark::store::root_from(hash, index, proof.records, &proof.path).unwrap();
        m.insert(name, proof.bytes().unwrap());
        seal(m);
    }),
    ("the checkpoint removed", "proof-other", "ledger/", |m| drop_member(m, &first(m, "checkpoints/"))),
    ("no checkpoint where one should be", "checkpoint-form", "checkpoints/", |m| {
        drop(replace(m, &first(m, "checkpoints/"), b"{}".to_vec()));
    }),
    ("a checkpoint whose signature does not hold", "checkpoint-invalid", "checkpoints/", |m| {
        let name = first(m, "checkpoints/");
        let mut value = json_of(m, &name);
        let signature = &mut value["dsseEnvelope"]["signatures"][0]["sig"];
        let text = signature.as_str().unwrap();
        let other = if &text[20..21] == "A" { "B" } else { "A" };
        *signature = format!("{}{other}{}", &text[..20], &text[21..]).into();
        drop(replace(m, &name, serde_json::to_vec(&value).unwrap()));
    }),
];

/// Writes a member as its type is written.
fn rewrite<T: serde::de::DeserializeOwned + serde::Serialize>(members: &mut Members, name: &str) {
    let typed: T = serde_json::from_slice(&members[name]).unwrap();
    members.insert(name.to_owned(), touchmark::decision::bytes_of(&typed).unwrap());
    seal(members);
}

fn trust(desk: &Desk) -> [Trust; 1] {
    [Trust::new(vec![Anchor::read_key("auditor", &desk.path("audit.pem.pub")).unwrap()])]
}

/// What came of a pack: the word of the whole, and its faults with their members.
fn checked(bytes: Vec<u8>, trust: &[Trust]) -> Result<(Outcome, Vec<(String, String)>), touchmark::Error> {
    let length = bytes.len() as u64;
    let archive = Archive::open(Cursor::new(bytes), length)?;
    let checked = check_pack(&archive, trust, AT.parse().unwrap())?;
    let fault = |fault: &touchmark::pack::PackFault| {
        (serde_json::to_value(fault.kind).unwrap().as_str().unwrap().to_owned(), fault.member.clone())
    };
    Ok((checked.outcome(), checked.faults.iter().map(fault).collect()))
}

#[test]
fn each_tampering_is_found_and_named() {
    let (desk, pack) = Desk::packed();
    let trust = trust(&desk);
    let whole = members(&pack);
    let untouched = Zip::of(&whole).bytes();
    assert_eq!(untouched, fs::read(&pack).unwrap(), "there is one form only");
    assert_eq!(checked(untouched, &trust).unwrap(), (Outcome::Pass, Vec::new()));
    assert!(TAMPERED.len() > 30);
    let mut failed = Vec::new();
    for (what, kind, member, tamper) in TAMPERED {
        let mut changed = whole.clone();
        tamper(&mut changed);
        assert_ne!(changed, whole, "{what}: nothing was changed");
        let (outcome, faults) = checked(Zip::of(&changed).bytes(), &trust).unwrap();
        let is_named = faults.iter().any(|(found, at)| found == kind && at.starts_with(member));
        if outcome != Outcome::Fail || !is_named {
            failed.push(format!("{what}: {kind} at {member} is not among {faults:?} ({outcome:?})"));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn the_command_says_what_was_tampered_with() {
    let (desk, pack) = Desk::packed();
    let mut changed = members(&pack);
    reword(&mut changed, TWO, "\"decision\":\"refuse\"", "\"decision\":\"admit\"");
    fs::write(desk.path("tampered.zip"), Zip::of(&changed).bytes()).unwrap();
    let (status, said) = desk.by_auditor(&desk.path("tampered.zip"));
    assert_eq!((status, &said["outcome"]), (Some(1), &"fail".into()), "{said:#}");
    let faults = said["faults"].as_array().unwrap();
    let differs = faults.iter().find(|fault| fault["kind"] == "verdict-differs").unwrap();
    assert_eq!(differs["member"], TWO);
    assert_eq!(
        differs["differences"],
        json!([{ "place": "verdict.decision", "was": "admit", "is": "refuse" }])
    );
    assert!(faults.iter().any(|fault| fault["kind"] == "signature-other"), "{faults:#?}");
    // As does a pack that is cut off; it cannot be read.
    let bytes = fs::read(&pack).unwrap();
    fs::write(desk.path("cut.zip"), &bytes[..bytes.len() / 2]).unwrap();
    let (status, said) = desk.by_auditor(&desk.path("cut.zip"));
    assert_eq!(status, Some(4), "{said}");
    assert!(said.to_string().contains("E-MALFORMED"), "{said}");
}

#[test]
fn a_checksum_that_lies_is_found() {
    let (desk, pack) = Desk::packed();
    let whole = members(&pack);
    let at = whole.keys().position(|name| name == "README.md").unwrap();
    let local = move |index: usize, local: &mut Vec<u8>| {
        if index == at {
            local[14] ^= 1;
        }
    };
    let central = move |index: usize, central: &mut Vec<u8>| {
        if index == at {
            central[16] ^= 1;
        }
    };
    let bytes = Zip { local: &local, central: &central, ..Zip::of(&whole) }.bytes();
    let found = checked(bytes, &trust(&desk)).unwrap();
    assert_eq!(found, (Outcome::Fail, vec![("member-checksum".to_owned(), "README.md".to_owned())]));
}

#[test]
fn no_byte_of_a_pack_can_be_changed_unseen() {
    let (desk, pack) = Desk::packed();
    let trust = trust(&desk);
    let whole = fs::read(&pack).unwrap();
    // Spread over the whole file, and each byte of what stands around the first member and at the end.
    let spread = (0..60).map(|step| step * whole.len() / 60);
    let around = (0..40).step_by(3).chain(whole.len() - 22..whole.len());
    for at in spread.chain(around) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x20;
        match checked(bytes, &trust) {
            Err(error) => assert!(matches!(error.code, Code::Malformed | Code::TooLarge), "{at}: {error}"),
            Ok((outcome, faults)) => {
                assert!(outcome == Outcome::Fail && !faults.is_empty(), "{at}: {outcome:?} {faults:?}");
            }
        }
    }
}

#[test]
fn the_models_of_a_pack_are_those_that_were_asked_for() {
    let (desk, pack) = Desk::packed();
    assert_eq!(manifest(&pack)["models"].as_array().unwrap().len(), 2);
    let one = desk.pack("one.zip", &[SORTER]);
    assert_eq!(manifest(&one)["models"][0]["model"], SORTER);
    assert_eq!(manifest(&one)["models"].as_array().unwrap().len(), 1);
    let there = |pack: &Path| members(pack).len();
    assert!(there(&one) < there(&pack));
}
