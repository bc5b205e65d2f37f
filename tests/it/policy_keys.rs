//! A key of a policy that is obeyed by nobody would deceive its author: a table of keys, each with a policy in
//! which only that key differs, and what then differs. `ROWS` asks the program about the samples; `FACTS` asks the
//! library about evidence that the samples do not hold. A key that the parser accepts and no row names is a fault.

use crate::support::{checked, copy_of_samples, err, out, touchmark};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use touchmark::decision::{
    Anchoring, Descent, Input, Judgement, Known, RecordRef, ReviewWord, StandingReview, apply_policy,
};
use touchmark::inventory::{Format, Looked, Model, ModelId};
use touchmark::lineage::Graph;
use touchmark::maturity::{Rubric, Since};
use touchmark::policy::parse;
use touchmark::signing::{
    AnchorKind, AnchorUse, Check, HashAlgorithm, Identity, KeyKind, LogEntry, Method, Outcome, PartSeen,
    Recalled, Stage, Thing, TimeSource, Verification, Why,
};
use touchmark::words::{Case, Face, reasons};

/// The policy of the samples with one text in place of another.
struct Row {
    key: &'static str,
    from: &'static str,
    to: &'static str,
    /// Model and stage of the gate that is asked; none: `policy check`.
    ask: Option<(&'static str, &'static str)>,
    /// What only the changed policy says.
    says: &'static str,
}

const SIGNED: Option<(&str, &str)> = Some(("acme/receipt-reader", "production"));
const KEY: Option<(&str, &str)> = Some(("lumen/iris-base", "production"));

const ROWS: &[Row] = &[
    Row { key: "schema", from: "trust-policy/0.1", to: "trust-policy/9.0", ask: None, says: "newer version" },
    Row { key: "name", from: "name = \"samples\"", to: "name = \"other\"", ask: None, says: "other 2026" },
    Row { key: "version", from: "2026.11.1", to: "2027.1", ask: None, says: "samples 2027.1" },
    Row { key: "expires", from: "expires = 2045", to: "expires = 2025", ask: None, says: "expired" },
    Row { key: "owner", from: "model-governance@", to: "somebody@", ask: None, says: "somebody@" },
    Row {
        key: "approved_by",
        from: "default = \"deny\"",
        to: "default = \"deny\"\napproved_by = [\"the board\"]",
        ask: None,
        says: "approved by the board",
    },
    Row { key: "default", from: "default = \"deny\"", to: "default = \"allow\"", ask: None, says: "default" },
    Row { key: "trust.kind", from: "kind = \"x509\"", to: "kind = \"sigstore\"", ask: SIGNED, says: "L1.07" },
    Row {
        // A list that cannot be read is no list: nothing answers for the signers under the anchor.
        key: "trust.crls",
        from: "files = [\"../keys/samples-root-ca.pem\"]",
        to: "files = [\"../keys/samples-root-ca.pem\"]\ncrls = [\"gone.crl\"]",
        ask: SIGNED,
        says: "L1.07",
    },
    Row { key: "trust.files", from: "samples-root-ca.pem", to: "gone.pem", ask: SIGNED, says: "L1.07" },
    Row {
        key: "publisher.models",
        from: "models = [\"acme/*\"]",
        to: "models = [\"acmes/*\"]",
        ask: SIGNED,
        says: "L1.06",
    },
    Row {
        key: "publisher.trust",
        from: "trust = [\"lumen-key\"]",
        to: "trust = [\"ternlab-key\"]",
        ask: KEY,
        says: "L1.06",
    },
    Row {
        key: "publisher.identities.subject",
        from: "exact:CN=acme release,O=Acme",
        to: "exact:CN=acme release,O=Acne",
        ask: SIGNED,
        says: "L1.06",
    },
    Row {
        key: "publisher.valid_until",
        from: "trust = [\"lumen-key\"]",
        to: "trust = [\"lumen-key\"]\nvalid_until = 2020-01-01T00:00:00Z",
        ask: KEY,
        says: "grant has ended",
    },
    Row {
        key: "publisher.valid_from",
        from: "trust = [\"lumen-key\"]",
        to: "trust = [\"lumen-key\"]\nvalid_from = 2044-01-01T00:00:00Z",
        ask: KEY,
        says: "grant begins",
    },
    Row {
        key: "crypto.hash",
        from: "\"sha256\", \"blake2b\", \"blake3\"",
        to: "\"blake3\"",
        ask: SIGNED,
        says: "hash",
    },
    Row {
        key: "crypto.keys",
        from: "\"p256\", \"p384\", \"p521\"",
        to: "\"p521\"",
        ask: SIGNED,
        says: "kind of signing key",
    },
    Row {
        key: "artifact.ban_formats",
        from: "ban_formats = [\"pickle\"",
        to: "ban_formats = [\"safetensors\"",
        ask: SIGNED,
        says: "bans safetensors",
    },
    Row {
        key: "log.required",
        from: "required = [\"sigstore\"]",
        to: "required = [\"key\"]",
        ask: KEY,
        says: "log",
    },
    Row {
        key: "controls.raise",
        from: "# END",
        to: "[controls]\nraise = [\"L1.08\"]",
        ask: SIGNED,
        says: "L1.08",
    },
    Row {
        key: "stage.min_level",
        from: "min_level = 1\non_contradicted = \"closed\"\non_missing = \"closed\"",
        to: "min_level = 2\non_contradicted = \"closed\"\non_missing = \"closed\"",
        ask: SIGNED,
        says: "✗ refuse",
    },
    Row {
        key: "stage.require",
        from: "require = [\"L1.13\"]",
        to: "require = [\"L1.08\"]",
        ask: SIGNED,
        says: "L1.08",
    },
    Row { key: "stage.name", from: "\"production\"", to: "\"shipping\"", ask: SIGNED, says: "no such stage" },
    Row {
        key: "stage.on_contradicted",
        from: "min_level = 0\non_contradicted = \"closed\"",
        to: "min_level = 0\non_contradicted = \"warn\"",
        ask: Some(("acme/support-bot-7b", "dev")),
        says: "! warn",
    },
    Row {
        key: "stage.on_missing",
        from: "on_missing = \"warn\"",
        to: "on_missing = \"closed\"",
        ask: Some(("vendor/claims-lora", "staging")),
        says: "refuse",
    },
    Row {
        key: "stage.on_unavailable",
        from: "on_unavailable = \"warn\"",
        to: "on_unavailable = \"closed\"",
        ask: Some(("vendor/ocr-tables", "staging")),
        says: "refuse",
    },
];

