//! What a policy means, as against how it is written: its canonical form and digest, and what an edit of it concerns.

use crate::support::{copy_of_samples, out, touchmark};
use proptest::prelude::*;
use touchmark::inventory::ModelId;
use touchmark::policy::{BUILT_IN, Concerns, Policy, Publisher, concerns, parse};
use touchmark::signing::{AnchorKind, AnchorUse, Identity, Method, sha256_hex};

fn read(text: &str) -> Policy {
    parse(text, "t", None).unwrap_or_else(|faults| panic!("{faults:#?}\n{text}"))
}

const WHOLE: &str = r#"
schema = "trust-policy/0.1"
name = "whole"
version = "1"
expires = 2045-01-01T00:00:00Z
owner = "jo"
approved_by = ["the board", "jo"]
default = "deny"
[trust.ca]
kind = "x509"
files = ["ca.pem", "older.pem"]
crls = ["ca.crl"]
max_age_days = 30
[trust.key]
kind = "key"
files = ["key.pub"]
[[publisher]]
id = "acme"
models = ["acme/*", "acmes/*"]
trust = ["ca", "key"]
identities = [{ issuer = "CN=root", subject = "exact:CN=acme" }, { subject = 'regex:^CN=a[0-9]$' }]
valid_from = 2026-01-01T00:00:00Z
valid_until = 2027-01-01T00:00:00Z
[[publisher]]
id = "edge"
models = ["edge/*"]
trust = ["key"]
[[deny_identity]]
subject = "exact:CN=eve"
after = 2026-06-01T00:00:00Z
reason = "stolen"
[[deny_identity]]
subject = "exact:CN=mallory"
[crypto]
hash = ["sha256", "blake3"]
keys = ["p256", "p384"]
[artifact]
ban_formats = ["pickle", "onnx"]
allow_ignore_paths = ["docs", ".git"]
allow_symlinks = true
[log]
required = ["sigstore", "key"]
[freshness]
max_verification_age_days = 30
clock_skew_seconds = 300
[controls]
raise = ["L1.13", "L1.08"]
[[stage]]
name = "dev"
production = false
min_level = 0
on_contradicted = "warn"
on_missing = "open"
on_error = "open"
on_unavailable = "open"
require = ["L1.13", "L1.06"]
cached_digests_max_hours = 9
[[stage]]
name = "prod"
production = true
min_level = 1
"#;

#[test]
fn a_comment_and_another_layout_change_the_file_and_not_what_it_means() {
    let whole = read(WHOLE);
    let same = [
        format!("# mine\n{WHOLE}\n# END\n"),
        WHOLE.replace(" = ", "=").replace('\n', "\r\n"),
        WHOLE.replace("name = \"whole\"\nversion = \"1\"", "version = '1'\n\nname = 'whole'"),
        WHOLE.replace("\"sha256\", \"blake3\"", "\"blake3\", \"sha256\", \"blake3\""),
        WHOLE.replace("\"p256\", \"p384\"", "\"p384\", \"p256\""),
        WHOLE.replace("\"pickle\", \"onnx\"", "\"onnx\", \"pickle\""),
        WHOLE.replace("\"docs\", \".git\"", "\".git/\", \"docs\""),
        WHOLE.replace("\"sigstore\", \"key\"", "\"key\", \"sigstore\""),
        WHOLE.replace("\"L1.13\", \"L1.08\"", "\"L1.08\", \"L1.13\""),
        WHOLE.replace("\"L1.13\", \"L1.06\"", "\"L1.06\", \"L1.13\""),
        WHOLE.replace("\"acme/*\", \"acmes/*\"", "\"acmes/*\", \"Acme/*\""),
        WHOLE.replace("[\"ca\", \"key\"]", "[\"key\", \"ca\"]"),
        WHOLE.replace(
            "{ issuer = \"CN=root\", subject = \"exact:CN=acme\" }, { subject = 'regex:^CN=a[0-9]$' }",
            "{ subject = 'regex:^CN=a[0-9]$' }, { subject = \"exact:CN=acme\", issuer = \"CN=root\" }",
        ),
        WHOLE.replace("2045-01-01T00:00:00Z", "\"2045-01-01T02:00:00+02:00\""),
        WHOLE.replace("max_age_days = 30", "max_age_days = 0x1e"),
        // The defaults, written out.
        format!("{WHOLE}on_contradicted = \"closed\"\non_missing = \"closed\"\nrequire = []\n"),
    ];
    for text in same {
        assert_ne!(text, WHOLE);
        let policy = read(&text);
        assert_eq!(policy.digest, whole.digest, "{text}");
        assert_eq!(policy.canonical().unwrap(), whole.canonical().unwrap());
        assert_ne!(policy.file_digest, whole.file_digest);
    }
    assert_eq!(whole.digest, sha256_hex(&whole.canonical().unwrap()));
    assert_eq!(whole.file_digest, sha256_hex(WHOLE.as_bytes()));
    let elsewhere = parse(WHOLE, "elsewhere.toml", Some("policies".into())).unwrap();
    assert_eq!(elsewhere.digest, whole.digest);
}

