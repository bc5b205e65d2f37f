//! Revocation lists (RFC 5280 5 and 6.3), from files only: nothing is fetched. A list counts when it is
//! complete, current and signed by the issuer of the certificate; any other is told and not used.

use crate::check::codes::CheckCode;
use crate::check::outcome::Outcome;
use crate::check::stage::Stage;
use crate::check::step::Check;
use crate::disk::read_small;
use crate::error::{Code, Error, Result};
use crate::hashing::job::sha256_hex;
use crate::pem::{self, Damage};
use der::asn1::{AnyRef, GeneralizedTime, ObjectIdentifier};
use der::referenced::OwnedToRef;
use der::{Decode, Reader, SliceReader};
use jiff::Timestamp;
use pkix_path::names_match;
use std::path::Path;
use x509_cert::crl::{CertificateList, RevokedCert};
use x509_cert::ext::pkix::crl::{CrlReason, IssuingDistributionPoint};
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage};
use x509_cert::time::Time;

use super::certificate::{moment, name_of};
use super::der_limits::is_modest;
use super::judgement::{Broken, ChainTime, fault};
use super::search::Member;
use super::signatures::{Signatures, Verdict};

/// A file of revocation lists, and the lists in it.
const LIMIT_FILE_BYTES: u64 = 16 * 1024 * 1024;
const MAX_LISTS: usize = 64;
const MAX_EXTENSIONS: usize = 64;
const MAX_NAME_PARTS: usize = 64;

const ISSUING_POINT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.28");
const REASON: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.21");
const INVALIDITY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.24");

/// A certificate revocation list.
#[derive(Debug, Clone)]
pub struct RevocationList {
    /// The file it came from.
    pub origin: String,
    /// SHA-256 over its DER, hex.
    pub digest: String,
    list: CertificateList,
    /// The bytes that its issuer signed, as they came.
    signed: Vec<u8>,
}

impl RevocationList {
    /// Lists in a file: `X509 CRL` blocks in PEM, or one in DER.
    ///
    /// # Errors
    /// `E-READ`, `E-MALFORMED`, `E-TOO-LARGE` above 16 MiB or 64 lists.
    pub fn read(path: &Path) -> Result<Vec<Self>> {
        let read = read_small(path, LIMIT_FILE_BYTES)?;
        Self::from_bytes(&path.to_string_lossy(), &read).map_err(|error| error.at_path(path))
    }

    /// As [`RevocationList::read`], from bytes that came from `origin`.
    ///
    /// # Errors
    /// `E-MALFORMED`, `E-TOO-LARGE`.
    pub fn from_bytes(origin: &str, bytes: &[u8]) -> Result<Vec<Self>> {
        let malformed = |what: &str| {
            Error::new(Code::Malformed, what.to_owned()).help(
                "expected a revocation list in DER, or PEM blocks that begin with -----BEGIN X509 CRL-----",
            )
        };
        if bytes.len() as u64 > LIMIT_FILE_BYTES {
            return Err(Error::new(Code::TooLarge, "revocation lists of more than 16 MiB"));
        }
        if bytes.first() == Some(&0x30) {
            return Ok(vec![Self::parse(origin, bytes).ok_or_else(|| malformed("not a revocation list"))?]);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| malformed("neither DER nor PEM"))?;
        let mut lists = Vec::new();
        for block in pem::labelled(text, "X509 CRL") {
            let der = block.map_err(|damage| match damage {
                Damage::CutOff => malformed("a revocation list in the file is cut off"),
                Damage::NotBase64 => malformed("a revocation list in the file is not base64"),
            })?;
            let list = Self::parse(origin, &der);
            lists.push(list.ok_or_else(|| malformed("a revocation list in the file cannot be read"))?);
            if lists.len() > MAX_LISTS {
                return Err(Error::new(Code::TooLarge, format!("more than {MAX_LISTS} revocation lists")));
            }
        }
        if lists.is_empty() {
            return Err(malformed("no revocation list in the file"));
        }
        Ok(lists)
    }

    fn parse(origin: &str, der: &[u8]) -> Option<Self> {
        if !is_modest(der) {
            return None;
        }
        let list = CertificateList::from_der(der).ok()?;
        let tbs = &list.tbs_cert_list;
        let parts: usize = tbs.issuer.0.iter().map(|part| part.0.len()).sum();
        let extensions = tbs.crl_extensions.iter().flatten().count();
        if parts > MAX_NAME_PARTS || extensions > MAX_EXTENSIONS || list.signature_algorithm != tbs.signature
        {
            return None;
        }
        let mut outer = SliceReader::new(AnyRef::from_der(der).ok()?.value()).ok()?;
        let signed = outer.tlv_bytes().ok()?.to_vec();
        let digest = sha256_hex(der);
        Some(RevocationList { origin: origin.to_owned(), digest, list, signed })
    }

    fn named(&self) -> String {
        let tbs = &self.list.tbs_cert_list;
        format!(
            "the revocation list of {} of {} (from {})",
            tbs.issuer,
            moment(&tbs.this_update),
            self.origin
        )
    }

