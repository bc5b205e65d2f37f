//! What it is that is signed, for the words of remedies: OMS calls everything a model.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is signed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Thing {
    /// Weights, or nobody knows.
    #[default]
    Model,
    /// An adapter for weights.
    Adapter,
    /// Data.
    Dataset,
    /// An agent's card.
    Agent,
    /// A folder of instructions for an agent.
    Skill,
    /// What describes servers of tools for agents.
    Mcp,
}

impl Thing {
    /// Whether it is a model, as which everything is spoken of unless somebody knows better.
    pub fn is_model(&self) -> bool {
        *self == Thing::Model
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Thing::Model => "model",
            Thing::Adapter => "adapter",
            Thing::Dataset => "dataset",
            Thing::Agent => "agent",
            Thing::Skill => "skill",
            Thing::Mcp => "descriptor",
        }
    }
}
