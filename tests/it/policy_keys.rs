//! A key of a policy that is obeyed by nobody would deceive its author: a table of keys, each with a policy in
//! which only that key differs, and what then differs. The rest (`freshness`, `on_error`, `allow_symlinks`,
//! `allow_ignore_paths`) needs evidence that the samples do not hold, and is tested in `decision` and `maturity`.

use crate::support::{copy_of_samples, err, out, touchmark};
use std::path::Path;

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
    Row { key: "trust.kind", from: "kind = \"x509\"", to: "kind = \"key\"", ask: SIGNED, says: "L1.07" },
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
        key: "publisher.identities",
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
        says: "window",
    },
    Row {
        key: "publisher.valid_from",
        from: "trust = [\"lumen-key\"]",
        to: "trust = [\"lumen-key\"]\nvalid_from = 2044-01-01T00:00:00Z",
        ask: KEY,
        says: "window",
    },
    Row {
        key: "deny_identity",
        from: "# END",
        to: "[[deny_identity]]\nsubject = \"exact:CN=acme release,O=Acme\"\nreason = \"laptop stolen\"",
        ask: SIGNED,
        says: "denie",
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
        says: "keys of the kind",
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
        says: "L2.",
    },
    Row {
        key: "stage.require",
        from: "require = [\"L1.13\"]",
        to: "require = [\"L1.08\"]",
        ask: SIGNED,
        says: "L1.08",
    },
    Row {
        key: "stage.name",
        from: "name = \"production\"",
        to: "name = \"shipping\"",
        ask: SIGNED,
        says: "no such stage",
    },
    Row {
        key: "stage.production",
        from: "min_level = 1\non_contradicted = \"closed\"\non_missing = \"closed\"",
        to: "min_level = 1\non_contradicted = \"open\"\non_missing = \"closed\"",
        ask: None,
        says: "never lets contradicted evidence through",
    },
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
        ask: Some(("vendor/ocr-large", "staging")),
        says: "refuse",
    },
    Row {
        key: "stage.on_error",
        from: "on_error = \"closed\"\non_unavailable = \"warn\"",
        to: "on_error = \"maybe\"\non_unavailable = \"warn\"",
        ask: None,
        says: "on_error",
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
