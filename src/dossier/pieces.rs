//! The pieces of evidence behind the findings on a model, each by its digest and with the place where it lies. Nothing
//! is judged here.

use crate::attest::PredicateKind;
use crate::decision::bytes_of;
use crate::disk::slashed;
use crate::inventory::Model;
use crate::maturity::{ControlFact, Ground, PolicySeal, Testimony};
use crate::store::EvidenceDigest;
use crate::text::Untrusted;
use crate::view::{Verified, View};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// What a piece of evidence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PieceKind {
    /// The signature: the bytes of the bundle.
    Signature,
    /// What was seen of the files, as it is kept.
    Files,
    /// What was seen inside the files, as it is kept.
    Content,
    /// A claim: the bytes of its bundle.
    Claim,
    /// What the documents of the inventory say of the model, as it is kept.
    Documents,
    /// The record of the verification in the ledger.
    Record,
    /// The policy: the bytes of its text.
    Policy,
}

impl PieceKind {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            PieceKind::Signature => "signature",
            PieceKind::Files => "files",
            PieceKind::Content => "file contents",
            PieceKind::Claim => "claim",
            PieceKind::Documents => "inventory entry",
            PieceKind::Record => "ledger record",
            PieceKind::Policy => "policy",
        }
    }
}

/// A piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Piece {
    /// What it is.
    pub kind: PieceKind,
    /// SHA-256, hex.
    pub sha256: String,
    /// The proven signer; none if nobody signed it, or if that is not proven.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Untrusted>,
    /// When it was collected; none if that is not recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// The file that holds it, relative to the workspace; none if only the store holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Untrusted>,
    /// The line in that file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
}

/// The evidence on one model, to be asked for each of its findings.
pub struct Pieces<'v> {
    view: &'v View,
    model: &'v Model,
    /// The verification of the files that lie there now.
    standing: Option<&'v Verified>,
    entry: Option<EvidenceDigest>,
}

impl<'v> Pieces<'v> {
    /// Of the model of an index.
    pub fn of_model(view: &'v View, index: usize) -> Option<Self> {
        let model = view.models.get(index)?;
        let entry = bytes_of(model).ok().and_then(|bytes| EvidenceDigest::of(&bytes).ok());
        Some(Pieces { view, model, standing: view.standing(index), entry })
    }
}

