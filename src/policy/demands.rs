//! Reads what a policy demands of claims: requirements on predicates, trusted summaries, lineage, conflicts,
//! denied data. A rule that nothing can meet is a fault. Claims are judged elsewhere.

use super::data::{DatasetPattern, LicencePattern};
use super::document::{Attester, Publisher};
use super::keys;
use super::names::{
    ALWAYS, OPERATORS, ORDERS, ROLES, SELF_ATTESTED, SEVERITIES, STRATEGIES, SUMMARIES, UNSIGNED_ANCESTORS,
    plain_name, set,
};
use super::requirement::{Clause, ClausePath, Measure, Requirement, Scalar, Test};
use super::role::Role;
use super::rules::{ConflictRules, LineageRules, Strategy, SummaryKind, TrustedSummary};
use super::texts::Texts;
use crate::attest::{Decimal, Registry};
use crate::tables::{At, Faults, Few, Hints, Section, Value, quote};
use crate::text::nearest;
use std::collections::HashSet;

const REQUIRE_HINTS: Hints = &[
    ("predicate_type", "write `predicate`"),
    ("role", "write `from_role`"),
    ("domains", "write `domain`"),
    ("max_age", "write `max_age_days`"),
];
const SUMMARY_HINTS: Hints = &[
    ("levels", "write `min_properties`"),
    ("min_levels", "write `min_properties`"),
    ("max_hops", "write `max_hops_covered`"),
    ("policy_digest", "write `policy = \"sha256:…\"`"),
];
/// The value of `covers` for parents.
const PARENTS: &str = "lineage.parents";
const LIMIT_REQUIREMENTS: usize = 40;
const LIMIT_CLAUSES: usize = 100;
/// Limit of the values in the list of a clause.
const LIMIT_VALUES: usize = 1000;

/// Everything that is demanded.
pub(super) struct Demands {
    pub requirements: Vec<Requirement>,
    pub summaries: Vec<TrustedSummary>,
    pub lineage: LineageRules,
    pub conflicts: ConflictRules,
}

/// The signers of the policy.
#[derive(Clone, Copy)]
pub(super) struct Signers<'g> {
    pub publishers: &'g [Publisher],
    pub attesters: &'g [Attester],
}

impl Signers<'_> {
    fn roles(&self, id: &str) -> Option<Few<Role>> {
        let publisher = self.publishers.iter().find(|publisher| publisher.id == id).map(|one| one.roles);
        publisher.or_else(|| self.attesters.iter().find(|attester| attester.id == id).map(|one| one.roles))
    }

    fn has(&self, role: Role) -> bool {
        self.publishers.iter().any(|publisher| publisher.roles.contains(role))
            || self.attesters.iter().any(|attester| attester.roles.contains(role))
    }

    /// Whether an attester with a role covers a domain.
    fn speaks_of(&self, domain: &str, role: Option<Role>) -> bool {
        let fits = |roles: Few<Role>| role.is_none_or(|role| roles.contains(role));
        self.publishers.iter().any(|publisher| fits(publisher.roles))
            || self.attesters.iter().any(|attester| {
                let covers = attester.domains.is_empty() || attester.domains.iter().any(|one| one == domain);
                covers && fits(attester.roles)
            })
    }
}

/// Reads the sections.
pub(super) fn demands(faults: &mut Faults<'_>, top: Section<'_>, signers: Signers<'_>) -> Demands {
    let mut reading = Reading { faults, texts: Texts::default(), signers };
    Demands {
        requirements: reading.requirements(top),
        summaries: reading.summaries(top),
        lineage: reading.lineage(top),
        conflicts: reading.conflicts(top),
    }
}

/// `dataset_deny` and `license_deny` of `[artifact]`.
pub(super) fn denied_data(
    faults: &mut Faults<'_>,
    section: Section<'_>,
) -> (Vec<DatasetPattern>, Vec<LicencePattern>) {
    let mut datasets = Vec::new();
    for written in faults.texts(section, "dataset_deny").unwrap_or_default() {
        match DatasetPattern::new(&written.value).filter(|pattern| !pattern.as_str().is_empty()) {
            Some(pattern) => datasets.push(pattern),
            None => {
                let message = format!("`{}` can match no dataset", quote(&written.value));
                let help = "write a name such as `owner/*`, or sha256: and 64 lower-case hex digits";
                faults.add(Some(written.at), message, help);
            }
        }
    }
    let mut licences = Vec::new();
    for written in faults.texts(section, "license_deny").unwrap_or_default() {
        if written.value.trim().contains(char::is_whitespace) {
            let message = format!("`{}` can match no licence", quote(&written.value));
            faults.add(Some(written.at), message, "write one SPDX id each, such as `CC-BY-NC-*`");
        }
        licences.push(LicencePattern::new(&written.value));
    }
    datasets.sort();
    datasets.dedup();
    licences.sort();
    licences.dedup();
    (datasets, licences)
}

