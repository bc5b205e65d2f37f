//! Who may sign what: anchors, publishers with their identities, and denied identities.

use super::dead::{self, Dead, Whose};
use super::document::{AnchorSource, Attester, DenyIdentity, IdentityPattern, LedgerRules, Publisher};
use super::keys;
use super::names::{KINDS, ROLES, plain_name, set};
use super::patterns::ModelPattern;
use super::role::Role;
use super::text_pattern::TextPattern;
use super::texts::{LIMIT_PATTERN_BYTES, Texts};
use crate::signing::AnchorKind;
use crate::tables::{At, Faults, Few, Hints, Section, quote, values};
use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};

const TRUST_HINTS: Hints = &[
    ("trusted_root", "write `files = [\"…\"]`"),
    ("ca", "write `files = [\"…\"]`"),
    ("crl", "write `crls = [\"…\"]`"),
    ("fingerprints", "write `files` with the key in PEM; a fingerprint alone cannot verify a signature"),
    ("max_root_age_days", "write `max_age_days`"),
];
const LEDGER_HINTS: Hints =
    &[("max_unanchored", "write `max_unanchored_records`"), ("signers", "write `identities`")];
const PUBLISHER_HINTS: Hints = &[
    ("match", "write `models = [\"owner/*\"]`"),
    ("role", "write `roles = [\"producer\"]`"),
    ("domains", "a publisher is not limited to domains; write [[attester]] for one that is"),
];
const ATTESTER_HINTS: Hints = &[
    ("match", "write `models = [\"owner/*\"]`"),
    ("role", "write `roles = [\"eval\"]`"),
    ("domain", "write `domains = [\"safety\"]`"),
];

/// Everything in a policy about signers.
pub(super) struct Grants {
    pub trust: Vec<AnchorSource>,
    pub publishers: Vec<Publisher>,
    pub attesters: Vec<Attester>,
    pub denied: Vec<DenyIdentity>,
    pub ledger: LedgerRules,
}

/// Reads the sections about signers.
pub(super) fn grants(faults: &mut Faults<'_>, top: Section<'_>) -> Grants {
    let mut reading = Reading { faults, texts: Texts::default() };
    let trust = reading.trust(top);
    let publishers = reading.publishers(top, &trust);
    let attesters = reading.attesters(top, &trust, &publishers);
    let denied = reading.denied(top);
    let ledger = reading.ledger(top, &trust);
    Grants { trust, publishers, attesters, denied, ledger }
}

struct Reading<'f, 't> {
    faults: &'f mut Faults<'t>,
    texts: Texts,
}

impl Reading<'_, '_> {
    fn trust(&mut self, top: Section<'_>) -> Vec<AnchorSource> {
        let Some(trust) = self.faults.table(top, "trust") else { return Vec::new() };
        let mut anchors = Vec::new();
        for (key, value) in trust.entries() {
            let at = key.at;
            let written = At { value: key.value.to_owned(), at };
            let name = plain_name(self.faults, "an anchor name", written);
            let Ok(mut table) = value.table() else {
                self.faults.add(
                    Some(at),
                    "`trust` must hold tables",
                    "write a [trust.NAME] header with `kind` below it",
                );
                continue;
            };
            table.at = at;
            let section = keys::TRUST_ANCHOR.open(self.faults, table, TRUST_HINTS);
            let files = self.files(section, "files");
            let crls = self.files(section, "crls");
            let max_age_days = self.faults.number(section, "max_age_days", 1, 36_500);
            let kind = self.faults.required(section, "kind");
            let Some(kind) = kind.and_then(|kind| self.faults.one_of("kind", &kind, &KINDS)) else {
                continue;
            };
            if kind == AnchorKind::Sigstore && files.len() > 1 {
                self.faults.add(
                    Some(at),
                    "a sigstore anchor takes only one trusted root",
                    "write one [trust.NAME] for each root",
                );
            }
            if kind != AnchorKind::Sigstore && files.is_empty() {
                self.faults.add(Some(at), "the anchor has no `files`", "add files = [\"roots/NAME.pem\"]");
            }
            if kind != AnchorKind::Ca && !crls.is_empty() {
                self.faults.add(Some(at), "`crls` is valid only for anchors of kind x509", "remove `crls`");
            }
            anchors.push((at, AnchorSource { name, kind, files, crls, max_age_days }));
        }
        // The table is sorted by name; the file's order is the one in which anchors are tried.
        anchors.sort_by_key(|(at, _)| at.start);
        anchors.into_iter().map(|(_, anchor)| anchor).collect()
    }

