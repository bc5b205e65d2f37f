//! What is known of the subject of an incident: what was approved and what was found, who else is affected, where that
//! runs, and which evidence the program has already.

use super::View;
use super::asked::{Blamed, Blast};
use crate::error::{Code, Error, Result};
use crate::incident::{Integrity, Kin, KnownField, RunsAt, Severity, SeverityRule, Subject};
use crate::inventory::ModelId;
use crate::lineage::{Side, stated_digest};
use crate::signing::{Outcome, RootDigest, Verification};
use crate::text::{Untrusted, count, nearest, screen};

/// So many affected models are kept by name, the worst first.
const MOST_KIN: usize = 1000;
/// So many names stand in one field of evidence.
const MOST_NAMES: usize = 20;

/// What a case says of its subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentSeen {
    /// The subject.
    pub subject: Subject,
    /// The place of the deployment that was asked about.
    pub deployment: Option<Untrusted>,
    /// What the last verification of it came to.
    pub integrity: Integrity,
    /// The stages at which it runs, or at which that deployment does.
    pub stages: Vec<Untrusted>,
}

impl IncidentSeen {
    /// How severe that is: the first rule that fits, or `medium` where none does.
    pub fn severity(&self, rules: &[SeverityRule]) -> Severity {
        let runs_at = |wanted: &Untrusted| {
            self.stages.iter().any(|stage| stage.raw().eq_ignore_ascii_case(wanted.raw()))
        };
        let fits = |rule: &&SeverityRule| {
            (rule.stages.is_empty() || rule.stages.iter().any(runs_at))
                && rule.integrity.is_none_or(|integrity| integrity == self.integrity)
        };
        rules.iter().find(fits).map_or(Severity::Medium, |rule| rule.level)
    }
}

impl View {
    /// What is known of the subject of an incident, and of one deployment of it where that is asked about.
    ///
    /// # Errors
    /// `E-NOT-FOUND` when nothing that is affected runs at that place, with the nearest one.
    pub fn incident(&self, blamed: &Blamed, deployment: Option<&str>) -> Result<IncidentSeen> {
        let blast = self.blast(blamed, None);
        let model = self.subject_of(blamed);
        let index = model.as_ref().and_then(|id| Some(self.model(id)?.0));
        let deployments = deployments(&blast);
        let place = deployment.map(|wanted| place_of(&deployments, wanted)).transpose()?;
        let here = |runs: &&RunsAt| match &place {
            Some(place) => runs.place == *place,
            // What derives from the subject may run anywhere: the severity is that of the subject.
            None => model.as_ref().is_none_or(|model| runs.model == *model),
        };
        let stages = deployments.iter().filter(here).map(|runs| runs.stage.clone()).collect();
        let affected = blast.rows.iter().filter(|row| row.struck.side != Side::Clean);
        let kin = |row: &super::BlastRow| Kin { id: row.struck.id.clone(), side: row.struck.side };
        let verification = index.and_then(|index| Some(&self.standing(index)?.verification));
        let subject = Subject {
            written: blamed.written(),
            kind: blamed.kind().to_owned(),
            expected: self.expected(blamed, index),
            observed: verification.and_then(Verification::root_of_files),
            affected: affected.clone().count(),
            family: affected.take(MOST_KIN).map(kin).collect(),
            known: index.map(|index| self.evidence_known(index, &blast)).unwrap_or_default(),
            model,
            deployments,
        };
        Ok(IncidentSeen { subject, deployment: place, integrity: self.integrity(index), stages })
    }

    /// The model that a subject is, where it is one.
    fn subject_of(&self, blamed: &Blamed) -> Option<ModelId> {
        match blamed {
            Blamed::Model(id) => Some(id.clone()),
            Blamed::Digest(digest) => (0..self.models.len())
                .find(|index| self.root(*index) == Some(*digest))
                .and_then(|index| self.models.get(index).map(|model| model.id.clone())),
            Blamed::Identity(_) | Blamed::Key(_) | Blamed::Builder(_) => None,
        }
    }

    /// The root digest that was signed, or else the one that a bill of materials states.
    fn expected(&self, blamed: &Blamed, index: Option<usize>) -> Option<RootDigest> {
        let signed = index.and_then(|index| self.verification(index)?.root_digest);
        let stated = || {
            let model = self.models.get(index?)?;
            model.bindings().find_map(|binding| stated_digest(binding.root_digest.as_ref()?))
        };
        let asked = || match blamed {
            Blamed::Digest(digest) => Some(*digest),
            _ => None,
        };
        signed.or_else(stated).or_else(asked)
    }

    fn integrity(&self, index: Option<usize>) -> Integrity {
        let Some(index) = index else { return Integrity::Unknown };
        match self.standing(index).map(|verified| verified.verification.outcome()) {
            Some(Outcome::Fail) => Integrity::Contradicted,
            _ if self.is_unsigned(index) => Integrity::Unsigned,
            Some(Outcome::Pass) => Integrity::Verified,
            _ => Integrity::Unknown,
        }
    }

