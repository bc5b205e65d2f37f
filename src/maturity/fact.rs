//! What a control was found to be and what would help, as facts: one variant for each situation. The verification and
//! the rubric hold the rest; nothing of them is copied, and there are no words here.

use super::claim_fact::ClaimFact;
use super::lineage_fact::LineageFact;
use super::use_fact::UseFact;
use crate::inventory::{Format, Hazard};
use crate::signing::{CheckCode, HashAlgorithm, Stage};
use crate::tables::{Closed, Few};
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What one control rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ControlFact {
    /// This version does not evaluate it.
    NotEvaluated,
    /// There is no signature.
    Unsigned,
    /// There is one, and nobody has verified it.
    NotVerified,
    /// It was verified, and its files changed since.
    ChangedSince,
    /// It was verified, and the evidence of that is gone.
    EvidenceLost,
    /// As the check of that stage says.
    OfCheck(Stage),
    /// Signed files differ, or are gone.
    FilesDiffer,
    /// Files could not be read.
    FilesUnreadable,
    /// All signed files match, whatever else lies there.
    FilesMatch,
    /// Unsigned files.
    FilesUnsigned,
    /// The bundle leaves files out that the policy does not allow to be left out.
    FilesLeftOut {
        /// How many.
        count: u64,
        /// The first of them.
        first: Vec<Untrusted>,
    },
    /// Files changed while they were looked at.
    FilesChanging,
    /// The model is a single file: nothing can lie beside it.
    SingleFile,
    /// No file lies beside the signed ones.
    NothingUnsigned,
    /// No root digest was computed.
    NoRootDigest,
    /// The root digest, and that of the AIBOM differs.
    RootDigestDiffers {
        /// What the AIBOM says.
        stated: Untrusted,
    },
    /// The root digest, as the AIBOM says.
    RootDigestStated,
    /// The root digest; the AIBOM only names digests of another kind.
    RootDigestOtherKind,
    /// The root digest alone.
    RootDigest,
    /// It is not proven who signed.
    SignerNotProven,
    /// Nobody is known to have signed.
    NoSigner,
    /// No anchor is recorded.
    NoAnchor,
    /// The policy does not pin the key that signed.
    KeyNotPinned,
    /// The policy pins the key that signed.
    KeyPinned,
    /// A bare key carries no time.
    KeyWithoutTime,
    /// Nothing is signed, and so nothing that would have to be logged.
    UnsignedAndNotLogged,
    /// It is not known how it was signed.
    MethodUnknown,
    /// The bundle holds no log entry.
    LogAbsent,
    /// Neither the method nor the policy asks for a log entry.
    LogNotRequired,
    /// No source says when it was published.
    PublicationUnknown,
    /// The verification does not hold.
    VerificationFails {
        /// Its headline.
        code: Option<CheckCode>,
    },
    /// The verification is of a time after now.
    VerificationAhead,
    /// The verification is too old.
    VerificationOld {
        /// What the policy allows.
        most_days: u32,
    },
    /// The files were looked at, and recently enough.
    VerifiedLately,
    /// No deployment is known.
    NoDeployment,
    /// Formats that can run code when they are loaded.
    FormatsRunCode {
        /// Which.
        formats: Few<Format>,
        /// The worst that was found in them.
        hazard: Option<Box<Hazard>>,
    },
    /// Something in the files, whose formats run no code.
    Hazard(Box<Hazard>),
    /// Formats that hold data only.
    FormatsOfData {
        /// Which.
        formats: Few<Format>,
    },
    /// A dataset has no weights.
    Dataset,
    /// The card of an agent has no weights.
    AgentCard,
    /// No files to look into.
    NoFiles,
    /// No known format of weights.
    NoFormat,
    /// No AIBOM states the signature.
    NoBinding,
    /// The AIBOM contradicts the bundle.
    BindingDiffers {
        /// The document.
        source: Untrusted,
        /// In what.
        parts: Few<BoundPart>,
    },
    /// Two AIBOMs contradict each other.
    BindingsDisagree {
        /// The documents.
        sources: Box<(Untrusted, Untrusted)>,
        /// In what.
        parts: Few<BoundPart>,
    },
    /// Several folders come to the name, and are not known to hold the same.
    SameName {
        /// How many.
        count: u64,
        /// The first of them.
        first: Vec<Untrusted>,
    },
    /// The AIBOM leaves out what it should state.
    BindingOpen {
        /// The document.
        source: Untrusted,
        /// What it leaves out.
        parts: Few<BoundPart>,
    },
    /// The AIBOM states the bundle, whose signer is not proven.
    BindingUnproven {
        /// The document.
        source: Untrusted,
    },
    /// An AIBOM that this workspace wrote states the bundle, and no other one does in full.
    BindingOurs {
        /// The document.
        source: Untrusted,
        /// What is equal.
        parts: Few<BoundPart>,
    },
    /// The AIBOM states the bundle.
    BindingEqual {
        /// The document.
        source: Untrusted,
        /// What is equal.
        parts: Few<BoundPart>,
    },
    /// The recorded hash is not known.
    HashUnknown,
    /// The algorithm of the key that signed is not established.
    KeyUnknown,
    /// The policy does not list the recorded hash.
    HashNotListed {
        /// The hash.
        hash: HashAlgorithm,
    },
    /// Hash and key are of the registry.
    Algorithms {
        /// The hash.
        hash: HashAlgorithm,
    },
    /// A short-lived certificate: there is no key to keep.
    ShortLivedKey,
    /// No source says where the key is kept.
    CustodyUnknown,
    /// No hub distributes it.
    NoDistributor,
    /// A finding about its lineage.
    Lineage(LineageFact),
    /// A finding about its claims.
    Claims(ClaimFact),
    /// How it is used and governed.
    Use(UseFact),
}

