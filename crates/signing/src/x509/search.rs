//! Which paths could lead from the signing certificate to a trusted root: by names, key identifiers and
//! signatures that hold. Helpers are the attacker's, so everything here is bounded. Whether a path also keeps
//! the rules is judged elsewhere.

use crate::check::step::Check;
use crate::text::Untrusted;
use der::asn1::AnyRef;
use der::referenced::OwnedToRef;
use der::{Decode, Reader, SliceReader};
use pkix_path::names_match;
use std::collections::VecDeque;
use x509_cert::Certificate;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, SubjectKeyIdentifier};

use super::certificate::{issuer, name_of, parse, subject};
use super::judgement::fault;
use super::limits::limits;
use super::signatures::{
    EC, ECDSA_SIGNATURES, MAX_SIGNATURES, RSA, RSA_SIGNATURES, Signatures, Verdict, Weakness, algorithm_name,
    is_below, weak_key,
};

/// Helpers that a bundle may bring.
const MAX_HELPERS: usize = 16;
/// Certificates in one path: the leaf, six between, the root.
const MAX_PATH: usize = 8;
/// Beginnings of paths that are looked at, and whole paths that are judged.
const MAX_STEPS: usize = 256;
const MAX_PATHS: usize = 64;

/// A certificate that may be part of a path.
pub(crate) struct Member {
    pub certificate: Certificate,
    /// The bytes that its issuer signed, as they came.
    pub signed: Vec<u8>,
    /// Its index among the anchors.
    pub anchor: Option<usize>,
    key_id: Option<Vec<u8>>,
    issuer_key: AuthorityKeyIdentifier,
}

impl Member {
    fn new(der: &[u8], anchor: Option<usize>) -> Result<Self, String> {
        let certificate = parse(der).map_err(|error| error.what)?;
        limits(&certificate)?;
        let tbs = &certificate.tbs_certificate;
        let damaged = |_| "its key identifiers cannot be read".to_owned();
        let key_id = tbs.get::<SubjectKeyIdentifier>().map_err(damaged)?.map(|(_, id)| id.0.into_bytes());
        let issuer_key =
            tbs.get::<AuthorityKeyIdentifier>().map_err(damaged)?.map(|(_, id)| id).unwrap_or_default();
        // As it came: what is written anew may differ from what was signed (`critical FALSE`, spelled out).
        let signed = AnyRef::from_der(der)
            .and_then(|outer| SliceReader::new(outer.value())?.tlv_bytes().map(<[u8]>::to_vec))
            .map_err(|_| "its signed part cannot be read".to_owned())?;
        Ok(Member { certificate, signed, anchor, key_id, issuer_key })
    }

    /// Whether its key identifiers say that `issuer` did not issue it. They are hints (RFC 5280 4.2.1.1), but
    /// the reference passes over an issuer that they contradict, and so do we.
    fn contradicts(&self, issuer: &Member) -> bool {
        let theirs = &issuer.certificate.tbs_certificate;
        let other_key = self.issuer_key.key_identifier.as_ref().zip(issuer.key_id.as_ref());
        let other_serial = self.issuer_key.authority_cert_serial_number.as_ref();
        let named = self.issuer_key.authority_cert_issuer.iter().flatten().find_map(|name| match name {
            GeneralName::DirectoryName(name) => Some(name),
            _ => None,
        });
        other_key.is_some_and(|(wanted, found)| wanted.as_bytes() != found)
            || other_serial.is_some_and(|serial| *serial != theirs.serial_number)
            || named.is_some_and(|name| !names_match(name, &theirs.issuer))
    }

    /// Whether the key of `issuer` signed it.
    pub(super) fn is_signed_by(&self, issuer: &Member, signatures: &Signatures) -> Verdict {
        let certificate = &self.certificate;
        // RFC 5280 4.1.1.2: what is outside the signed part must not say anything else.
        if certificate.signature_algorithm != certificate.tbs_certificate.signature {
            return Verdict::DoesNotHold;
        }
        signatures.verify(
            certificate.signature_algorithm.owned_to_ref(),
            issuer.certificate.tbs_certificate.subject_public_key_info.owned_to_ref(),
            &self.signed,
            certificate.signature.as_bytes().unwrap_or_default(),
        )
    }

    fn names_as_issuer(&self, issuer: &Member) -> bool {
        names_match(&issuer.certificate.tbs_certificate.subject, &self.certificate.tbs_certificate.issuer)
    }

    /// As the reference tells it: by names, key identifiers and the kind of key. The signature itself says
    /// nothing about an anchor, and old roots sign themselves with SHA-1.
    fn is_self_signed(&self) -> bool {
        let key = self.certificate.tbs_certificate.subject_public_key_info.algorithm.oid;
        let signature = self.certificate.signature_algorithm.oid;
        let same_kind = match key {
            RSA => RSA_SIGNATURES.iter().any(|arc| is_below(signature, arc)),
            EC => is_below(signature, ECDSA_SIGNATURES),
            other => signature == other,
        };
        self.names_as_issuer(self) && !self.contradicts(self) && same_kind
    }
}

