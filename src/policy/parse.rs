//! TOML to [`Policy`], strictly: an unknown key is an error that names the nearest key and the line. What a
//! section leaves out has a closed default. It reads no file and no clock.

use super::class::Action;
use super::demands::{Demands, Signers, demands, denied_data, is_control};
use super::document::{
    AcceptCache, Artifact, Crypto, Freshness, LogRules, PartialVerification, Policy, Stage,
};
use super::grants::{Grants, grants};
use super::keys;
use super::names::{
    ACCEPT_CACHE, ACTIONS, DENY_ALL, FORMATS, HASHES, KEYS, METHODS, PARTS, SCHEMA, plain_name, set,
};
use super::stage_reading::{
    Required, break_glass, evidence_rule, exceptions, ir_surface, on_part, promotions, risk_levels, risks,
    unavailable,
};
use super::stage_rules::{DigestBasis, Moment, RiskLevels, RiskRule};
use super::trial_reading::{Known, tests};
use crate::inventory::Format;
use crate::signing::{GIT_PATHS, HashAlgorithm, KeyKind, Method, sha256_hex};
use crate::tables::{At, Document, Fault, Faults, Few, Hints, Place, Section, Table, quote, values};
use std::path::PathBuf;

const LIMIT_BYTES: usize = 1 << 20;

const TOP_HINTS: Hints = &[
    ("extends", "this policy can only be read together with the one that it extends"),
    ("attesters", "write [[attester]]"),
    ("requires", "write [[require]]"),
    ("trusted_summaries", "write [[trusted_summary]]"),
    ("conflict", "write [conflicts]"),
    ("exceptions", "write [[exception]]"),
    ("risks", "write [[risk]]"),
    ("tests", "write [[test]]"),
    ("publishers", "write [[publisher]]"),
    ("stages", "write [[stage]]"),
];
const ARTIFACT_HINTS: Hints =
    &[("licence_deny", "write `license_deny`"), ("deny_datasets", "write `dataset_deny`")];
const PARTIAL: &str = "partial_verification";
const STAGE_HINTS: Hints = &[
    ("honour_rejects", "write `refuse_rejected = true`"),
    ("require_controls", "write `require = [\"L1.13\"]`"),
    ("risk", "write [[risk]], and `min_level_by_risk` in the stage"),
];
const FRESHNESS_HINTS: Hints = &[("max_verification_record_age_days", "write `max_verification_age_days`")];

/// A policy, or every fault of its text.
pub type Parsed = Result<Policy, Vec<Fault>>;

/// Parses and validates a policy; all faults at once. Whether it has expired is for [`Policy::valid_at`].
///
/// # Errors
/// Every fault found; never empty.
pub fn parse(text: &str, origin: &str, base: Option<PathBuf>) -> Result<Policy, Vec<Fault>> {
    let mut faults = Faults::new(text);
    if text.len() > LIMIT_BYTES {
        faults.add(None, "the policy is larger than 1 MiB", "remove what is not used");
        return Err(faults.into_errors());
    }
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => {
            let message = format!("not valid TOML: {}", quote(&error.message));
            faults.add(error.at, message, "");
            return Err(faults.into_errors());
        }
    };
    if let Err(stop) = schema(document.top()) {
        faults.add(stop.at, stop.message, stop.help);
        return Err(faults.into_errors());
    }
    let mut reading = Reading { faults: &mut faults };
    let policy = reading.policy(document.top(), text, origin, base);
    if !faults.is_empty() {
        return Err(faults.into_errors());
    }
    policy.sealed().map_err(|error| vec![Fault { line: None, message: error.what, help: error.help }])
}

/// Whether this version can read the file: with a newer schema, every other fault would mislead.
fn schema(top: Table<'_>) -> Result<(), Stop> {
    let Some(value) = top.get("schema") else {
        let help = format!("add schema = \"{SCHEMA}\" at the top");
        return Err(Stop { at: None, message: "the file has no `schema`".to_owned(), help });
    };
    let at = Some(value.at());
    let written = value.text().unwrap_or_default();
    if written == SCHEMA {
        return Ok(());
    }
    let newer = written.strip_prefix("trust-policy/").is_some_and(is_newer_than_0_1);
    let message = match newer {
        true => {
            format!("`{}` needs a newer version of touchmark; this version reads {SCHEMA}", quote(written))
        }
        false => format!("`schema` must be \"{SCHEMA}\", not `{}`", quote(written)),
    };
    let help = if newer {
        "update touchmark, or use a policy for this version"
    } else {
        "check that this file is a trust policy"
    };
    Err(Stop { at, message, help: help.to_owned() })
}

