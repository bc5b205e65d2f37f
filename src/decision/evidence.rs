//! Everything that is known of a model and of those that it derives from, as values: what a verdict is made from. It
//! knows where none of it is kept.

use crate::attest::{ClaimsFound, claims_to_keep};
use crate::error::{Code, Error, Result};
use crate::inventory::{Looked, Model, ModelId};
use crate::maturity::{PolicySeal, Since, Usage};
use crate::signing::{ClaimsFault, Observed, SignatureState};
use crate::store::EvidenceDigest;
use crate::text::Untrusted;
use std::sync::Arc;

use super::anchoring::Anchoring;
use super::inputs::{
    ClaimsDigest, EvidenceDocument, EvidenceSchema, FurtherDigest, LineageFacts, ModelDigests, SeenDigests,
    bytes_of, digest_of,
};
use super::review::StandingReview;

/// What is known of one model and of its ancestors.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The model in question.
    pub subject: ModelId,
    /// It and its ancestors, sorted by id.
    pub models: Vec<ModelEvidence>,
    /// The reviews of the subject that stand, by their numbers.
    pub reviews: Vec<StandingReview>,
    /// How far checkpoints cover the ledger; none where the policy does not ask for them.
    pub ledger: Option<Anchoring>,
    /// What is known of the policy's own signature.
    pub seal: PolicySeal,
}

/// What is known of one model.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelEvidence {
    /// What the inventory says of it.
    pub model: Model,
    /// Its parents, sorted, datasets too. One that is not among the models is not in the inventory.
    pub parents: Vec<ModelId>,
    /// What was seen of its files; none when nobody looked.
    pub seen: Option<SeenEvidence>,
    /// Whether the files are still those.
    pub since: Since,
    /// How it is used and governed.
    pub usage: Usage,
    /// What the inventory knows of its lineage.
    pub lineage: LineageFacts,
}

/// What was seen of a model's files, its signature and its claims.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenEvidence {
    /// The observation.
    pub observed: Arc<Observed>,
    /// What was seen inside the files; none when nobody looked into them.
    pub looked: Option<Arc<Looked>>,
    /// The signature's bytes.
    pub bundle: Option<Arc<[u8]>>,
    /// The file of claims.
    pub claims: ClaimsSeen,
    /// Other files that hold claims, by name.
    pub further: Vec<FurtherClaims>,
}

/// Another file that holds claims.
#[derive(Debug, Clone, PartialEq)]
pub struct FurtherClaims {
    /// Its name below the model.
    pub file: Untrusted,
    /// What was found in it.
    pub claims: ClaimsSeen,
}

impl ClaimsSeen {
    /// By digest.
    fn digest(&self) -> Result<ClaimsDigest> {
        Ok(match self {
            ClaimsSeen::Absent => ClaimsDigest::Absent,
            ClaimsSeen::Unreadable(fault) => ClaimsDigest::Unreadable(*fault),
            ClaimsSeen::Read(claims) => ClaimsDigest::Read(EvidenceDigest::of(claims)?),
        })
    }

    fn again(digest: ClaimsDigest, kept: &Kept<'_>) -> Result<Self> {
        Ok(match digest {
            ClaimsDigest::Absent => ClaimsSeen::Absent,
            ClaimsDigest::Unreadable(fault) => ClaimsSeen::Unreadable(fault),
            ClaimsDigest::Read(digest) => ClaimsSeen::Read(piece(kept, digest, "the claims")?),
        })
    }
}

/// A file of claims as it was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum ClaimsSeen {
    /// There is none.
    #[default]
    Absent,
    /// It could not be read.
    Unreadable(ClaimsFault),
    /// Its bytes.
    Read(Arc<[u8]>),
}

/// The file of claims and the others, as they were found beside a model.
pub fn claims_seen(found: Vec<ClaimsFound>) -> (ClaimsSeen, Vec<FurtherClaims>) {
    let (mut claims, mut further) = (ClaimsSeen::Absent, Vec::new());
    for ClaimsFound { file, bytes } in found {
        let seen = match bytes.and_then(claims_to_keep) {
            Ok(bytes) => ClaimsSeen::Read(bytes.into()),
            Err(fault) => ClaimsSeen::Unreadable(fault),
        };
        match file {
            None => claims = seen,
            Some(file) => further.push(FurtherClaims { file, claims: seen }),
        }
    }
    (claims, further)
}

/// Where kept bytes come from.
pub type Kept<'k> = dyn Fn(EvidenceDigest) -> Result<Option<Vec<u8>>> + 'k;

/// Digests of a piece of evidence, and the bytes to keep under them.
pub struct Named<D> {
    /// By digest.
    pub digests: D,
    /// What is to be kept.
    pub pieces: Vec<Arc<[u8]>>,
}

impl SeenEvidence {
    /// Its digests, and the bytes to keep.
    ///
    /// # Errors
    /// `E-TOO-LARGE` when one of them has more bytes than can be kept.
    pub fn named(&self) -> Result<Named<SeenDigests>> {
        let observed: Arc<[u8]> = bytes_of(&*self.observed)?.into();
        let mut digests = SeenDigests {
            observed: EvidenceDigest::of(&observed)?,
            looked: None,
            bundle: None,
            claims: self.claims.digest()?,
            further: Vec::new(),
        };
        let mut pieces = vec![observed];
        if let Some(looked) = &self.looked {
            let looked: Arc<[u8]> = bytes_of(&**looked)?.into();
            digests.looked = Some(EvidenceDigest::of(&looked)?);
            pieces.push(looked);
        }
        if let Some(bundle) = &self.bundle {
            digests.bundle = Some(EvidenceDigest::of(bundle)?);
            pieces.push(bundle.clone());
        }
        for one in &self.further {
            digests.further.push(FurtherDigest { file: one.file.clone(), claims: one.claims.digest()? });
        }
        for claims in std::iter::once(&self.claims).chain(self.further.iter().map(|one| &one.claims)) {
            if let ClaimsSeen::Read(claims) = claims {
                pieces.push(claims.clone());
            }
        }
        Ok(Named { digests, pieces })
    }