fn ask(dir: &Path, row: &Row) -> String {
    let workspace = dir.to_string_lossy().into_owned();
    let output = match row.ask {
        Some((model, stage)) => {
            touchmark(["gate", model, "--stage", stage, "--workspace", workspace.as_str()])
        }
        None => touchmark(["policy", "check", "--workspace", workspace.as_str()]),
    };
    out(&output) + &err(&output)
}

#[test]
fn a_key_that_differs_changes_what_is_said() {
    let dir = copy_of_samples();
    let file = dir.path().join("policies/samples.toml");
    let text = std::fs::read_to_string(&file).unwrap() + "\n# END\n";
    for row in ROWS {
        assert!(text.contains(row.from), "{}: {:?} is not in the samples' policy", row.key, row.from);
        std::fs::write(&file, &text).unwrap();
        let before = ask(dir.path(), row);
        std::fs::write(&file, text.replace(row.from, row.to)).unwrap();
        let after = ask(dir.path(), row);
        assert!(after.contains(row.says), "{}: {after}", row.key);
        assert!(row.says.is_empty() || !before.contains(row.says), "{}: said before too: {before}", row.key);
    }
}

/// Evidence of one model, as the signing core would hand it over.
struct Evidence {
    model: Model,
    verification: Verification,
    reviews: Vec<StandingReview>,
    anchoring: Anchoring,
    now: &'static str,
}

/// A key, how only it differs from [`FACTS_POLICY`], the evidence, and what only the changed policy says.
type Fact = (&'static str, &'static str, &'static str, fn(&mut Evidence), &'static str);

