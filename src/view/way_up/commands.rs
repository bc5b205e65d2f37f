//! The command of each step, complete: with the model's own names, parents and places, and a variable wherever only the
//! user knows the value.

use super::super::View;
use super::super::inherit::{Inherited, claimed_words};
use super::ground::{Grounds, Known};
use super::shell::{Line, Variable, appending, toml_list, toml_text};
use crate::attest::InputRole;
use crate::disk::slashed;
use crate::inventory::{FactKey, Model, ModelId};
use crate::maturity::{Assumed, Blank, ControlFact, Deed, UseFact};
use crate::policy::{IdentityPattern, Role};
use crate::signing::AnchorKind;
use std::collections::BTreeSet;
use std::path::Path;

/// What a command comes to, and what the user has to supply.
type Made = (Option<String>, Vec<Variable>);

const NONE: Made = (None, Vec::new());

/// What the requirement of the evaluation says where the policy has none: half a year.
const MAX_AGE_DAYS: u32 = 180;

/// The command that adds a source.
pub(super) fn scan() -> Made {
    Line::touchmark(&["scan"]).blank(Blank::Folder).done()
}

/// Makes the commands for one model.
pub(super) struct Making<'v> {
    view: &'v View,
    index: usize,
    grounds: Grounds<'v>,
}

/// The roles of which one is needed to claim something.
fn roles_for(deed: Deed) -> &'static [Role] {
    match deed {
        Deed::Data | Deed::GrantData => &[Role::Data],
        Deed::Card | Deed::GrantCard => &[Role::Card],
        Deed::Evaluation | Deed::GrantEvaluation => &[Role::Eval],
        Deed::Summary | Deed::GrantVerifier => &[Role::Verifier],
        _ => &[Role::Build, Role::Lineage],
    }
}

impl<'v> Making<'v> {
    pub fn new(view: &'v View, index: usize) -> Self {
        Making { view, index, grounds: Grounds::of(view, index) }
    }

