//! The policy's own signature: made as a model's, checked against keys that the workspace names, and never against those
//! of the policy.

use crate::support::{copy_of_samples, err, out, touchmark};
use std::fs;
use std::path::Path;
use touchmark::maturity::PolicySeal;
use touchmark::workbench::{OpenOptions, Workbench, look_at_seal};

fn run(arguments: &[&str]) -> String {
    let output = touchmark(arguments);
    out(&output) + &err(&output)
}

struct Signed {
    dir: tempfile::TempDir,
}

impl Signed {
    /// The samples with a policy that we sign, and `touchmark.toml` with these lines in place of who may sign it.
    fn new(trust: &str) -> Self {
        let signed = Signed { dir: copy_of_samples() };
        for name in ["policy", "other"] {
            let key = signed.file(&format!("keys/{name}.pem"));
            let said = run(&["key", "generate", &key, "--no-password"]);
            assert!(Path::new(&format!("{key}.pub")).is_file(), "{said}");
        }
        signed.sign("policy");
        let file = signed.file("touchmark.toml");
        let text = fs::read_to_string(&file).unwrap();
        let own = "policy_trust = [\"keys/governance.pub.pem\"]";
        assert!(text.contains(own));
        fs::write(&file, text.replace(own, trust)).unwrap();
        signed
    }

    fn file(&self, name: &str) -> String {
        self.dir.path().join(name).to_string_lossy().into_owned()
    }

    fn sign(&self, key: &str) {
        let (policy, key) = (self.file("policies/samples.toml"), self.file(&format!("keys/{key}.pem")));
        let signature = format!("{policy}.sig");
        let _ = fs::remove_file(&signature);
        let said = run(&["sign", "key", &policy, "--private-key", &key, "--signature", &signature]);
        assert!(Path::new(&signature).is_file(), "{said}");
    }

    fn check(&self) -> String {
        run(&["policy", "check", "--workspace", &self.file("")])
    }

    fn seal(&self) -> PolicySeal {
        let options = OpenOptions { dir: Some(self.dir.path().to_owned()), ..OpenOptions::default() };
        Workbench::open(&options).unwrap().view().seal.clone()
    }
}

const TRUST: &str = "policy_trust = [\"keys/policy.pem.pub\"]";

#[test]
fn a_policy_that_is_signed_says_by_whom_and_one_that_was_changed_says_so() {
    let signed = Signed::new(TRUST);
    let said = signed.check();
    assert!(said.contains("✓ signed by sha256:"), "{said}");
    assert!(matches!(signed.seal(), PolicySeal::Signed(_)));
    let policy = signed.file("policies/samples.toml");
    let text = fs::read_to_string(&policy).unwrap();
    fs::write(&policy, format!("{text}\n# one more comment\n")).unwrap();
    let said = signed.check();
    assert!(said.contains("✗ changed after it was signed"), "{said}");
    assert_eq!(signed.seal(), PolicySeal::Changed);
    let json = run(&["policy", "check", "--workspace", &signed.file(""), "--format", "json"]);
    assert!(json.contains("\"seal\": \"changed\"") || json.contains("\"seal\":\"changed\""), "{json}");
    // What is signed again holds again, and so does what was put back.
    fs::write(&policy, text).unwrap();
    assert!(matches!(signed.seal(), PolicySeal::Signed(_)));
}

#[test]
fn a_signature_that_cannot_be_looked_at_is_not_an_absent_one() {
    let signed = Signed::new(TRUST);
    let options = OpenOptions { dir: Some(signed.dir.path().to_owned()), ..OpenOptions::default() };
    let view = Workbench::open(&options).unwrap().view();
    let seal = |policy: &str| look_at_seal(&view.workspace, Path::new(&signed.file(policy)), b"", view.at);
    let absent = seal("policies/none.toml");
    assert_eq!((absent.seal, absent.fault.is_none()), (PolicySeal::Unsigned, true));
    // Below a file, and under a name that is too long for the file system.
    for policy in ["policies/samples.toml/policy.toml".to_owned(), format!("policies/{}", "p".repeat(253))] {
        let unread = seal(&policy);
        assert_eq!((unread.seal, unread.fault.unwrap().code), (PolicySeal::Invalid, touchmark::Code::Read));
    }
}

#[test]
fn only_who_the_workspace_names_can_sign_a_policy() {
    let signed = Signed::new(TRUST);
    signed.sign("other");
    let said = signed.check();
    assert!(said.contains("✗ the policy's signature does not verify"), "{said}");
    assert_eq!(signed.seal(), PolicySeal::Invalid);
    // It does not matter that the policy itself trusts that key.
    let policy = signed.file("policies/samples.toml");
    let text = fs::read_to_string(&policy).unwrap();
    let own = "\n[trust.mine]\nkind = \"key\"\nfiles = [\"../keys/other.pem.pub\"]\n";
    fs::write(&policy, text + own).unwrap();
    signed.sign("other");
    assert_eq!(signed.seal(), PolicySeal::Invalid);
    fs::write(format!("{policy}.sig"), "{}").unwrap();
    assert_eq!(signed.seal(), PolicySeal::Invalid);
    fs::remove_file(format!("{policy}.sig")).unwrap();
    assert_eq!(signed.seal(), PolicySeal::Unsigned);
    assert!(!signed.check().contains("signature"), "{}", signed.check());
}

#[test]
fn a_signature_that_nobody_is_named_for_is_none_and_says_what_to_do() {
    let signed = Signed::new("");
    let said = signed.check();
    assert!(
        said.contains("the workspace trusts no policy signer") && said.contains("policy_trust = "),
        "{said}"
    );
    assert_eq!(signed.seal(), PolicySeal::Unsigned);
}

#[test]
fn who_may_sign_is_named_strictly() {
    for (line, says) in [
        ("policy_trust = [\"../keys/policy.pem.pub\"]", "relative path inside the workspace"),
        ("policy_trust = [\"/keys/policy.pem.pub\"]", "relative path inside the workspace"),
        ("policy_trust = \"keys/policy.pem.pub\"", "must be a list of paths"),
        ("policy_trust = []", "must name from 1"),
        ("policy_trust = [1]", "must hold texts"),
        ("policy_trus = [\"keys/policy.pem.pub\"]", "did you mean `policy_trust`"),
        ("policy_trust = [\"keys/gone.pub\"]", "signature does not verify"),
        ("policy_trust = [\"keys/samples-trusted-root.json\"]", "signature does not verify"),
        ("policy_trust = [\"keys/policy.pem\"]", "private key"),
    ] {
        let said = Signed::new(line).check();
        assert!(said.contains(says), "{line}: {said}");
    }
}