const FACTS_POLICY: &str = r#"
schema = "trust-policy/0.1"
name = "facts"
version = "1"
[trust.ca]
kind = "x509"
files = ["ca.pem"]
max_age_days = 30
[[publisher]]
id = "acme"
models = ["acme/*"]
trust = ["ca"]
identities = [{ issuer = "CN=root", subject = "exact:CN=acme" }]
[[deny_identity]]
subject = "exact:CN=eve"
after = 2026-06-01T00:00:00Z
reason = "stolen"
[artifact]
allow_ignore_paths = ["docs"]
allow_symlinks = true
[log]
accept_promise_only = true
[freshness]
max_verification_age_days = 30
clock_skew_seconds = 300
[[stage]]
name = "gate"
production = false
on_contradicted = "warn"
on_missing = "warn"
on_error = "warn"
on_unavailable = "warn"
cached_digests_max_hours = 9
"#;

const FACTS: &[Fact] = &[
    ("trust.max_age_days", "= 30\n[[", "= 9\n[[", |_| {}, "POLICY-ANCHOR-AGE"),
    ("publisher.id", "id = \"acme\"", "id = \"acne\"", |_| {}, "publisher acne"),
    (
        "publisher.identities.issuer",
        "issuer = \"CN=root\"",
        "issuer = \"CN=moot\"",
        |_| {},
        "IDENTITY-MISMATCH",
    ),
    ("deny_identity.subject", "exact:CN=eve", "exact:CN=acme", |_| {}, "IDENTITY-DENIED"),
    ("deny_identity.after", "after = 2026-06", "after = 2026-01", by_eve, "IDENTITY-DENIED"),
    ("deny_identity.reason", "stolen", "sold", by_eve_now, "reason: sold"),
    (
        "artifact.allow_ignore_paths",
        "[\"docs\"]",
        "[\"manual\"]",
        |seen| std::sync::Arc::make_mut(&mut seen.verification.files).ignored.push("docs/a.md".into()),
        "POLICY-IGNORED",
    ),
    (
        "artifact.allow_symlinks",
        "allow_symlinks = true",
        "allow_symlinks = false",
        |seen| seen.verification.allow_symlinks = Some(true),
        "POLICY-SYMLINKS",
    ),
    (
        "freshness.max_verification_age_days",
        "age_days = 30\nclock",
        "age_days = 9\nclock",
        |_| {},
        "more than 9 days ago",
    ),
    (
        "freshness.clock_skew_seconds",
        "clock_skew_seconds = 300",
        "clock_skew_seconds = 10",
        |seen| seen.now = "2026-05-10T11:59:00Z",
        "in the future",
    ),
    (
        "stage.production",
        "production = false",
        "production = true",
        |_| {},
        "must refuse contradicted evidence",
    ),
    (
        "stage.on_contradicted",
        "on_contradicted = \"warn\"",
        "on_contradicted = \"closed\"",
        |seen| seen.verification.set(checked(Stage::Files, "FILES-CHANGED", Outcome::Fail)),
        "refuse",
    ),
    (
        "stage.on_missing",
        "on_missing = \"warn\"",
        "on_missing = \"closed\"",
        |seen| seen.model.id = ModelId::new("nobody/bot"),
        "refuse",
    ),
    (
        "stage.on_error",
        "on_error = \"warn\"",
        "on_error = \"closed\"",
        |seen| seen.verification.set(checked(Stage::Files, "FILES-UNREADABLE", Outcome::Unknown)),
        "refuse",
    ),
    (
        "stage.cached_digests_max_hours",
        "max_hours = 9",
        "max_hours = 1",
        |seen| {
            let oldest = seen.now.parse::<jiff::Timestamp>().unwrap() - jiff::SignedDuration::from_hours(2);
            std::sync::Arc::make_mut(&mut seen.verification.files).recalled =
                Some(Recalled { parts: 1, bytes: 1, oldest });
        },
        "1 digest of a file or shard was cached",
    ),
    ("stage.on_partial", "max_hours = 9", "max_hours = 9\non_partial = \"warn\"", part, "warn"),
    (
        "stage.digest_basis",
        "max_hours = 9",
        "max_hours = 9\ndigest_basis = [\"provider-checksum\"]",
        |seen| {
            std::sync::Arc::make_mut(&mut seen.verification.files).by_registry = 1;
            seen.verification.set(checked(Stage::Files, "FILES-REGISTRY", Outcome::Partial));
        },
        "does not accept that",
    ),
    (
        "artifact.partial_verification",
        "allow_symlinks = true",
        "allow_symlinks = true\npartial_verification = \"any\"",
        part,
        "warn",
    ),
    (
        "log.accept_promise_only",
        "accept_promise_only = true",
        "accept_promise_only = false",
        |seen| {
            seen.verification.method = Some(Method::Sigstore);
            seen.verification.log = Some(LogEntry { log_id: "log".into(), index: 7 });
            seen.verification.set(checked(Stage::Log, "LOG-PROMISE", Outcome::Partial));
        },
        "POLICY-LOG",
    ),
    (
        "stage.cached_max_hours",
        "max_hours = 9",
        "max_hours = 9\ncached_max_hours = 9",
        |_| {},
        "has no effect",
    ),
    (
        "stage.refuse_rejected",
        "max_hours = 9",
        "max_hours = 9\nrefuse_rejected = true",
        |seen| {
            let record = RecordRef { number: 7, hash: "22".repeat(32).parse().unwrap() };
            seen.reviews.push(StandingReview { record, word: ReviewWord::Reject, glass: None });
        },
        "refuse",
    ),
    (
        "ledger.max_unanchored_records",
        "[freshness]",
        "[ledger]\nmax_unanchored_records = 3\n[freshness]",
        |seen| seen.anchoring.unanchored = 4,
        "4 records of the ledger",
    ),
    (
        "ledger.max_unanchored_days",
        "[freshness]",
        "[ledger]\nmax_unanchored_days = 3\n[freshness]",
        |seen| seen.anchoring.since = Some("2026-05-20T12:00:00Z".parse().unwrap()),
        "for 5 days",
    ),
    (
        "ledger.trust",
        "[freshness]",
        "[ledger]\nmax_unanchored_days = 3\ntrust = [\"nobody\"]\n[freshness]",
        |_| {},
        "there is no anchor `nobody`",
    ),
    (
        "ledger.identities.subject",
        "[freshness]",
        "[ledger]\nmax_unanchored_days = 3\nidentities = [{ subject = \"CN=x\" }]\n[freshness]",
        |_| {},
        "must start with `exact:`",
    ),
    (
        "ledger.identities.issuer",
        "[freshness]",
        "[ledger]\nmax_unanchored_days = 3\nidentities = [{ subject = \"exact:x\", issuer = \"exact:y\" }]\n[freshness]",
        |_| {},
        "always matches exactly",
    ),
    (
        "stage.accept_cache",
        "max_hours = 9",
        "max_hours = 9\naccept_cache = \"unknowing\"",
        |_| {},
        "not `unknowing`",
    ),
    (
        "stage.on_unavailable",
        "on_unavailable = \"warn\"",
        "on_unavailable = \"closed\"",
        |seen| seen.verification.set(checked(Stage::Files, "FILES", Outcome::Unknown)),
        "refuse",
    ),
    (
        "exception.id",
        "max_hours = 9",
        "max_hours = 9\n[[exception]]\nid = \"EX-7\"\ncontrol = \"L1.06\"\nsubject = \"nobody/*\"\nstages = [\"gate\"]\nowner = \"ada\"\napproved_by = \"ben\"\nreason = \"why\"\ncreated = 2026-05-01T00:00:00Z\nexpires = 2026-08-01T00:00:00Z\n",
        nobody,
        "excused by exception EX-7",
    ),
    (
        "exception.control",
        "max_hours = 9",
        "max_hours = 9\n[[exception]]\nid = \"EX-1\"\ncontrol = \"L1.99x\"\nsubject = \"nobody/*\"\nstages = [\"gate\"]\nowner = \"ada\"\napproved_by = \"ben\"\nreason = \"why\"\ncreated = 2026-05-01T00:00:00Z\nexpires = 2026-08-01T00:00:00Z\n",
        nobody,
        "not a control id",
    ),
    (
        "exception.requirement",
        "max_hours = 9",
        "max_hours = 9\n[[exception]]\nid = \"EX-1\"\nrequirement = \"none\"\nsubject = \"nobody/*\"\nstages = [\"gate\"]\nowner = \"ada\"\napproved_by = \"ben\"\nreason = \"why\"\ncreated = 2026-05-01T00:00:00Z\nexpires = 2026-08-01T00:00:00Z\n",
        nobody,
        "there is no requirement",
    ),
    (
        "exception.subject",
        "max_hours = 9",
        "max_hours = 9\n[[exception]]\nid = \"EX-1\"\ncontrol = \"L1.06\"\nsubject = \"nobody/bot\"\nstages = [\"gate\"]\nowner = \"ada\"\napproved_by = \"ben\"\nreason = \"why\"\ncreated = 2026-05-01T00:00:00Z\nexpires = 2026-08-01T00:00:00Z\n",
        nobody,
        "excused by",
    ),
    (
        "exception.stages",
        "max_hours = 9",
        "max_hours = 9\n[[exception]]\nid = \"EX-1\"\ncontrol = \"L1.06\"\nsubject = \"nobody/*\"\nstages = [\"goat\"]\nowner = \"ada\"\napproved_by = \"ben\"\nreason = \"why\"\ncreated = 2026-05-01T00:00:00Z\nexpires = 2026-08-01T00:00:00Z\n",
        nobody,
        "there is no stage `goat`",
    ),
    (
        "exception.owner",
        "max_hours = 9",
        "max_hours = 9\n[[exception]]\nid = \"EX-1\"\ncontrol = \"L1.06\"\nsubject = \"nobody/*\"\nstages = [\"gate\"]\nowner = \"ada\"\napproved_by = \"ben\"\nreason = \"why\"\ncreated = 2026-05-01T00:00:00Z\nexpires = 2026-08-01T00:00:00Z\n",
        nobody,
        "excused by exception EX-1 of ada",
    ),
    (
        "exception.approved_by",
        "max_hours = 9",
        "max_hours = 9\n[[exception]]\nid = \"EX-1\"\ncontrol = \"L1.06\"\nsubject = \"nobody/*\"\nstages = [\"gate\"]\nowner = \"ada\"\nreason = \"why\"\ncreated = 2026-05-01T00:00:00Z\nexpires = 2026-08-01T00:00:00Z\n",
        nobody,
        "has no `approved_by`",
    ),
    (
        "exception.reason",
        "max_hours = 9",
        "max_hours = 9\n[[exception]]\nid = \"EX-1\"\ncontrol = \"L1.06\"\nsubject = \"nobody/*\"\nstages = [\"gate\"]\nowner = \"ada\"\napproved_by = \"ben\"\nreason = 7\ncreated = 2026-05-01T00:00:00Z\nexpires = 2026-08-01T00:00:00Z\n",
        nobody,
        "must be a string",
    ),
    (
        "exception.compensating",
        "max_hours = 9",
        "max_hours = 9\n[[exception]]\nid = \"EX-1\"\ncontrol = \"L1.06\"\nsubject = \"nobody/*\"\nstages = [\"gate\"]\nowner = \"ada\"\napproved_by = \"ben\"\nreason = \"why\"\ncompensating = 7\ncreated = 2026-05-01T00:00:00Z\nexpires = 2026-08-01T00:00:00Z\n",
        nobody,
        "must be an array of strings",
    ),
    (
        "exception.created",
        "max_hours = 9",
        "max_hours = 9\n[[exception]]\nid = \"EX-1\"\ncontrol = \"L1.06\"\nsubject = \"nobody/*\"\nstages = [\"gate\"]\nowner = \"ada\"\napproved_by = \"ben\"\nreason = \"why\"\ncreated = 2026-09-01T00:00:00Z\nexpires = 2026-08-01T00:00:00Z\n",
        nobody,
        "ends before it begins",
    ),
    (
        "exception.expires",
        "max_hours = 9",
        "max_hours = 9\n[[exception]]\nid = \"EX-1\"\ncontrol = \"L1.06\"\nsubject = \"nobody/*\"\nstages = [\"gate\"]\nowner = \"ada\"\napproved_by = \"ben\"\nreason = \"why\"\ncreated = 2026-05-01T00:00:00Z\nexpires = 2026-05-20T00:00:00Z\n",
        nobody,
        "exception EX-1 ended",
    ),
    (
        "exception.warn_days",
        "max_hours = 9",
        "max_hours = 9\n[[exception]]\nid = \"EX-1\"\ncontrol = \"L1.06\"\nsubject = \"nobody/*\"\nstages = [\"gate\"]\nowner = \"ada\"\napproved_by = \"ben\"\nreason = \"why\"\ncreated = 2026-05-01T00:00:00Z\nwarn_days = 999\nexpires = 2026-08-01T00:00:00Z\n",
        nobody,
        "must be from 0 to 366",
    ),
    (
        "stage.min_level_by_risk",
        "max_hours = 9",
        "max_hours = 9\nmin_level_by_risk = { high = 3 }\n[[risk]]\nclass = \"high\"\nmodels = [\"acme/*\"]",
        |_| {},
        "L3.17",
    ),
    (
        "risk.class",
        "[freshness]",
        "[[risk]]\nclass = \"hig\"\nmodels = [\"a\"]\n[freshness]",
        |_| {},
        "did you mean `high`",
    ),
    ("risk.models", "[freshness]", "[[risk]]\nclass = \"high\"\n[freshness]", |_| {}, "names no models"),
    (
        "stage.break_glass",
        "max_hours = 9",
        "max_hours = 9\nbreak_glass = { approvers = 1, max_hours = 9 }",
        |_| {},
        "must be from 2 to 20",
    ),
    (
        "stage.ir_surface",
        "max_hours = 9",
        "max_hours = 9\nir_surface = { evidence = [] }",
        |_| {},
        "has no `runbook`",
    ),
    (
        "stage.require_evidence_profile",
        "max_hours = 9",
        "max_hours = 9\nrequire_evidence_profile = { profiles = [\"llm_trac\"], min_retention_days = 9 }",
        |_| {},
        "did you mean `llm_trace`",
    ),
    ("stage.from", "max_hours = 9", "max_hours = 9\nfrom = \"dev\"", |_| {}, "there is no stage `dev`"),
    ("stage.at", "max_hours = 9", "max_hours = 9\nat = [\"pul\"]", |_| {}, "did you mean `pull`"),
];

