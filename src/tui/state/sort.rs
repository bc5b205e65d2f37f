//! The orders that rows can have.

/// An order of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// What needs a person first.
    Problems,
    /// By id.
    Model,
    /// By signer.
    Signer,
    /// By effective level, lowest first.
    Level,
    /// Refused first.
    Gate,
}

impl Sort {
    /// All of them, in order.
    pub const ALL: [Sort; 5] = [Sort::Problems, Sort::Model, Sort::Signer, Sort::Level, Sort::Gate];

    /// The words shown.
    pub fn word(self) -> &'static str {
        match self {
            Sort::Problems => "problems first",
            Sort::Model => "by name",
            Sort::Signer => "by signer",
            Sort::Level => "by level",
            Sort::Gate => "by gate",
        }
    }
}
