//! Reads what stages say beyond levels and outcomes, and the exceptions. A rule that nothing can meet is a fault.

use super::class::{Action, Class};
use super::demands::is_control;
use super::document::PartialVerification;
use super::exception::{ANCESTORS, DIGEST, Exception, Excused, Subject, WARN_DAYS};
use super::keys;
use super::names::{CLASSES, EVIDENCE_PROFILES, RISKS, UNAVAILABLE, plain_name, set};
use super::patterns::ModelPattern;
use super::stage_rules::{BreakGlass, EvidenceRule, IrSurface, Risk, RiskLevels, RiskRule};
use crate::tables::{At, Faults, Hints, Section, quote, values};

const LIMIT_EXCEPTIONS: usize = 1000;

const HINTS: Hints = &[
    ("controls", "write one [[exception]] for each control"),
    ("model", "write `subject`"),
    ("models", "write `subject`"),
    ("stage", "write `stages = [\"…\"]`"),
    ("until", "write `expires`"),
    ("approver", "write `approved_by`"),
];

/// Reads `[[risk]]`.
pub(super) fn risks(faults: &mut Faults<'_>, top: Section<'_>) -> Vec<RiskRule> {
    let mut risks: Vec<RiskRule> = Vec::new();
    for table in faults.tables(top, "risk") {
        let section = keys::RISK.open(faults, table, &[]);
        let class = faults.required(section, "class");
        let class = class.and_then(|class| faults.one_of("class", &class, &RISKS));
        let models = set(values(faults.texts(section, "models")));
        if models.is_empty() {
            let message = "[[risk]] names no models";
            faults.add(Some(section.table.at), message, "add `models = [\"owner/*\"]`");
        }
        if let Some(class) = class {
            let models = models.iter().map(|pattern| ModelPattern::new(pattern)).collect();
            risks.push(RiskRule { class, models });
        }
    }
    risks
}

/// Reads `min_level_by_risk`, whose levels are never below the stage's own.
pub(super) fn risk_levels(
    faults: &mut Faults<'_>,
    stage: Section<'_>,
    min_level: u8,
    risks: &[RiskRule],
) -> RiskLevels {
    let Some(table) = faults.table(stage, "min_level_by_risk") else { return RiskLevels::default() };
    let section = keys::RISK_LEVELS.open(faults, table, &[]);
    let mut levels = RiskLevels::default();
    for (word, class) in RISKS {
        let Some(value) = section.table.get(word) else { continue };
        let level = faults.number(section, word, 0, 3).and_then(|level| u8::try_from(level).ok());
        let Some(level) = level else { continue };
        if level < min_level {
            let message =
                format!("`{word}` asks for less than `min_level` of the stage, which is {min_level}");
            faults.add(Some(value.at()), message, "raise it, or lower `min_level`");
        }
        if !risks.iter().any(|rule| rule.class == class) {
            let message = format!("no [[risk]] names the models of {word} risk");
            faults.add(Some(value.at()), message, format!("add [[risk]] with class = \"{word}\""));
        }
        let slot = match class {
            Risk::Minimal => &mut levels.minimal,
            Risk::Limited => &mut levels.limited,
            Risk::High => &mut levels.high,
        };
        *slot = Some(level);
    }
    levels
}

/// What a stage does on a part of a model, and on one that is all that a loader takes: as it says itself, else as
/// `[artifact]` says.
pub(super) fn on_part(written: Option<Action>, parts: PartialVerification) -> (Action, Action) {
    let open = |least| if parts >= least { Action::Open } else { Action::Closed };
    let of = |least| written.unwrap_or_else(|| open(least));
    (of(PartialVerification::Any), of(PartialVerification::LoadSetOnly))
}

/// Reads `on_unavailable` and `cached_max_hours`, which belong together.
pub(super) fn unavailable(faults: &mut Faults<'_>, stage: Section<'_>) -> (Action, Option<u32>) {
    const WHAT: &str = "on_unavailable";
    const HOURS: &str = "cached_max_hours";
    let written = faults.text(stage, WHAT);
    let action = written.as_ref().and_then(|written| faults.one_of(WHAT, written, &UNAVAILABLE));
    let hours = faults.number(stage, HOURS, 1, 168);
    let (is_cached, is_limited) = (action == Some(None), stage.table.get(HOURS).is_some());
    if let Some(written) = written.filter(|_| is_cached && !is_limited) {
        let message = "`on_unavailable = \"cached\"` does not say for how long";
        faults.add(Some(written.at), message, "add `cached_max_hours = 24`");
    } else if !is_cached && let Some(hours) = stage.table.get(HOURS) {
        let message = "`cached_max_hours` without `on_unavailable = \"cached\"` has no effect";
        let help = "leave it out; how long remembered digests count is `cached_digests_max_hours`";
        faults.add(Some(hours.at()), message, help);
    }
    (action.flatten().unwrap_or(Action::Closed), hours.filter(|_| is_cached))
}