    /// The fields of `model_integrity` that the program knows of a model.
    fn evidence_known(&self, index: usize, blast: &Blast) -> Vec<KnownField> {
        let mut known = Vec::new();
        let mut add = |field: &str, value: Option<String>| {
            known.extend(value.map(|value| KnownField { field: field.to_owned(), value: value.into() }));
        };
        let sha256 = |digest: String| format!("sha256:{digest}");
        let model = self.models.get(index).map(|model| model.id.clone());
        let blamed = model.map(Blamed::Model);
        let expected = blamed.and_then(|blamed| self.expected(&blamed, Some(index)));
        add("expected_root_sha256", expected.map(|digest| digest.to_string()));
        add("policy_digest", Some(sha256(self.policy.digest.clone())));
        let ancestors: Vec<String> =
            self.family(index).into_iter().filter_map(|index| self.name(index)).collect();
        add("lineage_closure", Some(some(&ancestors)));
        let rows = blast.rows.iter().filter(|row| row.model != Some(index) && row.struck.side != Side::Clean);
        let descendants: Vec<String> = rows.map(|row| row.struck.id.raw().to_owned()).collect();
        add("descendant_list", Some(some(&descendants)));
        if let Some(verified) = self.standing(index) {
            let v = &verified.verification;
            add("observed_root_sha256", v.root_of_files().map(|digest| digest.to_string()));
            add("file_digest_diff", difference(v));
            add("oms_bundle", v.bundle_digest.clone().map(sha256));
            add("trust_root_digest", v.anchor.as_ref().map(|anchor| sha256(anchor.digest.clone())));
            add("verification_records", Some(format!("ledger entry {}", verified.record.number)));
            if let Some(signer) = &v.signer {
                let proven = if v.signer_proven() { "" } else { " (claimed, not proven)" };
                add("signer_identity", Some(format!("{}{proven}", signer.subject.raw())));
                let issuer = signer.issuer.as_ref().map_or("none: signed without one", |issuer| issuer.raw());
                add("oidc_issuer", Some(issuer.to_owned()));
                let none = || "none: the signature has no verified entry in a log".to_owned();
                let log = v.log.as_ref();
                add("log_id", Some(log.map_or_else(none, |log| log.log_id.raw().to_owned())));
                add("log_index", Some(log.map_or_else(none, |log| log.index.to_string())));
                let proof = |_| "in the bundle, verified".to_owned();
                add("log_inclusion_proof", Some(log.map_or_else(none, proof)));
            }
        }
        let gates = self.models.get(index).and_then(|model| Some(&self.usage.get(&model.id)?.gates));
        let gates: Vec<String> = gates
            .into_iter()
            .flatten()
            .map(|gate| {
                let word = if gate.let_in { "let in" } else { "refused" };
                format!("{} at {} on {}", word, gate.stage.raw(), gate.at)
            })
            .collect();
        add("gate_decisions", (!gates.is_empty()).then(|| some(&gates)));
        known
    }

    fn name(&self, index: usize) -> Option<String> {
        self.models.get(index).map(|model| model.id.raw().to_owned())
    }
}

/// How the files differ from what was signed; none where they were not compared.
fn difference(v: &Verification) -> Option<String> {
    let files = &v.files;
    let changed = files.changed.iter().map(|file| format!("changed {}", file.name.raw()));
    let missing = files.missing.iter().map(|name| format!("missing {}", name.raw()));
    let extra = files.extra.iter().map(|name| format!("unsigned {}", name.raw()));
    let all: Vec<String> = changed.chain(missing).chain(extra).collect();
    match (all.is_empty(), files.compared) {
        (true, 0) => None,
        (true, _) => Some("none".to_owned()),
        (false, _) => Some(some(&all)),
    }
}

/// The first of many.
fn some(all: &[String]) -> String {
    match all.len().saturating_sub(MOST_NAMES) {
        _ if all.is_empty() => "none".to_owned(),
        0 => all.join(", "),
        more => {
            let first: Vec<&str> = all.iter().take(MOST_NAMES).map(String::as_str).collect();
            format!("{} and {}", first.join(", "), count(more, "other"))
        }
    }
}

/// Where what is affected runs.
pub(crate) fn deployments(blast: &Blast) -> Vec<RunsAt> {
    let rows = blast.rows.iter().filter(|row| row.struck.side != Side::Clean);
    let runs = rows.flat_map(|row| {
        row.deployments.iter().map(|deployed| RunsAt {
            model: row.struck.id.clone(),
            stage: deployed.stage.clone(),
            place: deployed.place.clone(),
            owner: deployed.owner.clone(),
            since: deployed.since,
        })
    });
    runs.collect()
}

fn place_of(deployments: &[RunsAt], wanted: &str) -> Result<Untrusted> {
    let known = deployments.iter().find(|runs| runs.place.raw() == wanted);
    known.map(|runs| runs.place.clone()).ok_or_else(|| {
        let places: Vec<&str> = deployments.iter().map(|runs| runs.place.raw()).collect();
        let near = nearest(wanted, &places).map(|near| format!("did you mean `{}`? ", screen(near)));
        Error::new(Code::NotFound, "nothing that is affected runs at this place")
            .at(screen(wanted))
            .help(format!("{}`touchmark deploy list` lists what runs where", near.unwrap_or_default()))
    })
}
