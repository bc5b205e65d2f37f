//! The facts behind CHAIN: which certificates, which rule, which revocation list. Nothing in it depends on when it
//! was judged: a time is a trusted one, or that of a certificate.

use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which certificate is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CertificateName {
    /// Its subject, RFC 4514; empty when it has none.
    pub subject: Untrusted,
    /// Its serial number, hex.
    pub serial: String,
}

/// What a certificate is in a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The one that signed.
    Signer,
    /// One between the signer and the trusted authority.
    Intermediate,
    /// The trusted authority's own.
    Authority,
}

/// Why CHAIN came out as it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChainWhy {
    /// The path leads to a trusted authority and keeps all rules.
    Holds(Held),
    /// It does, and no revocation list that can be used covers the signer.
    NotCovered(Held),
    /// It does, and a certificate was revoked after the signature was made.
    RevokedLater {
        /// The revocation.
        revoked: Revoked,
        /// When it was signed, as a trusted time says.
        signed: Timestamp,
        /// The path.
        held: Held,
    },
    /// A certificate was revoked.
    Revoked {
        /// The revocation.
        revoked: Revoked,
        /// When it was signed, if a trusted time says so.
        signed: Option<Timestamp>,
    },
    /// The bundle brings no certificate.
    NoCertificate,
    /// The signer's certificate cannot be used.
    Unusable {
        /// What is wrong with it.
        fault: CertificateFault,
    },
    /// No path leads to a trusted authority.
    NoPath {
        /// What stopped the search.
        obstacle: Obstacle,
        /// Certificates that were left out.
        left_out: Vec<LeftOut>,
    },
    /// A certificate had ended.
    Expired(Validity),
    /// A certificate was not valid yet.
    NotYetValid(Validity),
    /// A key is refused.
    Key {
        /// Whose.
        certificate: CertificateName,
        /// What kind of key it is.
        key: WeakKey,
    },
    /// A name is outside of what an authority may certify.
    Names {
        /// What the certificate is in the path.
        role: Role,
        /// It.
        certificate: CertificateName,
        /// The authority that is constrained.
        authority: CertificateName,
        /// What is wrong.
        fault: NameFault,
    },
    /// The extensions that say what the signer may do cannot be read.
    UsageUnreadable {
        /// The signer's.
        certificate: CertificateName,
    },
    /// The signer's certificate is not for signing.
    Usage {
        /// The signer's.
        certificate: CertificateName,
        /// What it says instead.
        says: Usages,
    },
    /// A rule of RFC 5280 is broken.
    Rule {
        /// Which.
        rule: PathRule,
        /// The certificate that breaks it, where it is one.
        at: Option<(Role, CertificateName)>,
    },
}

/// A path that holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Held {
    /// The subjects, signer first.
    pub path: Vec<Untrusted>,
    /// The trusted time that it was judged at; without one, the time of the verification counts.
    pub signed: Option<Timestamp>,
    /// What became of the revocation lists; empty without any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lists: Vec<ListUse>,
}

/// A certificate outside of its validity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Validity {
    /// What it is in the path.
    pub role: Role,
    /// It.
    pub certificate: CertificateName,
    /// Its first second.
    pub from: Timestamp,
    /// Its last second.
    pub to: Timestamp,
    /// The trusted time that it was judged at; without one, the time of the verification counts.
    pub signed: Option<Timestamp>,
}

/// A revocation list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ListName {
    /// Who made it, as it says.
    pub issuer: Untrusted,
    /// When (thisUpdate).
    pub made: Timestamp,
    /// SHA-256 over its DER, hex.
    pub digest: String,
}

/// What became of a revocation list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ListUse {
    /// It is of an issuer that issued nothing here.
    Unrelated {
        /// The list.
        list: ListName,
    },
    /// It says nothing about a certificate.
    NotUsed {
        /// The certificate.
        certificate: CertificateName,
        /// The list.
        list: ListName,
        /// Why.
        fault: ListFault,
        /// Whether it lists the certificate as revoked all the same.
        listed: bool,
    },
    /// It was looked at for a certificate.
    Used {
        /// The certificate.
        certificate: CertificateName,
        /// The list.
        list: ListName,
    },
    /// No list that can be used covers a certificate.
    NotCovered {
        /// The certificate.
        certificate: CertificateName,
    },
}