/// Reads `break_glass`.
pub(super) fn break_glass(faults: &mut Faults<'_>, stage: Section<'_>) -> Option<BreakGlass> {
    let table = faults.table(stage, "break_glass")?;
    let section = keys::BREAK_GLASS.open(faults, table, &[]);
    let mut number = |key: &'static str, least, most| {
        if section.table.get(key).is_none() {
            faults.add(
                Some(section.table.at),
                format!("break_glass has no `{key}`"),
                format!("add `{key} = …`"),
            );
        }
        faults.number(section, key, least, most)
    };
    let (approvers, max_hours) = (number("approvers", 2, 20), number("max_hours", 1, 168));
    let forbids = faults.words(section, "forbids", &CLASSES, &[Class::Contradicted], true);
    Some(BreakGlass { approvers: approvers?, max_hours: max_hours?, forbids: forbids.into() })
}

/// Reads `ir_surface`.
pub(super) fn ir_surface(faults: &mut Faults<'_>, stage: Section<'_>) -> Option<IrSurface> {
    let table = faults.table(stage, "ir_surface")?;
    let section = keys::IR_SURFACE.open(faults, table, &[]);
    let runbook = faults.required(section, "runbook");
    let evidence = set(values(faults.texts(section, "evidence")));
    let retention_days = faults.number(section, "retention_days", 1, 36_500);
    Some(IrSurface { runbook: runbook?.value, evidence, retention_days })
}

/// Reads `require_evidence_profile`. A stage that asks for no signature would let a model in for what is logged alone.
pub(super) fn evidence_rule(
    faults: &mut Faults<'_>,
    stage: Section<'_>,
    min_level: u8,
) -> Option<EvidenceRule> {
    let table = faults.table(stage, "require_evidence_profile")?;
    let section = keys::EVIDENCE_RULE.open(faults, table, &[]);
    for (key, help) in [
        ("profiles", "add `profiles = [\"llm_trace\"]`"),
        ("min_retention_days", "add `min_retention_days = 365`"),
    ] {
        if section.table.get(key).is_none() {
            faults.add(Some(table.at), format!("require_evidence_profile has no `{key}`"), help);
        }
    }
    let profiles = faults.words(section, "profiles", &EVIDENCE_PROFILES, &[], false);
    let days = faults.number(section, "min_retention_days", 1, 36_500);
    if min_level == 0 {
        let message = "`require_evidence_profile` at a stage that asks for no signature";
        faults.add(Some(table.at), message, "write min_level = 1 or more");
    }
    Some(EvidenceRule { profiles, min_retention_days: days? })
}

/// Checks `from` of the stages: each names another stage, and none leads back to where it began.
pub(super) fn promotions(faults: &mut Faults<'_>, promoted: &[(String, At<String>)], stages: &[&str]) {
    let from = |name: &str| promoted.iter().find(|(stage, _)| stage == name).map(|(_, from)| &*from.value);
    for (stage, written) in promoted {
        if !stages.contains(&written.value.as_str()) {
            let message = format!("there is no stage `{}`", quote(&written.value));
            faults.add(Some(written.at), message, format!("valid stages: {}", stages.join(", ")));
        } else if std::iter::successors(Some(&*written.value), |name| from(name))
            .take(stages.len())
            .any(|name| name == stage)
        {
            let message =
                format!("`from` leads back to stage `{}`: no model can ever enter it", quote(stage));
            faults.add(Some(written.at), message, "name the stage before it, or leave `from` out");
        }
    }
}

/// What `require` of a stage names: controls, and requirements of the policy.
#[derive(Debug, Default)]
pub(super) struct Required {
    pub controls: Vec<String>,
    pub claims: Vec<String>,
}

impl Required {
    pub fn add(&mut self, faults: &mut Faults<'_>, id: At<String>, requirements: &[&str]) {
        if is_control(&id.value) {
            self.controls.push(id.value);
        } else if requirements.contains(&id.value.as_str()) {
            self.claims.push(id.value);
        } else {
            let message = format!("`{}` is neither a control id nor a requirement", quote(&id.value));
            faults.add(Some(id.at), message, "write an id such as L1.13, or the `id` of a [[require]]");
        }
    }
}

