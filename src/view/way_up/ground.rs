//! What of a way up is there already: who may sign and claim what under the policy, and by which methods.

use super::super::View;
use crate::attest::{PredicateKind, Registry};
use crate::inventory::ModelId;
use crate::maturity::Means;
use crate::policy::{
    Attester, IdentityPattern, ModelPattern, Policy, Publisher, Requirement, Role, Severity,
};
use crate::signing::AnchorKind;
use crate::tables::Few;

/// The methods of signing, the least effort first.
const METHODS: [AnchorKind; 3] = [AnchorKind::Key, AnchorKind::Ca, AnchorKind::Sigstore];

/// Somebody whom the policy knows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'p> {
    pub id: &'p str,
    pub trust: &'p [String],
    pub identities: &'p [IdentityPattern],
    pub roles: Few<Role>,
    /// The domains in which its claims count; without any, all.
    domains: &'p [String],
}

impl<'p> Known<'p> {
    pub fn publisher(publisher: &'p Publisher) -> Self {
        Known {
            id: &publisher.id,
            trust: &publisher.trust,
            identities: &publisher.identities,
            roles: publisher.roles,
            domains: &[],
        }
    }

    fn attester(attester: &'p Attester) -> Self {
        Known {
            id: &attester.id,
            trust: &attester.trust,
            identities: &attester.identities,
            roles: attester.roles,
            domains: &attester.domains,
        }
    }

    /// Whether its claims in this domain count.
    fn covers(&self, domain: &str) -> bool {
        self.domains.is_empty() || self.domains.iter().any(|known| known == domain)
    }

    /// The methods by which its signatures count, the least effort first.
    pub fn methods(&self, policy: &Policy) -> Vec<AnchorKind> {
        let is_kind = |kind: AnchorKind| {
            let mut anchors = policy.trust.iter().filter(|anchor| self.trust.contains(&anchor.name));
            anchors.any(|anchor| anchor.kind == kind)
        };
        METHODS.into_iter().filter(|kind| is_kind(*kind)).collect()
    }
}

/// Who may sign and claim what of a model.
pub(super) struct Grounds<'v> {
    view: &'v View,
    index: usize,
}

impl<'v> Grounds<'v> {
    pub fn of(view: &'v View, index: usize) -> Self {
        Grounds { view, index }
    }