    fn model(&self) -> Option<&'v Model> {
        self.view.models.get(self.index)
    }

    /// The command of a step; none where no command does it. Of several methods of signing a claim the one of the round.
    pub fn command(&self, deed: Deed, round: usize) -> Made {
        let Some(model) = self.model() else { return NONE };
        let id = model.id.raw();
        match deed {
            Deed::Scan => Line::touchmark(&["scan"]).done(),
            Deed::Verify => Line::touchmark(&["verify"]).operand(id).done(),
            Deed::Bind => Line::touchmark(&["bind"]).operand(id).done(),
            Deed::SignByKey => self.sign(model, AnchorKind::Key, false),
            Deed::SignByCertificate => self.sign(model, AnchorKind::Ca, false),
            Deed::SignKeyless => self.sign(model, AnchorKind::Sigstore, false),
            Deed::StampParents => {
                let methods =
                    self.grounds.publisher().map(|one| self.methods_of(&one.trust)).unwrap_or_default();
                let method = methods.first().copied().unwrap_or(AnchorKind::Key);
                self.sign(model, method, true)
            }
            Deed::Provenance | Deed::TimedProvenance => self.provenance(model, deed, round),
            Deed::Data => self.data(model, round),
            Deed::Config => self.claim(
                self.line(&["attest", "config"])
                    .operand(id)
                    .asking("--parameter", Blank::Parameter)
                    .asking("--code", Blank::Commit)
                    .asking("--framework", Blank::Framework)
                    .asking("--seed", Blank::Seed)
                    .asking("--hardware", Blank::Hardware),
                deed,
                round,
            ),
            Deed::Evaluation => self.claim(
                self.line(&["attest", "evaluation"])
                    .operand(id)
                    .asking("--benchmark", Blank::Benchmark)
                    .asking("--metric", Blank::Metric)
                    .asking("--value", Blank::Value)
                    .asking("--threshold", Blank::Threshold)
                    .asking("--samples", Blank::Samples)
                    .asking("--harness", Blank::Harness)
                    .asking("--harness-digest", Blank::HarnessDigest),
                deed,
                round,
            ),
            Deed::Card => self.card(model, round),
            Deed::Summary => {
                let line = self.line(&["attest", "summary"]).operand(id);
                self.claim(line.words(&["--stage", &self.view.stage]), deed, round)
            }
            Deed::Gate => self.gate(id),
            Deed::Deploy => {
                Line::touchmark(&["deploy", "add"]).operand(id).asking("--where", Blank::Place).done()
            }
            Deed::TrustSigner => self.trust(&format!("{}-key", owner(id)), Blank::SignerPublicKey, "key"),
            Deed::TrustStamps => self.trust("timestamps", Blank::TsaCertificate, "tsa"),
            Deed::NamePublisher => self.publisher(id),
            Deed::GrantBuild => self.grant("build", &["build", "lineage"]),
            Deed::GrantData => self.grant("data", &["data"]),
            Deed::GrantCard => self.grant("card", &["card"]),
            Deed::GrantEvaluation => self.newcomer("evaluator", Blank::EvaluatorPublicKey, "eval"),
            Deed::GrantVerifier => self.newcomer("verifier", Blank::VerifierPublicKey, "verifier"),
            Deed::Require => self.require(),
            Deed::DeclareStrategy => self.strategy(),
            Deed::TrustPolicySigner => trust_policy_signer(),
            Deed::SignPolicy => self.sign_policy(),
            Deed::AddParents => scan(),
            Deed::CloseStages
            | Deed::SignParents
            | Deed::VerifyParents
            | Deed::ProveParents
            | Deed::RaiseParents
            | Deed::AsSaid => NONE,
        }
    }

    /// What the command of a step takes for granted.
    pub fn assumed(&self, deed: Deed) -> Option<Assumed> {
        match deed {
            Deed::Provenance | Deed::TimedProvenance => {
                self.view.inheritance(self.index, None).is_err().then_some(Assumed::FromScratch)
            }
            Deed::Require => Some(Assumed::AgeLimit),
            Deed::Evaluation => {
                let mut required = self.grounds.required_evaluations();
                required.any(|one| !one.clauses.is_empty()).then_some(Assumed::Demands)
            }
            _ => None,
        }
    }

    fn methods_of(&self, trust: &[String]) -> Vec<AnchorKind> {
        let anchors = self.view.policy.trust.iter().filter(|anchor| trust.contains(&anchor.name));
        let mut kinds: Vec<AnchorKind> =
            anchors.map(|anchor| anchor.kind).filter(|kind| *kind != AnchorKind::Tsa).collect();
        kinds.sort_by_key(|kind| *kind != AnchorKind::Key);
        kinds
    }

    /// Where something of the workspace lies, as seen from its folder.
    fn place(&self, path: &Path) -> String {
        slashed(path.strip_prefix(&self.view.workspace.root).unwrap_or(path))
    }

    fn policy_file(&self) -> Option<String> {
        self.view.workspace.policy.as_deref().map(|policy| self.place(policy))
    }

    /// `touchmark` and words, with the keys of whoever owns the model.
    fn line(&self, words: &[&str]) -> Line {
        let owner = self.model().map_or("", |model| owner(model.id.raw()));
        Line::touchmark(words).of(owner)
    }

    /// Signs the model's files.
    fn sign(&self, model: &Model, method: AnchorKind, stamped: bool) -> Made {
        let Some(location) = &model.location else { return NONE };
        let line = match method {
            AnchorKind::Key | AnchorKind::Tsa => {
                self.line(&["sign", "key"]).asking("--private-key", Blank::Key)
            }
            AnchorKind::Ca => self
                .line(&["sign", "certificate"])
                .asking("--private-key", Blank::Key)
                .asking("--signing-certificate", Blank::Certificate)
                .asking("--certificate-chain", Blank::Chain),
            AnchorKind::Sigstore => self.line(&["sign", "sigstore"]),
        };
        let line = match stamped && method != AnchorKind::Sigstore {
            true => line.asking("--tsa-url", Blank::TsaUrl),
            false => line,
        };
        line.operand(&self.place(location)).done()
    }

    /// A claim with the options that sign it.
    fn claim(&self, line: Line, deed: Deed, round: usize) -> Made {
        let key = match deed {
            Deed::Evaluation => Blank::EvaluatorKey,
            Deed::Summary => Blank::VerifierKey,
            _ => Blank::Key,
        };
        let line = match deed {
            Deed::Evaluation => line.of("evaluator"),
            Deed::Summary => line.of("verifier"),
            _ => line,
        };
        let is_granted = !self.grounds.with_role(roles_for(deed)).is_empty();
        let method = match deed {
            // Whoever gets the role by a step of this way signs by key.
            Deed::Evaluation | Deed::Summary if !is_granted => AnchorKind::Key,
            _ => self.grounds.method(roles_for(deed), round),
        };
        // Whoever has the role signs, under a variable of its own.
        let line = match deed {
            Deed::Evaluation | Deed::Summary => line,
            _ => match self.grounds.other(roles_for(deed), method) {
                Some(other) => line.of(other),
                None => line,
            },
        };
        let line = match method {
            AnchorKind::Key | AnchorKind::Tsa => line.asking("--private-key", key),
            AnchorKind::Ca => line
                .asking("--private-key", key)
                .asking("--signing-certificate", Blank::Certificate)
                .asking("--certificate-chain", Blank::Chain),
            AnchorKind::Sigstore => line.words(&["--sigstore"]),
        };
        // An evaluation must not be older than the policy allows: without a time nobody can tell.
        let is_timed = matches!(deed, Deed::TimedProvenance | Deed::Evaluation);
        let line = match is_timed && method != AnchorKind::Sigstore {
            true => line.asking("--tsa-url", Blank::TsaUrl),
            false => line,
        };
        line.done()
    }

    fn provenance(&self, model: &Model, deed: Deed, round: usize) -> Made {
        let line = self.line(&["attest", "provenance"]).operand(model.id.raw());
        let line = match self.view.inheritance(self.index, None) {
            Ok(found) => {
                let Some(words) = claimed_words(model, found.transformation) else { return NONE };
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                // One variable can stand for one digest only.
                if found.parents.iter().filter(|parent| is_undigested(parent)).count() > 1 {
                    return NONE;
                }
                found.parents.iter().fold(line.words(&words), |line, parent| self.with_parent(line, parent))
            }
            // Nothing names a parent.
            Err(_) => line.words(&["--build", "train"]),
        };
        self.claim(line.asking("--builder", Blank::Builder), deed, round)
    }

    fn with_parent(&self, line: Line, parent: &Inherited) -> Line {
        let option = match parent.role {
            InputRole::Dataset => "--dataset",
            InputRole::Teacher => "--teacher",
            InputRole::Adapter => "--adapter",
            _ => "--base",
        };
        let id = parent.id.raw();
        let has_files = self.view.model(&parent.id).is_some_and(|(_, model)| model.location.is_some());
        let line = line.words(&[option]);
        match parent.declared_digest {
            // Its files are hashed then.
            _ if has_files => line.words(&[id]),
            Some(declared) => line.words(&[&format!("{id}@sha256:{declared}")]),
            None => line.word_and_blank(&format!("{id}@sha256:"), Blank::ParentDigest),
        }
    }

    fn data(&self, model: &Model, round: usize) -> Made {
        let mut line = self.line(&["attest", "data"]).operand(model.id.raw());
        let parents = self.view.graph.parents(&model.id).into_iter();
        let trained =
            parents.filter(|(_, edge)| !edge.relation.bears_weight()).map(|(node, _)| node.id.clone());
        let named =
            model.facts.each_of(|key, _| key == FactKey::Dataset).map(|fact| ModelId::new(fact.value.raw()));
        let datasets: BTreeSet<ModelId> = trained.chain(named).collect();
        // What the inventory does not have is named with its digest, which only its owner knows.
        match !datasets.is_empty() && datasets.iter().all(|id| self.view.model(id).is_some()) {
            true => {
                for id in &datasets {
                    line = line.words(&["--dataset", id.raw()]);
                }
            }
            false => line = line.asking("--dataset", Blank::Dataset),
        }
        let line = line
            .asking("--source", Blank::Source)
            .asking("--collection", Blank::Collection)
            .asking("--preprocessing", Blank::Preprocessing)
            .asking("--licence", Blank::Licence)
            .asking("--personal-data", Blank::PersonalData)
            .asking("--owner", Blank::Owner);
        self.claim(line, Deed::Data, round)
    }

    fn card(&self, model: &Model, round: usize) -> Made {
        let line = self.line(&["attest", "card"]).operand(model.id.raw());
        let card = model.location.as_ref().and_then(|folder| {
            let is_card = |path: &&Path| {
                path.starts_with(folder)
                    && path.file_name().is_some_and(|name| name.eq_ignore_ascii_case("README.md"))
            };
            model.sources.iter().map(|source| Path::new(source.raw())).find(is_card)
        });
        let line = match card {
            Some(card) => line.words(&[&self.place(card)]),
            None => line.blank(Blank::Card),
        };
        self.claim(line, Deed::Card, round)
    }

    /// The gate of the first stage that has not let it in.
    fn gate(&self, id: &str) -> Made {
        let verdict = self.view.verdict(self.index);
        let stage = verdict.and_then(|verdict| match &verdict.assessment.of("L3.13")?.fact {
            ControlFact::Use(UseFact::NotLetIn(stage)) => Some(stage.raw().to_owned()),
            _ => None,
        });
        let stage = stage.unwrap_or_else(|| self.view.stage.clone());
        Line::touchmark(&["gate"]).operand(id).words(&["--stage", &stage]).done()
    }

    /// A name for an anchor that the policy does not use yet.
    fn anchor_name(&self, wanted: &str) -> String {
        let is_free = |name: &String| self.view.policy.trust.iter().all(|anchor| anchor.name != *name);
        free(wanted, is_free)
    }

    /// A name for a publisher or an attester, or a requirement, that the policy does not use yet.
    fn name(&self, wanted: &str) -> String {
        let policy = &self.view.policy;
        let is_free = |name: &String| {
            policy.publishers.iter().all(|one| one.id != *name)
                && policy.attesters.iter().all(|one| one.id != *name)
                && policy.requirements.iter().all(|one| *one.id != **name)
        };
        free(wanted, is_free)
    }

    fn trust(&self, name: &str, blank: Blank, kind: &str) -> Made {
        self.trusting(name, blank, kind).done()
    }

    fn trusting(&self, name: &str, blank: Blank, kind: &str) -> Line {
        let name = self.anchor_name(name);
        self.line(&["trust", "add", &name]).blank(blank).words(&["--kind", kind])
    }

    fn append(&self, lines: &[String]) -> Made {
        match self.policy_file() {
            Some(file) => appending(lines, &file).done(),
            // The policy inside the program cannot be changed.
            None => NONE,
        }
    }

    /// Names the publisher of the model: whoever signed it, or the key that was just added.
    fn publisher(&self, id: &str) -> Made {
        let owner = owner(id);
        let anchor = self.grounds.anchor();
        let signer =
            self.view.standing(self.index).and_then(|verified| verified.verification.signer.as_ref());
        let trust = anchor.map_or_else(|| self.anchor_name(&format!("{owner}-key")), str::to_owned);
        let mut lines = vec![
            "[[publisher]]".to_owned(),
            format!("id = {}", toml_text(&self.name(owner))),
            format!("models = {}", toml_list([format!("{owner}/*").as_str()].into_iter())),
            format!("trust = {}", toml_list([trust.as_str()].into_iter())),
        ];
        if let Some(signer) = signer.filter(|_| anchor.is_some()) {
            let subject = toml_text(&format!("exact:{}", signer.subject.raw()));
            let issuer =
                signer.issuer.as_ref().map(|issuer| format!("issuer = {}, ", toml_text(issuer.raw())));
            lines.push(format!("identities = [{{ {}subject = {subject} }}]", issuer.unwrap_or_default()));
        }
        self.append(&lines)
    }

    /// Gives a role to whoever publishes the model.
    fn grant(&self, name: &str, roles: &[&str]) -> Made {
        let Some(publisher) = self.grounds.publisher() else {
            return self.newcomer(name, Blank::SignerPublicKey, roles.first().copied().unwrap_or_default());
        };
        let models: Vec<&str> = publisher.models.iter().map(crate::policy::ModelPattern::as_str).collect();
        let known = Known::publisher(publisher);
        let mut lines = vec![
            "[[attester]]".to_owned(),
            format!("id = {}", toml_text(&self.name(&format!("{}-{name}", publisher.id)))),
            format!("trust = {}", toml_list(known.trust.iter().map(String::as_str))),
            format!("roles = {}", toml_list(roles.iter().copied())),
            format!("models = {}", toml_list(models.into_iter())),
        ];
        if !known.identities.is_empty() {
            let identities: Vec<String> = known.identities.iter().map(identity).collect();
            lines.push(format!("identities = [{}]", identities.join(", ")));
        }
        self.append(&lines)
    }

    /// Gives a role to somebody new, by key.
    fn newcomer(&self, name: &str, blank: Blank, role: &str) -> Made {
        let Some(file) = self.policy_file() else { return NONE };
        let anchor = self.anchor_name(name);
        let lines = [
            "[[attester]]".to_owned(),
            format!("id = {}", toml_text(&self.name(name))),
            format!("trust = {}", toml_list([anchor.as_str()].into_iter())),
            format!("roles = {}", toml_list([role].into_iter())),
        ];
        self.trusting(name, blank, "key").and(appending(&lines, &file)).done()
    }

    fn require(&self) -> Made {
        let lines = [
            "[[require]]".to_owned(),
            format!("id = {}", toml_text(&self.name("evaluation"))),
            format!("predicate = {}", toml_text(crate::attest::EvaluationDraft::TYPE)),
            "from_role = \"eval\"".to_owned(),
            format!("max_age_days = {MAX_AGE_DAYS}"),
        ];
        self.append(&lines)
    }

    fn strategy(&self) -> Made {
        // A table can stand in a file only once.
        let stands = toml::from_str::<toml::Table>(&self.view.policy_text)
            .is_ok_and(|table| table.contains_key("conflicts"));
        match stands {
            true => NONE,
            false => self.append(&["[conflicts]".to_owned(), "strategy = \"strict\"".to_owned()]),
        }
    }

    fn sign_policy(&self) -> Made {
        let Some(file) = self.policy_file() else { return NONE };
        let signature = format!("{file}.sig");
        self.line(&["sign", "key"])
            .asking("--private-key", Blank::PolicyKey)
            .words(&["--signature", &signature])
            .operand(&file)
            .done()
    }
}

