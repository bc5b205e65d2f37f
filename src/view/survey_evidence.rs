//! What the figures of a survey rest on, by digest. Each model has a line; the digest of some models is the SHA-256 over
//! the SHA-256 of each of their lines, in the order of their ids. It counts nothing.

use super::View;
use super::publisher::publisher;
use super::survey::{EvidenceLine, Survey, SurveyOf};
use crate::decision::{Earned, Inputs, digest_of, name_inputs};
use crate::error::Result;
use crate::inventory::Model;
use crate::store::EvidenceDigest;
use rayon::prelude::*;
use std::collections::HashMap;

impl View {
    /// What is known of the model of an index, by digest; none where there is no such model.
    ///
    /// # Errors
    /// `E-INTERNAL`, `E-TOO-LARGE`.
    pub fn evidence_line(&self, index: usize) -> Result<Option<EvidenceLine>> {
        let Some(model) = self.models.get(index) else { return Ok(None) };
        let (model, _) = self.digests_at(index, model)?;
        Ok(Some(EvidenceLine { model, reviews: self.standing_reviews(index) }))
    }

    /// What is known of each model, by digest, in their order; and the inputs of all verdicts, where `evidence` is the
    /// SHA-256 over these digests.
    ///
    /// # Errors
    /// `E-INTERNAL`, `E-TOO-LARGE`.
    pub(crate) fn evidence_of_all(&self) -> Result<(Vec<EvidenceDigest>, Inputs)> {
        let line = |index: usize| self.evidence_line(index)?.map(|line| digest_of(&line)).transpose();
        let lines: Vec<Option<EvidenceDigest>> =
            (0..self.models.len()).into_par_iter().map(line).collect::<Result<_>>()?;
        let evidence: Vec<EvidenceDigest> = lines.into_iter().flatten().collect();
        let all: Vec<u8> = evidence.iter().flat_map(|digest| digest.0).collect();
        let level = Some((&*self.rubric, self.stage.as_str()));
        let all = EvidenceDigest::of(&all)?;
        Ok((evidence, name_inputs(all, &self.policy, level, &self.trust, &self.feeds, self.at)?))
    }

    /// Some of its models in numbers, each number with the digest that it rests on.
    ///
    /// # Errors
    /// `E-INTERNAL`, `E-TOO-LARGE`; `E-CANCELLED` when somebody asked to stop.
    pub fn survey_on_evidence(&self, of: &SurveyOf<'_>) -> Result<Survey> {
        let mut survey = self.survey_of(of);
        let rows: Vec<usize> = of.rows.map_or_else(|| (0..self.models.len()).collect(), <[usize]>::to_vec);
        if let Some(progress) = of.progress {
            progress.expect(u64::try_from(rows.len()).unwrap_or(u64::MAX), 0);
        }
        let line = |index: &usize| -> Result<Option<(usize, EvidenceDigest)>> {
            if let Some(progress) = of.progress {
                progress.check()?;
                progress.add_file();
            }
            let line = self.evidence_line(*index)?;
            line.map(|line| Ok((*index, digest_of(&line)?))).transpose()
        };
        let lines: Vec<(usize, EvidenceDigest)> =
            rows.par_iter().filter_map(|index| line(index).transpose()).collect::<Result<_>>()?;
        let earned = self.earned();
        let mut of_gap: HashMap<&str, Vec<u8>> = HashMap::new();
        let mut of_producer: HashMap<String, Vec<u8>> = HashMap::new();
        for (index, digest) in &lines {
            let kind = self.judgement.kind(*index).and_then(|kind| earned.get(kind));
            let musts = |earned: &&Earned| earned.measured;
            for must in kind.filter(musts).into_iter().flat_map(|earned| &earned.score.open_musts) {
                of_gap.entry(must).or_default().extend(digest.0);
            }
            let name = self.models.get(*index).and_then(|model: &Model| publisher(model));
            let name = name.unwrap_or_default();
            match of_producer.get_mut(&*name) {
                Some(sum) => sum.extend(digest.0),
                None => drop(of_producer.insert(name.into_owned(), digest.0.to_vec())),
            }
        }
        let sum = |digests: Option<&Vec<u8>>| digests.map(|bytes| EvidenceDigest::of(bytes)).transpose();
        for gap in &mut survey.gaps {
            gap.evidence = sum(of_gap.get(&*gap.control))?;
        }
        for producer in &mut survey.producers {
            producer.evidence = sum(of_producer.get(producer.name.raw()))?;
        }
        let all: Vec<u8> = lines.iter().flat_map(|(_, digest)| digest.0).collect();
        let level = Some((&*self.rubric, self.stage.as_str()));
        let evidence = EvidenceDigest::of(&all)?;
        survey.inputs = Some(name_inputs(evidence, &self.policy, level, &self.trust, &self.feeds, self.at)?);
        Ok(survey)
    }
}