    fn id(&self) -> Option<&'v ModelId> {
        self.view.models.get(self.index).map(|model| &model.id)
    }

    /// The publisher of the model.
    pub fn publisher(&self) -> Option<&'v Publisher> {
        self.view.policy.publisher_of(self.id()?.raw())
    }

    /// Everybody who may say something of the model now.
    fn known(&self) -> Vec<Known<'v>> {
        let Some(id) = self.id() else { return Vec::new() };
        let now = self.view.at;
        let inside = |from: Option<jiff::Timestamp>, until: Option<jiff::Timestamp>| {
            from.is_none_or(|from| from <= now) && until.is_none_or(|until| now < until)
        };
        let publisher = self.publisher().filter(|one| inside(one.valid_from, one.valid_until));
        let fits =
            |models: &[ModelPattern]| models.is_empty() || models.iter().any(|one| one.matches(id.raw()));
        let attesters = self.view.policy.attesters.iter();
        let attesters = attesters.filter(|one| fits(&one.models) && inside(one.valid_from, one.valid_until));
        publisher.map(Known::publisher).into_iter().chain(attesters.map(Known::attester)).collect()
    }

    /// Those who have one of these roles for the model, and whose evaluations count where the policy requires them.
    pub fn with_role(&self, roles: &[Role]) -> Vec<Known<'v>> {
        let covers_all = |known: &Known<'v>| {
            let mut domains = self.required_evaluations().filter_map(|one| one.domain.as_deref());
            domains.all(|domain| known.covers(domain))
        };
        let counts = |known: &Known<'v>, role: Role| {
            known.roles.contains(role) && (role != Role::Eval || covers_all(known))
        };
        let has = |known: &Known<'v>| roles.iter().any(|role| counts(known, *role));
        self.known().into_iter().filter(has).collect()
    }

    /// The methods of those who have one of these roles; of nobody, those of the publisher: it is who gets the role.
    pub fn methods(&self, roles: &[Role]) -> Vec<AnchorKind> {
        let those = self.with_role(roles);
        let publisher = self.publisher().map(Known::publisher);
        let those = if those.is_empty() { publisher.into_iter().collect() } else { those };
        let has = |kind: &AnchorKind| those.iter().any(|one| one.methods(&self.view.policy).contains(kind));
        METHODS.into_iter().filter(has).collect()
    }

    /// The method of a round among those of the roles: of few methods the last one stays.
    pub fn method(&self, roles: &[Role], round: usize) -> AnchorKind {
        let methods = self.methods(roles);
        methods.get(round).or(methods.last()).copied().unwrap_or(AnchorKind::Key)
    }

    /// Who else than the publisher signs a claim by that method, where the publisher has none of these roles.
    pub fn other(&self, roles: &[Role], method: AnchorKind) -> Option<&'v str> {
        let publisher = self.publisher();
        // The publisher may have got a role under a name of its own.
        let is_publisher = |one: &Known<'v>| {
            publisher.is_some_and(|own| {
                one.trust == own.trust.as_slice() && one.identities == own.identities.as_slice()
            })
        };
        let those = self.with_role(roles);
        let mut those = those.iter().filter(|one| one.methods(&self.view.policy).contains(&method));
        match those.clone().any(is_publisher) {
            true => None,
            false => those.next().map(|one| one.id),
        }
    }

    /// So many rounds differ in how claims are signed.
    pub fn rounds(&self) -> usize {
        self.methods(&[Role::Build, Role::Lineage]).len().max(1)
    }

    /// Whether the policy knows a timestamp authority.
    fn has_stamps(&self) -> bool {
        self.view.policy.trust.iter().any(|anchor| anchor.kind == AnchorKind::Tsa)
    }

    /// What is there already.
    pub fn means(&self, round: usize) -> Few<Means> {
        let mut has = Few::NONE;
        let mut given = |means: Means, holds: bool| {
            if holds {
                has.add(means);
            }
        };
        let publisher = self.publisher();
        given(Means::Unnamed, publisher.is_none());
        given(Means::Publisher, publisher.is_some());
        let methods =
            publisher.map(|one| Known::publisher(one).methods(&self.view.policy)).unwrap_or_default();
        given(
            Means::Key,
            methods.contains(&AnchorKind::Key) || publisher.is_none() && self.anchor().is_some(),
        );
        given(Means::Authority, methods.contains(&AnchorKind::Ca));
        given(Means::Sigstore, methods.contains(&AnchorKind::Sigstore));
        let model = self.view.models.get(self.index);
        given(Means::Signature, model.is_some_and(|model| model.signature.is_some()));
        let build = [Role::Build, Role::Lineage];
        given(Means::Time, self.method(&build, round) == AnchorKind::Sigstore || self.has_stamps());
        let evaluators = self.with_role(&[Role::Eval]);
        let is_keyless = !evaluators.is_empty() && self.method(&[Role::Eval], round) == AnchorKind::Sigstore;
        given(Means::EvaluationTime, is_keyless || self.has_stamps());
        for (means, roles) in [
            (Means::BuildRole, build.as_slice()),
            (Means::DataRole, &[Role::Data]),
            (Means::CardRole, &[Role::Card]),
            (Means::EvaluationRole, &[Role::Eval]),
            (Means::VerifierRole, &[Role::Verifier]),
        ] {
            given(means, !self.with_role(roles).is_empty());
        }
        given(Means::Requirement, self.required_evaluations().next().is_some());
        given(Means::PolicySigner, !self.view.workspace.policy_trust.is_empty());
        has
    }

    /// The anchor by which the signer of the model is proven, where the policy names no publisher for it.
    pub fn anchor(&self) -> Option<&'v str> {
        let verification = &self.view.standing(self.index)?.verification;
        verification
            .anchor
            .as_ref()
            .filter(|_| verification.signer_proven())
            .map(|anchor| anchor.name.as_str())
    }

    /// What the policy requires of evaluations.
    pub fn required_evaluations(&self) -> impl Iterator<Item = &'v Requirement> + use<'v> {
        let is_evaluation = move |uri: &String| {
            Registry::bundled().of(uri).is_some_and(|known| known.kind == PredicateKind::Evaluation)
        };
        let requirements = self.view.policy.requirements.iter();
        requirements
            .filter(|one| one.severity == Severity::Must)
            .filter(move |one| one.uris.iter().any(is_evaluation))
    }
}
