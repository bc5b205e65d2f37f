//! Which objects of a listing make up which models. Two passes over the same listing: the first learns which folders are
//! signed, the second gives the models as their folders end. No more is held than the folders that are open.
//!
//! A signed folder is a model with everything below it, as its signature takes it; one signed inside is a model as well.
//! An OCI image layout is a model with everything below it. A folder with weights that neither holds is a model without a
//! signature. A repository of a hub is one model. Anything else is no model.

use super::documents::{FleetItem, OddKey};
use crate::error::Result;
use crate::inventory::names_weights;
use crate::remote::{KeyFault, Object, Seen};
use crate::signing::sha256_hex;
use std::collections::HashSet;
use unicode_normalization::UnicodeNormalization;

/// The signature of a folder.
const SIGNATURE: &str = "model.sig";
/// What an OCI image layout has, both of them.
pub(super) const LAYOUT: [&str; 2] = ["index.json", "oci-layout"];
/// Objects of one model.
const MAX_OBJECTS: usize = 100_000;
/// Odd keys that are named.
const MAX_ODD: usize = 16;

/// Which folders are signed, and how much there is.
#[derive(Default)]
pub(super) struct Signed {
    /// Folders by a hash of their keys: a million of them take little.
    folders: HashSet<u64>,
    /// Folders that have each of the files of a layout.
    layouts: [HashSet<u64>; 2],
    /// Objects.
    pub(super) objects: u64,
    /// Bytes of them.
    pub(super) bytes: u64,
}

impl Signed {
    /// A folder is a model, signed or not.
    pub(super) fn is_one(&mut self, folder: &str) {
        self.folders.insert(hash(folder));
    }

    /// Learns of what was listed.
    pub(super) fn see(&mut self, seen: &Seen) {
        let (folder, name) = split(seen.key());
        for (part, folders) in LAYOUT.iter().zip(&mut self.layouts) {
            if name == *part {
                folders.insert(hash(folder));
            }
        }
        if let Seen::Object(object) = seen {
            self.objects += 1;
            self.bytes = self.bytes.saturating_add(object.size);
            if name == SIGNATURE {
                self.folders.insert(hash(folder));
            }
        }
    }

    fn has_layout(&self, folder: &str) -> bool {
        let folder = hash(folder);
        self.layouts.iter().all(|folders| folders.contains(&folder))
    }

    fn has(&self, folder: &str) -> bool {
        self.folders.contains(&hash(folder))
    }
}

/// The beginning of a digest: nobody gains by two folders that come to the same, but it should not happen.
fn hash(folder: &str) -> u64 {
    let digest = sha256_hex(folder.as_bytes());
    u64::from_str_radix(digest.get(..16).unwrap_or_default(), 16).unwrap_or(0)
}

/// What a model in a folder below its source is called: as its folder is. A snapshot in a hub's cache,
/// `…/models--OWNER--NAME/snapshots/COMMIT`, is called by its repository and commit, as the inventory calls those that are
/// not the main one: which one is, the folder does not say.
pub(super) fn called(place: &str) -> String {
    let parts: Vec<&str> = place.split('/').collect();
    let snapshot = parts.windows(3).enumerate().find_map(|(at, parts)| {
        let [repository, "snapshots", commit] = parts else { return None };
        let name = repository.strip_prefix("models--").filter(|name| !name.is_empty())?;
        let is_commit = commit.len() == 40 && commit.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let commit = commit.get(..12).filter(|_| is_commit)?;
        Some((at + 3, format!("{}@{commit}", name.replacen("--", "/", 1))))
    });
    match snapshot {
        Some((rest, name)) => {
            let below = parts.iter().skip(rest).copied();
            std::iter::once(name.as_str()).chain(below).collect::<Vec<_>>().join("/")
        }
        None => place.to_owned(),
    }
}

/// Where a hub's cache keeps empty files under the names of what is not there.
fn is_aside(folder: &str) -> bool {
    folder.split('/').any(|part| part == ".no_exist")
}

/// The folder of a key with its slash, and the name.
fn split(key: &str) -> (&str, &str) {
    key.rfind('/').map_or(("", key), |at| key.split_at(at + 1))
}

/// A folder whose objects are being listed.
struct Open {
    /// With a slash at its end; empty at the top.
    folder: String,
    /// Whether it is signed, or a layout that no model holds.
    is_model: bool,
    /// It or one above it is such a model.
    in_model: bool,
    has_weights: bool,
    objects: Vec<Object>,
    odd: Vec<OddKey>,
}

impl Open {
    fn new(folder: String, signed: &Signed, is_held: bool) -> Self {
        let is_model = signed.has(&folder) || (!is_held && signed.has_layout(&folder));
        let in_model = is_model || is_held;
        Open { folder, is_model, in_model, has_weights: false, objects: Vec::new(), odd: Vec::new() }
    }

