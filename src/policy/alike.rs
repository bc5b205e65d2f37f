//! Names that can be taken for others: that look like a publisher or model of the policy, or like another model of the
//! inventory, and names whose letters do not belong together. It marks and decides nothing.

use super::document::Policy;
use super::text_pattern::TextPattern;
use crate::inventory::{ModelId, folded, letters};
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

/// What is odd about how a name looks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NameMark {
    /// The name that it can be taken for; none where only its own letters are odd.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub looks_like: Option<Untrusted>,
    /// Scripts of its letters besides Latin, by their English names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scripts: Vec<&'static str>,
    /// Whether a word of it mixes scripts that no language writes together.
    pub mixed_scripts: bool,
    /// Whether letters of it are plain ones in another dress, such as fullwidth ones.
    pub styled_letters: bool,
    /// Whether it was written with characters that nobody sees.
    pub hidden_characters: bool,
    /// How it was written, where that is not to be seen by the id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub written: Option<Untrusted>,
}

/// The marks of all models of an inventory, by their indices.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameMarks(BTreeMap<usize, NameMark>);

/// How the names of a policy look.
#[derive(Default)]
struct Known<'p> {
    /// Owners, in the form of ids.
    owners: HashSet<Cow<'p, str>>,
    owners_by_look: HashMap<String, &'p str>,
    /// Whole names.
    names: HashSet<&'p str>,
    names_by_look: HashMap<String, &'p str>,
}

impl NameMarks {
    /// Of models by their ids and the names under which they were first written, in the order of their ids.
    pub fn of<'m>(
        policy: &Policy,
        models: impl Iterator<Item = (&'m ModelId, &'m Untrusted)> + Clone,
    ) -> Self {
        let known = Known::of(policy);
        // Only a name with other letters than ASCII has to be compared with all the others.
        let looks = match models.clone().all(|(id, _)| id.raw().is_ascii()) {
            true => HashMap::new(),
            false => plainest(models.clone().map(|(id, _)| id.raw())),
        };
        let mut owners = HashMap::new();
        let marks = models.enumerate().filter_map(|(index, (id, name))| {
            Some((index, known.mark(id.raw(), name.raw(), &looks, &mut owners)?))
        });
        NameMarks(marks.collect())
    }

    /// The mark of the model of an index; none for an ordinary name.
    pub fn get(&self, index: usize) -> Option<&NameMark> {
        self.0.get(&index)
    }
}

/// The publisher of a policy, or the owner of its models, that a name can be taken for without being it: `acme` for `асме`.
pub fn publisher_like<'p>(policy: &'p Policy, name: &str) -> Option<&'p str> {
    let known = Known::of(policy);
    let is_known = known.owners.contains(&folded(name));
    known.owners_by_look.get(&letters::look(name)).filter(|_| !is_known).copied()
}

/// The signer that a policy names exactly and that another one can be taken for.
pub fn identity_like<'p>(policy: &'p Policy, subject: &str) -> Option<&'p str> {
    let look = letters::look(subject);
    let named = policy.publishers.iter().flat_map(|publisher| &publisher.identities);
    let exact = named.filter_map(|identity| match &identity.subject {
        TextPattern::Exact(exact) => Some(exact.as_str()),
        TextPattern::Regex(_) => None,
    });
    let exact: Vec<&str> = exact.collect();
    let is_named = exact.contains(&subject);
    exact.into_iter().find(|other| !is_named && letters::look(other) == look)
}

/// Of the names that look the same the one that is most likely meant: of the fewest letters beyond ASCII.
fn plainest<'m>(ids: impl Iterator<Item = &'m str>) -> HashMap<String, &'m str> {
    let mut looks: HashMap<String, &'m str> = HashMap::new();
    let others = |id: &str| id.chars().filter(|c| !c.is_ascii()).count();
    for id in ids {
        let plain = looks.entry(letters::look(id)).or_insert(id);
        if others(id) < others(plain) {
            *plain = id;
        }
    }
    looks
}

impl<'p> Known<'p> {
    fn of(policy: &'p Policy) -> Self {
        let mut known = Known::default();
        for publisher in &policy.publishers {
            for pattern in &publisher.models {
                let literal = pattern.as_str().split('*').next().unwrap_or_default();
                if let Some((owner, _)) = literal.split_once('/') {
                    known.owner(owner);
                }
                if literal.len() == pattern.as_str().len() {
                    known.names.insert(literal);
                    known.names_by_look.entry(letters::look(literal)).or_insert(literal);
                }
            }
            known.owner(&publisher.id);
        }
        known
    }

    fn owner(&mut self, owner: &'p str) {
        if !owner.is_empty() && self.owners.insert(folded(owner)) {
            self.owners_by_look.entry(letters::look(owner)).or_insert(owner);
        }
    }

    fn mark<'m>(
        &self,
        id: &'m str,
        written: &str,
        looks: &HashMap<String, &'m str>,
        owners: &mut HashMap<&'m str, Option<&'p str>>,
    ) -> Option<NameMark> {
        let (owner, rest) = id.split_once('/').map_or((id, None), |(owner, rest)| (owner, Some(rest)));
        let like_owner = *owners.entry(owner).or_insert_with(|| {
            let is_known = self.owners.contains(owner);
            self.owners_by_look.get(&letters::look(owner)).filter(|_| !is_known).copied()
        });
        let is_compared = !looks.is_empty() || !self.names_by_look.is_empty();
        let look = if is_compared { letters::look(id) } else { Default::default() };
        let other = |other: &&str| *other != id;
        let is_listed = self.names.contains(id);
        let of_policy = self.names_by_look.get(&look).copied().filter(other).filter(|_| !is_listed);
        // Within ASCII, names that look alike are mostly versions of each other.
        let of_inventory = looks.get(&look).copied().filter(other).filter(|_| !id.is_ascii());
        let is_governed = |name: &&str| self.owners.contains(name.split('/').next().unwrap_or_default());
        let by_owner = || {
            let like = like_owner?;
            Some(rest.map_or_else(|| like.to_owned(), |rest| format!("{like}/{rest}")))
        };
        let looks_like = of_policy
            .or_else(|| of_inventory.filter(is_governed))
            .map(str::to_owned)
            .or_else(by_owner)
            .or_else(|| of_inventory.map(str::to_owned));
        let hidden_characters = letters::hides(written);
        if looks_like.is_none() && id.is_ascii() && !hidden_characters {
            return None;
        }
        // What the policy itself writes so is meant so.
        let own = match rest {
            Some(rest) if self.owners.contains(owner) => rest,
            _ => id,
        };
        let mark = NameMark {
            looks_like: looks_like.map(Untrusted::new),
            scripts: letters::scripts(id),
            mixed_scripts: letters::is_mixed(own),
            styled_letters: letters::is_styled(own),
            hidden_characters,
            written: hidden_characters.then(|| Untrusted::new(written)),
        };
        let is_odd =
            mark.looks_like.is_some() || mark.mixed_scripts || mark.styled_letters || mark.hidden_characters;
        is_odd.then_some(mark)
    }
}
