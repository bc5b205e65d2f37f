//! What a model's own evidence earns, without its family, and what of the family weighs.

use super::reason::{Reason, ReasonCode, ReasonFact};
use super::shape::{Decided, Rules, Shape};
use crate::maturity::Star;
use crate::policy::{Action, Class, Stage};

/// What is against a model because of its ancestors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Weight {
    /// Its class; none where it only informs.
    pub class: Option<Class>,
    /// What the policy does about an ancestor that nobody signed, whatever the stage; none where all are signed.
    pub unsigned: Option<Action>,
}

/// What the lineage weighs at a stage, where an exception may excuse what ancestors lack.
pub(super) fn cap(stage: Option<&Stage>, weight: Weight, is_excused: bool) -> Reason {
    let by_stage = stage.zip(weight.class).map_or(Action::Open, |(stage, class)| stage.action(class));
    let unsigned = weight.unsigned.filter(|unsigned| *unsigned > by_stage);
    // A contradiction is what it is, also where the missing signature weighs more.
    let class = weight.class.or(unsigned.map(|_| Class::Missing));
    let (action, fact) = match unsigned {
        _ if is_excused && class == Some(Class::Missing) => (Action::Open, ReasonFact::Excepted),
        Some(unsigned) => (unsigned, ReasonFact::UnsignedAncestor),
        None => (by_stage, ReasonFact::Cap),
    };
    Reason { code: ReasonCode::Cap, class, action, fact }
}

/// What a model's own evidence earns, without its family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Own {
    pub level: u8,
    pub contradicts: bool,
    pub worst: Option<Action>,
    /// Whether nothing is decided: nobody has looked, or what was seen does not hold any more.
    pub is_open: bool,
    /// What the level rests on.
    pub star: Star,
    /// The level that the stage requires.
    pub wanted: u8,
    /// Whether an exception excuses the level of the ancestors.
    pub excuses_ancestors: bool,
    /// Whether the glass is broken, and nothing in the model itself forbids to let it in.
    pub is_broken: bool,
}

impl Own {
    /// What was not judged is not let in.
    pub const NONE: Own = Own {
        level: 0,
        contradicts: false,
        worst: Some(Action::Closed),
        is_open: false,
        star: Star { resigned: false, bridged: false },
        wanted: 0,
        excuses_ancestors: false,
        is_broken: false,
    };

    pub fn of(rules: &Rules<'_>, shape: &Shape) -> (Self, Option<Reason>) {
        let Decided { level, first, is_open, is_broken } = rules.decide(shape);
        let worst = first.as_ref().map(|reason| reason.action);
        let own = Own {
            level,
            contradicts: shape.contradicts(),
            worst,
            is_open,
            star: shape.star(),
            wanted: rules.wanted(shape),
            excuses_ancestors: rules.excuses_ancestors(shape),
            is_broken,
        };
        (own, first)
    }

    pub fn cap(&self, stage: Option<&Stage>, weight: Weight) -> Reason {
        cap(stage, weight, self.excuses_ancestors)
    }

    /// Whether the broken glass lets in what it and its ancestors have against it.
    pub fn is_let_in(&self, stage: Option<&Stage>, cap: Option<&Reason>) -> bool {
        let forbids = |class: Class| {
            stage
                .and_then(|stage| stage.break_glass.as_ref())
                .is_none_or(|glass| glass.forbids.contains(class))
        };
        let refuses = cap.filter(|reason| reason.action == Action::Closed).and_then(|reason| reason.class);
        self.is_broken && !refuses.is_some_and(forbids)
    }

    /// What of it the family depends on; the stage is not in it.
    pub fn inherited(&self) -> (u8, bool) {
        (self.level, self.contradicts)
    }
}
