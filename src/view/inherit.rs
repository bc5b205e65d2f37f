//! What a derived model inherits: its declared parents, each with its local digest, signer and ledger record,
//! and the command that claims the derivation. It writes nothing.

use super::View;
use crate::attest::{InputRole, Transformation};
use crate::decision::RecordRef;
use crate::error::{Code, Error, Result};
use crate::inventory::{Basis, FactKey, Kind, Model, ModelId, Relation};
use crate::signing::{Identity, Outcome, RootDigest};
use crate::text::shell_word;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// What a derived model inherits.
#[derive(Debug, Clone)]
pub struct Inheritance {
    /// The model.
    pub model: ModelId,
    /// What was done to its parents, if declared.
    pub transformation: Transformation,
    /// Whether that is only assumed: the sources name parents, but no transformation.
    pub assumed: bool,
    /// Its parents.
    pub parents: Vec<Inherited>,
    /// The words of the command that claims it; none if a name contains invisible characters.
    pub command: Option<String>,
}

/// One parent.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Inherited {
    /// Its id.
    pub id: ModelId,
    /// Its role.
    pub role: InputRole,
    /// How the model was derived from it, according to the sources.
    pub relation: Relation,
    /// How far that is trusted.
    pub basis: Basis,
    /// Its root digest at the last verification.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root_digest: Option<RootDigest>,
    /// The digest by which a source pins it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared_digest: Option<RootDigest>,
    /// Its proven signer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signer: Option<Identity>,
    /// When it was verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<Timestamp>,
    /// The ledger record of that verification.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordRef>,
    /// Why it cannot be inherited, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lacks: Option<Lacks>,
}

/// Why a parent cannot be inherited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Lacks {
    /// It is not in the inventory, and no digest is declared.
    Files,
    /// It is not signed.
    Signature,
    /// It was not verified in its current state.
    Verification,
    /// Its verification does not pass.
    Proof,
    /// Its verification fails: it contradicts its own signature.
    Contradicted,
    /// A source pins a different digest than it has here.
    OtherDigest,
}

impl View {
    /// What a model inherits from its parents. `builder` is its builder, if known.
    ///
    /// # Errors
    /// `E-NOT-FOUND` when no parent is declared.
    pub fn inheritance(&self, index: usize, builder: Option<&str>) -> Result<Inheritance> {
        let model = self.models.get(index).ok_or_else(|| Error::new(Code::NotFound, "no such model"))?;
        let parents: Vec<Inherited> = self
            .graph
            .parents(&model.id)
            .into_iter()
            .map(|(node, edge)| {
                let known = self.model(&node.id).map(|(index, _)| index);
                inherited(self, &node.id, known, (edge.relation, edge.basis), edge.digest.as_deref().copied())
            })
            .collect();
        let bears = |relation: Relation| relation.bears_weight();
        let derived = parents.iter().map(|parent| parent.relation).find(|relation| bears(*relation));
        let Some(relation) = derived else {
            return Err(Error::new(
                Code::NotFound,
                "no source names a parent of this model, so there is nothing to inherit",
            )
            .at(model.id.raw())
            .help(
                "`touchmark attest provenance MODEL --build train` declares it a root; --base names one that \
                     no source knows",
            ));
        };
        let (transformation, assumed) = match relation {
            Relation::Finetune => (Transformation::Finetune, false),
            Relation::Adapter => (Transformation::Adapter, false),
            Relation::Quantised => (Transformation::Quantise, false),
            Relation::Merge => (Transformation::Merge, false),
            Relation::Distilled => (Transformation::Distil, false),
            Relation::TrainedOn | Relation::Unspecified => (Transformation::Finetune, true),
        };
        let command = command(model, transformation, &parents, builder);
        Ok(Inheritance { model: model.id.clone(), transformation, assumed, parents, command })
    }
}

