//! Whether an entry affects a version. What cannot be told is unclear, and never clean.

use super::item::{Affects, Event, Range};
use super::version::compare;
use std::cmp::Ordering;

/// What an entry says of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    Affected,
    Unclear,
    Spared,
}

/// What it says of a version; none where nobody knows the version.
pub(super) fn of_version(affects: &Affects, version: Option<&str>) -> Says {
    let Some(version) = version else {
        let is_all =
            affects.ranges.iter().any(Range::is_everything) || affects.others && affects.spared.is_empty();
        return if is_all { Says::Affected } else { Says::Unclear };
    };
    if affects.versions.iter().any(|known| known.raw() == version) {
        return Says::Affected;
    }
    let within = |ranges: &[Range]| worst(ranges.iter().map(|range| range.says(version)));
    let (affected, spared) = (within(&affects.ranges), within(&affects.spared));
    match (affected, spared) {
        (Says::Affected, _) => Says::Affected,
        (_, Says::Affected) => Says::Spared,
        (Says::Unclear, _) | (_, Says::Unclear) => Says::Unclear,
        (Says::Spared, Says::Spared) if affects.others => Says::Affected,
        (Says::Spared, Says::Spared) if affects.says_no_version() => Says::Unclear,
        (Says::Spared, Says::Spared) => Says::Spared,
    }
}

fn worst(all: impl Iterator<Item = Says>) -> Says {
    all.fold(Says::Spared, |worst, one| match (worst, one) {
        (Says::Affected, _) | (_, Says::Affected) => Says::Affected,
        (Says::Unclear, _) | (_, Says::Unclear) => Says::Unclear,
        (Says::Spared, Says::Spared) => Says::Spared,
    })
}

impl Affects {
    fn says_no_version(&self) -> bool {
        self.versions.is_empty() && self.ranges.is_empty()
    }
}

impl Event {
    /// The order of events at one version, whichever is written first: a range that ends before it, one that begins with
    /// it, one that ends after it.
    fn rank(&self) -> u8 {
        match self {
            Event::Fixed(_) => 0,
            Event::Introduced(_) => 1,
            Event::LastAffected(_) => 2,
        }
    }
}

impl Range {
    /// From before all versions on, without an end.
    fn is_everything(&self) -> bool {
        matches!(self.events.as_slice(), [Event::Introduced(from)] if from.raw() == "0")
    }

    /// The state after the last event at or before the version.
    fn says(&self, version: &str) -> Says {
        let mut last: Option<(&Event, bool)> = None;
        for event in &self.events {
            let Some(by) = self.order(event.version().raw(), version) else { return Says::Unclear };
            let (is_past, opens) = match event {
                Event::Introduced(_) => (by.is_le(), true),
                Event::Fixed(_) => (by.is_le(), false),
                Event::LastAffected(_) => (by.is_lt(), false),
            };
            if !is_past {
                continue;
            }
            let is_later = match last {
                None => true,
                Some((known, _)) => match self.order(known.version().raw(), event.version().raw()) {
                    None => return Says::Unclear,
                    Some(Ordering::Equal) => known.rank() < event.rank(),
                    Some(by) => by.is_lt(),
                },
            };
            if is_later {
                last = Some((event, opens));
            }
        }
        if last.is_some_and(|(_, opens)| opens) { Says::Affected } else { Says::Spared }
    }

    fn order(&self, one: &str, other: &str) -> Option<Ordering> {
        match (one, other) {
            ("0", "0") => Some(Ordering::Equal),
            ("0", _) => Some(Ordering::Less),
            (_, "0") => Some(Ordering::Greater),
            _ => compare(self.scheme, one, other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::item::Scheme;
    use super::*;

    fn range(scheme: Scheme, events: &[(&str, &str)]) -> Range {
        let event = |(kind, version): &(&str, &str)| match *kind {
            "from" => Event::Introduced((*version).into()),
            "before" => Event::Fixed((*version).into()),
            _ => Event::LastAffected((*version).into()),
        };
        Range { scheme, events: events.iter().map(event).collect() }
    }

    #[test]
    fn a_version_is_affected_spared_or_unclear() {
        use Says::{Affected, Spared, Unclear};
        let two =
            range(Scheme::Semver, &[("before", "1.5.0"), ("from", "0"), ("from", "2.0.0"), ("to", "2.3.0")]);
        for (version, says) in [
            ("0.1.0", Affected),
            ("1.4.9", Affected),
            ("1.5.0", Spared),
            ("1.9.0", Spared),
            ("2.0.0", Affected),
            ("2.3.0", Affected),
            ("2.3.1", Spared),
            ("main", Unclear),
        ] {
            let affects = Affects { ranges: vec![two.clone()], ..Affects::default() };
            assert_eq!(of_version(&affects, Some(version)), says, "{version}");
        }
        let one = range(Scheme::Semver, &[("to", "2.0.0"), ("from", "2.0.0")]);
        let one = Affects { ranges: vec![one], ..Affects::default() };
        let at = |version| of_version(&one, Some(version));
        assert_eq!((at("1.9.9"), at("2.0.0"), at("2.0.1")), (Spared, Affected, Spared));
        let listed = Affects { versions: vec!["main".into()], ranges: vec![two], ..Affects::default() };
        assert_eq!(of_version(&listed, Some("main")), Affected);
        assert_eq!(of_version(&listed, None), Unclear);
        let all = Affects { ranges: vec![range(Scheme::Git, &[("from", "0")])], ..Affects::default() };
        assert_eq!((of_version(&all, Some("abc")), of_version(&all, None)), (Affected, Affected));
        let from = Affects { ranges: vec![range(Scheme::Git, &[("from", "abc")])], ..Affects::default() };
        assert_eq!(of_version(&from, Some("abd")), Unclear);
        // All but what is spared.
        let spared = vec![range(Scheme::Semver, &[("from", "3.0.0")])];
        let others = Affects { others: true, spared, ..Affects::default() };
        assert_eq!(of_version(&others, Some("2.0.0")), Affected);
        assert_eq!(of_version(&others, Some("3.0.0")), Spared);
        assert_eq!(of_version(&others, Some("main")), Unclear);
        assert_eq!(of_version(&others, None), Unclear);
        // An entry that says nothing of versions says nothing of this one.
        assert_eq!(of_version(&Affects::default(), Some("1.0.0")), Unclear);
        let one = Affects { versions: vec!["1.0.0".into()], ..Affects::default() };
        assert_eq!(of_version(&one, Some("2.0.0")), Spared);
    }
}