#[test]
fn every_value_and_every_order_that_counts_changes_what_it_means() {
    let whole = read(WHOLE);
    let acme = WHOLE.find("[[publisher]]").unwrap();
    let edge = WHOLE.rfind("[[publisher]]").unwrap();
    let denied = WHOLE.find("[[deny_identity]]").unwrap();
    let last_denied = WHOLE.rfind("[[deny_identity]]").unwrap();
    let crypto = WHOLE.find("[crypto]").unwrap();
    let dev = WHOLE.find("[[stage]]").unwrap();
    let prod = WHOLE.rfind("[[stage]]").unwrap();
    let (ca, key) = (WHOLE.find("[trust.ca]").unwrap(), WHOLE.find("[trust.key]").unwrap());
    let swapped = |one: usize, other: usize, end: usize| {
        format!("{}{}{}{}", &WHOLE[..one], &WHOLE[other..end], &WHOLE[one..other], &WHOLE[end..])
    };
    let mut others = vec![
        swapped(ca, key, acme),
        swapped(acme, edge, denied),
        swapped(denied, last_denied, crypto),
        swapped(dev, prod, WHOLE.len()),
    ];
    // One value of each line, but for the two that say the same in every policy.
    for line in WHOLE.lines().filter(|line| line.contains(" = ") && !line.starts_with("schema")) {
        let (key, value) = line.split_once(" = ").unwrap();
        if key == "default" || (key, value) == ("production", "false") {
            continue;
        }
        let other = match value {
            "true" => "false".to_owned(),
            "2045-01-01T00:00:00Z" => "2045-01-01T00:00:01Z".to_owned(),
            "2026-01-01T00:00:00Z" | "2027-01-01T00:00:00Z" | "2026-06-01T00:00:00Z" => {
                value.replace("00Z", "01Z")
            }
            "\"x509\"" => continue,
            "\"key\"" => "\"tsa\"".to_owned(),
            "\"warn\"" => "\"open\"".to_owned(),
            "\"open\"" => "\"warn\"".to_owned(),
            "0" | "1" | "9" | "30" | "300" => format!("{}", value.parse::<u32>().unwrap() + 1),
            "[\"sha256\", \"blake3\"]" => "[\"sha256\"]".to_owned(),
            "[\"p256\", \"p384\"]" => "[\"p256\"]".to_owned(),
            "[\"pickle\", \"onnx\"]" => "[\"pickle\"]".to_owned(),
            "[\"sigstore\", \"key\"]" => "[]".to_owned(),
            "[\"L1.13\", \"L1.08\"]" | "[\"L1.13\", \"L1.06\"]" => "[\"L1.13\"]".to_owned(),
            "[\"ca\", \"key\"]" => "[\"ca\"]".to_owned(),
            "[\"key\"]" => "[\"ca\", \"key\"]\nidentities = [{ subject = \"exact:x\" }]".to_owned(),
            list if list.starts_with("[{") => list.replace("CN=root", "CN=moot"),
            text => text
                .replacen("\"]", "s\"]", 1)
                .replace("\"whole\"", "\"half\"")
                .replacen("\"jo\"", "\"joe\"", 1),
        };
        let other = match &other {
            same if same == value => value.trim_end_matches('"').to_owned() + "s\"",
            _ => other,
        };
        // A timestamp authority cannot be a publisher's: take the key out there, too.
        let mut text = WHOLE.replacen(&format!("\n{line}\n"), &format!("\n{key} = {other}\n"), 1);
        if other == "\"tsa\"" {
            text = text.replace("[\"ca\", \"key\"]", "[\"ca\"]");
            text = text
                .replace("trust = [\"key\"]", "trust = [\"ca\"]\nidentities = [{ subject = \"exact:x\" }]");
        }
        assert_ne!(text, WHOLE, "{line}");
        others.push(text);
    }
    others.push(WHOLE.replace("[\"ca.pem\", \"older.pem\"]", "[\"older.pem\", \"ca.pem\"]"));
    others.push(WHOLE.replace("{ issuer = \"CN=root\", subject", "{ subject"));
    others.push(WHOLE.replace("a[0-9]", "b[0-9]"));
    assert!(others.len() > 40, "{}", others.len());
    let mut seen = std::collections::BTreeMap::from([(whole.digest.clone(), WHOLE)]);
    for text in &others {
        let before = seen.insert(read(text).digest, text);
        assert!(before.is_none(), "{text}\n--- means the same as\n{}", before.unwrap());
    }
}

