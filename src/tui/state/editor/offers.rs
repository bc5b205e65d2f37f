//! What may stand at a place of the policy's text: keys and words from the catalogue of keys, names from the text itself,
//! and what the inventory knows. It writes nothing.

use super::place::{May, Place, head};
use crate::policy::{EXTENDS, Form, Key, POLICY, Thing};
use crate::text::screen;
use crate::view::View;
use std::collections::HashSet;

/// So many are found at most; more is typed to find the others.
const MOST: usize = 100;
/// A number out of so few is offered.
const FEW: u32 = 4;

/// Something that may stand at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// As it is shown: safe.
    pub shown: String,
    /// What it is: safe.
    pub note: String,
    /// What is written.
    pub text: String,
}

/// What may stand at a place, that which begins as what was typed first.
pub fn offers(view: &View, text: &str, place: &Place) -> Vec<Offer> {
    let mut found = Found { typed: &place.typed, first: Vec::new(), then: Vec::new(), seen: HashSet::new() };
    match &place.may {
        May::Head => heads(&mut found, text),
        May::Key { layout, has } => {
            let is_top = std::ptr::eq(*layout, &POLICY);
            let keys = layout.keys.iter().chain(is_top.then_some(&EXTENDS));
            for key in keys.filter(|key| !has.iter().any(|name| name == key.name)) {
                match key.form.layout() {
                    Some(_) if is_top => table(&mut found, key, text),
                    _ => found.add(key.name, &key.sentence(), || format!("{} = ", key.name)),
                }
            }
        }
        May::Value(Form::List(each, _)) => {
            values(&mut found, view, text, **each, &|value| format!("[{value}]"));
        }
        May::Value(form) => values(&mut found, view, text, *form, &str::to_owned),
    }
    found.all()
}

fn heads(found: &mut Found<'_>, text: &str) {
    POLICY.keys.iter().filter(|key| key.form.layout().is_some()).for_each(|key| table(found, key, text));
}

/// The head of a table, unless there is the only one already.
fn table(found: &mut Found<'_>, key: &Key, text: &str) {
    let head = match key.form {
        Form::Named(_) => format!("[{}.", key.name),
        Form::Tables(_) => format!("[[{}]]", key.name),
        _ if text.lines().any(|line| head(line) == Some(key.name)) => return,
        _ => format!("[{}]", key.name),
    };
    // Typed with its brackets or without.
    let typed = found.typed.trim_start_matches('[');
    found.add_if(matches(key.name, typed), &head, &key.sentence(), || head.clone());
}

/// The values of a form, each written as `write` says.
fn values(found: &mut Found<'_>, view: &View, text: &str, form: Form, write: &dyn Fn(&str) -> String) {
    match form {
        Form::Word(words) => {
            words().into_iter().for_each(|word| found.add(word, "", || write(&quoted(word))));
        }
        Form::Of(thing) => {
            names(&mut |value, note| found.add(value, note, || write(&quoted(value))), view, text, thing);
        }
        Form::Flag => ["true", "false"].into_iter().for_each(|word| found.add(word, "", || write(word))),
        Form::Number(least, most) if most - least < FEW => {
            (least..=most)
                .map(|number| number.to_string())
                .for_each(|number| found.add(&number, "", || write(&number)));
        }
        _ => {}
    }
}

/// What a text of a kind can name.
fn names(add: &mut dyn FnMut(&str, &str), view: &View, text: &str, thing: Thing) {
    match thing {
        Thing::Anchor => {
            written(text, &mut |head, _, _| {
                head.strip_prefix("trust.").into_iter().for_each(|name| add(name, "anchor"));
            });
            view.policy.trust.iter().for_each(|anchor| add(&anchor.name, "anchor"));
        }
        Thing::Signer => {
            ids(text, &["publisher", "attester"], "id", &mut |id| add(id, ""));
            view.policy.publishers.iter().for_each(|one| add(&one.id, "publisher"));
            view.policy.attesters.iter().for_each(|one| add(&one.id, "attester"));
        }
        Thing::Stage => {
            ids(text, &["stage"], "name", &mut |name| add(name, "stage"));
            view.policy.stages.iter().for_each(|one| add(&one.name, "stage"));
        }
        Thing::Requirement | Thing::Demand => {
            ids(text, &["require"], "id", &mut |id| add(id, "requirement"));
            view.policy.requirements.iter().for_each(|one| add(&one.id, "requirement"));
            if thing == Thing::Demand {
                controls(add, view);
            }
        }
        Thing::Control => controls(add, view),
        Thing::Excused => {
            controls(add, view);
            thing.words().into_iter().for_each(|(word, what)| add(word, what));
        }
        Thing::Domain => {
            ids(text, &["attester"], "domains", &mut |domain| add(domain, "domain"));
            view.policy
                .attesters
                .iter()
                .flat_map(|one| &one.domains)
                .for_each(|domain| add(domain, "domain"));
        }
        Thing::NewPublisher => owners(view).for_each(|owner| add(owner, "owner in the inventory")),
        Thing::Models | Thing::Subject => {
            owners(view).for_each(|owner| add(&format!("{owner}/*"), "every model of this owner"));
            view.models.iter().for_each(|model| add(model.id.raw(), "model"));
        }
        Thing::Identity => observed(view, |subject, issuer| {
            add(
                &format!("exact:{subject}"),
                &issuer.map(|issuer| format!("under {issuer}")).unwrap_or_default(),
            );
        }),
        Thing::Issuer => observed(view, |subject, issuer| {
            issuer.into_iter().for_each(|issuer| add(issuer, &format!("vouches for {subject}")));
        }),
        Thing::Predicate => thing.words().into_iter().for_each(|(word, what)| add(word, what)),
        Thing::NewName | Thing::File | Thing::Digest => {}
    }
}