/// Why a revocation list does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ListFault {
    /// Signed with an algorithm or a key that is refused.
    Refused,
    /// Not signed by the issuer that it names.
    NotSigned,
    /// Too many signatures were verified before it.
    TooManySignatures,
    /// The issuer's key may not sign lists.
    Usage,
    /// It is of a later time than the verification.
    NotYet,
    /// It does not say when it ends.
    NoEnd,
    /// It has ended.
    Ended {
        /// When (nextUpdate).
        at: Timestamp,
    },
    /// It holds a critical extension that is not known.
    CriticalExtension {
        /// Its object identifier.
        oid: String,
    },
    /// Which certificates it is about cannot be read.
    ScopeUnreadable,
    /// It is about certificates of another kind.
    OtherKind,
    /// It holds only a part of the revocations.
    Part,
}

/// A revocation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Revoked {
    /// What was revoked.
    pub certificate: CertificateName,
    /// When.
    pub date: Timestamp,
    /// Why, as far as the list says.
    pub reason: Option<RevocationReason>,
    /// Since when the key may have been in other hands, as the list says.
    pub invalid_since: Option<Timestamp>,
    /// The list that says so.
    pub list: ListName,
}

/// Reasons for a revocation (RFC 5280, 5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum RevocationReason {
    /// `unspecified`
    Unspecified,
    /// `keyCompromise`
    KeyCompromise,
    /// `cACompromise`
    #[serde(rename = "cACompromise")]
    CaCompromise,
    /// `affiliationChanged`
    AffiliationChanged,
    /// `superseded`
    Superseded,
    /// `cessationOfOperation`
    CessationOfOperation,
    /// `certificateHold`
    CertificateHold,
    /// `removeFromCRL`
    #[serde(rename = "removeFromCRL")]
    RemoveFromCrl,
    /// `privilegeWithdrawn`
    PrivilegeWithdrawn,
    /// `aACompromise`
    #[serde(rename = "aACompromise")]
    AaCompromise,
}

/// What keeps the certificates from leading to a trusted authority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Obstacle {
    /// A certificate is signed with an algorithm that is refused.
    Algorithm {
        /// What the certificate is in the path.
        role: Role,
        /// It.
        certificate: CertificateName,
        /// Who issued it.
        issuer: CertificateName,
        /// The algorithm's object identifier.
        oid: String,
        /// The hash in its parameters, where that is why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hash: Option<String>,
    },
    /// A certificate is signed with a key that is refused.
    Key {
        /// Whose key.
        issuer: CertificateName,
        /// What kind of key it is.
        key: WeakKey,
        /// What it issued.
        issued: CertificateName,
    },
    /// A certificate is not signed by whom it names.
    NotSigned {
        /// What the certificate is in the path.
        role: Role,
        /// It.
        certificate: CertificateName,
        /// Whom it names.
        issuer: CertificateName,
    },
    /// The path passes a trusted certificate and ends below a trusted root.
    Partial {
        /// The trusted certificate.
        top: CertificateName,
        /// The subject of its root.
        root: Untrusted,
    },
    /// A certificate names another key of its issuer than the trusted one.
    OtherKey {
        /// The certificate.
        certificate: CertificateName,
        /// The trusted certificate of the name.
        issuer: CertificateName,
    },
    /// There are more or longer paths than can be followed.
    TooMany {
        /// The signer's certificate.
        certificate: CertificateName,
        /// How many certificates a path may have.
        certificates: usize,
        /// How many signatures are verified.
        signatures: usize,
        /// How many steps are taken.
        steps: usize,
    },
    /// The path ends in a root that is not trusted.
    UntrustedRoot {
        /// The root.
        top: CertificateName,
        /// Who is trusted.
        trusted: Authorities,
    },
    /// The issuer's certificate is not there.
    NoIssuer {
        /// The last certificate.
        certificate: CertificateName,
        /// Whom it names as its issuer.
        issuer: Untrusted,
        /// Who is trusted.
        trusted: Authorities,
    },
}

/// The trusted authorities: some, and how many there are beside.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Authorities {
    /// Their subjects.
    pub shown: Vec<Untrusted>,
    /// How many more there are.
    pub more: usize,
}

/// Certificates that were not considered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LeftOut {
    /// The bundle brings more than are considered.
    More {
        /// How many are, beside the signer's.
        most: usize,
    },
    /// One that was trusted, by its number.
    Trusted {
        /// Counted from one.
        number: usize,
        /// What is wrong with it.
        fault: CertificateFault,
    },
    /// One of the bundle, by its number.
    Bundle {
        /// Counted from one.
        number: usize,
        /// What is wrong with it.
        fault: CertificateFault,
    },
}

