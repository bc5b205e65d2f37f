//! The keys of a policy file as data: their tables, what each may hold, and what it means. The reader takes its keys
//! from here, and so do the schema for editors and the workbench's editor. It reads no file.

mod catalogue;
mod layout;

pub(super) use catalogue::{
    ARTIFACT, ATTESTER, BREAK_GLASS, CLAUSE, CONFLICTS, CONTROLS, CRYPTO, DENY, EVIDENCE_RULE, EXCEPTION,
    EXPECT, FRESHNESS, GIVEN, GIVEN_CLAIM, GIVEN_GLASS, GIVEN_LEDGER, GIVEN_LOGGED, GIVEN_SIGNER, IDENTITY,
    IR_SURFACE, LEDGER, LINEAGE, LOG, PUBLISHER, REQUIRE, RISK, RISK_LEVELS, STAGE, SUMMARY, TEST,
    TRUST_ANCHOR,
};
pub use catalogue::{EXTENDS, POLICY};
pub use layout::{Form, Key, Layout, Thing};