struct Reading<'f, 't, 's> {
    faults: &'f mut Faults<'t>,
    texts: Texts,
    signers: Signers<'s>,
}

impl Reading<'_, '_, '_> {
    fn requirements(&mut self, top: Section<'_>) -> Vec<Requirement> {
        let mut requirements: Vec<Requirement> = Vec::new();
        let tables = self.faults.tables(top, "require");
        if let Some(beyond) = tables.get(LIMIT_REQUIREMENTS) {
            let message = format!("more than {LIMIT_REQUIREMENTS} [[require]]");
            self.faults.add(Some(beyond.at), message, "remove what no stage needs");
        }
        for table in tables {
            let section = keys::REQUIRE.open(self.faults, table, REQUIRE_HINTS);
            let id = self.faults.required(section, "id");
            if let Some(id) = id.as_ref().filter(|id| is_control(&id.value)) {
                let message =
                    format!("`{}` is the id of a control and cannot name a requirement", quote(&id.value));
                self.faults.add(Some(id.at), message, "choose another id");
            }
            let id = id.map(|id| plain_name(self.faults, "`id`", id)).unwrap_or_default();
            if !id.is_empty() && requirements.iter().any(|other| *other.id == *id) {
                let message = format!("two requirements have the id `{}`", quote(&id));
                self.faults.add(Some(section.table.at), message, "rename one");
            }
            let predicate = self.predicate(section);
            let from_role = self.role_for(section, &predicate);
            let domain = self.domain(section, from_role);
            let severity = self.word(section, "severity", &SEVERITIES);
            let self_attested = self.word(section, "self_attested", &SELF_ATTESTED);
            requirements.push(Requirement {
                id: id.into(),
                uris: match named(&predicate) {
                    Some(known) => std::iter::once(&known.uri).chain(&known.aliases).cloned().collect(),
                    None => vec![predicate.clone()],
                },
                predicate,
                from_role,
                domain,
                verifier: self.faults.text(section, "verifier").map(|verifier| verifier.value),
                clauses: self.clauses(section),
                max_age_days: self.faults.number(section, "max_age_days", 1, 36_500),
                severity: severity.unwrap_or_default(),
                self_attested: self_attested.unwrap_or_default(),
            });
        }
        requirements
    }

    fn word<T: Copy>(&mut self, section: Section<'_>, key: &str, words: &[(&'static str, T)]) -> Option<T> {
        let written = self.faults.text(section, key)?;
        self.faults.one_of(key, &written, words)
    }

    /// A URI, or an id of the registry. Claims of unknown predicates never count.
    fn predicate(&mut self, section: Section<'_>) -> String {
        predicate(self.faults, section).unwrap_or_default()
    }

    fn role_for(&mut self, section: Section<'_>, predicate: &str) -> Option<Role> {
        let written = self.faults.text(section, "from_role")?;
        let role = self.faults.one_of("from_role", &written, &ROLES)?;
        let of_kind = named(predicate).map(|known| Role::for_kind(known.kind));
        if let Some(takes) = of_kind.filter(|takes| !takes.contains(&role)) {
            let message = format!("no claim of this predicate counts with the role `{}`", role.word());
            let takes: Vec<&str> = takes.iter().map(|role| role.word()).collect();
            self.faults.add(Some(written.at), message, format!("write {}", takes.join(" or ")));
        } else if !self.signers.has(role) {
            let message = format!("no signer has the role `{}`, so no claim can meet this", role.word());
            let help = format!("add an [[attester]] with roles = [\"{}\"]", role.word());
            self.faults.add(Some(written.at), message, help);
        }
        Some(role)
    }

    fn domain(&mut self, section: Section<'_>, role: Option<Role>) -> Option<String> {
        let written = self.faults.text(section, "domain")?;
        if !self.signers.speaks_of(&written.value, role) {
            let message =
                format!("no attester has the domain `{}`, so no claim can meet this", quote(&written.value));
            self.faults.add(Some(written.at), message, "add it to the `domains` of an [[attester]]");
        }
        Some(written.value)
    }

    fn clauses(&mut self, section: Section<'_>) -> Vec<Clause> {
        let mut clauses = Vec::new();
        let tables = self.faults.tables(section, "where");
        if let Some(beyond) = tables.get(LIMIT_CLAUSES) {
            self.faults.add(Some(beyond.at), format!("more than {LIMIT_CLAUSES} clauses in `where`"), "");
        }
        for table in tables {
            let clause = keys::CLAUSE.open(self.faults, table, &[]);
            let path = self.faults.required(clause, "path").and_then(|path| {
                let read = ClausePath::parse(&path.value);
                if read.is_none() {
                    let message = format!("`{}` is not a path into a predicate", quote(&path.value));
                    let help = "write members with dots, and [*] for each entry of a list: metrics[*].name";
                    self.faults.add(Some(path.at), message, help);
                }
                read
            });
            let test = self.test(clause);
            if let (Some(path), Some(test)) = (path, test) {
                clauses.push(Clause { path, test });
            }
        }
        clauses
    }

    fn test(&mut self, clause: Section<'_>) -> Option<Test> {
        let operator = self.faults.required(clause, "op")?;
        let words = OPERATORS.map(|word| (word, word));
        let op = self.faults.one_of("op", &operator, &words)?;
        let Some(value) = clause.table.get("value") else {
            let message = format!("the clause has no `value` for `{op}`");
            self.faults.add(Some(clause.table.at), message, "add `value = …`");
            return None;
        };
        let order = ORDERS.iter().find(|(word, _)| *word == op).map(|(_, order)| *order);
        match op {
            "==" => self.scalar(op, value).map(Test::Equal),
            "!=" => self.scalar(op, value).map(Test::NotEqual),
            "in" => self.scalars(op, value).map(Test::In),
            "not_in" => self.scalars(op, value).map(Test::NotIn),
            "contains" => self.scalar(op, value).map(Test::Contains),
            "covers" if value.text().is_ok_and(|text| text == PARENTS) => Some(Test::CoversParents),
            "covers" => self.scalars(op, value).map(Test::Covers),
            "exists" => match value.flag() {
                Ok(flag) => Some(Test::Exists(flag)),
                Err(_) => self.misfit(op, value, "true or false"),
            },
            "contains_level" => match value.text() {
                Ok(level) if !level.trim().is_empty() => Some(Test::ContainsLevel(level.to_owned())),
                _ => self.misfit(op, value, "a level such as \"SLSA_BUILD_LEVEL_2\""),
            },
            "matches" => {
                let Ok(text) = value.text() else {
                    return self.misfit(op, value, "a pattern such as \"regex:^v[0-9]+$\"");
                };
                let written = At { value: text.to_owned(), at: value.at() };
                self.texts.read(self.faults, &written).map(Test::Matches)
            }
            "between_dates" => {
                let dates: Option<Vec<jiff::Timestamp>> =
                    value.list().ok().and_then(|dates| dates.map(moment).collect());
                match dates.as_deref() {
                    Some([from, until]) if from < until => Some(Test::Between(*from, *until)),
                    _ => self.misfit(op, value, "two date-times with an offset, the earlier one first"),
                }
            }
            _ => {
                let measure = match value.is_moment() {
                    true => moment(value).map(Measure::Moment),
                    false => number(value).map(Measure::Number),
                };
                match order.zip(measure) {
                    Some((order, measure)) => Some(Test::Compare(order, measure)),
                    None => self.misfit(op, value, "a number or a date-time with an offset"),
                }
            }
        }
    }

    fn misfit<T>(&mut self, op: &str, value: Value<'_>, want: &str) -> Option<T> {
        self.faults.add(Some(value.at()), format!("`value` of `{op}` must be {want}"), "");
        None
    }

    fn scalar(&mut self, op: &str, value: Value<'_>) -> Option<Scalar> {
        let scalar = match (value.text(), value.flag()) {
            (Ok(text), _) => Some(Scalar::Text(text.to_owned())),
            (_, Ok(flag)) => Some(Scalar::Flag(flag)),
            _ => number(value).map(Scalar::Number),
        };
        scalar.or_else(|| self.misfit(op, value, "a string, a number, true or false"))
    }

    fn scalars(&mut self, op: &str, value: Value<'_>) -> Option<Vec<Scalar>> {
        let wanted = if op == "covers" { "a list, or \"lineage.parents\"" } else { "a list" };
        let Ok(items) = value.list() else { return self.misfit(op, value, wanted) };
        if items.len() == 0 {
            let message = format!("`value` of `{op}` is an empty list");
            self.faults.add(Some(value.at()), message, "add the values, or remove the clause");
        }
        if items.len() > LIMIT_VALUES {
            let message = format!("`value` of `{op}` has {} values, more than {LIMIT_VALUES}", items.len());
            self.faults.add(Some(value.at()), message, "use `matches` with a pattern, or list fewer values");
            return None;
        }
        items.map(|item| self.scalar(op, item)).collect()
    }

    fn summaries(&mut self, top: Section<'_>) -> Vec<TrustedSummary> {
        let mut summaries: Vec<TrustedSummary> = Vec::new();
        let both = [SummaryKind::Vsa, SummaryKind::Svr];
        for table in self.faults.tables(top, "trusted_summary") {
            let section = keys::SUMMARY.open(self.faults, table, SUMMARY_HINTS);
            let verifier = self.faults.required(section, "verifier").map(|verifier| verifier.value);
            let signer = self.faults.required(section, "signer");
            if let Some(signer) = &signer {
                self.summary_signer(signer);
            }
            let policy = self.faults.text(section, "policy").and_then(|written| {
                let digest = written.value.strip_prefix("sha256:").unwrap_or(&written.value);
                let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
                let is_digest = digest.len() == 64 && digest.bytes().all(is_hex);
                if !is_digest {
                    let message = "`policy` in [[trusted_summary]] is not a digest";
                    self.faults.add(Some(written.at), message, "write sha256: and 64 lower-case hex digits");
                }
                is_digest.then(|| digest.to_owned())
            });
            let texts = self.faults.texts(section, "min_properties").unwrap_or_default();
            let summary = TrustedSummary {
                verifier: verifier.unwrap_or_default(),
                signer: signer.map(|signer| signer.value).unwrap_or_default(),
                kinds: self.faults.words(section, "kinds", &SUMMARIES, &both, false).into(),
                min_properties: set(texts.into_iter().map(|text| text.value).collect()),
                resource: self.faults.text(section, "resource").map(|resource| resource.value),
                policy,
                max_age_days: self.faults.number(section, "max_age_days", 1, 36_500),
                max_hops_covered: self.faults.number(section, "max_hops_covered", 1, 10_000),
            };
            if summaries.contains(&summary) {
                let message = "this [[trusted_summary]] duplicates another one";
                self.faults.add(Some(section.table.at), message, "remove one of them");
            }
            summaries.push(summary);
        }
        summaries
    }

    fn summary_signer(&mut self, signer: &At<String>) {
        let ids: Vec<&str> = {
            let publishers = self.signers.publishers.iter().map(|one| one.id.as_str());
            publishers.chain(self.signers.attesters.iter().map(|one| one.id.as_str())).collect()
        };
        match self.signers.roles(&signer.value) {
            None => {
                let near = nearest(&signer.value, &ids);
                let near = near.map(|near| format!(" — did you mean `{near}`?")).unwrap_or_default();
                let message = format!("there is no publisher or attester `{}`{near}", quote(&signer.value));
                self.faults.add(
                    Some(signer.at),
                    message,
                    "write the id of an [[attester]] or a [[publisher]]",
                );
            }
            Some(roles) if !roles.contains(Role::Verifier) => {
                let message = format!(
                    "`{}` does not have the role `verifier`: its summaries do not count",
                    quote(&signer.value)
                );
                self.faults.add(Some(signer.at), message, "add \"verifier\" to its `roles`");
            }
            Some(_) => {}
        }
    }

    fn lineage(&mut self, top: Section<'_>) -> LineageRules {
        let Some(table) = self.faults.table(top, "lineage") else { return LineageRules::default() };
        let section = keys::LINEAGE.open(self.faults, table, &[]);
        let min_completeness = section.table.get("min_completeness").and_then(|value| {
            let share = number(value).and_then(|number| number.millionths());
            let share = share.filter(|share| *share <= 1_000_000);
            if share.is_none() {
                let message = "`min_completeness` in [lineage] must be from 0 to 1";
                self.faults.add(
                    Some(value.at()),
                    message,
                    "write a share with at most six decimals, such as 0.8",
                );
            }
            // Without the key, all edges are required.
            share.filter(|share| *share < 1_000_000)
        });
        let max_depth = self.faults.number(section, "max_depth", 1, 100_000);
        let unsigned_ancestor = self.word(section, "unsigned_ancestor", &UNSIGNED_ANCESTORS);
        // There is no other value: a contradiction taints under every policy.
        self.word(section, "ancestor_contradicted", &ALWAYS);
        let max_depth = max_depth.filter(|depth| *depth != LineageRules::default().depth());
        LineageRules { min_completeness, max_depth, unsigned_ancestor: unsigned_ancestor.unwrap_or_default() }
    }

    fn conflicts(&mut self, top: Section<'_>) -> ConflictRules {
        let Some(table) = self.faults.table(top, "conflicts") else { return ConflictRules::default() };
        let section = keys::CONFLICTS.open(self.faults, table, &[]);
        if section.table.get("strategy").is_none() {
            let message = "[conflicts] has no `strategy`";
            self.faults.add(Some(section.table.at), message, "add strategy = \"strict\"");
        }
        let strategy = self.word(section, "strategy", &STRATEGIES);
        self.word(section, "digest_conflict", &ALWAYS);
        let written = self.faults.texts(section, "hierarchy");
        let at = section.table.get("hierarchy").map_or(section.table.at, |hierarchy| hierarchy.at());
        let is_asked = strategy == Some(Strategy::Hierarchy);
        if is_asked && written.as_ref().is_none_or(Vec::is_empty) {
            let message = "strategy `hierarchy` needs `hierarchy`";
            self.faults.add(Some(at), message, "add hierarchy = [\"verifier\", \"producer\"]");
        } else if !is_asked && strategy.is_some() && written.is_some() {
            let message = "`hierarchy` has no effect with another strategy";
            self.faults.add(Some(at), message, "write strategy = \"hierarchy\", or remove it");
        }
        let mut seen = HashSet::new();
        let mut hierarchy = Vec::new();
        for word in written.unwrap_or_default() {
            let Some(role) = self.faults.one_of("hierarchy", &word, &ROLES) else { continue };
            if seen.insert(role) {
                hierarchy.push(role);
            } else {
                let message = format!("`{}` stands in `hierarchy` twice", role.word());
                self.faults.add(Some(word.at), message, "");
            }
        }
        ConflictRules { strategy, hierarchy }
    }
}