    fn files(&mut self, section: Section<'_>, key: &str) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for file in self.faults.texts(section, key).unwrap_or_default() {
            let path = Path::new(&file.value);
            let relative =
                path.components().all(|part| !matches!(part, Component::Prefix(_) | Component::RootDir));
            let drive = file.value.contains(':') || file.value.contains('\\') || file.value.contains('\0');
            if !relative || drive {
                let message = format!("`{}` is not a path relative to the policy", quote(&file.value));
                self.faults.add(
                    Some(file.at),
                    message,
                    "put the file next to the policy, and separate folders with `/`",
                );
            }
            files.push(path.to_owned());
        }
        files
    }

    fn publishers(&mut self, top: Section<'_>, anchors: &[AnchorSource]) -> Vec<Publisher> {
        let mut publishers: Vec<Publisher> = Vec::new();
        let mut ids = HashSet::new();
        let kinds = kinds_of(anchors);
        let mut owners = HashMap::new();
        for table in self.faults.tables(top, "publisher") {
            let section = keys::PUBLISHER.open(self.faults, table, PUBLISHER_HINTS);
            let id = self.faults.required(section, "id");
            let id = id.map(|id| plain_name(self.faults, "`id`", id)).unwrap_or_default();
            if !id.is_empty() && !ids.insert(id.clone()) {
                let message = format!("two publishers have the id `{}`", quote(&id));
                self.faults.add(Some(section.table.at), message, "rename one, or merge them");
            }
            let models = self.models(section, &id, &mut owners);
            let trust = self.anchors_of(section, &kinds, "the publisher");
            let of: Vec<AnchorKind> =
                trust.iter().filter_map(|name| kinds.get(name.as_str())).copied().collect();
            let covers_many = of.iter().any(|kind| *kind != AnchorKind::Key);
            let identities = self.identities(section, covers_many, ("the publisher", Whose::under(&of)));
            let roles = self.faults.words(section, "roles", &ROLES, &[Role::Producer], false).into();
            let (valid_from, valid_until) = self.window(section);
            publishers.push(Publisher { id, models, trust, identities, roles, valid_from, valid_until });
        }
        publishers
    }

    /// Signers of claims about models that others publish. Ids are used elsewhere in the policy, so they must
    /// differ from those of publishers.
    fn attesters(
        &mut self,
        top: Section<'_>,
        anchors: &[AnchorSource],
        publishers: &[Publisher],
    ) -> Vec<Attester> {
        let mut ids: HashSet<String> = publishers.iter().map(|publisher| publisher.id.clone()).collect();
        let kinds = kinds_of(anchors);
        let mut attesters = Vec::new();
        for table in self.faults.tables(top, "attester") {
            let section = keys::ATTESTER.open(self.faults, table, ATTESTER_HINTS);
            let id = self.faults.required(section, "id");
            let id = id.map(|id| plain_name(self.faults, "`id`", id)).unwrap_or_default();
            if !id.is_empty() && !ids.insert(id.clone()) {
                let message = format!("two publishers or attesters have the id `{}`", quote(&id));
                let help = "rename one; to let a publisher claim more about its own models, use its `roles`";
                self.faults.add(Some(section.table.at), message, help);
            }
            let trust = self.anchors_of(section, &kinds, "the attester");
            let of: Vec<AnchorKind> =
                trust.iter().filter_map(|name| kinds.get(name.as_str())).copied().collect();
            let covers_many = of.iter().any(|kind| *kind != AnchorKind::Key);
            let identities = self.identities(section, covers_many, ("the attester", Whose::under(&of)));
            if section.table.get("roles").is_none() {
                let message = "the attester has no `roles`, so it cannot make any claim";
                self.faults.add(Some(section.table.at), message, "add roles = [\"eval\"]");
            }
            let roles: Few<Role> = self.faults.words(section, "roles", &ROLES, &[], false).into();
            if roles.contains(Role::Producer) {
                let at = section.table.get("roles").map(|roles| roles.at());
                let message = "an attester cannot be a producer; the producer publishes the model";
                self.faults.add(at, message, "write a [[publisher]] for its models, or use role `ingest`");
            }
            let domains = self.faults.texts(section, "domains").unwrap_or_default();
            let domains = domains.into_iter().map(|domain| plain_name(self.faults, "a domain", domain));
            let domains = set(domains.collect());
            let models = self.patterns(section);
            let (valid_from, valid_until) = self.window(section);
            attesters.push(Attester {
                id,
                trust,
                identities,
                roles,
                domains,
                models,
                valid_from,
                valid_until,
            });
        }
        attesters
    }

    /// When a grant begins and ends.
    fn window(&mut self, section: Section<'_>) -> (Option<jiff::Timestamp>, Option<jiff::Timestamp>) {
        let valid_from = self.faults.moment(section, "valid_from").map(|moment| moment.value);
        let valid_until = self.faults.moment(section, "valid_until");
        if let (Some(from), Some(until)) = (valid_from, &valid_until)
            && until.value <= from
        {
            self.faults.add(Some(until.at), "`valid_until` must be after `valid_from`", "");
        }
        (valid_from, valid_until.map(|moment| moment.value))
    }

    /// The patterns of an attester's models; several attesters may share models.
    fn patterns(&mut self, section: Section<'_>) -> Vec<ModelPattern> {
        let written = self.faults.texts(section, "models");
        if let Some(at) = section.table.get("models").map(|models| models.at())
            && written.as_ref().is_some_and(Vec::is_empty)
        {
            let help = "omit `models` to cover all models";
            self.faults.add(Some(at), "`models` in [[attester]] is empty", help);
        }
        let mut patterns = Vec::new();
        for model in written.unwrap_or_default() {
            patterns.push(self.model_pattern(&model));
        }
        patterns.sort();
        patterns.dedup();
        patterns
    }

    fn model_pattern(&mut self, model: &At<String>) -> ModelPattern {
        if model.value.len() > LIMIT_PATTERN_BYTES {
            self.faults.add(Some(model.at), "a pattern in `models` is longer than 4 KiB", "");
        }
        if let Some(why) = dead::model(&model.value) {
            self.dead(model, why);
        }
        ModelPattern::new(&model.value)
    }

    /// Who signs checkpoints of the ledger, and how far they have to cover it.
    fn ledger(&mut self, top: Section<'_>, anchors: &[AnchorSource]) -> LedgerRules {
        let Some(table) = self.faults.table(top, "ledger") else { return LedgerRules::default() };
        let section = keys::LEDGER.open(self.faults, table, LEDGER_HINTS);
        let max_unanchored_records = self.faults.number(section, "max_unanchored_records", 0, 1_000_000);
        let max_unanchored_days = self.faults.number(section, "max_unanchored_days", 0, 3650);
        let names = self.faults.texts(section, "trust");
        let kinds = kinds_of(anchors);
        let trust = match names {
            Some(_) => self.anchors_of(section, &kinds, "[ledger]"),
            None => Vec::new(),
        };
        let covers_many =
            anchors.iter().any(|anchor| anchor.kind == AnchorKind::Sigstore && trust.contains(&anchor.name));
        let of: Vec<AnchorKind> =
            anchors.iter().filter(|anchor| trust.contains(&anchor.name)).map(|anchor| anchor.kind).collect();
        let whose = if of.is_empty() { Whose::Anyone } else { Whose::under(&of) };
        let identities = self.identities(section, covers_many, ("[ledger]", whose));
        let rules = LedgerRules { max_unanchored_records, max_unanchored_days, trust, identities };
        if rules.asks() && !anchors.iter().any(|anchor| rules.may_vouch(anchor)) {
            let message = "checkpoints are asked for, and no anchor of the policy can vouch for one";
            let help = "add trust = [\"NAME\"] to [ledger], and a [trust.NAME] of kind key or x509";
            self.faults.add(Some(section.table.at), message, help);
        }
        if rules == LedgerRules::default() {
            let message = "[ledger] asks for nothing";
            let help = "add max_unanchored_records or max_unanchored_days, or remove it";
            self.faults.add(Some(section.table.at), message, help);
        }
        rules
    }

    /// The patterns of a publisher's models; `owners` maps the patterns seen so far to their publishers.
    fn models(
        &mut self,
        section: Section<'_>,
        id: &str,
        owners: &mut HashMap<String, String>,
    ) -> Vec<ModelPattern> {
        let models = self.faults.texts(section, "models").unwrap_or_default();
        if models.is_empty() {
            self.faults.add(
                Some(section.table.at),
                "the publisher has no `models`",
                "add models = [\"owner/*\"]",
            );
        }
        let mut patterns = Vec::with_capacity(models.len());
        for model in &models {
            let pattern = self.model_pattern(model);
            let other = owners.insert(pattern.as_str().to_owned(), id.to_owned());
            patterns.push(pattern);
            if let Some(other) = other.filter(|other| other != id) {
                let model_id = quote(&model.value);
                let message = format!(
                    "`{model_id}` belongs to two publishers, `{}` and `{}`",
                    quote(&other),
                    quote(id)
                );
                self.faults.add(Some(model.at), message, "list the pattern under one publisher only");
            }
        }
        patterns.sort();
        patterns.dedup();
        patterns
    }

    fn anchors_of(
        &mut self,
        section: Section<'_>,
        kinds: &HashMap<&str, AnchorKind>,
        whose: &str,
    ) -> Vec<String> {
        let trust = self.faults.texts(section, "trust").unwrap_or_default();
        if trust.is_empty() {
            let help = "add trust = [\"NAME\"] and a [trust.NAME]";
            self.faults.add(Some(section.table.at), format!("{whose} has no `trust`"), help);
        }
        for name in trust.iter().filter(|name| !kinds.contains_key(name.value.as_str())) {
            let message = format!("there is no anchor `{}`", quote(&name.value));
            self.faults.add(Some(name.at), message, "add a [trust.NAME] for it, or correct the name");
        }
        let stamps = |name: &str| kinds.get(name) == Some(&AnchorKind::Tsa);
        for name in trust.iter().filter(|name| stamps(&name.value)) {
            let message =
                format!("`{}` is a timestamp anchor and cannot identify a publisher", quote(&name.value));
            let help = "list an anchor of its signers; a timestamp anchor applies to every publisher";
            self.faults.add(Some(name.at), message, help);
        }
        set(values(Some(trust)))
    }

    /// An entry that can match nothing.
    fn dead(&mut self, written: &At<String>, (message, help): Dead) {
        self.faults.add(Some(written.at), format!("`{}`: {message}", quote(&written.value)), help);
    }

    fn identities(
        &mut self,
        section: Section<'_>,
        covers_many: bool,
        (owner, whose): (&str, Whose),
    ) -> Vec<IdentityPattern> {
        let tables = self.faults.tables(section, "identities");
        // Whoever can get a certificate under such an anchor could sign for the publisher.
        if tables.is_empty() && covers_many {
            let message = format!("{owner} has no `identities`, but its anchor covers many signers");
            let help = "add identities = [{ issuer = \"https://…\", subject = \"exact:…\" }]";
            self.faults.add(Some(section.table.at), message, help);
        }
        let mut identities = Vec::new();
        for table in tables {
            let identity = keys::IDENTITY.open(self.faults, table, &[]);
            let issuer = self.faults.text(identity, "issuer");
            if let Some(issuer) = &issuer
                && (issuer.value.starts_with("regex:") || issuer.value.starts_with("exact:"))
            {
                let message = "`issuer` always matches exactly";
                self.faults.add(Some(issuer.at), message, "write the issuer without `exact:` or `regex:`");
            }
            if let Some((issuer, why)) =
                issuer.as_ref().and_then(|issuer| Some((issuer, dead::issuer(&issuer.value, whose)?)))
            {
                self.dead(issuer, why);
            }
            let issuer = issuer.map(|issuer| issuer.value);
            let subject = self.faults.required(identity, "subject");
            if let Some(subject) = subject.and_then(|subject| self.pattern(&subject, whose)) {
                identities.push(IdentityPattern { issuer, subject });
            }
        }
        identities.sort_by_cached_key(|identity| (identity.issuer.clone(), identity.subject.as_written()));
        identities.dedup();
        identities
    }

    fn denied(&mut self, top: Section<'_>) -> Vec<DenyIdentity> {
        let mut denied = Vec::new();
        for table in self.faults.tables(top, "deny_identity") {
            let section = keys::DENY.open(self.faults, table, &[]);
            let after = self.faults.moment(section, "after").map(|moment| moment.value);
            let reason = self.faults.text(section, "reason").map(|reason| reason.value);
            let subject = self.faults.required(section, "subject");
            if let Some(subject) = subject.and_then(|subject| self.pattern(&subject, Whose::Anyone)) {
                denied.push(DenyIdentity { subject, after, reason });
            }
        }
        denied
    }

    /// `exact:TEXT` or `regex:^…$`; one that can match nothing is a fault.
    fn pattern(&mut self, written: &At<String>, whose: Whose) -> Option<TextPattern> {
        let pattern = self.texts.read(self.faults, written)?;
        if let Some(why) = dead::subject(&pattern, whose) {
            self.dead(written, why);
        }
        Some(pattern)
    }
}

/// The kind of each anchor by its name; of two with one name the first counts.
fn kinds_of(anchors: &[AnchorSource]) -> HashMap<&str, AnchorKind> {
    anchors.iter().rev().map(|anchor| (anchor.name.as_str(), anchor.kind)).collect()
}
