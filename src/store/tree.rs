//! A tree of hashes over the records of a ledger, as RFC 6962 (2.1) defines it: its root stands for all of them, and a
//! few hashes beside the way up show that one record is among them. Hashes come one by one; only as many are held as
//! the tree is high. It knows no ledger.
//!
//! The chain of hashes could show the same. But each of its links needs the whole content of a record: a proof would
//! grow with the ledger, and give away what it holds of other models. Here it has one hash a level.

use aws_lc_rs::digest::{Context, SHA256};
use std::ops::Range;

use super::evidence::EvidenceDigest;

/// Before a record's hash, and before two nodes: neither can be taken for the other.
const LEAF: u8 = 0;
const NODE: u8 = 1;

/// A tree that grows by one record at a time.
#[derive(Debug, Clone, Default)]
pub struct HashTree {
    /// The whole trees that it consists of so far, by their heights, the highest first.
    whole: Vec<(u32, EvidenceDigest)>,
}

impl HashTree {
    /// Adds the hash of the next record.
    pub fn add(&mut self, record: EvidenceDigest) {
        let (mut height, mut hash) = (0, sum(&[&[LEAF], &record.0]));
        while let Some((_, left)) = self.whole.pop_if(|(of, _)| *of == height) {
            (height, hash) = (height + 1, node(left, hash));
        }
        self.whole.push((height, hash));
    }

    /// The hash that stands for all records so far; none when there are none.
    pub fn root(&self) -> Option<EvidenceDigest> {
        let mut hashes = self.whole.iter().rev().map(|(_, hash)| *hash);
        let last = hashes.next()?;
        Some(hashes.fold(last, |right, left| node(left, right)))
    }
}

/// The records whose hashes stand beside the way from a record to the root, from below: ranges of indices from 0.
pub fn beside(record: u64, records: u64) -> Vec<Range<u64>> {
    let (mut from, mut to, mut found) = (0, records, Vec::new());
    while to - from > 1 && record < records {
        let half = from + below(to - from);
        if record < half {
            found.push(half..to);
            to = half;
        } else {
            found.push(from..half);
            from = half;
        }
    }
    found.reverse();
    found
}

/// The root to which the way from a record leads; none when the tree has no such way.
pub fn root_from(
    hash: EvidenceDigest,
    record: u64,
    records: u64,
    path: &[EvidenceDigest],
) -> Option<EvidenceDigest> {
    let ranges = beside(record, records);
    if record >= records || ranges.len() != path.len() {
        return None;
    }
    let up =
        |below: EvidenceDigest, (range, other): (&Range<u64>, &EvidenceDigest)| match range.start > record {
            true => node(below, *other),
            false => node(*other, below),
        };
    Some(ranges.iter().zip(path).fold(sum(&[&[LEAF], &hash.0]), up))
}

/// The largest power of two below a number above 1.
fn below(number: u64) -> u64 {
    1 << (number - 1).ilog2()
}

fn node(left: EvidenceDigest, right: EvidenceDigest) -> EvidenceDigest {
    sum(&[&[NODE], &left.0, &right.0])
}

fn sum(parts: &[&[u8]]) -> EvidenceDigest {
    let mut context = Context::new(&SHA256);
    parts.iter().for_each(|part| context.update(part));
    let mut sum = [0; 32];
    sum.copy_from_slice(context.finish().as_ref());
    EvidenceDigest(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(number: u64) -> EvidenceDigest {
        sum(&[&number.to_be_bytes()])
    }

    /// As the RFC writes it down.
    fn by_the_book(leaves: &[EvidenceDigest]) -> EvidenceDigest {
        match leaves {
            [one] => sum(&[&[LEAF], &one.0]),
            many => {
                let half = usize::try_from(below(many.len() as u64)).unwrap();
                node(by_the_book(&many[..half]), by_the_book(&many[half..]))
            }
        }
    }

    #[test]
    fn roots_and_ways_are_those_of_the_rfc_at_every_size() {
        assert_eq!(HashTree::default().root(), None);
        for records in 1..70_u64 {
            let leaves: Vec<EvidenceDigest> = (0..records).map(leaf).collect();
            let mut tree = HashTree::default();
            leaves.iter().for_each(|leaf| tree.add(*leaf));
            let root = by_the_book(&leaves);
            assert_eq!(tree.root(), Some(root), "{records}");
            for record in 0..records {
                let at = |index: u64| usize::try_from(index).unwrap();
                let ranges = beside(record, records);
                let path: Vec<EvidenceDigest> =
                    ranges.iter().map(|range| by_the_book(&leaves[at(range.start)..at(range.end)])).collect();
                assert_eq!(root_from(leaves[at(record)], record, records, &path), Some(root));
                // At another place or with another length it leads elsewhere, or nowhere.
                for place in [record + 1, records] {
                    assert_ne!(root_from(leaves[at(record)], place, records, &path), Some(root));
                }
                assert_eq!(
                    root_from(leaves[at(record)], record, records, &[&path[..], &[root]].concat()),
                    None
                );
            }
        }
        // An independent value: two hashes of 32 zero bytes, as Python's `hashlib` sums them up.
        let mut tree = HashTree::default();
        tree.add(EvidenceDigest([0; 32]));
        tree.add(EvidenceDigest([0; 32]));
        assert_eq!(
            tree.root().unwrap().to_string(),
            "a4b8c7873a49d5d53af0b2a0202486483020d95935d763edc4ef2f602200d8de"
        );
        assert!(beside(0, u64::MAX).len() == 64 && beside(5, 5).is_empty() && beside(0, 0).is_empty());
    }
}
