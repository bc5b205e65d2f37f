//! The stable codes of checks, each with its stage. Scripts and records hold them; what they mean in words is not known
//! here.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

use super::stage::Stage;

macro_rules! codes {
    ($($variant:ident $text:literal $stage:ident,)*) => {
        /// What a check found, as a stable code. A code that is only its stage's name means that the stage passed, or
        /// that it was not checked.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum CheckCode {
            $(#[doc = concat!("`", $text, "`")] $variant,)*
        }

        impl CheckCode {
            /// All codes: first those of the stages themselves, then by stage.
            pub const ALL: &[CheckCode] = &[$(CheckCode::$variant,)*];

            /// The code as it is written, for example `FILES-CHANGED`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(CheckCode::$variant => $text,)*
                }
            }

            /// The stage that it belongs to.
            pub fn stage(self) -> Stage {
                match self {
                    $(CheckCode::$variant => Stage::$stage,)*
                }
            }
        }
    };
}

codes! {
    Parse "PARSE" Parse,
    Method "METHOD" Method,
    Trust "TRUST" Trust,
    Signature "SIGNATURE" Signature,
    Chain "CHAIN" Chain,
    Time "TIME" Time,
    Log "LOG" Log,
    Identity "IDENTITY" Identity,
    Statement "STATEMENT" Statement,
    Subject "SUBJECT" Subject,
    Files "FILES" Files,
    Predicates "PREDICATES" Predicates,
    Policy "POLICY" Policy,
    ParseAbsent "PARSE-ABSENT" Parse,
    ParseEmpty "PARSE-EMPTY" Parse,
    ParseTruncated "PARSE-TRUNCATED" Parse,
    ParseMalformed "PARSE-MALFORMED" Parse,
    ParseTooLarge "PARSE-TOO-LARGE" Parse,
    ParseUnreadable "PARSE-UNREADABLE" Parse,
    MethodMismatch "METHOD-MISMATCH" Method,
    TrustNoAnchor "TRUST-NO-ANCHOR" Trust,
    TrustUnknownKey "TRUST-UNKNOWN-KEY" Trust,
    TrustHint "TRUST-HINT" Trust,
    TrustUnusable "TRUST-UNUSABLE" Trust,
    SignatureInvalid "SIGNATURE-INVALID" Signature,
    SignatureKey "SIGNATURE-KEY" Signature,
    SignatureAlgorithm "SIGNATURE-ALGORITHM" Signature,
    ChainUntrusted "CHAIN-UNTRUSTED" Chain,
    ChainPartial "CHAIN-PARTIAL" Chain,
    ChainSignature "CHAIN-SIGNATURE" Chain,
    ChainInvalid "CHAIN-INVALID" Chain,
    ChainExpired "CHAIN-EXPIRED" Chain,
    ChainNotYetValid "CHAIN-NOT-YET-VALID" Chain,
    ChainUsage "CHAIN-USAGE" Chain,
    ChainNotCa "CHAIN-NOT-CA" Chain,
    ChainPathLength "CHAIN-PATH-LENGTH" Chain,
    ChainNames "CHAIN-NAMES" Chain,
    ChainCritical "CHAIN-CRITICAL" Chain,
    ChainAlgorithm "CHAIN-ALGORITHM" Chain,
    ChainKey "CHAIN-KEY" Chain,
    ChainLimit "CHAIN-LIMIT" Chain,
    ChainRevoked "CHAIN-REVOKED" Chain,
    ChainRevokedLater "CHAIN-REVOKED-LATER" Chain,
    ChainNotCovered "CHAIN-NOT-COVERED" Chain,
    ChainSct "CHAIN-SCT" Chain,
    TimeUntrusted "TIME-UNTRUSTED" Time,
    TimeUnknownAuthority "TIME-UNKNOWN-AUTHORITY" Time,
    TimeMalformed "TIME-MALFORMED" Time,
    TimeOtherSignature "TIME-OTHER-SIGNATURE" Time,
    TimeAlgorithm "TIME-ALGORITHM" Time,
    TimeAuthority "TIME-AUTHORITY" Time,
    TimeFuture "TIME-FUTURE" Time,
    TimeAbsent "TIME-ABSENT" Time,
    TimeInvalid "TIME-INVALID" Time,
    TimeRequired "TIME-REQUIRED" Time,
    LogPromise "LOG-PROMISE" Log,
    LogUnknown "LOG-UNKNOWN" Log,
    LogInvalid "LOG-INVALID" Log,
    LogUnsupported "LOG-UNSUPPORTED" Log,
    LogRequired "LOG-REQUIRED" Log,
    IdentityMismatch "IDENTITY-MISMATCH" Identity,
    IdentityNotAsked "IDENTITY-NOT-ASKED" Identity,
    IdentityNoPublisher "IDENTITY-NO-PUBLISHER" Identity,
    IdentityWrongPublisher "IDENTITY-WRONG-PUBLISHER" Identity,
    IdentityDenied "IDENTITY-DENIED" Identity,
    IdentityWindow "IDENTITY-WINDOW" Identity,
    IdentityRole "IDENTITY-ROLE" Identity,
    StatementPayloadType "STATEMENT-PAYLOAD-TYPE" Statement,
    StatementType "STATEMENT-TYPE" Statement,
    StatementVersion "STATEMENT-VERSION" Statement,
    StatementMalformed "STATEMENT-MALFORMED" Statement,
    StatementTooLarge "STATEMENT-TOO-LARGE" Statement,
    StatementLegacy "STATEMENT-LEGACY" Statement,
    SubjectDigest "SUBJECT-DIGEST" Subject,
    SubjectArtifact "SUBJECT-ARTIFACT" Subject,
    FilesChanged "FILES-CHANGED" Files,
    FilesMissing "FILES-MISSING" Files,
    FilesExtra "FILES-EXTRA" Files,
    FilesOtherModel "FILES-OTHER-MODEL" Files,
    FilesBlobName "FILES-BLOB-NAME" Files,
    FilesLink "FILES-LINK" Files,
    FilesOdd "FILES-ODD" Files,
    FilesCached "FILES-CACHED" Files,
    FilesUnreadable "FILES-UNREADABLE" Files,
    FilesTooMany "FILES-TOO-MANY" Files,
    FilesUnsignedAllowed "FILES-UNSIGNED-ALLOWED" Files,
    FilesEmptyCode "FILES-EMPTY-CODE" Files,
    FilesRegistry "FILES-REGISTRY" Files,
    FilesPart "FILES-PART" Files,
    FilesCard "FILES-CARD" Files,
    FilesCardPart "FILES-CARD-PART" Files,
    PredicatesUnreadable "PREDICATES-UNREADABLE" Predicates,
    PredicatesNotCounted "PREDICATES-NOT-COUNTED" Predicates,
    PolicyFormat "POLICY-FORMAT" Policy,
    PolicyHash "POLICY-HASH" Policy,
    PolicyAnchorAge "POLICY-ANCHOR-AGE" Policy,
    PolicyKey "POLICY-KEY" Policy,
    PolicySymlinks "POLICY-SYMLINKS" Policy,
    PolicyIgnored "POLICY-IGNORED" Policy,
    PolicyLog "POLICY-LOG" Policy,
    PolicyExpired "POLICY-EXPIRED" Policy,
    PolicyDataset "POLICY-DATASET" Policy,
    PolicyLicence "POLICY-LICENCE" Policy,
    PolicyPin "POLICY-PIN" Policy,
}