/// Everything that a path may be made of: the leaf, then anchors, then helpers.
pub(crate) struct Pool {
    members: Vec<Member>,
    /// What was left out, and why.
    pub notes: Vec<Untrusted>,
    pub signatures: Signatures,
}

pub(crate) struct Search {
    /// From the leaf to a root, shortest first.
    pub paths: Vec<Vec<usize>>,
    pub obstacles: Vec<Obstacle>,
}

/// Why the search did not get further.
pub(crate) enum Obstacle {
    Refused { child: usize, issuer: usize, why: Weakness },
    NotSigned { child: usize, issuer: usize },
    Partial { top: usize },
    OtherKey { child: usize, issuer: usize },
    TooMany,
    UntrustedRoot { top: usize },
    NoIssuer { child: usize },
}

impl Pool {
    pub fn new(chain: &[Vec<u8>], anchors: &[Vec<u8>]) -> Result<Self, Box<Check>> {
        let Some((leaf_der, helpers)) = chain.split_first() else {
            return Err(fault("CHAIN-INVALID", "The bundle holds no certificate").into());
        };
        let leaf = Member::new(leaf_der, anchors.iter().position(|anchor| anchor == leaf_der));
        let leaf = leaf.map_err(|why| {
            let check = fault("CHAIN-INVALID", "The signing certificate cannot be used")
                .expected("a certificate (DER) by RFC 5280, of ordinary size")
                .found(why)
                .evidence("certificate 1 of the bundle")
                .remedy("Have the model signed again with a certificate that is well formed");
            Box::new(check)
        })?;
        let mut pool = Pool { members: vec![leaf], notes: Vec::new(), signatures: Signatures::default() };
        let mut seen: Vec<&Vec<u8>> = vec![leaf_der];
        for (index, der) in anchors.iter().enumerate() {
            pool.add(der, Some(index), &format!("trusted certificate {}", index + 1), &mut seen);
        }
        let mut taken = 0;
        for (index, der) in helpers.iter().enumerate() {
            if taken == MAX_HELPERS {
                let line =
                    format!("only {MAX_HELPERS} certificates of the bundle beside the first are looked at");
                pool.notes.push(line.into());
                break;
            }
            taken += usize::from(!seen.contains(&der));
            pool.add(der, None, &format!("certificate {} of the bundle", index + 2), &mut seen);
        }
        Ok(pool)
    }

    fn add<'d>(&mut self, der: &'d Vec<u8>, anchor: Option<usize>, place: &str, seen: &mut Vec<&'d Vec<u8>>) {
        if seen.contains(&der) {
            return;
        }
        seen.push(der);
        match Member::new(der, anchor) {
            Ok(member) => self.members.push(member),
            Err(why) => self.notes.push(format!("{place} was left out: {why}").into()),
        }
    }

    pub fn path(&self, path: &[usize]) -> Vec<&Member> {
        path.iter().filter_map(|index| self.members.get(*index)).collect()
    }

    /// Breadth first. Only steps whose signature holds are taken, each is verified once, and nothing is
    /// taken twice in one path.
    pub fn search(&self) -> Search {
        let mut search = Search { paths: Vec::new(), obstacles: Vec::new() };
        let mut queue: VecDeque<Vec<usize>> = VecDeque::from([vec![0]]);
        for _ in 0..MAX_STEPS {
            let Some(path) = queue.pop_front() else { return search };
            let Some((top, member)) = path.last().and_then(|top| Some((*top, self.members.get(*top)?)))
            else {
                continue;
            };
            if member.is_self_signed() {
                match member.anchor {
                    Some(_) => search.paths.push(path),
                    None => search.obstacles.push(self.end(&path, Obstacle::UntrustedRoot { top })),
                }
                if search.paths.len() == MAX_PATHS {
                    return search;
                }
                continue;
            }
            let steps = self.steps(top, member, &path, &mut search.obstacles);
            if path.len() == MAX_PATH && !steps.is_empty() {
                search.obstacles.push(Obstacle::TooMany);
                continue;
            }
            for next in steps {
                let mut longer = path.clone();
                longer.push(next);
                queue.push_back(longer);
            }
        }
        if !queue.is_empty() {
            search.obstacles.push(Obstacle::TooMany);
        }
        search
    }

    fn steps(
        &self,
        child: usize,
        member: &Member,
        path: &[usize],
        obstacles: &mut Vec<Obstacle>,
    ) -> Vec<usize> {
        let mut steps = Vec::new();
        let before = obstacles.len();
        for (issuer, above) in self.members.iter().enumerate() {
            if !member.names_as_issuer(above) || path.contains(&issuer) {
                continue;
            }
            if member.contradicts(above) {
                obstacles.push(Obstacle::OtherKey { child, issuer });
                continue;
            }
            match member.is_signed_by(above, &self.signatures) {
                Verdict::Holds => steps.push(issuer),
                Verdict::DoesNotHold => obstacles.push(Obstacle::NotSigned { child, issuer }),
                Verdict::Refused(why) => obstacles.push(Obstacle::Refused { child, issuer, why }),
                Verdict::TooMany => obstacles.push(Obstacle::TooMany),
            }
        }
        if steps.is_empty() && obstacles.len() == before {
            obstacles.push(self.end(path, Obstacle::NoIssuer { child }));
        }
        steps
    }

    /// A path that does not end in a trusted root may still have passed a trusted certificate.
    fn end(&self, path: &[usize], end: Obstacle) -> Obstacle {
        let is_trusted = |index: &&usize| self.members.get(**index).is_some_and(|m| m.anchor.is_some());
        path.iter().rev().find(is_trusted).map_or(end, |top| Obstacle::Partial { top: *top })
    }
}

