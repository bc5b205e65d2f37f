//! Turns claims into proofs of lineage: the parents that the claims of a model name by digest, matched to
//! models of the inventory. A name proves nothing and links nothing.

use super::given::{Known, Verifications};
use crate::attest::{
    Claimed, Domain, Input, InputRole, PredicateKind, Provenance, Said, Transformation, Validity,
};
use crate::inventory::{Model, ModelId, Relation};
use crate::lineage::{Digests, Origins, Proof, Proven, RootSaid, Stated};
use crate::maturity::Testimony;
use crate::policy::{Policy, Role};
use crate::signing::{About, Outcome, RootDigest};
use crate::text::Untrusted;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Which model of the inventory a digest names.
pub type Join<'a> = dyn Fn(&RootDigest) -> Option<ModelId> + Sync + 'a;

/// The verified root of a model's files, where they are still those.
pub fn root_of(known: &Known<'_>) -> Option<RootDigest> {
    known.verification.filter(|_| known.since.is_same())?.root_of_files()
}

/// What the claims of a whole inventory say of where its models came from.
pub fn proven(models: &[Model], verified: &Verifications<'_>, digests: &Digests, policy: &Policy) -> Proven {
    let join = |digest: &RootDigest| digests.model_of(digest).cloned();
    let of_model = |(index, model): (usize, &Model)| {
        let origins = origins(&model.id, verified(index).testimonies, policy, &join);
        (!origins.is_empty()).then(|| (model.id.clone(), origins))
    };
    let said: Vec<(ModelId, Origins)> =
        models.par_iter().enumerate().with_min_len(256).filter_map(of_model).collect();
    Proven::by(said)
}

/// What is known of all models by their digests.
pub fn digests_of(models: &[Model], verified: &Verifications<'_>, stated: Arc<Stated>) -> Digests {
    Digests::of(models, stated, |index| root_of(&verified(index)))
}

/// What the claims of one model say of where it came from.
pub fn origins(child: &ModelId, testimonies: &[Testimony], policy: &Policy, join: &Join<'_>) -> Origins {
    let (mut proofs, mut roots) = (Vec::new(), Vec::new());
    for testimony in testimonies.iter().filter(|testimony| stands(&testimony.claimed)) {
        let Said::Provenance(provenance) = &testimony.claimed.said else { continue };
        let claim: Arc<str> = testimony.claimed.digest.as_str().into();
        let signer = testimony.claimed.signer.as_ref().map(|signer| signer.subject.clone());
        let signer = signer.unwrap_or_else(|| Untrusted::new(""));
        let in_role = in_role(testimony, policy);
        let signed_at = testimony.claimed.signed_at;
        if provenance.is_root {
            roots.push(RootSaid { claim: claim.clone(), signer: signer.clone(), in_role, signed_at });
        }
        let complete = is_complete(provenance);
        for input in &provenance.inputs {
            let Some(relation) = relation(provenance.transformation, input.role) else { continue };
            let Some(digest) = usable(input) else { continue };
            let parent = join(&digest).unwrap_or_else(|| ModelId::of_digest(input.name.raw(), &digest));
            let (started, verified_at) = (provenance.started, input.verified_at);
            let (child, claim, signer) = (child.clone(), claim.clone(), signer.clone());
            proofs.push(Proof {
                child,
                parent,
                relation,
                digest,
                claim,
                signer,
                in_role,
                complete,
                signed_at,
                started,
                verified_at,
            });
        }
    }
    Origins::new(proofs, roots)
}

/// The digests in any provenance of a model, regardless of the signer: the inventory decides which models
/// they are.
pub fn named_digests(testimonies: &[Testimony]) -> BTreeSet<RootDigest> {
    let said = testimonies.iter().filter_map(|testimony| match &testimony.claimed.said {
        Said::Provenance(provenance) => Some(&provenance.inputs),
        _ => None,
    });
    said.flatten().filter_map(usable).collect()
}

/// Whether a claim is about the model and its signer is proven, expected or not.
pub fn stands(claimed: &Claimed) -> bool {
    claimed.about == About::ThisModel
        && claimed.validity == Validity::Valid
        && claimed.signer.is_some()
        && matches!(claimed.outcome, Outcome::Pass | Outcome::Partial)
}

/// Whether the policy lets the signer of a claim say what a model derives from. Where it speaks of no roles, a publisher
/// says that of its own models.
pub fn in_role(testimony: &Testimony, policy: &Policy) -> bool {
    let needed = Role::for_kind(PredicateKind::Provenance);
    testimony.roles.iter().any(|role| needed.contains(&role))
        || !policy.assigns_roles() && testimony.claimed.outcome == Outcome::Pass
}

/// Whether it names every model that went in, by a digest.
fn is_complete(provenance: &Provenance) -> bool {
    let bears =
        |input: &&Input| relation(provenance.transformation, input.role).is_some_and(Relation::bears_weight);
    let mut models = provenance.inputs.iter().filter(bears).peekable();
    (provenance.is_root || models.peek().is_some()) && models.all(|input| usable(input).is_some())
}

/// How a model came from something that went in; none where that is no model and no data.
fn relation(transformation: Option<Transformation>, role: InputRole) -> Option<Relation> {
    Some(match (role, transformation) {
        (InputRole::Dataset, _) => Relation::TrainedOn,
        (InputRole::Teacher, _) => Relation::Distilled,
        (InputRole::Base | InputRole::Adapter, Some(Transformation::Merge)) => Relation::Merge,
        (InputRole::Adapter, _) | (InputRole::Base, Some(Transformation::Adapter)) => Relation::Adapter,
        (InputRole::Base, Some(Transformation::Quantise)) => Relation::Quantised,
        (
            InputRole::Base,
            Some(Transformation::Train | Transformation::Finetune | Transformation::Distil),
        ) => Relation::Finetune,
        (InputRole::Base, Some(Transformation::Convert | Transformation::Prune) | None) => {
            Relation::Unspecified
        }
        (
            InputRole::Code
            | InputRole::Config
            | InputRole::Tokenizer
            | InputRole::Template
            | InputRole::Other,
            _,
        ) => return None,
    })
}

/// The one SHA-256 of an input; none where there is none, or several that differ.
fn usable(input: &Input) -> Option<RootDigest> {
    let of_domain = input.digests.iter().filter(|digest| digest.domain == Domain::Sha256);
    let mut digests = of_domain.map(|digest| digest.value.raw().parse::<RootDigest>());
    let first = digests.next()?.ok()?;
    digests.all(|digest| digest.ok() == Some(first)).then_some(first)
}
