//! The policy that comes of another tool's. Only what our own reader takes, and our linter finds no error in, gets into it.

use crate::policy::convert::losses::Lost;
use crate::policy::lint::{Weight, lint};
use crate::policy::parse::parse;
use crate::policy::patterns::ModelPattern;
use crate::text::{block, screen};
use std::collections::HashSet;
use std::fmt::Write as _;

/// Where something stands in the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spot {
    /// Its path, or its option.
    pub key: String,
    /// Its line, from 1.
    pub line: usize,
}

impl Spot {
    pub fn lost(&self, why: &'static str) -> Lost {
        Lost { key: screen(&self.key), line: self.line, why }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Anchor {
    pub name: String,
    pub kind: &'static str,
    pub files: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    /// With `exact:` or `regex:`.
    pub subject: String,
    pub issuer: Option<String>,
}

/// Whoever signs, with the places in the source.
#[derive(Debug)]
pub(super) struct Publisher {
    pub id: String,
    pub spot: Spot,
    pub models: Vec<(Spot, String)>,
    pub anchors: Vec<Anchor>,
    pub identities: Vec<(Spot, Identity)>,
}

/// A policy of ours, as far as it is known.
#[derive(Debug)]
pub(super) struct Draft {
    origin: &'static str,
    pub name: String,
    anchors: Vec<Anchor>,
    publishers: Vec<Publisher>,
    requirements: Vec<(String, String)>,
    left_out: Vec<String>,
    owned: HashSet<String>,
    ids: HashSet<String>,
}

impl Draft {
    pub fn new(origin: &'static str) -> Self {
        Draft {
            origin,
            name: format!("from-{origin}"),
            anchors: Vec::new(),
            publishers: Vec::new(),
            requirements: Vec::new(),
            left_out: Vec::new(),
            owned: HashSet::new(),
            ids: HashSet::new(),
        }
    }

    /// Adds what is valid of a publisher.
    pub fn publish(&mut self, mut publisher: Publisher, lost: &mut Vec<Lost>) {
        let id = plain(&publisher.id);
        let mut unique = id.clone();
        let mut next = 2_usize;
        while self.ids.contains(&unique) {
            unique = format!("{id}-{next}");
            next += 1;
        }
        if unique != publisher.id {
            lost.push(
                publisher
                    .spot
                    .lost("an id is unique, of letters, digits, `.`, `_` and `-`, so it was changed"),
            );
        }
        publisher.id = unique;
        let owned = &self.owned;
        publisher.models.retain(|(spot, model)| {
            let why = if owned.contains(ModelPattern::new(model).as_str()) {
                "another publisher owns these names already"
            } else if !is_valid(&by_key(model)) {
                "no model of ours can have such a name"
            } else {
                return true;
            };
            lost.push(spot.lost(why));
            false
        });
        publisher.anchors.dedup();
        // One of each kind: what is valid depends on kinds alone.
        let mut kinds = HashSet::new();
        let anchors: Vec<Anchor> =
            publisher.anchors.iter().filter(|anchor| kinds.insert(anchor.kind)).cloned().collect();
        publisher.identities.retain(|(spot, identity)| {
            let is_taken = is_valid(&by_identity(&anchors, identity));
            if !is_taken {
                lost.push(spot.lost("no valid identity here, or one that matches anybody"));
            }
            is_taken
        });
        let is_whole = is_valid(&self.alone(&publisher));
        if !is_whole {
            lost.push(
                publisher.spot.lost("left out: no models, no anchor or no signer of it could be converted"),
            );
            self.left_out.push(publisher.id);
            return;
        }
        for anchor in &publisher.anchors {
            if !self.anchors.contains(anchor) {
                self.anchors.push(anchor.clone());
            }
        }
        self.ids.insert(publisher.id.clone());
        self.owned
            .extend(publisher.models.iter().map(|(_, model)| ModelPattern::new(model).as_str().to_owned()));
        self.publishers.push(publisher);
    }

    /// A name for an anchor that is not another one's.
    pub fn anchor(&self, name: &str, kind: &'static str, files: Vec<String>) -> Anchor {
        let base = plain(name);
        let mut anchor = Anchor { name: base.clone(), kind, files };
        let mut next = 2_usize;
        while self.anchors.iter().any(|other| other.name == anchor.name && *other != anchor) {
            anchor.name = format!("{base}-{next}");
            next += 1;
        }
        anchor
    }

    /// Adds a requirement, if claims can meet it.
    pub fn require(&mut self, name: &str, predicate: &str) -> bool {
        let name = plain(name);
        if self.requirements.iter().any(|(id, of)| *id == name && of == predicate) {
            return true;
        }
        let is_new = self.requirements.iter().all(|(id, _)| *id != name);
        let is_taken =
            is_new && is_valid(&format!("{}{}", by_key("x/y"), requirement_text(&name, predicate)));
        if is_taken {
            self.requirements.push((name, predicate.to_owned()));
        }
        is_taken
    }

    fn alone(&self, publisher: &Publisher) -> String {
        let mut out = head("x");
        publisher.anchors.iter().for_each(|anchor| out.push_str(&anchor_text(anchor)));
        out.push_str(&publisher_text(publisher));
        out
    }

    /// As a policy file.
    pub fn text(&self) -> String {
        let mut out = format!(
            "# Converted from {}. Compare it with what was lost before you rely on it.\n",
            self.origin
        );
        out.push_str(&head(&plain(&self.name)));
        self.anchors.iter().for_each(|anchor| out.push_str(&anchor_text(anchor)));
        self.publishers.iter().for_each(|publisher| out.push_str(&publisher_text(publisher)));
        for (id, predicate) in &self.requirements {
            out.push_str(&requirement_text(id, predicate));
        }
        for id in &self.left_out {
            let _ = write!(out, "\n# The publisher {id} was left out.\n");
        }
        out
    }
}

/// Only letters, digits, `.`, `_` and `-`.
fn plain(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
    let plain: String = name.chars().take(50).map(plain).collect();
    if plain.is_empty() { "unnamed".to_owned() } else { plain }
}

fn head(name: &str) -> String {
    format!("schema = \"trust-policy/0.1\"\nname = {}\nversion = \"1\"\ndefault = \"deny\"\n", quoted(name))
}

fn anchor_text(anchor: &Anchor) -> String {
    let files = match anchor.files.as_slice() {
        [] => String::new(),
        files => format!("files = {}\n", list(files.iter().map(String::as_str))),
    };
    format!("\n[trust.{}]\nkind = \"{}\"\n{files}", quoted(&anchor.name), anchor.kind)
}

fn publisher_text(publisher: &Publisher) -> String {
    let mut out = format!(
        "\n[[publisher]]\nid = {}\nmodels = {}\ntrust = {}\n",
        quoted(&publisher.id),
        list(publisher.models.iter().map(|(_, model)| model.as_str())),
        // A timestamp authority says when, never who.
        list(
            publisher.anchors.iter().filter(|anchor| anchor.kind != "tsa").map(|anchor| anchor.name.as_str())
        ),
    );
    if !publisher.identities.is_empty() {
        out.push_str("identities = [\n");
        for (_, Identity { subject, issuer }) in &publisher.identities {
            let issuer = issuer.as_ref().map(|issuer| format!(", issuer = {}", quoted(issuer)));
            let _ = writeln!(out, "  {{ subject = {}{} }},", quoted(subject), issuer.unwrap_or_default());
        }
        out.push_str("]\n");
    }
    out
}

fn requirement_text(id: &str, predicate: &str) -> String {
    format!("\n[[require]]\nid = {}\npredicate = {}\n", quoted(id), quoted(predicate))
}

/// A policy in which nothing but the model may be wrong.
fn by_key(model: &str) -> String {
    let anchor = Anchor { name: "k".to_owned(), kind: "key", files: vec!["k.pub".to_owned()] };
    let spot = Spot { key: String::new(), line: 0 };
    let models = vec![(spot.clone(), model.to_owned())];
    let one =
        Publisher { id: "x".to_owned(), spot, models, anchors: vec![anchor.clone()], identities: Vec::new() };
    format!("{}{}{}", head("x"), anchor_text(&anchor), publisher_text(&one))
}

/// A policy in which nothing but the identity and its anchors may be wrong.
fn by_identity(anchors: &[Anchor], identity: &Identity) -> String {
    let spot = Spot { key: String::new(), line: 0 };
    let mut out = head("x");
    anchors.iter().for_each(|anchor| out.push_str(&anchor_text(anchor)));
    out.push_str(&publisher_text(&Publisher {
        id: "x".to_owned(),
        spot: spot.clone(),
        models: vec![(spot.clone(), "x/y".to_owned())],
        anchors: anchors.to_vec(),
        identities: vec![(spot, identity.clone())],
    }));
    out
}

fn list<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    format!("[{}]", texts.map(quoted).collect::<Vec<String>>().join(", "))
}

fn quoted(text: &str) -> String {
    toml_edit::Value::from(text).to_string()
}

/// Whether our reader takes it, our linter finds no error in it, and it is what it looks like.
fn is_valid(text: &str) -> bool {
    block(text) == text
        && parse(text, "", None)
            .is_ok_and(|policy| lint(&policy, jiff::Timestamp::UNIX_EPOCH, None).count(Weight::Error) == 0)
}