    fn is_of(&self, issuer: &Member) -> bool {
        names_match(&self.list.tbs_cert_list.issuer, &issuer.certificate.tbs_certificate.subject)
    }

    fn entry(&self, member: &Member) -> Option<&RevokedCert> {
        let serial = &member.certificate.tbs_certificate.serial_number;
        let entries = self.list.tbs_cert_list.revoked_certificates.iter().flatten();
        entries.into_iter().find(|entry| entry.serial_number == *serial)
    }

    /// Why it says nothing about `member`, which `issuer` issued.
    fn unusable(
        &self,
        member: &Member,
        issuer: &Member,
        signatures: &Signatures,
        now: Timestamp,
    ) -> Option<String> {
        let tbs = &self.list.tbs_cert_list;
        let key = issuer.certificate.tbs_certificate.subject_public_key_info.owned_to_ref();
        let algorithm = self.list.signature_algorithm.owned_to_ref();
        match signatures.verify(
            algorithm,
            key,
            &self.signed,
            self.list.signature.as_bytes().unwrap_or_default(),
        ) {
            Verdict::Holds => {}
            Verdict::Refused(_) => {
                return Some("it is signed with an algorithm or a key that is refused".to_owned());
            }
            Verdict::DoesNotHold => return Some("it is not signed by the issuer that it names".to_owned()),
            Verdict::TooMany => return Some("too many signatures were verified already".to_owned()),
        }
        // RFC 5280 6.3.3 (f)
        if let Ok(usage) = issuer.certificate.tbs_certificate.get::<KeyUsage>()
            && usage.is_some_and(|(_, usage)| !usage.crl_sign())
        {
            return Some("its issuer's key may not sign revocation lists (key usage cRLSign)".to_owned());
        }
        if moment(&tbs.this_update) > now {
            return Some(format!("it is of a time after {now}"));
        }
        match tbs.next_update.as_ref().map(moment) {
            None => return Some("it does not say until when it is current".to_owned()),
            Some(next) if next < now => return Some(format!("it ended {next}")),
            Some(_) => {}
        }
        self.scope(member)
    }

    /// Lists that hold only a part of the revocations say nothing about a certificate that is not in them.
    fn scope(&self, member: &Member) -> Option<String> {
        let extensions = self.list.tbs_cert_list.crl_extensions.iter().flatten();
        for extension in extensions.filter(|extension| extension.critical) {
            if extension.extn_id != ISSUING_POINT {
                return Some(format!("it holds the critical extension {}", extension.extn_id));
            }
            let Ok(point) = IssuingDistributionPoint::from_der(extension.extn_value.as_bytes()) else {
                return Some("its scope cannot be read".to_owned());
            };
            let constraints = member.certificate.tbs_certificate.get::<BasicConstraints>().ok().flatten();
            let is_ca = constraints.is_some_and(|(_, constraints)| constraints.ca);
            let other_kind =
                if is_ca { point.only_contains_user_certs } else { point.only_contains_ca_certs };
            if other_kind || point.only_contains_attribute_certs {
                return Some("it is about certificates of another kind".to_owned());
            }
            if point.indirect_crl || point.only_some_reasons.is_some() || point.distribution_point.is_some() {
                return Some("it holds only a part of the revocations".to_owned());
            }
        }
        None
    }
}

struct Revoked {
    date: Timestamp,
    reason: Option<CrlReason>,
    /// Since when the key may have been in other hands, as the issuer says.
    invalid_since: Option<Timestamp>,
    list: String,
}

/// Says of a path that holds whether a certificate below its root was revoked, and makes the check of CHAIN.
/// Without lists nobody looked, and the check says nothing about it.
pub(crate) fn check(
    path: &[&Member],
    lists: &[&RevocationList],
    time: ChainTime,
    signatures: &Signatures,
) -> std::result::Result<Check, Broken> {
    let names: Vec<String> =
        path.iter().map(|m| format!("{:?}", m.certificate.tbs_certificate.subject.to_string())).collect();
    let summary = format!("The certificates lead to the trusted authority at {}", time.validity());
    let mut check = Check::prose_pass(Stage::Chain, summary).found(names.join(" issued by "));
    if lists.is_empty() {
        return Ok(check);
    }
    let mut later = None;
    for list in lists {
        if !path.iter().skip(1).any(|issuer| list.is_of(issuer)) {
            check =
                check.detail(format!("not used: {}: no certificate here is of that issuer", list.named()));
        }
    }
    let mut leaf_is_covered = false;
    for (index, (member, issuer)) in path.iter().zip(path.iter().skip(1)).enumerate() {
        let name = name_of(&member.certificate);
        let mut covered = false;
        for list in lists.iter().filter(|list| list.is_of(issuer)) {
            let entry = list.entry(member);
            if let Some(why) = list.unusable(member, issuer, signatures, time.now) {
                let listed = if entry.is_some() { "; it lists the certificate as revoked" } else { "" };
                check = check.detail(format!("not used for {name}: {}: {why}{listed}", list.named()));
                continue;
            }
            if !covered {
                check = check.detail(format!("{name}: looked at {}, sha256 {}", list.named(), list.digest));
            }
            covered = true;
            let Some(entry) = entry else { continue };
            let revoked = Revoked::of(entry, list);
            match time.signed.filter(|signed| revoked.is_after(*signed)) {
                Some(signed) => later = Some((name.clone(), revoked, signed)),
                None => return Err(revoked.broken(&name, time)),
            }
        }
        if !covered {
            check = check.detail(format!("{name}: no revocation list that can be used covers it"));
        }
        leaf_is_covered |= covered && index == 0;
    }
    if let Some((name, revoked, signed)) = later {
        return Ok(revoked.later(&name, signed, check));
    }
    if !leaf_is_covered && path.len() > 1 {
        check.code = CheckCode::ChainNotCovered;
        check.outcome = Outcome::Partial;
        check.prose_mut().summary =
            "The certificates lead to the trusted authority, and no list that can be used says \
                         whether the signing certificate was revoked"
                .to_owned();
        check.prose_mut().expected =
            Some("a current, complete revocation list that its issuer signed".into());
        check.prose_mut().remedy = Some("Get the current revocation list of the authority".to_owned());
    }
    Ok(check)
}