/// The predicate that a section names, as it is written; one that nobody knows is a fault.
fn predicate(faults: &mut Faults<'_>, section: Section<'_>) -> Option<String> {
    let written = faults.required(section, "predicate")?;
    let known = Registry::bundled().predicates();
    let is_known = named(&written.value).is_some() || known.is_empty() && written.value.contains(':');
    if !is_known {
        let all = || known.iter().flat_map(|one| [one.id.as_str(), one.uri.as_str()]);
        let near = nearest(&written.value, &all().collect::<Vec<_>>());
        let near = near.map(|near| format!(" — did you mean `{near}`?")).unwrap_or_default();
        let message = format!("unknown predicate `{}`{near}", quote(&written.value));
        let help = "write a URI or id from docs/predicates.md; no other claims count";
        faults.add(Some(written.at), message, help);
    }
    Some(written.value)
}

/// The same by its URI.
pub(super) fn predicate_uri(faults: &mut Faults<'_>, section: Section<'_>) -> Option<String> {
    let written = predicate(faults, section)?;
    Some(named(&written).map_or(written, |known| known.uri.clone()))
}

/// The predicate of an id or of a URI.
fn named(written: &str) -> Option<&'static crate::attest::Predicate> {
    let registry = Registry::bundled();
    registry.predicates().iter().find(|known| known.id == written).or_else(|| registry.of(written))
}

/// Whether a text has the form of a control's id.
pub(super) fn is_control(text: &str) -> bool {
    matches!(text.as_bytes(), [b'L', b'1'..=b'3', b'.', b'0'..=b'9', b'0'..=b'9'])
}

fn number(value: Value<'_>) -> Option<Decimal> {
    let text = value.decimal().ok()?;
    // TOML allows a leading plus.
    Decimal::parse(text.strip_prefix('+').unwrap_or(&text))
}

fn moment(value: Value<'_>) -> Option<jiff::Timestamp> {
    value.moment().ok()?.parse().ok()
}
