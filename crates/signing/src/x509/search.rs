//! Which paths could lead from the signing certificate to a trusted root: by names, key identifiers and
//! signatures that hold. Helpers are the attacker's, so everything here is bounded. Whether a path also keeps
//! the rules is judged elsewhere.

use crate::check::codes::CheckCode;
use crate::check::step::Check;
use crate::check::why::chain::{
    self, Authorities, CertificateFault, CertificateName, ChainWhy, LeftOut, Role,
};
use crate::text::Untrusted;
use der::asn1::AnyRef;
use der::referenced::OwnedToRef;
use der::{Decode, Reader, SliceReader};
use pkix_path::names_match;
use std::collections::VecDeque;
use x509_cert::Certificate;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, SubjectKeyIdentifier};

use super::algorithms::{Refused, may_sign_itself};
use super::certificate::{issuer, name_of, read, subject};
use super::judgement::fault;
use super::limits::limits;
use super::signatures::{MAX_SIGNATURES, Signatures, Verdict, Weakness};
use super::written;

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
    fn new(der: &[u8], anchor: Option<usize>) -> Result<Self, CertificateFault> {
        let certificate = read(der)?;
        limits(&certificate)?;
        let tbs = &certificate.tbs_certificate;
        let damaged = |_| CertificateFault::KeyIdentifiers;
        let key_id = tbs.get::<SubjectKeyIdentifier>().map_err(damaged)?.map(|(_, id)| id.0.into_bytes());
        let issuer_key =
            tbs.get::<AuthorityKeyIdentifier>().map_err(damaged)?.map(|(_, id)| id).unwrap_or_default();
        // As it came: what is written anew may differ from what was signed (`critical FALSE`, spelled out).
        let signed = AnyRef::from_der(der)
            .and_then(|outer| SliceReader::new(outer.value())?.tlv_bytes().map(<[u8]>::to_vec))
            .map_err(|_| CertificateFault::SignedPart)?;
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
            || named.is_some_and(|name| !names_match(&written::plain_name(name), &theirs.issuer))
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
    pub(super) fn is_self_signed(&self) -> bool {
        let key = self.certificate.tbs_certificate.subject_public_key_info.algorithm.oid;
        let signature = self.certificate.signature_algorithm.oid;
        self.names_as_issuer(self) && !self.contradicts(self) && may_sign_itself(key, signature)
    }
}