impl Revoked {
    fn of(entry: &RevokedCert, list: &RevocationList) -> Self {
        let extension = |oid: ObjectIdentifier| {
            let mut all = entry.crl_entry_extensions.iter().flatten();
            all.find(|extension| extension.extn_id == oid).map(|extension| extension.extn_value.as_bytes())
        };
        Revoked {
            date: moment(&entry.revocation_date),
            reason: extension(REASON).and_then(|der| CrlReason::from_der(der).ok()),
            invalid_since: extension(INVALIDITY)
                .and_then(|der| GeneralizedTime::from_der(der).ok())
                .map(|time| moment(&Time::GeneralTime(time))),
            list: list.named(),
        }
    }

    /// Whether a signature of the time `signed` came before it. Once a key was stolen, no date says since when.
    fn is_after(&self, signed: Timestamp) -> bool {
        let stolen = matches!(
            self.reason,
            Some(CrlReason::KeyCompromise | CrlReason::CaCompromise | CrlReason::AaCompromise)
        );
        !stolen && signed < self.date && self.invalid_since.is_none_or(|since| signed < since)
    }

    fn found(&self, name: &str) -> String {
        let since = self.invalid_since.map(|since| format!(", not valid since {since}")).unwrap_or_default();
        format!("{name}: revoked {}, reason: {}{since}", self.date, self.reason_name())
    }

    fn reason_name(&self) -> &'static str {
        match self.reason {
            None => "none given",
            Some(CrlReason::Unspecified) => "unspecified",
            Some(CrlReason::KeyCompromise) => "keyCompromise",
            Some(CrlReason::CaCompromise) => "cACompromise",
            Some(CrlReason::AffiliationChanged) => "affiliationChanged",
            Some(CrlReason::Superseded) => "superseded",
            Some(CrlReason::CessationOfOperation) => "cessationOfOperation",
            Some(CrlReason::CertificateHold) => "certificateHold",
            Some(CrlReason::RemoveFromCRL) => "removeFromCRL",
            Some(CrlReason::PrivilegeWithdrawn) => "privilegeWithdrawn",
            Some(CrlReason::AaCompromise) => "aACompromise",
        }
    }

    fn broken(&self, name: &str, time: ChainTime) -> Broken {
        let mut check = fault("CHAIN-REVOKED", "A certificate was revoked by the authority that issued it")
            .expected("certificates that are not revoked")
            .found(self.found(name))
            .evidence(self.list.clone())
            .remedy(
                "Do not use the model; ask its publisher why, and for a signature with another certificate",
            );
        check = match time.signed {
            Some(signed) if signed < self.date => check.detail(format!(
                "a trusted time says that it was signed {signed}, before the revocation, but for this reason the \
                 key may have been in other hands by then"
            )),
            Some(signed) => check.detail(format!("a trusted time says that it was signed {signed}")),
            None => check.detail("nothing that is trusted says that it was signed before the revocation"),
        };
        Broken { rank: 0, check: Box::new(check) }
    }

    fn later(&self, name: &str, signed: Timestamp, mut check: Check) -> Check {
        check.code = CheckCode::ChainRevokedLater;
        check.outcome = Outcome::Partial;
        check.words().summary =
            "A certificate was revoked after the signature was made, as a trusted time says".to_owned();
        check.prose_mut().expected =
            Some(format!("signed before the revocation; it was signed {signed}").into());
        check.prose_mut().found = Some(self.found(name).into());
        check.prose_mut().evidence = Some(self.list.clone().into());
        check.prose_mut().remedy =
            Some("Ask the publisher for a signature with another certificate".to_owned());
        check
    }
}
