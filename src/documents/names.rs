//! The names of the documents, each with its version, as their first member says them. A member that is added keeps the
//! version; one that is renamed, removed or means something else needs a new one.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use std::borrow::Cow;

macro_rules! names {
    ($($marker:ident $name:literal,)*) => {$(
        #[doc = concat!("`", $name, "`")]
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct $marker;

        impl Serialize for $marker {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str($name)
            }
        }

        impl JsonSchema for $marker {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($marker).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "const": $name })
            }
        }
    )*};
}

names! {
    Attest "touchmark.attest/1",
    AuditPack "touchmark.audit-pack/1",
    AuditVerify "touchmark.audit-verify/1",
    Bind "touchmark.bind/1",
    Blast "touchmark.blast/1",
    Claim "touchmark.claim/1",
    Claims "touchmark.claims/1",
    ClaimsAppend "touchmark.claims-append/1",
    ClaimsCheck "touchmark.claims-check/1",
    ClaimsForm "touchmark.claims-form/1",
    Comparison "touchmark.comparison/1",
    Completions "touchmark.completions/1",
    Demo "touchmark.demo/1",
    Diff "touchmark.diff/1",
    Deployed "touchmark.deployed/1",
    DeploymentRunbook "touchmark.deployment-runbook/1",
    DeploymentSurface "touchmark.deployment-surface/1",
    Deployments "touchmark.deployments/1",
    DescriptorDiff "touchmark.descriptor-diff/1",
    Digest "touchmark.digest/2",
    ErrorName "touchmark.error/1",
    FeedImport "touchmark.feed-import/1",
    FeedLint "touchmark.feed-lint/1",
    FeedMatches "touchmark.feed-matches/1",
    FeedTriage "touchmark.feed-triage/1",
    Feeds "touchmark.feeds/1",
    FleetPlanned "touchmark.fleet-planned/1",
    FleetProve "touchmark.fleet-prove/1",
    FleetSeal "touchmark.fleet-seal/1",
    FleetStatus "touchmark.fleet-status/1",
    FleetWorked "touchmark.fleet-worked/1",
    GuardRefusal "touchmark.guard-refusal/1",
    Import "touchmark.import/1",
    Incident "touchmark.incident/1",
    IncidentDisclosure "touchmark.incident-disclosure/1",
    IncidentDrill "touchmark.incident-drill/1",
    IncidentRunbook "touchmark.incident-runbook/1",
    IncidentRunbookCheck "touchmark.incident-runbook-check/1",
    IncidentTriage "touchmark.incident-triage/1",
    IncidentTypes "touchmark.incident-types/1",
    Incidents "touchmark.incidents/1",
    Inherit "touchmark.inherit/1",
    Init "touchmark.init/1",
    InspectBom "touchmark.inspect-bom/1",
    Inspection "touchmark.inspection/1",
    Key "touchmark.key/1",
    KeyGenerated "touchmark.key-generated/1",
    Keymap "touchmark.keymap/1",
    KeymapCheck "touchmark.keymap-check/1",
    Ledger "touchmark.ledger/1",
    LedgerAnchor "touchmark.ledger-anchor/1",
    LedgerAnchors "touchmark.ledger-anchors/1",
    LedgerCheckpointMade "touchmark.ledger-checkpoint-made/1",
    LedgerExport "touchmark.ledger-export/1",
    LedgerImport "touchmark.ledger-import/1",
    LedgerProofCheck "touchmark.ledger-proof-check/1",
    LedgerReplay "touchmark.ledger-replay/1",
    LedgerVerify "touchmark.ledger-verify/1",
    Lineage "touchmark.lineage/1",
    List "touchmark.list/1",
    Man "touchmark.man/1",
    Maturity "touchmark.maturity/1",
    MaturityComparison "touchmark.maturity-comparison/1",
    MaturityReport "touchmark.maturity-report/1",
    MaturityUnlock "touchmark.maturity-unlock/1",
    Model "touchmark.model/1",
    Path "touchmark.path/1",
    Pins "touchmark.pins/1",
    Store "touchmark.store/1",
    Policy "touchmark.policy/1",
    PolicyCheck "touchmark.policy-check/1",
    PolicyConversion "touchmark.policy-conversion/1",
    PolicyExceptions "touchmark.policy-exceptions/1",
    PolicyExplain "touchmark.policy-explain/1",
    PolicyLint "touchmark.policy-lint/1",
    PolicyPreview "touchmark.policy-preview/1",
    PolicySuggest "touchmark.policy-suggest/1",
    PolicyTest "touchmark.policy-test/1",
    PolicyWhatIf "touchmark.policy-what-if/1",
    ReportForecast "touchmark.report-forecast/1",
    ReportIncident "touchmark.report-incident/1",
    ReportInventory "touchmark.report-inventory/1",
    ReportModel "touchmark.report-model/1",
    ReportPolicy "touchmark.report-policy/1",
    ReportProducer "touchmark.report-producer/1",
    ReportTrend "touchmark.report-trend/1",
    ReportWritten "touchmark.report-written/1",
    Review "touchmark.review/1",
    ReviewHistory "touchmark.review-history/1",
    Scan "touchmark.scan/1",
    Score "touchmark.score/1",
    Signed "touchmark.signed/2",
    Snapshot "touchmark.snapshot/1",
    SnapshotSigned "touchmark.snapshot-signed/1",
    SnapshotTaken "touchmark.snapshot-taken/1",
    SnapshotVerify "touchmark.snapshot-verify/1",
    Themes "touchmark.themes/1",
    Trust "touchmark.trust/1",
    TrustAdded "touchmark.trust-added/1",
    TrustAnchor "touchmark.trust-anchor/1",
    TrustRefreshed "touchmark.trust-refreshed/1",
    TrustRemoved "touchmark.trust-removed/1",
    Verdict "touchmark.verdict/1",
    Verification "touchmark.verification/1",
    Why "touchmark.why/1",
}