fn nobody(seen: &mut Evidence) {
    seen.model.id = ModelId::new("nobody/bot");
}

fn part(seen: &mut Evidence) {
    let part = PartSeen {
        only: vec!["*.json".into()],
        unused: Vec::new(),
        digests: 1,
        signed_beside: 1,
        here_beside: 0,
        apart: None,
    };
    Arc::make_mut(&mut seen.verification.files).part = Some(part);
}

fn by_eve(seen: &mut Evidence) {
    by_eve_now(seen);
    seen.verification.signed_at = Some(("2026-03-01T00:00:00Z".parse().unwrap(), TimeSource::Authority));
}

fn by_eve_now(seen: &mut Evidence) {
    if let Some(signer) = &mut seen.verification.signer {
        signer.subject = "CN=eve".into();
    }
}

fn evidence() -> Evidence {
    let mut model = Model::new(ModelId::new("acme/bot"), "acme/bot");
    model.location = Some("acme/bot".into());
    model.signature = Some("acme/bot/model.sig".into());
    model.formats = vec![Format::Safetensors];
    let mut seen = Verification::not_looked("2026-05-10T12:00:00Z".parse().unwrap(), Why::NotLooked);
    for stage in Stage::ALL {
        seen.set(Check::pass(stage, Why::Nothing));
    }
    seen.method = Some(Method::Certificate);
    seen.hash = Some(HashAlgorithm::Sha256);
    seen.curve = Some(KeyKind::P256);
    seen.allow_symlinks = Some(false);
    seen.root_digest = Some("11".repeat(32).parse().unwrap());
    seen.signer = Some(Identity {
        method: Method::Certificate,
        subject: "CN=acme".into(),
        issuer: Some("CN=root".into()),
        fingerprint: Some("sha256:00".to_owned()),
    });
    seen.anchor = Some(AnchorUse {
        name: "ca".to_owned(),
        kind: AnchorKind::Ca,
        origin: "ca.pem".to_owned(),
        digest: "00".to_owned(),
        age_days: Some(20),
    });
    Evidence {
        model,
        verification: seen,
        reviews: Vec::new(),
        anchoring: Anchoring::default(),
        now: "2026-05-25T12:00:00Z",
    }
}

