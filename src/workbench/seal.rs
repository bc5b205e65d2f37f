//! The policy's own signature: the bundle beside the file, checked against the anchors that the workspace names for it, and
//! never against those of the policy itself.

use crate::disk::read_small;
use crate::error::{Code, Error};
use crate::inventory::Workspace;
use crate::maturity::PolicySeal;
use crate::signing::{
    Anchor, AnchorKind, Beyond, Bundle, Outcome, Stage, Statement, Trust, VerifyOptions, hash_bytes,
    look_at_anchor, verify_claim,
};
use crate::text::Untrusted;
use jiff::Timestamp;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The signature of one small file is small.
const LIMIT_BYTES: u64 = 1024 * 1024;

/// What was seen of a policy's signature.
#[derive(Debug, Clone, Default)]
pub struct SealSeen {
    /// What it comes to.
    pub seal: PolicySeal,
    /// Why it is no better, where there is a signature.
    pub fault: Option<Error>,
}

/// Where the signature of a policy lies: beside it, `policy.toml.sig`.
pub fn seal_file(policy: &Path) -> PathBuf {
    let mut name = policy.file_name().unwrap_or_default().to_owned();
    name.push(".sig");
    policy.with_file_name(name)
}

/// The files that a policy's signature depends on, to notice when they change.
#[cfg(feature = "tui")]
pub(super) fn files(workspace: &Workspace, policy: &Path) -> impl Iterator<Item = PathBuf> {
    std::iter::once(seal_file(policy)).chain(workspace.policy_trust.iter().cloned())
}

/// Checks the signature of a policy that was read from a file.
pub fn look_at_seal(workspace: &Workspace, policy: &Path, bytes: &[u8], now: Timestamp) -> SealSeen {
    let file = seal_file(policy);
    // One that cannot be looked at or read is another thing than none.
    let there = match std::fs::symlink_metadata(&file) {
        Err(cause) if cause.kind() == ErrorKind::NotFound => return SealSeen::default(),
        there => there.map_err(|cause| Error::read(&file, &cause)),
    };
    let judged = there.and_then(|_| anchors(workspace)).and_then(|anchors| match anchors.is_empty() {
        true => Ok(None),
        false => signed(&file, bytes, anchors, now).map(Some),
    });
    match judged {
        Ok(Some(seal)) => {
            let fault = (seal == PolicySeal::Changed).then(|| {
                Error::new(Code::Config, "the policy was changed after it was signed")
                    .at_path(policy)
                    .help("review the change, then sign the policy again")
            });
            SealSeen { seal, fault }
        }
        Ok(None) => {
            let fault =
                Error::new(Code::Config, "the policy is signed, but the workspace trusts no policy signer")
                    .at_path(&file)
                    .help("name the key in touchmark.toml: policy_trust = [\"keys/policy.pub\"]");
            SealSeen { seal: PolicySeal::Unsigned, fault: Some(fault) }
        }
        Err(fault) => SealSeen { seal: PolicySeal::Invalid, fault: Some(fault) },
    }
}

/// What a policy's own signature comes to with that of the policy that it extends: no better than either.
pub(super) fn with_below(own: PolicySeal, workspace: &Workspace, below: &Path, now: Timestamp) -> PolicySeal {
    let Ok(bytes) = read_small(below, LIMIT_BYTES) else { return PolicySeal::Invalid };
    let theirs = look_at_seal(workspace, below, &bytes, now).seal;
    let rank = |seal: &PolicySeal| match seal {
        PolicySeal::Signed(_) => 0,
        PolicySeal::Unsigned => 1,
        PolicySeal::Changed => 2,
        PolicySeal::Invalid => 3,
    };
    if rank(&theirs) > rank(&own) { theirs } else { own }
}

/// The anchors that `policy_trust` names. One that cannot be read is an error: what it would have said is not known.
fn anchors(workspace: &Workspace) -> Result<Vec<Anchor>, Error> {
    let read = |path: &PathBuf| {
        let name = path.strip_prefix(&workspace.root).unwrap_or(path).to_string_lossy();
        let (anchor, _) = look_at_anchor(&name, path, None, Beyond::default())?;
        match anchor.kind() {
            AnchorKind::Key | AnchorKind::Ca => Ok(anchor),
            AnchorKind::Sigstore | AnchorKind::Tsa => Err(Error::new(
                Code::Config,
                "anyone can sign under this anchor, so it cannot vouch for a policy",
            )
            .at_path(path)
            .help("name public keys or certificate authorities in `policy_trust`")),
        }
    };
    workspace.policy_trust.iter().map(read).collect()
}

fn signed(file: &Path, bytes: &[u8], anchors: Vec<Anchor>, now: Timestamp) -> Result<PolicySeal, Error> {
    let bundle = Bundle::parse(&read_small(file, LIMIT_BYTES)?).map_err(|error| error.at_path(file))?;
    let verification = verify_claim(&bundle, &Trust::new(anchors), &VerifyOptions::at(now));
    let passes = |stage| matches!(verification.outcome_of(stage), Outcome::Pass);
    let holds = verification.signer_proven()
        && [Stage::Identity, Stage::Statement, Stage::Subject].into_iter().all(passes);
    let signer = verification.signer.as_ref().filter(|_| holds);
    let Some(signer) = signer else {
        let why = verification.headline().map(|check| check.words().summary).unwrap_or_default();
        let what =
            format!("the policy's signature does not verify{}{why}", if why.is_empty() { "" } else { ": " });
        return Err(Error::new(Code::Config, what)
            .at_path(file)
            .help("sign the policy with a key that `policy_trust` names: `touchmark sign key POLICY --signature POLICY.sig`"));
    };
    let statement = Statement::parse(&bundle.envelope.payload).map_err(|error| error.at_path(file))?;
    let manifest = &statement.manifest;
    let digest = hash_bytes(manifest.serialization.hash, bytes);
    Ok(match manifest.resources.as_slice() {
        [only] if only.digest == digest => PolicySeal::Signed(Untrusted::new(signer.subject.raw())),
        _ => PolicySeal::Changed,
    })
}
