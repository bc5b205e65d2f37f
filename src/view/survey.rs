//! A whole inventory in numbers: how its levels are distributed, what stands in the way of most models, who makes them.
//! It judges nothing.

use crate::decision::{Decision, Standing};
use crate::inventory::Model;
use crate::text::Untrusted;
use std::collections::HashMap;
use std::sync::Arc;

/// Levels 0 to 3.
const LEVELS: usize = 4;

/// An inventory in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    /// Models that were judged.
    pub judged: usize,
    /// Models that nobody has looked at.
    pub open: usize,
    /// Judged models by their own level.
    pub own: [usize; LEVELS],
    /// Judged models by what their ancestors leave of it.
    pub effective: [usize; LEVELS],
    /// Judged models that lose a level to an ancestor.
    pub capped: usize,
    /// Open musts, those that stand in the way of most models first.
    pub gaps: Vec<Gap>,
    /// Who makes the models, those with most first.
    pub producers: Vec<Producer>,
}

/// A control that stands between models and their next level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Its id.
    pub control: Arc<str>,
    /// How many judged models it keeps back.
    pub models: usize,
}

/// Who makes models: the part of their names before the first slash.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Producer {
    /// Empty where names say nothing.
    pub name: Untrusted,
    /// All of its models.
    pub models: usize,
    /// Those that come with a signature.
    pub signed: usize,
    /// Judged ones by effective level.
    pub levels: [usize; LEVELS],
    /// Those that the stage refuses.
    pub refused: usize,
}

impl Survey {
    /// Of models, where each stands, and what stands in the way of how many.
    pub fn of(models: &[Model], standings: &[Standing], gaps: Vec<(Arc<str>, usize)>) -> Self {
        let mut survey = Survey::default();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (index, model) in models.iter().enumerate() {
            let name = model.id.raw().split_once('/').map_or("", |(producer, _)| producer);
            let place = *places.entry(name).or_insert_with(|| {
                let name = Untrusted::new(name);
                survey.producers.push(Producer { name, ..Producer::default() });
                survey.producers.len() - 1
            });
            let Some(producer) = survey.producers.get_mut(place) else { continue };
            producer.models += 1;
            producer.signed += usize::from(model.signature.is_some());
            let standing = standings.get(index).filter(|standing| standing.decision != Decision::NotJudged);
            let Some(standing) = standing else {
                survey.open += 1;
                continue;
            };
            survey.judged += 1;
            survey.capped += usize::from(standing.effective < standing.own);
            producer.refused += usize::from(standing.decision == Decision::Refuse);
            add(&mut survey.own, standing.own);
            add(&mut survey.effective, standing.effective);
            add(&mut producer.levels, standing.effective);
        }
        survey.producers.sort_by(|a, b| b.models.cmp(&a.models).then_with(|| a.name.cmp(&b.name)));
        survey.gaps = gaps.into_iter().map(|(control, models)| Gap { control, models }).collect();
        survey.gaps.sort_by(|a, b| b.models.cmp(&a.models).then_with(|| a.control.cmp(&b.control)));
        survey
    }
}

fn add(levels: &mut [usize; LEVELS], level: u8) {
    if let Some(many) = levels.get_mut(usize::from(level)) {
        *many += 1;
    }
}
