//! What one thing would raise most models of an inventory. It judges nothing: the judgement does.

use super::View;
use crate::decision::Unlock;
use crate::maturity::Steps;

impl View {
    /// What would raise most models, each thing alone.
    pub fn unlock(&self) -> Unlock {
        let descent = self.judgement.descent();
        let reviews = |index| self.standing_reviews(index);
        let verified = |index| self.known(index);
        self.judgement.unlock(&self.input(descent, &verified, &reviews), Steps::bundled())
    }
}
