//! Chains of certificates before they are issued: drawn from a seed, to be spoilt in one way or another.

use crate::pki::*;
use der::oid::AssociatedOid;
use std::collections::BTreeSet;
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, SubjectKeyIdentifier};

pub struct Random(pub u64);

impl Random {
    /// SplitMix64.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}

/// Keys by kind; which one is whose is drawn.
pub struct Keys(pub Vec<Key>);

impl Keys {
    pub fn new() -> Self {
        let kinds = [
            (Kind::P256, 8),
            (Kind::P384, 4),
            (Kind::P521, 3),
            (Kind::Rsa, 3),
            (Kind::Secp256k1, 1),
            (Kind::Ed25519, 1),
        ];
        Keys(kinds.into_iter().flat_map(|(kind, count)| (0..count).map(move |_| Key::new(kind))).collect())
    }

    pub fn of(&self, kind: Kind) -> usize {
        self.0.iter().position(|key| key.kind == kind).unwrap()
    }
}

#[derive(Clone)]
pub struct Level {
    pub spec: Spec,
    pub key: usize,
    pub signer: usize,
}

/// A chain that is not issued yet.
pub struct Draft<'k> {
    pub keys: &'k Keys,
    /// Leaf first, root last.
    pub levels: Vec<Level>,
    /// Further certificates of the bundle, before and after those of the chain.
    pub before: Vec<Level>,
    pub after: Vec<Level>,
    /// Levels that the bundle leaves out.
    pub without: BTreeSet<usize>,
    /// Levels that are trusted, and others.
    pub trusted: BTreeSet<usize>,
    pub also_trusted: Vec<Level>,
    pub shuffled: bool,
    pub doubled: bool,
    pub unused: Vec<usize>,
}

impl<'k> Draft<'k> {
    pub fn new(keys: &'k Keys, depth: usize, random: &mut Random) -> Self {
        let mut unused: Vec<usize> = (0..keys.0.len())
            .filter(|index| !matches!(keys.0[*index].kind, Kind::Secp256k1 | Kind::Ed25519))
            .collect();
        for index in (1..unused.len()).rev() {
            unused.swap(index, random.below(index + 1));
        }
        let identified = random.below(3) > 0;
        let subjects: Vec<String> = (0..depth + 2)
            .map(|level| match level {
                0 => "CN=signer,O=acme".to_owned(),
                level if level == depth + 1 => "CN=root,O=authority".to_owned(),
                level => format!("CN=issuing {level},O=authority"),
            })
            .collect();
        let drawn: Vec<usize> = (0..depth + 2).map(|_| unused.pop().unwrap()).collect();
        let levels = (0..depth + 2)
            .map(|level| {
                let above = (level + 1).min(depth + 1);
                let make = if level == 0 { Spec::leaf } else { Spec::ca };
                let mut spec = make(&subjects[level], &subjects[above]);
                if identified {
                    spec.set(key_id(&keys.0[drawn[level]].id()));
                    spec.set(issuer_key(&keys.0[drawn[above]].id()));
                }
                Level { spec, key: drawn[level], signer: drawn[above] }
            })
            .collect();
        Draft {
            keys,
            levels,
            before: Vec::new(),
            after: Vec::new(),
            without: BTreeSet::from([depth + 1]),
            trusted: BTreeSet::from([depth + 1]),
            also_trusted: Vec::new(),
            shuffled: false,
            doubled: false,
            unused,
        }
    }

    pub fn root(&self) -> usize {
        self.levels.len() - 1
    }

    pub fn spec(&mut self, level: usize) -> &mut Spec {
        &mut self.levels[level].spec
    }

    pub fn leaf(&mut self) -> &mut Spec {
        self.spec(0)
    }

    pub fn top(&mut self) -> &mut Spec {
        let root = self.root();
        self.spec(root)
    }

    pub fn key(&self, index: usize) -> &'k Key {
        &self.keys.0[index]
    }

    /// A self-signed authority that nobody asked for.
    pub fn stranger(&mut self, subject: &str) -> Level {
        let key = self.unused.pop().unwrap();
        Level { spec: Spec::ca(subject, subject), key, signer: key }
    }

    /// Gives a level and what it signed another key.
    pub fn rekey(&mut self, level: usize, kind: Kind) {
        let key = self.keys.of(kind);
        for spec in self.levels.iter_mut().map(|level| &mut level.spec) {
            spec.remove(SubjectKeyIdentifier::OID);
            spec.remove(AuthorityKeyIdentifier::OID);
        }
        self.levels[level].key = key;
        if level == self.root() {
            self.levels[level].signer = key;
        }
        self.levels[level - 1].signer = key;
    }

    pub fn der(&self, level: &Level) -> Vec<u8> {
        level.spec.issue(self.key(level.key), self.key(level.signer))
    }

    pub fn issue(&self, random: &mut Random) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
        let own: Vec<Vec<u8>> = self.levels.iter().map(|level| self.der(level)).collect();
        let mut helpers: Vec<Vec<u8>> = self.before.iter().map(|level| self.der(level)).collect();
        helpers.extend((1..own.len()).filter(|i| !self.without.contains(i)).map(|i| own[i].clone()));
        helpers.extend(self.after.iter().map(|level| self.der(level)));
        if self.doubled {
            helpers.extend(helpers.clone());
            helpers.push(own[0].clone());
        }
        if self.shuffled {
            for index in (1..helpers.len()).rev() {
                helpers.swap(index, random.below(index + 1));
            }
        }
        let mut anchors: Vec<Vec<u8>> = self.also_trusted.iter().map(|level| self.der(level)).collect();
        anchors.extend(self.trusted.iter().map(|index| own[*index].clone()));
        helpers.insert(0, own[0].clone());
        (helpers, anchors)
    }
}