impl CheckCode {
    /// The code of that spelling.
    pub fn parse(text: &str) -> Option<Self> {
        CheckCode::ALL.iter().copied().find(|code| code.as_str() == text)
    }

    /// The code that is only the name of a stage.
    pub fn of(stage: Stage) -> Self {
        match stage {
            Stage::Parse => CheckCode::Parse,
            Stage::Method => CheckCode::Method,
            Stage::Trust => CheckCode::Trust,
            Stage::Signature => CheckCode::Signature,
            Stage::Chain => CheckCode::Chain,
            Stage::Time => CheckCode::Time,
            Stage::Log => CheckCode::Log,
            Stage::Identity => CheckCode::Identity,
            Stage::Statement => CheckCode::Statement,
            Stage::Subject => CheckCode::Subject,
            Stage::Files => CheckCode::Files,
            Stage::Predicates => CheckCode::Predicates,
            Stage::Policy => CheckCode::Policy,
        }
    }

    /// Whether something stopped us from looking: another thing than not having looked.
    pub fn could_not_look(self) -> bool {
        matches!(
            self,
            CheckCode::ParseUnreadable
                | CheckCode::TrustUnusable
                | CheckCode::FilesUnreadable
                | CheckCode::FilesTooMany
                | CheckCode::PredicatesUnreadable
        )
    }

    /// Whether an algorithm or a key is refused.
    pub fn is_algorithm(self) -> bool {
        matches!(self, CheckCode::ChainAlgorithm | CheckCode::TimeAlgorithm | CheckCode::SignatureAlgorithm)
    }

    /// Whether it is only the name of its stage.
    pub fn is_plain(self) -> bool {
        self == CheckCode::of(self.stage())
    }
}

impl fmt::Display for CheckCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl PartialEq<&str> for CheckCode {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl Serialize for CheckCode {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for CheckCode {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(from)?;
        CheckCode::parse(&text).ok_or_else(|| serde::de::Error::custom("not the code of a check"))
    }
}

impl JsonSchema for CheckCode {
    fn schema_name() -> Cow<'static, str> {
        "CheckCode".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let codes: Vec<&str> = CheckCode::ALL.iter().map(|code| code.as_str()).collect();
        json_schema!({ "type": "string", "enum": codes })
    }
}