/// Faults of the policy, else the policy's checks and the decision with its reasons.
fn judged(text: &str, of: fn(&mut Evidence)) -> String {
    let mut seen = evidence();
    of(&mut seen);
    let now = seen.now.parse().unwrap();
    let policy = match parse(text, "t", None) {
        Ok(policy) => policy,
        Err(faults) => return format!("{faults:?}"),
    };
    let looked = Looked::of(&seen.model);
    apply_policy(&mut seen.verification, &seen.model, Some(&looked), &policy, now);
    let mut said = String::new();
    for stage in [Stage::Identity, Stage::Policy] {
        let check = seen.verification.check(stage).unwrap();
        said += &format!("{} {} ", check.code, check.words().summary);
        check.words().details.iter().for_each(|detail| said += detail.raw());
    }
    let models = [seen.model];
    let rubric = Rubric::bundled().unwrap();
    let descent = Arc::new(Descent::of(&Graph::build(&models)));
    let verdicts = Judgement::verdicts(&Input {
        models: &models,
        descent: &descent,
        proven: &touchmark::lineage::Proven::default(),
        stated: &touchmark::lineage::Stated::default(),
        verified: &|_| Known {
            testimonies: &[],
            usage: None,
            verification: Some(&seen.verification),
            looked: Some(&looked),
            since: Since::Same,
        },
        reviews: &|_| seen.reviews.clone(),
        ledger: Some(&seen.anchoring),
        policy: &policy,
        seal: &touchmark::maturity::PolicySeal::Unsigned,
        feeds: None,
        stage: "gate",
        rubric: &rubric,
        now,
    });
    said += verdicts[0].decision.word();
    let case = Case {
        verdict: &verdicts[0],
        verification: Some(&seen.verification),
        rubric: &rubric,
        thing: Thing::Model,
        chain: Vec::new(),
    };
    for reason in &verdicts[0].reasons {
        let (text, _) = reasons::reason(reason, &case, Face::Text);
        said += &format!(" {} {}", reason.code.as_str(), text.raw());
    }
    said
}