#[test]
fn the_canonical_form_names_its_schema_and_holds_no_place_of_a_file() {
    let policy = parse(WHOLE, "SOME-ORIGIN", Some("SOME-BASE".into())).unwrap();
    let text = String::from_utf8(policy.canonical().unwrap()).unwrap();
    assert!(text.contains("\"schema\":\"touchmark.policy-canonical/1\""), "{text}");
    assert!(!text.contains("SOME-"), "{text}");
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["trust"][0]["kind"], "x509");
    assert_eq!(json["crypto"]["keys"], serde_json::json!(["p256", "p384"]));
    assert_eq!(json["publishers"][0]["models"], serde_json::json!(["acme/*", "acmes/*"]));
}

#[test]
fn a_check_shows_both_digests_and_a_comment_changes_one() {
    let dir = copy_of_samples();
    let file = dir.path().join("policies/samples.toml");
    let path = file.to_string_lossy().into_owned();
    let check = || {
        let json = out(&touchmark(["policy", "check", path.as_str(), "--format", "json"]));
        serde_json::from_str::<serde_json::Value>(&json).unwrap()
    };
    let before = check();
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{text}# a comment\n")).unwrap();
    let after = check();
    assert_eq!(before["digest"], after["digest"]);
    assert_ne!(before["file_digest"], after["file_digest"]);
    assert_eq!(after["file_digest"], sha256_hex(format!("{text}# a comment\n").as_bytes()));
    let human = out(&touchmark(["policy", "check", path.as_str()]));
    for (label, digest) in [("policy digest", &after["digest"]), ("file digest  ", &after["file_digest"])] {
        let shown = format!("  {label} {}", &digest.as_str().unwrap()[..12]);
        assert!(human.contains(&shown), "{shown}\n{human}");
    }
    let shown = out(&touchmark(["policy", "show", "strict", "--format", "json"]));
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let (_, strict) = BUILT_IN[1];
    assert_eq!(shown["digest"], read(strict).digest);
    assert_eq!(shown["file_digest"], sha256_hex(strict.as_bytes()));
}