/// Names in the workspace who may sign the policy: the line has to stand above the tables of the file.
fn trust_policy_signer() -> Made {
    Line::default()
        .bare("{ printf")
        .words(&["policy_trust = [\"%s\"]\\n"])
        .blank(Blank::PolicyPublicKey)
        .bare("&& cat touchmark.toml; } > touchmark.toml.new && mv touchmark.toml.new touchmark.toml")
        .done()
}

fn free(wanted: &str, is_free: impl Fn(&String) -> bool) -> String {
    let plain: String =
        wanted
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c.to_ascii_lowercase() } else { '-' }
            })
            .collect();
    let numbered = (2..1000_u32).map(|number| format!("{plain}-{number}"));
    std::iter::once(plain.clone()).chain(numbered).find(is_free).unwrap_or(plain)
}

/// Whose model it is, by its name.
fn owner(id: &str) -> &str {
    id.split_once('/').map_or(id, |(owner, _)| owner)
}

fn identity(pattern: &IdentityPattern) -> String {
    let issuer = pattern.issuer.as_ref().map(|issuer| format!("issuer = {}, ", toml_text(issuer)));
    format!("{{ {}subject = {} }}", issuer.unwrap_or_default(), toml_text(&pattern.subject.as_written()))
}

/// Whether nothing here says by which digest a parent is named.
fn is_undigested(parent: &Inherited) -> bool {
    parent.lacks == Some(super::super::inherit::Lacks::Files)
}