#[test]
fn a_key_that_differs_changes_what_is_judged() {
    for (key, from, to, of, says) in FACTS {
        assert_eq!(FACTS_POLICY.matches(from).count(), 1, "{key}: {from:?}");
        let (before, after) = (judged(FACTS_POLICY, *of), judged(&FACTS_POLICY.replace(from, to), *of));
        assert!(after.contains(says), "{key}: {after}");
        assert!(!before.contains(says), "{key}: said before too: {before}");
    }
}

/// The keys that the parser accepts in a table, as it lists them itself when it meets one that it does not know.
fn accepted(prefix: &str, table: &str) -> Vec<String> {
    let text = format!("schema = \"trust-policy/0.1\"\nname = \"t\"\nversion = \"1\"\n{table}");
    let faults = parse(&text, "t", None).unwrap_err();
    let help = faults
        .iter()
        .find(|fault| fault.message.contains("zzzzzz"))
        .and_then(|fault| fault.help.as_deref())
        .unwrap_or_else(|| panic!("{faults:?}"));
    let keys = help.strip_prefix("valid keys in ").unwrap().split_once(": ").unwrap().1;
    keys.split(", ").map(|key| format!("{prefix}{key}")).collect()
}

#[test]
fn every_key_that_the_parser_accepts_is_in_the_tables() {
    let named: BTreeSet<&str> = ROWS
        .iter()
        .map(|row| row.key)
        .chain(FACTS.iter().map(|(key, ..)| *key))
        .chain(crate::policy_demands::KEYS.iter().map(|(key, ..)| *key))
        .chain(crate::policy_test::KEYS.iter().map(|(key, ..)| *key))
        .chain(crate::policy_test::PAIRS.iter().map(|(key, ..)| *key))
        .collect();
    let tables = [
        ("", "zzzzzz = 1\n"),
        ("trust.", "[trust.a]\nzzzzzz = 1\n"),
        ("publisher.", "[[publisher]]\nzzzzzz = 1\n"),
        ("publisher.identities.", "[[publisher]]\nidentities = [{ zzzzzz = 1 }]\n"),
        ("attester.", "[[attester]]\nzzzzzz = 1\n"),
        ("attester.identities.", "[[attester]]\nidentities = [{ zzzzzz = 1 }]\n"),
        ("require.", "[[require]]\nzzzzzz = 1\n"),
        ("require.where.", "[[require]]\nwhere = [{ zzzzzz = 1 }]\n"),
        ("trusted_summary.", "[[trusted_summary]]\nzzzzzz = 1\n"),
        ("lineage.", "[lineage]\nzzzzzz = 1\n"),
        ("conflicts.", "[conflicts]\nzzzzzz = 1\n"),
        ("deny_identity.", "[[deny_identity]]\nzzzzzz = 1\n"),
        ("crypto.", "[crypto]\nzzzzzz = 1\n"),
        ("artifact.", "[artifact]\nzzzzzz = 1\n"),
        ("log.", "[log]\nzzzzzz = 1\n"),
        ("freshness.", "[freshness]\nzzzzzz = 1\n"),
        ("ledger.", "[ledger]\nzzzzzz = 1\n"),
        ("ledger.identities.", "[ledger]\nidentities = [{ zzzzzz = 1 }]\n"),
        ("controls.", "[controls]\nzzzzzz = 1\n"),
        ("risk.", "[[risk]]\nzzzzzz = 1\n"),
        ("stage.", "[[stage]]\nzzzzzz = 1\n"),
        ("exception.", "[[exception]]\nzzzzzz = 1\n"),
        ("test.", "[[test]]\nzzzzzz = 1\n"),
        ("test.given.", "[[test]]\ngiven = { zzzzzz = 1 }\n"),
        ("test.given.signer.", "[[test]]\ngiven = { signer = { zzzzzz = 1 } }\n"),
        ("test.given.claims.", "[[test]]\ngiven = { claims = [{ zzzzzz = 1 }] }\n"),
        ("test.given.glass.", "[[test]]\ngiven = { glass = { zzzzzz = 1 } }\n"),
        ("test.given.logged.", "[[test]]\ngiven = { logged = { zzzzzz = 1 } }\n"),
        ("test.given.ledger.", "[[test]]\ngiven = { ledger = { zzzzzz = 1 } }\n"),
        ("test.expect.", "[[test]]\nexpect = { zzzzzz = 1 }\n"),
    ];
    let accepted: Vec<String> = tables.iter().flat_map(|(prefix, table)| accepted(prefix, table)).collect();
    // A table is in the tables by its keys.
    let is_table = |key: &str| tables.iter().any(|(prefix, _)| *prefix == format!("{key}."));
    let missing: Vec<&String> =
        accepted.iter().filter(|key| !is_table(key) && !named.contains(key.as_str())).collect();
    assert!(missing.is_empty(), "no row shows what these do: {missing:?}");
    // Where people look for them: the policy that they copy.
    let (_, baseline) = touchmark::policy::BUILT_IN[0];
    let untold: Vec<&String> = accepted
        .iter()
        .filter(|key| {
            let last = key.rsplit('.').next().unwrap();
            !baseline.contains(&format!("{last} = ")) && !baseline.contains(&format!("[{last}"))
        })
        .collect();
    assert!(untold.is_empty(), "the baseline does not tell of these: {untold:?}");
    let gone: Vec<&&str> = named.iter().filter(|key| !accepted.iter().any(|known| known == *key)).collect();
    assert!(gone.is_empty(), "the parser does not know these: {gone:?}");
}