impl Obstacle {
    /// The lowest tells most.
    pub fn rank(&self) -> u8 {
        match self {
            Obstacle::Refused { .. } => 0,
            Obstacle::NotSigned { .. } => 1,
            Obstacle::Partial { .. } => 2,
            Obstacle::OtherKey { .. } => 3,
            Obstacle::TooMany => 4,
            Obstacle::UntrustedRoot { .. } => 5,
            Obstacle::NoIssuer { .. } => 6,
        }
    }

    pub fn check(&self, pool: &Pool) -> Check {
        const TRUST: &str = "Trust the authority only if you have its certificate from a source of your own; otherwise refuse the model";
        let name =
            |index: &usize| pool.members.get(*index).map(|m| name_of(&m.certificate)).unwrap_or_default();
        let issuer_of =
            |index: &usize| pool.members.get(*index).map(|m| issuer(&m.certificate)).unwrap_or_default();
        let serial_only = |index: &usize| match index {
            0 => "signing certificate",
            _ => "intermediate certificate",
        };
        match self {
            Obstacle::Refused { child, issuer, why: Weakness::Algorithm(oid) } => fault(
                "CHAIN-ALGORITHM",
                format!("The {} is signed with an algorithm that is refused", serial_only(child)),
            )
            .expected("RSA (PKCS #1 v1.5, 2048 to 8192 bits) or ECDSA, with SHA-256, SHA-384 or SHA-512")
            .found(format!("{}: {}", name(child), algorithm_name(*oid)))
            .evidence("signatureAlgorithm")
            .detail(format!("issued by {}", name(issuer)))
            .remedy("Have the certificates issued again with a current algorithm, and the model signed again"),
            Obstacle::Refused { child, issuer, why: Weakness::Key(what) } => {
                weak_key(&name(issuer), what).detail(format!("it issued {}", name(child)))
            }
            Obstacle::NotSigned { child, issuer } => fault(
                "CHAIN-SIGNATURE",
                format!("The {} was not signed by the authority that it names", serial_only(child)),
            )
            .expected(format!("a signature by the key of {}", name(issuer)))
            .found(name(child))
            .evidence("signatureValue")
            .remedy("Treat the signature as forged until its publisher explains it"),
            Obstacle::Partial { top } => fault(
                "CHAIN-PARTIAL",
                "The certificates lead to a trusted intermediate certificate, and its root is not trusted",
            )
            .expected(format!("the root {} among the trusted certificates, too", issuer_of(top).raw()))
            .found(format!("{}, which is not self-signed", name(top)))
            .remedy("Name the root's certificate beside the intermediate one, if you have it from a source of your own"),
            Obstacle::OtherKey { child, issuer } => fault(
                "CHAIN-UNTRUSTED",
                "The signing certificate does not lead to an authority that is trusted",
            )
            .expected(format!("issued with the key of {}", name(issuer)))
            .found(format!("{} names another key of an authority of that name", name(child)))
            .evidence("authorityKeyIdentifier")
            .remedy(TRUST),
            Obstacle::TooMany => fault("CHAIN-LIMIT", "The certificates form more or longer paths than can be followed")
                .expected(format!(
                    "at most {MAX_PATH} certificates in a path, {MAX_SIGNATURES} signatures and {MAX_STEPS} steps"
                ))
                .found(name(&0))
                .remedy("Have the model signed again with only the certificates that lead to the root"),
            Obstacle::UntrustedRoot { top: end } | Obstacle::NoIssuer { child: end } => {
                let found = match self {
                    Obstacle::UntrustedRoot { .. } => format!("{}, which signed itself", name(end)),
                    _ => format!(
                        "{}, issued by {}, whose certificate is neither in the bundle nor trusted",
                        name(end),
                        issuer_of(end).raw()
                    ),
                };
                fault("CHAIN-UNTRUSTED", "The signing certificate does not lead to an authority that is trusted")
                    .expected(format!("issued under {}", pool.authorities()))
                    .found(found)
                    .remedy(TRUST)
            }
        }
    }
}

impl Pool {
    fn authorities(&self) -> String {
        const SHOWN: usize = 5;
        let anchors: Vec<String> = self
            .members
            .iter()
            .filter(|member| member.anchor.is_some())
            .map(|member| subject(&member.certificate).raw().to_owned())
            .collect();
        let shown = anchors.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(" or ");
        match anchors.len().saturating_sub(SHOWN) {
            0 => shown,
            more => format!("{shown} and {more} more"),
        }
    }
}