/// Everything that a path may be made of: the leaf, then anchors, then helpers.
pub(crate) struct Pool {
    members: Vec<Member>,
    /// What was left out, and why.
    left_out: Vec<LeftOut>,
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
            return Err(fault(CheckCode::ChainInvalid, ChainWhy::NoCertificate).into());
        };
        let leaf = Member::new(leaf_der, anchors.iter().position(|anchor| anchor == leaf_der));
        let leaf = leaf.map_err(|why| fault(CheckCode::ChainInvalid, ChainWhy::Unusable { fault: why }))?;
        let mut pool = Pool { members: vec![leaf], left_out: Vec::new(), signatures: Signatures::default() };
        let mut seen: Vec<&Vec<u8>> = vec![leaf_der];
        for (index, der) in anchors.iter().enumerate() {
            let left_out = |fault| LeftOut::Trusted { number: index + 1, fault };
            pool.add(der, Some(index), left_out, &mut seen);
        }
        let mut taken = 0;
        for (index, der) in helpers.iter().enumerate() {
            if taken == MAX_HELPERS {
                pool.left_out.push(LeftOut::More { most: MAX_HELPERS });
                break;
            }
            taken += usize::from(!seen.contains(&der));
            pool.add(der, None, |fault| LeftOut::Bundle { number: index + 2, fault }, &mut seen);
        }
        Ok(pool)
    }

    fn add<'d>(
        &mut self,
        der: &'d Vec<u8>,
        anchor: Option<usize>,
        left_out: impl FnOnce(CertificateFault) -> LeftOut,
        seen: &mut Vec<&'d Vec<u8>>,
    ) {
        if seen.contains(&der) {
            return;
        }
        seen.push(der);
        match Member::new(der, anchor) {
            Ok(member) => self.members.push(member),
            Err(fault) => self.left_out.push(left_out(fault)),
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

    /// Every way from the leaf upwards, as far as it goes, whoever is trusted; and what stood in the way of others.
    pub fn ways_up(&self) -> (Vec<Vec<usize>>, Vec<Obstacle>) {
        let (mut ways, mut obstacles) = (Vec::new(), Vec::new());
        let mut queue: VecDeque<Vec<usize>> = VecDeque::from([vec![0]]);
        for _ in 0..MAX_STEPS {
            let Some(way) = queue.pop_front() else { break };
            let Some((top, member)) = way.last().and_then(|top| Some((*top, self.members.get(*top)?))) else {
                continue;
            };
            let is_end = member.is_self_signed() || way.len() == MAX_PATH;
            let steps = if is_end { Vec::new() } else { self.steps(top, member, &way, &mut obstacles) };
            if steps.is_empty() {
                ways.push(way);
                continue;
            }
            queue.extend(steps.into_iter().map(|next| way.iter().copied().chain([next]).collect()));
        }
        (ways, obstacles)
    }

    /// Whose certificates are in none of the ways, or cannot be used.
    pub fn beside(&self, ways: &[Vec<usize>]) -> Vec<Untrusted> {
        let beside = (0..self.members.len()).filter(|index| !ways.iter().flatten().any(|used| used == index));
        let mut named: Vec<Untrusted> =
            beside.filter_map(|index| Some(subject(&self.members.get(index)?.certificate))).collect();
        let numbers = self.left_out.iter().map(|left_out| match left_out {
            LeftOut::Bundle { number, .. } | LeftOut::Trusted { number, .. } => {
                format!("certificate {number}")
            }
            LeftOut::More { most } => format!("those after the first {most}"),
        });
        named.extend(numbers.map(Untrusted::new));
        named
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

    /// The check of CHAIN. None when it names no certificate of the pool.
    pub fn check(&self, pool: &Pool) -> Option<Check> {
        let name = |index: &usize| pool.name(*index);
        let role = |index: &usize| if *index == 0 { Role::Signer } else { Role::Intermediate };
        let (code, obstacle) = match self {
            Obstacle::Refused { child, issuer, why: Weakness::Algorithm(Refused { oid, hash }) } => (
                CheckCode::ChainAlgorithm,
                chain::Obstacle::Algorithm {
                    role: role(child),
                    certificate: name(child)?,
                    issuer: name(issuer)?,
                    oid: oid.to_string(),
                    hash: hash.map(|hash| hash.to_string()),
                },
            ),
            Obstacle::Refused { child, issuer, why: Weakness::Key(key) } => (
                CheckCode::ChainKey,
                chain::Obstacle::Key { issuer: name(issuer)?, key: key.clone(), issued: name(child)? },
            ),
            Obstacle::NotSigned { child, issuer } => (
                CheckCode::ChainSignature,
                chain::Obstacle::NotSigned {
                    role: role(child),
                    certificate: name(child)?,
                    issuer: name(issuer)?,
                },
            ),
            Obstacle::Partial { top } => (
                CheckCode::ChainPartial,
                chain::Obstacle::Partial {
                    top: name(top)?,
                    root: issuer(&pool.members.get(*top)?.certificate),
                },
            ),
            Obstacle::OtherKey { child, issuer } => (
                CheckCode::ChainUntrusted,
                chain::Obstacle::OtherKey { certificate: name(child)?, issuer: name(issuer)? },
            ),
            Obstacle::TooMany => (
                CheckCode::ChainLimit,
                chain::Obstacle::TooMany {
                    certificate: name(&0)?,
                    certificates: MAX_PATH,
                    signatures: MAX_SIGNATURES,
                    steps: MAX_STEPS,
                },
            ),
            Obstacle::UntrustedRoot { top } => (
                CheckCode::ChainUntrusted,
                chain::Obstacle::UntrustedRoot { top: name(top)?, trusted: pool.authorities() },
            ),
            Obstacle::NoIssuer { child } => (
                CheckCode::ChainUntrusted,
                chain::Obstacle::NoIssuer {
                    certificate: name(child)?,
                    issuer: issuer(&pool.members.get(*child)?.certificate),
                    trusted: pool.authorities(),
                },
            ),
        };
        Some(fault(code, ChainWhy::NoPath { obstacle, left_out: pool.left_out.clone() }))
    }
}

impl Pool {
    fn name(&self, index: usize) -> Option<CertificateName> {
        self.members.get(index).map(|member| name_of(&member.certificate))
    }

    fn authorities(&self) -> Authorities {
        const SHOWN: usize = 5;
        let anchors = self.members.iter().filter(|member| member.anchor.is_some());
        let more = anchors.clone().count().saturating_sub(SHOWN);
        Authorities { shown: anchors.take(SHOWN).map(|one| subject(&one.certificate)).collect(), more }
    }
}