impl Pieces<'_> {
    /// What a finding rests on, the piece that decides first; empty if there is nothing to name.
    pub fn of(&self, fact: &ControlFact) -> Vec<Piece> {
        match fact.ground() {
            Ground::Nothing | Ground::Usage | Ground::Whole => Vec::new(),
            Ground::Signature => self.signature().into_iter().collect(),
            Ground::Files => self.files().or_else(|| self.documents(None)).into_iter().collect(),
            Ground::Content => self.content().or_else(|| self.documents(None)).into_iter().collect(),
            Ground::Documents => self.documents(None).into_iter().collect(),
            Ground::Document(source) => self.documents(Some(source)).into_iter().collect(),
            Ground::Claims(kinds) => self.claims(kinds),
            Ground::Lineage => self.lineage(),
            Ground::Record => self.record().into_iter().collect(),
            Ground::Policy => vec![self.policy()],
        }
    }

    fn piece(&self, kind: PieceKind, sha256: String) -> Piece {
        let at = self.standing.map(|verified| verified.verification.at);
        Piece { kind, sha256, by: None, at, file: None, line: None }
    }

    /// The signature.
    pub fn signature(&self) -> Option<Piece> {
        let verification = &self.standing?.verification;
        let signer = verification.signer.as_ref().filter(|_| verification.signer_proven());
        Some(Piece {
            by: signer.map(|signer| signer.subject.clone()),
            file: self.model.signature.as_deref().map(named),
            ..self.piece(PieceKind::Signature, verification.bundle_digest.clone()?)
        })
    }

    /// What was seen of the files.
    pub fn files(&self) -> Option<Piece> {
        Some(self.piece(PieceKind::Files, self.standing?.seen.observed.to_string()))
    }

    /// What was seen inside the files.
    pub fn content(&self) -> Option<Piece> {
        Some(self.piece(PieceKind::Content, self.standing?.seen.looked?.to_string()))
    }

    /// What the inventory has of the model, with the document that says so.
    pub fn documents(&self, source: Option<&Untrusted>) -> Option<Piece> {
        let source = source.or_else(|| self.model.sources.first()).cloned();
        let piece = self.piece(PieceKind::Documents, self.entry?.to_string());
        Some(Piece { at: None, file: source, ..piece })
    }

    /// The record of the verification.
    pub fn record(&self) -> Option<Piece> {
        Some(self.piece(PieceKind::Record, self.standing?.record.hash.to_string()))
    }

    fn policy(&self) -> Piece {
        let policy = &self.view.policy;
        let by = match &self.view.seal {
            PolicySeal::Signed(by) => Some(by.clone()),
            PolicySeal::Unsigned | PolicySeal::Changed | PolicySeal::Invalid => None,
        };
        let file = policy.base.is_some().then(|| relative(&policy.origin));
        Piece { by, at: None, file, ..self.piece(PieceKind::Policy, policy.file_digest.clone()) }
    }

    /// A claim.
    pub fn claim(&self, testimony: &Testimony) -> Piece {
        let claimed = &testimony.claimed;
        let file = match (&claimed.file, self.model.location.as_deref()) {
            (None, folder) => self.claims_file(folder).as_deref().map(named),
            (Some(file), Some(folder)) => Some(named(&folder.join(file.raw()))),
            (Some(file), None) => Some(file.clone()),
        };
        Piece {
            by: claimed.signer.as_ref().map(|signer| signer.subject.clone()),
            file,
            line: Some(claimed.line),
            ..self.piece(PieceKind::Claim, claimed.digest.clone())
        }
    }

    /// The file of claims; where the last scan found none, the one beside the signature.
    fn claims_file(&self, folder: Option<&Path>) -> Option<PathBuf> {
        let beside = || {
            let signature = self.model.signature.as_deref()?.parent()?;
            folder.filter(|folder| *folder == signature).map(|folder| folder.join("claims.jsonl"))
        };
        self.model.claims.clone().or_else(beside)
    }

    /// All claims, those that count first.
    fn claims(&self, kinds: &[PredicateKind]) -> Vec<Piece> {
        let testimonies = self.standing.map(|verified| &*verified.testimonies).unwrap_or_default();
        let is_one = |testimony: &&Testimony| {
            kinds.is_empty() || testimony.claimed.kind.is_some_and(|kind| kinds.contains(&kind))
        };
        let of_kind = || testimonies.iter().filter(is_one);
        let counted = of_kind().filter(|testimony| testimony.claimed.counts());
        let others = of_kind().filter(|testimony| !testimony.claimed.counts());
        counted.chain(others).map(|testimony| self.claim(testimony)).collect()
    }

    /// The claims that say what it derives from; without any, the documents that do.
    fn lineage(&self) -> Vec<Piece> {
        let origins = self.view.proven.origins(&self.model.id);
        let digests = origins.into_iter().flat_map(|origins| {
            let proofs = origins.proofs().iter().map(|proof| &proof.claim);
            proofs.chain(origins.roots().iter().map(|root| &root.claim))
        });
        let digests: Vec<&str> = digests.map(|digest| &**digest).collect();
        let testimonies = self.standing.map(|verified| &*verified.testimonies).unwrap_or_default();
        let said = testimonies.iter().filter(|one| digests.contains(&one.claimed.digest.as_str()));
        let claims: Vec<Piece> = said.map(|testimony| self.claim(testimony)).collect();
        match claims.is_empty() {
            true => self.documents(None).into_iter().collect(),
            false => claims,
        }
    }
}

/// A path of the workspace as it is written everywhere.
fn named(path: &Path) -> Untrusted {
    relative(&slashed(path))
}

/// A path below the workspace as it is, of any other the last part: where the workspace lies is nobody's business.
pub fn relative(path: &str) -> Untrusted {
    let is_elsewhere = Path::new(path).is_absolute() || path.split('/').any(|part| part == "..");
    let last = path.rsplit(['/', '\\']).next().unwrap_or_default();
    Untrusted::new(if is_elsewhere { last } else { path })
}
