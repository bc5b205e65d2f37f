//! Revocation lists (RFC 5280 5 and 6.3), from files only: nothing is fetched. A list counts when it is
//! complete, current and signed by the issuer of the certificate; any other is told and not used.

use crate::check::codes::CheckCode;
use crate::check::outcome::Outcome;
use crate::check::stage::Stage;
use crate::check::step::Check;
use crate::check::why::chain::{ChainWhy, Held, ListFault, ListName, ListUse, RevocationReason, Revoked};
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

use super::certificate::{moment, name_of, subject};
use super::der_limits::is_modest;
use super::judgement::{Broken, ChainTime, broken, fault};
use super::search::Member;
use super::signatures::{Signatures, Verdict};
use super::written::plain_name;

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
        let text = pem::plain(bytes);
        let mut lists = Vec::new();
        for block in pem::labelled(&text, "X509 CRL") {
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
        let mut list = CertificateList::from_der(der).ok()?;
        let tbs = &list.tbs_cert_list;
        let parts: usize = tbs.issuer.0.iter().map(|part| part.0.len()).sum();
        let extensions = tbs.crl_extensions.iter().flatten().count();
        if parts > MAX_NAME_PARTS || extensions > MAX_EXTENSIONS || list.signature_algorithm != tbs.signature
        {
            return None;
        }
        list.tbs_cert_list.issuer = plain_name(&list.tbs_cert_list.issuer);
        let mut outer = SliceReader::new(AnyRef::from_der(der).ok()?.value()).ok()?;
        let signed = outer.tlv_bytes().ok()?.to_vec();
        let digest = sha256_hex(der);
        Some(RevocationList { origin: origin.to_owned(), digest, list, signed })
    }

    fn named(&self) -> ListName {
        let tbs = &self.list.tbs_cert_list;
        ListName {
            issuer: tbs.issuer.to_string().into(),
            made: moment(&tbs.this_update),
            digest: self.digest.clone(),
        }
    }

    /// From when on it counts, and when each revocation in it began.
    pub(crate) fn beginnings(&self) -> impl Iterator<Item = Timestamp> {
        let tbs = &self.list.tbs_cert_list;
        let entries = tbs.revoked_certificates.iter().flatten();
        std::iter::once(&tbs.this_update).chain(entries.map(|entry| &entry.revocation_date)).map(moment)
    }

    /// The last moment at which it counts.
    pub(crate) fn end(&self) -> Option<Timestamp> {
        self.list.tbs_cert_list.next_update.as_ref().map(moment)
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
    ) -> Option<ListFault> {
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
            Verdict::Refused(_) => return Some(ListFault::Refused),
            Verdict::DoesNotHold => return Some(ListFault::NotSigned),
            Verdict::TooMany => return Some(ListFault::TooManySignatures),
        }
        // RFC 5280 6.3.3 (f)
        if let Ok(usage) = issuer.certificate.tbs_certificate.get::<KeyUsage>()
            && usage.is_some_and(|(_, usage)| !usage.crl_sign())
        {
            return Some(ListFault::Usage);
        }
        if moment(&tbs.this_update) > now {
            return Some(ListFault::NotYet);
        }
        match tbs.next_update.as_ref().map(moment) {
            None => return Some(ListFault::NoEnd),
            Some(at) if at < now => return Some(ListFault::Ended { at }),
            Some(_) => {}
        }
        self.scope(member)
    }

    /// Lists that hold only a part of the revocations say nothing about a certificate that is not in them.
    fn scope(&self, member: &Member) -> Option<ListFault> {
        let extensions = self.list.tbs_cert_list.crl_extensions.iter().flatten();
        for extension in extensions.filter(|extension| extension.critical) {
            if extension.extn_id != ISSUING_POINT {
                return Some(ListFault::CriticalExtension { oid: extension.extn_id.to_string() });
            }
            let Ok(point) = IssuingDistributionPoint::from_der(extension.extn_value.as_bytes()) else {
                return Some(ListFault::ScopeUnreadable);
            };
            let constraints = member.certificate.tbs_certificate.get::<BasicConstraints>().ok().flatten();
            let is_ca = constraints.is_some_and(|(_, constraints)| constraints.ca);
            let other_kind =
                if is_ca { point.only_contains_user_certs } else { point.only_contains_ca_certs };
            if other_kind || point.only_contains_attribute_certs {
                return Some(ListFault::OtherKind);
            }
            if point.indirect_crl || point.only_some_reasons.is_some() || point.distribution_point.is_some() {
                return Some(ListFault::Part);
            }
        }
        None
    }
}