fn inherited(
    view: &View,
    id: &ModelId,
    index: Option<usize>,
    (relation, basis): (Relation, Basis),
    declared: Option<RootDigest>,
) -> Inherited {
    let known = index.and_then(|index| view.models.get(index));
    let verified = index.and_then(|index| view.standing(index));
    let verification = verified.map(|verified| &verified.verification);
    let root = verification.and_then(|verification| verification.root_of_files());
    let passes = verification.is_some_and(|v| v.outcome() == Outcome::Pass && v.signer_proven());
    let fails = verification.is_some_and(|verification| verification.outcome() == Outcome::Fail);
    let lacks = match (known, verification) {
        (Some(model), _) if model.location.is_none() && declared.is_none() => Some(Lacks::Files),
        (None, _) if declared.is_none() => Some(Lacks::Files),
        (None, _) => None,
        _ if fails => Some(Lacks::Contradicted),
        _ if root.is_some() && declared.is_some() && declared != root => Some(Lacks::OtherDigest),
        (Some(model), _) if model.signature.is_none() => Some(Lacks::Signature),
        (_, None) => Some(Lacks::Verification),
        _ if !passes => Some(Lacks::Proof),
        _ => None,
    };
    let role = match (relation, known.map(|model| role_of(model.kind))) {
        (Relation::TrainedOn, _) => InputRole::Dataset,
        (Relation::Distilled, _) => InputRole::Teacher,
        (Relation::Merge, Some(InputRole::Adapter)) => InputRole::Adapter,
        _ => InputRole::Base,
    };
    Inherited {
        id: id.clone(),
        role,
        relation,
        basis,
        root_digest: root,
        declared_digest: declared,
        signer: verification.filter(|_| passes).and_then(|verification| verification.signer.clone()),
        verified_at: verification.filter(|_| passes).map(|verification| verification.at),
        record: verified.filter(|_| passes).map(|verified| verified.record),
        lacks,
    }
}

/// `touchmark attest provenance …`, which prints the statement as it stands.
fn command(
    model: &Model,
    transformation: Transformation,
    parents: &[Inherited],
    builder: Option<&str>,
) -> Option<String> {
    let mut words: Vec<String> =
        ["touchmark", "attest", "provenance", model.id.raw()].map(str::to_owned).to_vec();
    words.extend(claimed_words(model, transformation)?);
    for parent in parents {
        let flag = match parent.role {
            InputRole::Dataset => "--dataset",
            InputRole::Teacher => "--teacher",
            InputRole::Adapter => "--adapter",
            _ => "--base",
        };
        let id = parent.id.raw();
        let value = match (parent.root_digest, parent.declared_digest) {
            (None, Some(declared)) => format!("{id}@sha256:{declared}"),
            _ => id.to_owned(),
        };
        words.extend([flag.to_owned(), value]);
    }
    words.extend([
        "--builder".to_owned(),
        builder.unwrap_or("urn:example:builder").to_owned(),
        "--dry-run".to_owned(),
    ]);
    let quoted: Option<Vec<String>> = words.iter().map(|word| shell_word(word)).collect();
    quoted.map(|words| words.join(" "))
}

/// The options that say what was done, with the parameters that this requires.
pub(super) fn claimed_words(model: &Model, transformation: Transformation) -> Option<Vec<String>> {
    let build = serde_json::to_value(transformation).ok()?;
    let mut words = vec!["--build".to_owned(), build.as_str()?.to_owned()];
    if transformation == Transformation::Quantise {
        let method = model.fact(FactKey::Quantisation).map(|fact| fact.value.raw().to_owned());
        let method = format!("method={}", method.as_deref().unwrap_or("unknown"));
        words.extend(["--parameter".to_owned(), method]);
    }
    Some(words)
}

/// The role that a model has among those that run together.
pub fn role_of(kind: Kind) -> InputRole {
    match kind {
        Kind::Model => InputRole::Base,
        Kind::Adapter => InputRole::Adapter,
        Kind::Dataset => InputRole::Dataset,
        Kind::Agent | Kind::Skill | Kind::Mcp => InputRole::Other,
    }
}