/// Reads `[[exception]]`.
pub(super) fn exceptions(
    faults: &mut Faults<'_>,
    top: Section<'_>,
    stages: &[&str],
    requirements: &[&str],
) -> Vec<Exception> {
    let mut exceptions: Vec<Exception> = Vec::new();
    let tables = faults.tables(top, "exception");
    if let Some(beyond) = tables.get(LIMIT_EXCEPTIONS) {
        let message = format!("more than {LIMIT_EXCEPTIONS} [[exception]]");
        faults.add(Some(beyond.at), message, "remove those that have ended");
    }
    for table in tables {
        let section = keys::EXCEPTION.open(faults, table, HINTS);
        let id = faults.required(section, "id").map(|id| plain_name(faults, "`id`", id)).unwrap_or_default();
        if !id.is_empty() && exceptions.iter().any(|other| other.id == id) {
            faults.add(Some(table.at), format!("two exceptions have the id `{}`", quote(&id)), "rename one");
        }
        let excuses = excused(faults, section, requirements);
        let subject = faults.required(section, "subject").and_then(|written| subject(faults, &written));
        let at = stages_of(faults, section, stages);
        let mut text = |key| faults.required(section, key).map(|text| text.value);
        let (owner, approved_by, reason) = (text("owner"), text("approved_by"), text("reason"));
        let compensating = values(faults.texts(section, "compensating"));
        let mut moment = |key: &str| {
            if section.table.get(key).is_none() {
                let message = format!("[[exception]] has no `{key}`");
                faults.add(Some(table.at), message, format!("add {key} = 2027-05-31T00:00:00Z"));
            }
            faults.moment(section, key)
        };
        let (created, expires) = (moment("created"), moment("expires"));
        if let (Some(created), Some(expires)) = (&created, &expires)
            && created.value >= expires.value
        {
            faults.add(
                Some(expires.at),
                "the exception ends before it begins",
                "correct `created` or `expires`",
            );
        }
        let warn_days = faults.number(section, "warn_days", 0, 366).unwrap_or(WARN_DAYS);
        let all = (excuses, subject, owner, approved_by, reason, created, expires);
        if let (
            Some(excuses),
            Some(subject),
            Some(owner),
            Some(approved_by),
            Some(reason),
            Some(from),
            Some(to),
        ) = all
        {
            exceptions.push(Exception {
                id,
                excuses,
                subject,
                stages: at,
                owner,
                approved_by,
                reason,
                compensating,
                created: from.value,
                expires: to.value,
                warn_days,
            });
        }
    }
    exceptions
}

/// What `control` or `requirement` names.
fn excused(faults: &mut Faults<'_>, section: Section<'_>, requirements: &[&str]) -> Option<Excused> {
    let control = faults.text(section, "control");
    let requirement = faults.text(section, "requirement");
    match (control, requirement) {
        (Some(control), None) if control.value == ANCESTORS => Some(Excused::Ancestors),
        (Some(control), None) if is_control(&control.value) => Some(Excused::Control(control.value)),
        (Some(control), None) => {
            let message = format!("`{}` is not a control id", quote(&control.value));
            let help = "write an id such as L1.13, or CAP for the level of the ancestors";
            faults.add(Some(control.at), message, help);
            None
        }
        (None, Some(named)) => {
            if !requirements.contains(&named.value.as_str()) {
                let message = format!("there is no requirement `{}`", quote(&named.value));
                faults.add(Some(named.at), message, "write the `id` of a [[require]]");
            }
            Some(Excused::Requirement(named.value))
        }
        (Some(_), Some(named)) => {
            let message = "an exception is for a control or for a requirement, not for both";
            faults.add(Some(named.at), message, "write two exceptions");
            None
        }
        (None, None) => {
            // What was written and is not text is a fault already.
            if section.table.get("control").is_none() && section.table.get("requirement").is_none() {
                let message = "[[exception]] does not say what may be missing";
                faults.add(
                    Some(section.table.at),
                    message,
                    "add `control = \"L1.13\"` or `requirement = \"…\"`",
                );
            }
            None
        }
    }
}

fn subject(faults: &mut Faults<'_>, written: &At<String>) -> Option<Subject> {
    let Some(digest) = written.value.strip_prefix(DIGEST) else {
        return Some(Subject::Models(ModelPattern::new(&written.value)));
    };
    let digest = digest.parse().ok().map(Subject::Root);
    if digest.is_none() {
        let message = format!("`{}` is not a root digest", quote(&written.value));
        let help = "write sha256: and the 64 hex digits of the root digest that `touchmark verify` prints";
        faults.add(Some(written.at), message, help);
    }
    digest
}

fn stages_of(faults: &mut Faults<'_>, section: Section<'_>, stages: &[&str]) -> Vec<String> {
    let written = faults.texts(section, "stages");
    if written.as_ref().is_none_or(Vec::is_empty) {
        let message = "[[exception]] names no stage";
        faults.add(Some(section.table.at), message, "add `stages = [\"…\"]`");
    }
    for stage in written.iter().flatten() {
        if !stages.contains(&stage.value.as_str()) {
            let message = format!("there is no stage `{}`", quote(&stage.value));
            faults.add(Some(stage.at), message, format!("valid stages: {}", stages.join(", ")));
        }
    }
    set(values(written))
}