impl From<LineageFact> for ControlFact {
    fn from(fact: LineageFact) -> Self {
        ControlFact::Lineage(fact)
    }
}

impl From<ClaimFact> for ControlFact {
    fn from(fact: ClaimFact) -> Self {
        ControlFact::Claims(fact)
    }
}

impl From<UseFact> for ControlFact {
    fn from(fact: UseFact) -> Self {
        ControlFact::Use(fact)
    }
}

/// What would help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    /// As the rubric says.
    OfRubric,
    /// As the check of that stage says; where it says nothing, as the rubric does.
    OfCheck(Stage),
    /// As the hazard says that the control names.
    OfHazard,
    /// Sign the model.
    SignModel,
    /// Verify it.
    Verify,
    /// Verify it again.
    VerifyAgain,
    /// Fix what other controls found, then verify again.
    FixOthers,
    /// Fix these controls first: L1.02 and L1.07.
    ProveSigner,
    /// Make files readable.
    MakeReadable,
    /// Sign what is left out, or allow it.
    SignLeftOut,
    /// Pin the key.
    PinKey,
    /// Set the clock.
    CheckClock,
    /// Add the folder that holds the files.
    AddSource,
    /// Write what was verified into an AIBOM.
    Bind,
    /// Say which folder is meant.
    ChooseFolder,
    /// Remove the AIBOM that is not true any more.
    RemoveStaleBom,
    /// State its parents and how it was made, in a signed claim.
    AttestProvenance,
    /// Make the same claim with a trusted time.
    AttestWithTime,
    /// Attest the data.
    AttestData,
    /// Attest the configuration.
    AttestConfig,
    /// Attest an evaluation.
    AttestEvaluation,
    /// Attest the card.
    AttestCard,
    /// Attest a summary of the decision.
    AttestSummary,
    /// Verify the parents.
    VerifyParents,
    /// Add a source with the parents' files.
    AddParents,
    /// Have the parents signed, or sign them when they are received.
    SignParents,
    /// Raise the parents first.
    RaiseParents,
    /// Investigate the contradiction, and do not promote the model.
    Investigate,
    /// Correct the statements about the parents.
    CorrectParents,
    /// Give the signer the role, or get a claim from a signer with the role.
    GrantRole,
    /// Declare a conflict strategy in the policy.
    DeclareStrategy,
    /// Declare an age limit for claims in the policy.
    DeclareAge,
    /// Declare the required evaluation result in the policy.
    DeclareRequirement,
    /// Sign the policy.
    SignPolicy,
    /// Name the publisher in the policy.
    NamePublisher,
    /// Extend the policy's date after a review.
    RenewPolicy,
    /// Ask the gate.
    AskGate,
    /// Close the stage.
    CloseStage,
    /// State the release time in a bill of materials.
    StateRelease,
    /// Record where it runs.
    EnterDeployment,
    /// Import a feed.
    ImportFeed,
    /// Triage what feeds say of it.
    TriageThreats,
    /// Hold a drill.
    HoldDrill,
    /// Nothing can be done in this version.
    Nothing,
}

/// A value that an AIBOM states of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BoundPart {
    /// The root digest.
    RootDigest,
    /// Who signed.
    Identity,
    /// Who vouches for that.
    Issuer,
    /// The entry in the log.
    LogEntry,
    /// The digest of the bundle.
    BundleDigest,
}

impl Closed for Format {
    const ALL: &'static [Self] = &[
        Format::Safetensors,
        Format::Gguf,
        Format::Onnx,
        Format::Pickle,
        Format::RemoteCode,
        Format::KerasCode,
    ];
}

impl Closed for BoundPart {
    const ALL: &'static [Self] = &[
        BoundPart::RootDigest,
        BoundPart::Identity,
        BoundPart::Issuer,
        BoundPart::LogEntry,
        BoundPart::BundleDigest,
    ];
}