#[test]
fn a_comment_leaves_what_was_verified_as_it_was() {
    let dir = copy_of_samples();
    let root = dir.path().to_string_lossy().into_owned();
    touchmark(["verify", "acme/receipt-reader", "--workspace", root.as_str()]);
    let list = || out(&touchmark(["list", "--workspace", root.as_str()]));
    let before = list();
    assert!(before.contains("acme/receipt-reader"), "{before}");
    let file = dir.path().join("policies/samples.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("# looked through\n{text}")).unwrap();
    assert_eq!(list(), before);
    // Everything is judged anew under the policy in force: another version says nothing else of a model, another rule does.
    std::fs::write(&file, text.replace("version = \"2026", "version = \"2027")).unwrap();
    assert_eq!(list(), before);
    let hashes = "hash = [\"sha256\", \"blake2b\", \"blake3\"]";
    assert!(text.contains(hashes));
    std::fs::write(&file, text.replace(hashes, "hash = [\"blake3\"]")).unwrap();
    assert_ne!(list(), before, "the model is signed by another hash than the policy allows");
}

fn key(print: &str) -> Identity {
    let fingerprint = Some(print.to_owned());
    Identity { method: Method::Key, subject: print.into(), issuer: None, fingerprint }
}

fn person(subject: &str) -> Identity {
    let issuer = Some("CN=root".into());
    Identity { method: Method::Certificate, subject: subject.into(), issuer, fingerprint: None }
}

fn edit(from: &str, to: &str) -> Concerns {
    assert_eq!(WHOLE.matches(from).count(), 1, "{from}");
    let (before, after) = (read(WHOLE), read(&WHOLE.replace(from, to)));
    let there = concerns(&before, &after);
    let back = concerns(&after, &before);
    assert_eq!(
        (there.everything, there.conclusions, &there.anchors, there.publishers.len(), there.denied.len()),
        (back.everything, back.conclusions, &back.anchors, back.publishers.len(), back.denied.len()),
        "a change concerns the same both ways: {from}"
    );
    there
}

#[test]
fn what_says_nothing_of_any_model_concerns_nothing() {
    for (from, to) in [
        ("name = \"whole\"", "name = \"half\""),
        ("version = \"1\"", "version = \"2\""),
        ("owner = \"jo\"", "owner = \"joe\""),
        ("approved_by = [\"the board\", \"jo\"]", ""),
        ("default = \"deny\"", "# a comment"),
        ("[\"ca\", \"key\"]", "[\"key\", \"ca\"]"),
    ] {
        assert!(edit(from, to).is_nothing(), "{from}");
    }
}

#[test]
fn an_edit_concerns_everything_stages_or_anchors_by_where_it_stands() {
    const STAGE: &str = "[[stage]]\nname = \"prod\"";
    let lineage = |rule: &str| format!("[lineage]\n{rule}\n");
    for (from, to) in [
        ("expires = 2045-01-01T00:00:00Z", ""),
        ("hash = [\"sha256\", \"blake3\"]", "hash = [\"sha256\"]"),
        ("keys = [\"p256\", \"p384\"]", "keys = [\"p256\"]"),
        ("ban_formats = [\"pickle\", \"onnx\"]", "ban_formats = []"),
        ("allow_ignore_paths = [\"docs\", \".git\"]", "allow_ignore_paths = []"),
        ("allow_symlinks = true", "allow_symlinks = false"),
        ("required = [\"sigstore\", \"key\"]", "required = []"),
        ("max_verification_age_days = 30", "max_verification_age_days = 9"),
        ("clock_skew_seconds = 300", "clock_skew_seconds = 9"),
        (STAGE, &(lineage("min_completeness = 0.5") + STAGE)),
    ] {
        let concerns = edit(from, to);
        assert_eq!(concerns, Concerns { everything: true, ..Concerns::default() }, "{from}");
        assert!(concerns.concerns_model(&ModelId::new("a/b")) && concerns.concerns_signer(&person("CN=x")));
    }
    for (from, to) in [
        ("min_level = 0", "min_level = 1"),
        ("cached_digests_max_hours = 9", ""),
        ("name = \"prod\"", "name = \"shipping\""),
        (STAGE, &("[[stage]]\nname = \"more\"\n".to_owned() + STAGE)),
        ("raise = [\"L1.13\", \"L1.08\"]", "raise = []"),
        (STAGE, &(lineage("max_depth = 3") + STAGE)),
        (STAGE, &(lineage("unsigned_ancestor = \"warn\"") + STAGE)),
    ] {
        let concerns = edit(from, to);
        assert_eq!(concerns, Concerns { conclusions: true, ..Concerns::default() }, "{from}");
        assert!(!concerns.is_nothing() && !concerns.concerns_model(&ModelId::new("acme/bot")));
    }
    let anchors = |from: &str, to: &str| {
        let concerns = edit(from, to);
        assert_eq!(concerns, Concerns { anchors: concerns.anchors.clone(), ..Concerns::default() });
        concerns.anchors
    };
    assert_eq!(anchors("max_age_days = 30", "max_age_days = 31"), ["ca"]);
    assert_eq!(anchors("\"ca.pem\", \"older.pem\"", "\"older.pem\", \"ca.pem\""), ["ca"]);
    assert_eq!(anchors("crls = [\"ca.crl\"]", ""), ["ca"]);
    assert_eq!(anchors("[trust.ca]", "[trust.new]\nkind = \"sigstore\"\n[trust.ca]"), ["new"]);
    let key = "[trust.key]\nkind = \"key\"\nfiles = [\"key.pub\"]\n";
    let moved = WHOLE.replace(key, "").replace("[trust.ca]", &format!("{key}[trust.ca]"));
    assert_eq!(concerns(&read(WHOLE), &read(&moved)).anchors, ["ca", "key"], "the first that fits is used");
}

#[test]
fn a_publisher_concerns_its_models_and_where_its_signers_change_them_too() {
    let concerned = |concerns: &Concerns| {
        let models = ["acme/bot", "acmes/bot", "edge/bot", "new/bot"];
        let models =
            models.into_iter().filter(|id| concerns.concerns_model(&ModelId::new(id))).collect::<Vec<_>>();
        let signers = [
            ("acme", person("CN=acme")),
            ("a7", person("CN=a7")),
            ("key", key("sha256:0000000000000000000000000000000000000000000000000000000000000000")),
        ];
        let signers = signers.into_iter().filter(|(_, signer)| concerns.concerns_signer(signer));
        (models.join(" "), signers.map(|(name, _)| name).collect::<Vec<_>>().join(" "))
    };
    let told = |from: &str, to: &str| {
        let concerns = edit(from, to);
        assert!(!concerns.everything && !concerns.conclusions && concerns.anchors.is_empty());
        concerned(&concerns)
    };
    let is = |models: &str, signers: &str| (models.to_owned(), signers.to_owned());
    assert_eq!(told("\"acmes/*\"]", "\"acmes/*\", \"new/*\"]"), is("new/bot", ""), "the others stay its own");
    assert_eq!(told("\"acme/*\", ", ""), is("acme/bot", ""));
    assert_eq!(told("valid_from = 2026-01-01T00:00:00Z", ""), is("acme/bot acmes/bot", ""));
    assert_eq!(told("exact:CN=acme", "exact:CN=acne"), is("acme/bot acmes/bot", "acme a7"));
    assert_eq!(told("[\"ca\", \"key\"]", "[\"ca\"]"), is("acme/bot acmes/bot", "acme a7"));
    assert_eq!(told("id = \"edge\"", "id = \"rim\""), is("edge/bot", "key"));
    assert_eq!(
        told(
            "[\"edge/*\"]\ntrust = [\"key\"]",
            "[\"edge/*\"]\ntrust = [\"ca\"]\nidentities = [{ subject = \"exact:CN=acme\" }]"
        ),
        is("edge/bot", "acme key")
    );
    let new = "[[publisher]]\nid = \"new\"\nmodels = [\"new/*\"]\ntrust = [\"ca\"]\nidentities = [{ subject = \"exact:CN=a7\" }]\n[[deny_identity]]\nsubject = \"exact:CN=eve\"";
    assert_eq!(told("[[deny_identity]]\nsubject = \"exact:CN=eve\"", new), is("new/bot", "a7"));
    let start = WHOLE.find("[[publisher]]").unwrap();
    let (edge, end) = (WHOLE.rfind("[[publisher]]").unwrap(), WHOLE.find("[[deny_identity]]").unwrap());
    let moved = [&WHOLE[..start], &WHOLE[edge..end], &WHOLE[start..edge], &WHOLE[end..]].concat();
    assert_eq!(
        concerned(&concerns(&read(WHOLE), &read(&moved))),
        is("acme/bot acmes/bot edge/bot", "acme a7 key")
    );
}

#[test]
fn a_denial_concerns_the_signers_that_it_names() {
    let concerned = |concerns: &Concerns| {
        let signers = ["CN=eve", "CN=mallory", "CN=acme"].into_iter();
        signers.filter(|name| concerns.concerns_signer(&person(name))).collect::<Vec<_>>().join(" ")
    };
    let told = |from: &str, to: &str| {
        let concerns = edit(from, to);
        assert_eq!(concerns, Concerns { denied: concerns.denied.clone(), ..Concerns::default() });
        concerned(&concerns)
    };
    assert_eq!(told("after = 2026-06-01T00:00:00Z", ""), "CN=eve");
    assert_eq!(told("reason = \"stolen\"", "reason = \"sold\""), "CN=eve");
    assert_eq!(told("[[deny_identity]]\nsubject = \"exact:CN=mallory\"\n", ""), "CN=mallory");
    assert_eq!(told("exact:CN=mallory", "exact:CN=acme"), "CN=mallory CN=acme");
    let print = edit(
        "exact:CN=mallory",
        "exact:sha256:0707070707070707070707070707070707070707070707070707070707070707",
    );
    assert!(
        print
            .concerns_signer(&key("sha256:0707070707070707070707070707070707070707070707070707070707070707"))
            && !print.concerns_signer(&key(
                "sha256:0808080808080808080808080808080808080808080808080808080808080808"
            ))
    );
    let start = WHOLE.find("[[deny_identity]]").unwrap();
    let (last, end) = (WHOLE.rfind("[[deny_identity]]").unwrap(), WHOLE.find("[crypto]").unwrap());
    let moved = [&WHOLE[..start], &WHOLE[last..end], &WHOLE[start..last], &WHOLE[end..]].concat();
    assert_eq!(concerned(&concerns(&read(WHOLE), &read(&moved))), "CN=eve CN=mallory");
}

const PATTERNS: [&str; 7] = ["a/*", "a/x*", "*", "b/*", "a/x1", "*x1", "b/x1"];
const IDENTITIES: [&str; 4] = [
    "subject = \"exact:CN=p\"",
    "subject = \"exact:CN=p\", issuer = \"CN=root\"",
    "subject = 'regex:^CN=[pq]$'",
    "subject = \"exact:CN=q\"",
];
/// Of a publisher whose anchor is a key.
const FINGERPRINTS: [&str; 4] = [
    "subject = \"exact:sha256:0000000000000000000000000000000000000000000000000000000000000000\"",
    "subject = \"exact:sha256:0101010101010101010101010101010101010101010101010101010101010101\"",
    "subject = 'regex:^sha256:0[01].*$'",
    "subject = \"exact:sha256:0202020202020202020202020202020202020202020202020202020202020202\"",
];
const DENIALS: [&str; 5] = [
    "subject = \"exact:CN=p\"",
    "subject = \"exact:CN=p\"\nreason = \"why\"",
    "subject = 'regex:^CN=.$'\nafter = 2026-01-01T00:00:00Z",
    "subject = \"exact:sha256:0000000000000000000000000000000000000000000000000000000000000000\"",
    "subject = \"exact:CN=q\"",
];

/// A publisher: its id, where its identities begin and how many they are, its anchors and its end.
type Drawn = (usize, usize, usize, usize, usize);

/// A small policy; each pattern belongs to one of the publishers, or to none.
fn small() -> impl Strategy<Value = String> {
    let publishers: Vec<Drawn> = (0..3).map(|id| (id, 0, 1, 0, 0)).collect();
    let publishers = Just(publishers).prop_shuffle().prop_flat_map(|publishers| {
        let each: Vec<_> = publishers
            .into_iter()
            .map(|(id, ..)| (Just(id), 0usize..4, 0usize..3, 0usize..3, 0usize..2))
            .collect();
        each
    });
    let owners = prop::collection::vec(0usize..5, PATTERNS.len());
    let denials = prop::sample::subsequence((0..DENIALS.len()).collect::<Vec<_>>(), 0..4).prop_shuffle();
    let rest = (prop::bool::weighted(0.9), prop::bool::weighted(0.9));
    (publishers, owners, denials, rest).prop_map(|(publishers, owners, denials, (expires, stage))| {
        let mut text = "schema = \"trust-policy/0.1\"\nname = \"s\"\nversion = \"1\"\n".to_owned();
        if !expires {
            text += "expires = 2045-01-01T00:00:00Z\n";
        }
        text +=
            "[trust.ca]\nkind = \"x509\"\nfiles = [\"ca\"]\n[trust.key]\nkind = \"key\"\nfiles = [\"key\"]\n";
        for (id, first, count, anchors, end) in publishers {
            let models = PATTERNS.iter().zip(&owners).filter(|(_, owner)| **owner == id);
            let models: Vec<String> = models.map(|(pattern, _)| format!("{pattern:?}")).collect();
            if models.is_empty() {
                continue;
            }
            let pool = if anchors == 0 { FINGERPRINTS } else { IDENTITIES };
            let identities = pool.iter().cycle().skip(first).take(count).map(|one| format!("{{ {one} }}"));
            let identities: Vec<String> = identities.collect();
            let trust =
                if count == 0 { "\"key\"" } else { ["\"key\"", "\"ca\"", "\"ca\", \"key\""][anchors] };
            text += &format!(
                "[[publisher]]\nid = \"p{id}\"\nmodels = [{}]\ntrust = [{trust}]\n",
                models.join(", ")
            );
            text += &format!("identities = [{}]\n", identities.join(", "));
            text += ["", "valid_until = 2027-01-01T00:00:00Z\n"][end];
        }
        for denial in denials {
            text += &format!("[[deny_identity]]\n{}\n", DENIALS[denial]);
        }
        if !stage {
            text += "[[stage]]\nname = \"dev\"\n";
        }
        text
    })
}

/// The grant of a model, as it is written.
fn grant(policy: &Policy, id: &ModelId) -> Option<Publisher> {
    policy.publisher_of(id.raw()).cloned().map(|publisher| Publisher { models: Vec::new(), ..publisher })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn what_no_concern_covers_is_judged_as_before(one in small(), other in small(), same in 0usize..4) {
        // Mostly a policy and a small edit of it.
        let other = if same == 0 { other } else { edited(&one, &other, same) };
        let Ok(after) = parse(&other, "t", None) else { return Ok(()) };
        let before = read(&one);
        let concerns = concerns(&before, &after);
        prop_assert_eq!(concerns.is_nothing(), before.digest == after.digest);
        for id in ["a/x1", "a/x2", "a/y", "b/x1", "b/y", "c/x1", "c"].map(ModelId::new) {
            if !concerns.concerns_model(&id) {
                prop_assert_eq!(grant(&before, &id), grant(&after, &id), "{:?}", id);
            }
        }
        let stranger = Identity { issuer: Some("CN=moot".into()), ..person("CN=p") };
        for signer in [person("CN=p"), person("CN=q"), person("CN=r"), person("CN=long"), stranger, key("sha256:0000000000000000000000000000000000000000000000000000000000000000"), key("sha256:0101010101010101010101010101010101010101010101010101010101010101")] {
            if concerns.concerns_signer(&signer) {
                continue;
            }
            for signed_at in [None, Some("2025-12-31T00:00:00Z".parse().unwrap()), Some(jiff::Timestamp::MAX)] {
                prop_assert_eq!(before.denies(&signer, signed_at), after.denies(&signer, signed_at));
            }
            for anchor in ["ca", "key"] {
                let anchor = anchor_use(anchor);
                let grants = |policy: &Policy| {
                    let granting = policy.publishers.iter().filter(|publisher| publisher.grants(&signer, &anchor));
                    granting.map(|publisher| publisher.id.clone()).collect::<Vec<_>>()
                };
                prop_assert_eq!(grants(&before), grants(&after), "{:?}", signer);
            }
        }
    }
}

fn anchor_use(name: &str) -> AnchorUse {
    let [origin, digest] = ["file", "00"].map(str::to_owned);
    let kinds = [AnchorKind::Key, AnchorKind::Ca, AnchorKind::Sigstore, AnchorKind::Tsa];
    let kind = kinds.into_iter().find(|kind| kind.word() == name).unwrap();
    AnchorUse { name: name.to_owned(), kind, origin, digest, age_days: None }
}

/// The text with one section of it taken out, or replaced by one of the other's.
fn edited(one: &str, other: &str, which: usize) -> String {
    let sections = |text: &str| text.split("[[").map(str::to_owned).collect::<Vec<_>>();
    let (mut kept, others) = (sections(one), sections(other));
    let at = (which * 7) % kept.len();
    if at > 0 {
        match others.get(at) {
            Some(section) if which > 1 => kept[at] = section.clone(),
            _ => drop(kept.remove(at)),
        }
    }
    kept.join("[[")
}