struct Stop {
    at: Option<Place>,
    message: String,
    help: String,
}

fn is_newer_than_0_1(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().ok());
    match (parts.next().flatten(), parts.next().flatten()) {
        (Some(major), minor) => (major, minor.unwrap_or(0)) > (0, 1),
        _ => false,
    }
}

/// The reading of one file; who may sign what is read in [`super::grants`].
struct Reading<'f, 't> {
    faults: &'f mut Faults<'t>,
}

impl Reading<'_, '_> {
    fn policy(&mut self, document: Table<'_>, text: &str, origin: &str, base: Option<PathBuf>) -> Policy {
        let top = keys::POLICY.open(self.faults, document, TOP_HINTS);
        let name = self.faults.required(top, "name").map(|name| name.value).unwrap_or_default();
        let version = self.faults.required(top, "version").map(|version| version.value).unwrap_or_default();
        let expires = self.faults.moment(top, "expires");
        let owner = self.faults.text(top, "owner").map(|owner| owner.value);
        let approved_by = values(self.faults.texts(top, "approved_by"));
        if let Some(default) = self.faults.text(top, "default") {
            self.faults.one_of("default", &default, &DENY_ALL);
        }
        let Grants { trust, publishers, attesters, denied, ledger } = grants(self.faults, top);
        let signers = Signers { publishers: &publishers, attesters: &attesters };
        let Demands { requirements, summaries, lineage, conflicts } = demands(self.faults, top, signers);
        let risks = risks(self.faults, top);
        let ids: Vec<&str> = requirements.iter().map(|one| &*one.id).collect();
        let artifact = self.artifact(top);
        let stages = self.stages(top, (&ids, &risks), artifact.partial_verification);
        let names: Vec<&str> = stages.iter().map(|stage| stage.name.as_str()).collect();
        let exceptions = exceptions(self.faults, top, &names, &ids);
        let tests = tests(self.faults, top, Known { trust: &trust, stages: &names, requirements: &ids });
        Policy {
            name,
            version,
            expires_line: expires.as_ref().map(|expires| expires.at.line(text)),
            expires: expires.map(|expires| expires.value),
            owner,
            approved_by,
            trust,
            publishers: publishers.into(),
            attesters,
            denied,
            crypto: self.crypto(top),
            artifact,
            log: self.log(top),
            freshness: self.freshness(top),
            requirements,
            summaries,
            lineage,
            conflicts,
            ledger,
            raise: self.raise(top),
            risks,
            stages,
            exceptions,
            tests: tests.into(),
            digest: String::new(),
            file_digest: sha256_hex(text.as_bytes()),
            text: text.into(),
            origin: origin.to_owned(),
            base,
            below: None,
        }
    }

    fn crypto(&mut self, top: Section<'_>) -> Crypto {
        let all = Crypto {
            hash: vec![HashAlgorithm::Sha256, HashAlgorithm::Blake2b, HashAlgorithm::Blake3],
            keys: KeyKind::OMS.to_vec(),
        };
        let Some(table) = self.faults.table(top, "crypto") else { return all };
        let section = keys::CRYPTO.open(self.faults, table, &[]);
        Crypto {
            hash: self.faults.words(section, "hash", &HASHES, &all.hash, false),
            keys: self.faults.words(section, "keys", &KEYS, &all.keys, false),
        }
    }