    /// The same again from kept bytes. A signature that was too large to keep comes from `bundle`, the bytes that lie
    /// where it lay; they count only under the digest that was seen.
    ///
    /// # Errors
    /// What `kept` gives; `E-EVIDENCE` naming what is not there; `E-STORE` when what was kept does not parse.
    pub fn again(digests: &SeenDigests, kept: &Kept<'_>) -> Result<Self> {
        let observed = piece(kept, digests.observed, "what was seen of the files")?;
        let observed: Observed = serde_json::from_slice(&observed).map_err(|_| digests.observed.changed())?;
        let looked = digests.looked.map(|digest| {
            let bytes = piece(kept, digest, "what was seen inside the files")?;
            serde_json::from_slice(&bytes).map(Arc::new).map_err(|_| digest.changed())
        });
        let looked = looked.transpose()?;
        let bundle = digests.bundle.map(|digest| piece(kept, digest, "the signature")).transpose()?;
        let claims = ClaimsSeen::again(digests.claims, kept)?;
        let further = digests.further.iter().map(|one| {
            Ok(FurtherClaims { file: one.file.clone(), claims: ClaimsSeen::again(one.claims, kept)? })
        });
        let further = further.collect::<Result<_>>()?;
        Ok(SeenEvidence { observed: Arc::new(observed), looked, bundle, claims, further })
    }

    /// Whether the signature that was read is not here: it was too large to keep.
    pub fn lacks_bundle(&self) -> bool {
        self.bundle.is_none() && matches!(self.observed.signature.state, SignatureState::Read { .. })
    }
}

impl ModelEvidence {
    /// Its digests, and the bytes to keep.
    ///
    /// # Errors
    /// `E-TOO-LARGE` when one of them has more bytes than can be kept.
    pub fn named(&self) -> Result<Named<ModelDigests>> {
        let entry: Arc<[u8]> = bytes_of(&self.model)?.into();
        let seen = self.seen.as_ref().map(SeenEvidence::named).transpose()?;
        let digests = ModelDigests {
            id: self.model.id.clone(),
            entry: EvidenceDigest::of(&entry)?,
            parents: self.parents.clone(),
            seen: seen.as_ref().map(|seen| seen.digests.clone()),
            since: self.since,
            usage: self.usage.clone(),
            lineage: self.lineage.clone(),
        };
        let mut pieces = vec![entry];
        pieces.extend(seen.into_iter().flat_map(|seen| seen.pieces));
        Ok(Named { digests, pieces })
    }
}

impl Evidence {
    /// Its digests, and the bytes to keep, the document of digests among them.
    ///
    /// # Errors
    /// `E-TOO-LARGE` when one of them has more bytes than can be kept.
    pub fn named(&self) -> Result<Named<EvidenceDocument>> {
        let mut document = EvidenceDocument {
            schema: EvidenceSchema::V1,
            subject: self.subject.clone(),
            models: Vec::new(),
            reviews: self.reviews.clone(),
            ledger: self.ledger.clone(),
            seal: self.seal.clone(),
        };
        let mut pieces = Vec::new();
        for model in &self.models {
            let named = model.named()?;
            document.models.push(named.digests);
            pieces.extend(named.pieces);
        }
        pieces.push(bytes_of(&document)?.into());
        Ok(Named { digests: document, pieces })
    }

    /// The same evidence again, from kept bytes.
    ///
    /// # Errors
    /// As [`SeenEvidence::again`].
    pub fn again(document: &EvidenceDocument, kept: &Kept<'_>) -> Result<Self> {
        let models = document.models.iter().map(|digests| {
            let entry = piece(kept, digests.entry, "the inventory's entry")?;
            let model = serde_json::from_slice(&entry).map_err(|_| digests.entry.changed())?;
            let seen = digests.seen.as_ref().map(|seen| SeenEvidence::again(seen, kept)).transpose()?;
            if seen.as_ref().is_some_and(SeenEvidence::lacks_bundle) {
                let error = Error::new(Code::Evidence, "the signature was too large to be kept");
                return Err(error.at(digests.id.raw()).help("verify the model again"));
            }
            let (parents, usage) = (digests.parents.clone(), digests.usage.clone());
            let (since, lineage) = (digests.since, digests.lineage.clone());
            Ok(ModelEvidence { model, parents, seen, since, usage, lineage })
        });
        Ok(Evidence {
            subject: document.subject.clone(),
            models: models.collect::<Result<_>>()?,
            reviews: document.reviews.clone(),
            ledger: document.ledger.clone(),
            seal: document.seal.clone(),
        })
    }

    /// The digest of the document of digests.
    ///
    /// # Errors
    /// `E-TOO-LARGE`, `E-INTERNAL`.
    pub fn digest(&self) -> Result<EvidenceDigest> {
        digest_of(&self.named()?.digests)
    }
}

fn piece(kept: &Kept<'_>, digest: EvidenceDigest, what: &str) -> Result<Arc<[u8]>> {
    let bytes = kept(digest)?.ok_or_else(|| {
        Error::new(Code::Evidence, format!("the evidence is not in this store: {what}"))
            .at(format!("evidence {digest}"))
            .help("replay where it was recorded, or verify the model again")
    })?;
    Ok(bytes.into())
}