fn controls(add: &mut dyn FnMut(&str, &str), view: &View) {
    view.rubric.controls.iter().for_each(|control| add(&control.id, &control.title));
}

/// The owners of models, each once where models are sorted by their ids.
fn owners(view: &View) -> impl Iterator<Item = &str> {
    let owners = view.models.iter().filter_map(|model| Some(model.id.raw().split_once('/')?.0));
    let mut before = "";
    owners.filter(move |owner| std::mem::replace(&mut before, owner) != *owner)
}

/// Identities as signatures showed them: what nothing proves may be anybody's, and is left out.
fn observed(view: &View, mut each: impl FnMut(&str, Option<&str>)) {
    let mut seen = HashSet::new();
    for verified in view.verified.iter().flatten() {
        let verification = &verified.verification;
        let proven = verification.signer.as_ref().filter(|_| verification.signer_proven());
        let Some(signer) = proven else { continue };
        let identity = (signer.subject.raw(), signer.issuer.as_ref().map(|issuer| issuer.raw()));
        if seen.insert(identity) {
            each(identity.0, identity.1);
        }
    }
}

/// The keys of a text, each with the head of its table and what stands behind it, as far as one line shows it; of a
/// table that has none, its head alone.
fn written<'t>(text: &'t str, each: &mut dyn FnMut(&'t str, &'t str, &'t str)) {
    let mut table = "";
    for line in text.lines() {
        if let Some(path) = head(line) {
            table = path;
            each(table, "", "");
        } else if let Some((key, value)) = line.split_once('=') {
            each(table, key.trim(), value);
        }
    }
}

/// The texts behind a key of some tables.
fn ids(text: &str, tables: &[&str], key: &str, each: &mut dyn FnMut(&str)) {
    written(text, &mut |table, name, value| {
        if tables.contains(&table) && name == key {
            value.split('"').skip(1).step_by(2).for_each(&mut *each);
        }
    });
}

/// What was found so far.
struct Found<'p> {
    typed: &'p str,
    first: Vec<Offer>,
    then: Vec<Offer>,
    seen: HashSet<String>,
}

impl Found<'_> {
    /// What is written is made only of what fits.
    fn add(&mut self, value: &str, note: &str, write: impl FnOnce() -> String) {
        self.add_if(matches(value, self.typed), value, note, write);
    }

    /// Adds what fits; true where it begins as what was typed.
    fn add_if(&mut self, fits: Option<bool>, value: &str, note: &str, write: impl FnOnce() -> String) {
        let Some(begins) = fits else { return };
        let list = if begins { &mut self.first } else { &mut self.then };
        if list.len() == MOST {
            return;
        }
        let text = write();
        if self.seen.insert(text.clone()) {
            list.push(Offer { shown: screen(value), note: screen(note).replace('`', ""), text });
        }
    }

    fn all(self) -> Vec<Offer> {
        self.first.into_iter().chain(self.then).take(MOST).collect()
    }
}

/// Whether a value has what was typed in it, whatever the case; true where it begins so.
fn matches(value: &str, typed: &str) -> Option<bool> {
    let (value, typed) = (value.as_bytes(), typed.as_bytes());
    let begins = value.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed));
    let is_in = || value.windows(typed.len().max(1)).any(|part| part.eq_ignore_ascii_case(typed));
    (begins || is_in()).then_some(begins)
}

/// A text as TOML writes it on one line. What cannot be seen is written as an escape.
fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            _ if *screen(c.encode_utf8(&mut [0; 4])) != *c.encode_utf8(&mut [0; 4]) => {
                out += &match u32::from(c) {
                    code @ ..=0xffff => format!("\\u{code:04X}"),
                    code => format!("\\U{code:08X}"),
                };
            }
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}