    fn artifact(&mut self, top: Section<'_>) -> Artifact {
        let closed = Artifact {
            // Those that run code when they are loaded.
            ban_formats: vec![Format::Pickle, Format::RemoteCode, Format::KerasCode],
            allow_ignore_paths: GIT_PATHS.map(str::to_owned).to_vec(),
            allow_symlinks: false,
            allow_resign_at_ingest: false,
            dataset_deny: Vec::new(),
            license_deny: Vec::new(),
            partial_verification: PartialVerification::Never,
        };
        let Some(table) = self.faults.table(top, "artifact") else { return closed };
        let section = keys::ARTIFACT.open(self.faults, table, ARTIFACT_HINTS);
        let ban_formats = self.faults.words(section, "ban_formats", &FORMATS, &closed.ban_formats, true);
        let ignore_paths = self.faults.texts(section, "allow_ignore_paths");
        for path in ignore_paths.iter().flatten() {
            let plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['*', '\\', '\0']);
            if !path.value.trim_end_matches('/').split('/').all(plain) {
                let message = format!("`{}` is not a path inside a model", quote(&path.value));
                self.faults.add(
                    Some(path.at),
                    message,
                    "write the path of a file or folder, such as `docs` or `.github`",
                );
            }
        }
        let (dataset_deny, license_deny) = denied_data(self.faults, section);
        let parts = self.faults.text(section, PARTIAL);
        let parts = parts.and_then(|parts| self.faults.one_of(PARTIAL, &parts, &PARTS));
        let mut flag = |key| self.faults.flag(section, key).is_some_and(|flag| flag.value);
        Artifact {
            ban_formats,
            allow_ignore_paths: ignore_paths.map_or(closed.allow_ignore_paths, |paths| {
                set(paths.iter().map(|path| path.value.trim_end_matches('/').to_owned()).collect())
            }),
            allow_symlinks: flag("allow_symlinks"),
            allow_resign_at_ingest: flag("allow_resign_at_ingest"),
            dataset_deny,
            license_deny,
            partial_verification: parts.unwrap_or_default(),
        }
    }

    fn log(&mut self, top: Section<'_>) -> LogRules {
        let closed = LogRules { required: vec![Method::Sigstore], accept_promise_only: false };
        let Some(table) = self.faults.table(top, "log") else { return closed };
        let section = keys::LOG.open(self.faults, table, &[]);
        let accepted = self.faults.flag(section, "accept_promise_only");
        LogRules {
            required: self.faults.words(section, "required", &METHODS, &closed.required, true),
            accept_promise_only: accepted.is_some_and(|accepted| accepted.value),
        }
    }

    fn freshness(&mut self, top: Section<'_>) -> Freshness {
        let closed = Freshness { max_verification_age_days: 7, clock_skew_seconds: 300, any_age: false };
        let Some(table) = self.faults.table(top, "freshness") else { return closed };
        let section = keys::FRESHNESS.open(self.faults, table, FRESHNESS_HINTS);
        let days = self.faults.number(section, "max_verification_age_days", 1, 3650);
        let seconds = self.faults.number(section, "clock_skew_seconds", 0, 86_400);
        Freshness {
            max_verification_age_days: days.unwrap_or(closed.max_verification_age_days),
            clock_skew_seconds: seconds.unwrap_or(closed.clock_skew_seconds),
            any_age: false,
        }
    }

    fn raise(&mut self, top: Section<'_>) -> Vec<String> {
        let Some(table) = self.faults.table(top, "controls") else { return Vec::new() };
        let section = keys::CONTROLS.open(self.faults, table, &[]);
        self.controls(section, "raise")
    }

    fn stages(
        &mut self,
        top: Section<'_>,
        (requirements, risks): (&[&str], &[RiskRule]),
        parts: PartialVerification,
    ) -> Vec<Stage> {
        let mut stages: Vec<Stage> = Vec::new();
        let mut promoted = Vec::new();
        for table in self.faults.tables(top, "stage") {
            let section = keys::STAGE.open(self.faults, table, STAGE_HINTS);
            let name = self.faults.required(section, "name");
            let name = name.map(|written| plain_name(self.faults, "`name`", written)).unwrap_or_default();
            if !name.is_empty() && stages.iter().any(|other| other.name == name) {
                let message = format!("two stages have the name `{}`", quote(&name));
                self.faults.add(Some(section.table.at), message, "rename one, or merge them");
            }
            let production = self.faults.flag(section, "production").is_some_and(|flag| flag.value);
            let contradicted = self.action(section, "on_contradicted");
            if let Some(action) = &contradicted
                && production
                && action.value != Action::Closed
            {
                let message = "a production stage must refuse contradicted evidence";
                self.faults.add(Some(action.at), message, "write on_contradicted = \"closed\"");
            }
            let (cached_digests_max_hours, accept_cache) = self.cache(section, production);
            let min_level = self.level(section);
            let min_level_by_risk = risk_levels(self.faults, section, min_level, risks);
            let Required { controls, claims } = self.required(section, requirements);
            let break_glass = break_glass(self.faults, section);
            let ir_surface = ir_surface(self.faults, section);
            let require_evidence_profile = evidence_rule(self.faults, section, min_level);
            let at = self.faults.words(section, "at", &Moment::WORDS, &[], false).into();
            let digest_basis =
                self.faults.words(section, "digest_basis", &DigestBasis::WORDS, &[], false).into();
            let from = self.faults.text(section, "from");
            promoted.extend(from.clone().map(|from| (name.clone(), from)));
            let (on_unavailable, cached_max_hours) = unavailable(self.faults, section);
            let partial = self.action(section, "on_partial").map(|action| action.value);
            let (on_partial, on_load_set) = on_part(partial, parts);
            let mut action = |key| self.action(section, key).map_or(Action::Closed, |action| action.value);
            stages.push(Stage {
                name,
                production,
                on_contradicted: contradicted.map_or(Action::Closed, |action| action.value),
                on_missing: action("on_missing"),
                on_error: action("on_error"),
                on_unavailable,
                cached_max_hours,
                on_partial,
                on_load_set,
                min_level,
                min_level_by_risk,
                require_controls: controls,
                require_claims: claims,
                cached_digests_max_hours,
                accept_cache,
                refuse_rejected: self
                    .faults
                    .flag(section, "refuse_rejected")
                    .map_or(production, |flag| flag.value),
                break_glass,
                ir_surface,
                require_evidence_profile,
                digest_basis,
                at,
                from: from.map(|from| from.value),
            });
        }
        // Without a stage nothing could be decided: add one that refuses everything open.
        if stages.is_empty() {
            stages.push(Stage {
                name: "production".to_owned(),
                production: true,
                min_level: 1,
                min_level_by_risk: RiskLevels::default(),
                on_contradicted: Action::Closed,
                on_missing: Action::Closed,
                on_error: Action::Closed,
                on_unavailable: Action::Closed,
                cached_max_hours: None,
                on_partial: on_part(None, parts).0,
                on_load_set: on_part(None, parts).1,
                require_controls: Vec::new(),
                require_claims: Vec::new(),
                cached_digests_max_hours: None,
                refuse_rejected: true,
                accept_cache: None,
                break_glass: None,
                ir_surface: None,
                require_evidence_profile: None,
                digest_basis: Few::NONE,
                at: Few::NONE,
                from: None,
            });
        }
        let names: Vec<&str> = stages.iter().map(|stage| stage.name.as_str()).collect();
        promotions(self.faults, &promoted, &names);
        stages
    }

    /// For how long remembered digests count, and the word that production asks for.
    fn cache(&mut self, section: Section<'_>, production: bool) -> (Option<u32>, Option<AcceptCache>) {
        const HOURS: &str = "cached_digests_max_hours";
        let hours = self.faults.number(section, HOURS, 1, 8760);
        let written = self.faults.text(section, "accept_cache");
        let word = written.as_ref().and_then(|word| self.faults.one_of("accept_cache", word, &ACCEPT_CACHE));
        if let Some(written) = written.filter(|_| hours.is_none() && section.table.get(HOURS).is_none()) {
            let message = "`accept_cache` without `cached_digests_max_hours` accepts nothing";
            self.faults.add(Some(written.at), message, "write for how many hours, or leave it out");
        } else if production && hours.is_some() && word.is_none() {
            let message =
                "a production stage does not take remembered digests: a file can change without showing it";
            let at = section.table.get(HOURS).map_or(section.table.at, |hours| hours.at());
            let help =
                "leave out cached_digests_max_hours, or write accept_cache = \"knowing\" in this stage";
            self.faults.add(Some(at), message, help);
        }
        (hours, word)
    }

    fn required(&mut self, section: Section<'_>, requirements: &[&str]) -> Required {
        let mut required = Required::default();
        for id in self.faults.texts(section, "require").unwrap_or_default() {
            required.add(self.faults, id, requirements);
        }
        Required { controls: set(required.controls), claims: set(required.claims) }
    }

    fn level(&mut self, section: Section<'_>) -> u8 {
        let level = self.faults.number(section, "min_level", 0, 3).unwrap_or(1);
        u8::try_from(level).unwrap_or(3)
    }

    fn action(&mut self, section: Section<'_>, key: &str) -> Option<At<Action>> {
        let written = self.faults.text(section, key)?;
        let action = self.faults.one_of(key, &written, &ACTIONS)?;
        Some(At { value: action, at: written.at })
    }

    /// Ids of controls, `L1.01` to `L3.99`.
    fn controls(&mut self, section: Section<'_>, key: &str) -> Vec<String> {
        let mut ids = Vec::new();
        for id in self.faults.texts(section, key).unwrap_or_default() {
            if is_control(&id.value) {
                ids.push(id.value);
                continue;
            }
            let message = format!("`{}` is not a control id", quote(&id.value));
            self.faults.add(Some(id.at), message, "write an id such as L1.13");
        }
        set(ids)
    }
}