/// Why a certificate cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateFault {
    /// More than 64 KiB.
    TooLarge,
    /// More in one set than any certificate has.
    Bloated,
    /// It cannot be read.
    Unreadable {
        /// What the decoder said.
        cause: Untrusted,
    },
    /// An extension occurs twice.
    ExtensionTwice,
    /// A certificate policy occurs twice.
    PolicyTwice,
    /// It holds more of something than is read.
    TooMany {
        /// Of what.
        part: CertificatePart,
        /// How many.
        count: usize,
        /// How many are read.
        most: usize,
    },
    /// Its key identifiers cannot be read.
    KeyIdentifiers,
    /// Its signed part cannot be read.
    SignedPart,
}

/// Something in a file of certificates that is not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateNote {
    /// Which certificate of the file, counted from one.
    pub number: usize,
    /// The line on which it begins; none in a binary file.
    pub line: Option<usize>,
    /// What is wrong.
    pub unused: Unused,
}

/// What is not used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unused {
    /// The certificate: its block does not end.
    CutOff,
    /// The certificate: its block is not base64.
    NotBase64,
    /// The certificate.
    Certificate(CertificateFault),
    /// Only the trust settings that OpenSSL wrote beside it.
    TrustSettings,
    /// The certificates in it: it is no PKCS#7 that can be read.
    Pkcs7,
}

/// What a certificate may hold only so many of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CertificatePart {
    /// Extensions.
    Extensions,
    /// Parts of the subject's name.
    SubjectParts,
    /// Parts of the issuer's name.
    IssuerParts,
    /// Alternative names.
    AlternativeNames,
    /// Name constraints.
    NameConstraints,
    /// Certificate policies.
    Policies,
    /// Policy mappings.
    PolicyMappings,
}

/// A key that is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WeakKey {
    /// RSA of a size that is refused.
    Rsa {
        /// Its size.
        bits: usize,
    },
    /// RSA that cannot be read.
    RsaUnreadable,
    /// An elliptic curve that is refused.
    Curve {
        /// Its object identifier.
        oid: String,
    },
    /// A curve that is spelled out instead of named.
    OwnCurve,
    /// Another kind of key.
    Kind {
        /// Its object identifier.
        oid: String,
    },
}

/// What the signer's certificate says of its use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Usages {
    /// It says nothing.
    Neither,
    /// Key usage without digitalSignature.
    KeyUsage,
    /// Extended key usage without codeSigning.
    ExtendedKeyUsage,
    /// Both, and neither allows it.
    Both,
}

/// A rule of paths (RFC 5280, 6.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PathRule {
    /// Only an authority issues certificates.
    Authority,
    /// Only an authority issues certificates, and one of version 1 does not say that it is one.
    FirstVersion,
    /// The key must be one that may sign certificates.
    KeyUsage,
    /// No more authorities than the path length allows.
    Length,
    /// Critical extensions must be known.
    CriticalExtension {
        /// Object identifiers of those that are not.
        oids: Vec<String>,
    },
    /// Each is signed by the one above.
    Signature,
    /// Certificate policies that the path requires.
    Policy,
    /// Extensions must be well formed.
    Form,
    /// There is a path at all.
    Path,
    /// Another rule.
    Other {
        /// What the library said.
        cause: Untrusted,
    },
}

/// What is wrong with a name under the constraints of a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NameFault {
    /// The constraints cannot be read.
    ConstraintsUnreadable,
    /// A constraint with a minimum or a maximum.
    Distance,
    /// An empty constraint.
    EmptyConstraint,
    /// A constraint of an address without a mask.
    AddressWithoutMask,
    /// A constraint of an unknown kind.
    UnknownConstraint,
    /// The alternative names cannot be read.
    NamesUnreadable,
    /// The e-mail address in the subject cannot be read.
    EmailUnreadable,
    /// The name can be read in more than one way.
    Ambiguous(ShownName),
    /// The name is excluded.
    Excluded(ShownName),
    /// The name is not among the permitted ones.
    NotPermitted(ShownName),
}

/// A name that a certificate holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ShownName {
    /// What kind of name it is.
    pub kind: NameKind,
    /// The name; hex for an address.
    pub text: Untrusted,
}

/// Kinds of names in certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NameKind {
    /// A DNS name.
    Dns,
    /// An e-mail address.
    Email,
    /// A URI.
    Uri,
    /// A directory name.
    Directory,
    /// An IP address.
    Address,
    /// Another kind.
    Other,
}