/// Says of a path that holds whether a certificate below its root was revoked, and makes the check of CHAIN.
/// Without lists nobody looked, and the check says nothing about it.
pub(crate) fn check(
    path: &[&Member],
    lists: &[&RevocationList],
    time: ChainTime,
    signatures: &Signatures,
) -> std::result::Result<Check, Broken> {
    let mut held = Held {
        path: path.iter().map(|member| subject(&member.certificate)).collect(),
        signed: time.signed.map(|_| time.validity()),
        lists: Vec::new(),
    };
    if lists.is_empty() {
        return Ok(Check::pass(Stage::Chain, ChainWhy::Holds(held)));
    }
    let unrelated = lists.iter().filter(|list| !path.iter().skip(1).any(|issuer| list.is_of(issuer)));
    held.lists.extend(unrelated.map(|list| ListUse::Unrelated { list: list.named() }));
    let mut later = None;
    let mut leaf_is_covered = false;
    for (index, (member, issuer)) in path.iter().zip(path.iter().skip(1)).enumerate() {
        let certificate = name_of(&member.certificate);
        let mut covered = false;
        for list in lists.iter().filter(|list| list.is_of(issuer)) {
            let entry = list.entry(member);
            if let Some(fault) = list.unusable(member, issuer, signatures, time.now) {
                held.lists.push(ListUse::NotUsed {
                    certificate: certificate.clone(),
                    list: list.named(),
                    fault,
                    listed: entry.is_some(),
                });
                continue;
            }
            if !covered {
                held.lists.push(ListUse::Used { certificate: certificate.clone(), list: list.named() });
            }
            covered = true;
            let Some(entry) = entry else { continue };
            let revoked = revocation(member, entry, list);
            match time.signed.filter(|signed| is_after(&revoked, *signed)) {
                Some(signed) => later = Some((revoked, signed)),
                None => {
                    let why = ChainWhy::Revoked { revoked, signed: time.signed };
                    return Err(broken(0, fault(CheckCode::ChainRevoked, why)));
                }
            }
        }
        if !covered {
            held.lists.push(ListUse::NotCovered { certificate });
        }
        leaf_is_covered |= covered && index == 0;
    }
    Ok(match later {
        Some((revoked, signed)) => {
            let why = ChainWhy::RevokedLater { revoked, signed, held };
            Check::new(CheckCode::ChainRevokedLater, Outcome::Partial, why)
        }
        None if !leaf_is_covered && path.len() > 1 => {
            Check::new(CheckCode::ChainNotCovered, Outcome::Partial, ChainWhy::NotCovered(held))
        }
        None => Check::pass(Stage::Chain, ChainWhy::Holds(held)),
    })
}

fn revocation(member: &Member, entry: &RevokedCert, list: &RevocationList) -> Revoked {
    let extension = |oid: ObjectIdentifier| {
        let mut all = entry.crl_entry_extensions.iter().flatten();
        all.find(|extension| extension.extn_id == oid).map(|extension| extension.extn_value.as_bytes())
    };
    Revoked {
        certificate: name_of(&member.certificate),
        date: moment(&entry.revocation_date),
        reason: extension(REASON).and_then(|der| CrlReason::from_der(der).ok()).map(reason),
        invalid_since: extension(INVALIDITY)
            .and_then(|der| GeneralizedTime::from_der(der).ok())
            .map(|time| moment(&Time::GeneralTime(time))),
        list: list.named(),
    }
}

fn reason(reason: CrlReason) -> RevocationReason {
    match reason {
        CrlReason::Unspecified => RevocationReason::Unspecified,
        CrlReason::KeyCompromise => RevocationReason::KeyCompromise,
        CrlReason::CaCompromise => RevocationReason::CaCompromise,
        CrlReason::AffiliationChanged => RevocationReason::AffiliationChanged,
        CrlReason::Superseded => RevocationReason::Superseded,
        CrlReason::CessationOfOperation => RevocationReason::CessationOfOperation,
        CrlReason::CertificateHold => RevocationReason::CertificateHold,
        CrlReason::RemoveFromCRL => RevocationReason::RemoveFromCrl,
        CrlReason::PrivilegeWithdrawn => RevocationReason::PrivilegeWithdrawn,
        CrlReason::AaCompromise => RevocationReason::AaCompromise,
    }
}

/// Whether it came after a signature of the time `signed`. Once a key was stolen, no date says since when.
fn is_after(revoked: &Revoked, signed: Timestamp) -> bool {
    let stolen = matches!(
        revoked.reason,
        Some(
            RevocationReason::KeyCompromise | RevocationReason::CaCompromise | RevocationReason::AaCompromise
        )
    );
    !stolen && signed < revoked.date && revoked.invalid_since.is_none_or(|since| signed < since)
}