    /// Gives back the key of what is too much.
    fn add(&mut self, object: Object) -> Option<String> {
        if self.objects.len() < MAX_OBJECTS {
            self.objects.push(object);
            return None;
        }
        if !self.odd.iter().any(|odd| odd.fault == KeyFault::TooMany) {
            self.odd.truncate(MAX_ODD - 1);
            self.put_odd(OddKey { key: self.folder.as_str().into(), fault: KeyFault::TooMany });
        }
        Some(object.key)
    }

    fn put_odd(&mut self, odd: OddKey) {
        if self.odd.len() < MAX_ODD {
            self.odd.push(odd);
        }
    }
}

/// What becomes of what was listed.
pub(super) enum Grouped {
    /// A model, whose folder has ended.
    Model(FleetItem),
    /// An object that belongs to none.
    Alone(String),
    /// Something without a clean key.
    Odd(OddKey),
}

/// The second pass over one source.
pub(super) struct Grouping<'s> {
    source: u32,
    signed: &'s Signed,
    open: Vec<Open>,
}

impl<'s> Grouping<'s> {
    pub(super) fn new(source: u32, signed: &'s Signed) -> Self {
        let top = Open::new(String::new(), signed, false);
        Grouping { source, signed, open: vec![top] }
    }

    /// Takes the next thing of the listing.
    pub(super) fn see(&mut self, seen: Seen, give: &mut dyn FnMut(Grouped) -> Result<()>) -> Result<()> {
        let key = seen.key().to_owned();
        let (folder, name) = split(&key);
        while self.open.len() > 1 && self.open.last().is_some_and(|open| !folder.starts_with(&open.folder)) {
            self.close(give)?;
        }
        let from = self.open.last().map_or(0, |open| open.folder.len());
        for (at, _) in folder.match_indices('/').filter(|(at, _)| *at >= from) {
            let folder = folder.get(..=at).unwrap_or_default().to_owned();
            let is_held = self.open.last().is_some_and(|open| open.in_model);
            self.open.push(Open::new(folder, self.signed, is_held));
        }
        let Some(open) = self.open.last_mut() else { return Ok(()) };
        match seen {
            Seen::Object(object) => {
                open.has_weights |= names_weights(name) && !is_aside(folder);
                if let Some(key) = open.add(object) {
                    give(Grouped::Alone(key))?;
                }
            }
            Seen::Odd { key, fault } => {
                let odd = OddKey { key: key.into(), fault };
                open.put_odd(odd.clone());
                give(Grouped::Odd(odd))?;
            }
        }
        Ok(())
    }

    /// After the last thing of the listing.
    pub(super) fn end(mut self, give: &mut dyn FnMut(Grouped) -> Result<()>) -> Result<()> {
        while !self.open.is_empty() {
            self.close(give)?;
        }
        Ok(())
    }

    fn close(&mut self, give: &mut dyn FnMut(Grouped) -> Result<()>) -> Result<()> {
        let Some(ended) = self.open.pop() else { return Ok(()) };
        let above = self.open.last_mut();
        let is_model = ended.is_model || (ended.has_weights && !ended.in_model);
        // What a model holds is its own, whatever else it is.
        let goes_up = above.as_ref().is_some_and(|above| above.in_model) || !is_model;
        match above {
            Some(above) if goes_up => {
                if is_model {
                    give(Grouped::Model(item(self.source, &ended)))?;
                }
                for object in ended.objects {
                    if let Some(key) = above.add(object) {
                        give(Grouped::Alone(key))?;
                    }
                }
                ended.odd.into_iter().for_each(|odd| above.put_odd(odd));
            }
            _ if is_model => give(Grouped::Model(item(self.source, &ended)))?,
            _ => {
                for object in ended.objects {
                    give(Grouped::Alone(object.key))?;
                }
            }
        }
        Ok(())
    }
}

fn item(source: u32, of: &Open) -> FleetItem {
    let mut objects = of.objects.clone();
    objects.sort_by(|one, other| one.key.cmp(&other.key));
    let mut odd = of.odd.clone();
    let mut names = HashSet::new();
    for object in &objects {
        let is_plain = object.key.is_ascii();
        let name: String = if is_plain { object.key.clone() } else { object.key.nfc().collect() };
        if !names.insert(name) && odd.len() < MAX_ODD {
            odd.push(OddKey { key: object.key.as_str().into(), fault: KeyFault::SameName });
        }
    }
    let place = of.folder.strip_suffix('/').unwrap_or(&of.folder).to_owned();
    FleetItem { source, place, objects, odd, said: None }
}
