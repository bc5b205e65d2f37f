//! Every document with its JSON Schema, as `docs/schemas` publishes them.

use super::asked::{BlastDocument, PathDocument, WhyDocument};
use super::attest::{AttestDocument, InheritDocument};
use super::audit::{AuditPackDocument, AuditVerifyDocument};
use super::claims::{
    ClaimDocument, ClaimsAppendDocument, ClaimsCheckDocument, ClaimsDocument, ClaimsFormDocument,
};
use super::comparison::ComparisonDocument;
use super::deployments::{DeployedDocument, DeploymentsDocument};
use super::disclosures::IncidentDisclosureDocument;
use super::drills::IncidentDrillDocument;
use super::feeds::{
    FeedImportDocument, FeedLintDocument, FeedMatchesDocument, FeedTriageDocument, FeedsDocument,
};
use super::fleet::{
    FleetPlannedDocument, FleetProveDocument, FleetSealDocument, FleetStatusDocument, FleetWorkedDocument,
};
use super::forecast::ReportForecastDocument;
use super::guard::GuardRefusalDocument;
use super::incident_report::IncidentReportDocument;
use super::incidents::{IncidentDocument, IncidentsDocument};
use super::inventory::{
    BindDocument, ImportDocument, InspectBomDocument, LineageDocument, ListDocument, ModelDocument,
    ScanDocument,
};
use super::inventory_report::InventoryReportDocument;
use super::ledger_anchor::{LedgerAnchorDocument, LedgerAnchorsDocument};
use super::ledger_proof::LedgerProofCheckDocument;
use super::maturity_report::MaturityReportDocument;
use super::model_documentation::ModelDocumentationDocument;
use super::pins::{DescriptorDiffDocument, PinsDocument};
use super::placed::DeploymentRunbookDocument;
use super::policy_conversion::PolicyConversionDocument;
use super::policy_exceptions::PolicyExceptionsDocument;
use super::policy_explain::PolicyExplainDocument;
use super::policy_lint::PolicyLintDocument;
use super::policy_preview::PolicyPreviewDocument;
use super::policy_report::PolicyReportDocument;
use super::policy_suggest::PolicySuggestDocument;
use super::policy_test::PolicyTestDocument;
use super::producer_report::ProducerReportDocument;
use super::report_written::ReportWrittenDocument;
use super::rubrics::RubricComparisonDocument;
use super::runbooks::{IncidentRunbookCheckDocument, IncidentRunbookDocument, IncidentTypesDocument};
use super::shells::{CompletionsDocument, ManDocument};
use super::signing::{DigestDocument, InspectionDocument, KeyDocument, KeyGeneratedDocument, SignedDocument};
use super::snapshot::{
    DiffDocument, SnapshotFile, SnapshotSignedDocument, SnapshotTakenDocument, SnapshotVerifyDocument,
};
use super::stores::StoreDocument;
use super::surfaces::DeploymentSurfaceDocument;
use super::survey::SurveyDocument;
use super::themes::ThemesDocument;
use super::trend::ReportTrendDocument;
use super::triage::IncidentTriageDocument;
use super::trust::{
    TrustAddedDocument, TrustAnchorDocument, TrustDocument, TrustRefreshedDocument, TrustRemovedDocument,
};
use super::verdict::{ScoreDocument, VerdictDocument};
use super::verification::VerificationDocument;
use super::way_up::UnlockDocument;
use super::what_if::PolicyWhatIfDocument;
use super::workspace::{
    DemoDocument, ErrorDocument, InitDocument, KeymapCheckDocument, KeymapDocument,
    LedgerCheckpointMadeDocument, LedgerDocument, LedgerExportDocument, LedgerImportDocument,
    LedgerReplayDocument, LedgerVerifyDocument, PolicyCheckDocument, PolicyDocument, ReviewDocument,
    ReviewHistoryDocument,
};
use crate::decision::{
    AnchorRecord, AnchorsDocument, Checkpoint, DecisionRecord, EvidenceDocument, LedgerProof,
    PolicyChangeRecord, ReviewRecord, VerificationRecord,
};
use crate::feed::{Feed, FeedRecord};
use crate::fleet::{FleetPlan, FleetProof, FleetRecord, FleetRunRecord, FleetSealed, FleetShard};
use crate::incident::{IncidentRecord, SurfaceRecord};
use crate::pack::{PackManifest, PackedVerdict};
use crate::signing::Observed;
use crate::store::LedgerEntry;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value};
use std::fmt::Write;

/// A document, and where it comes from.
#[derive(Clone, Copy)]
pub struct Published {
    /// Its name: `list`.
    pub name: &'static str,
    /// Its version, from 1.
    pub version: u32,
    /// The command that prints it, or what else holds it.
    pub from: &'static str,
    make: fn() -> Schema,
}

const fn row<D: JsonSchema>(name: &'static str, from: &'static str) -> Published {
    Published { name, version: 1, from, make: schema_of::<D> }
}

const fn second<D: JsonSchema>(name: &'static str, from: &'static str) -> Published {
    Published { name, version: 2, from, make: schema_of::<D> }
}

const fn third<D: JsonSchema>(name: &'static str, from: &'static str) -> Published {
    Published { name, version: 3, from, make: schema_of::<D> }
}

/// All documents, by name.
pub const PUBLISHED: &[Published] = &[
    row::<AnchorRecord>("anchor-record", "the body of an `anchor` record"),
    row::<AnchorsDocument>("anchors", "evidence: the trust anchors that a record names"),
    row::<AttestDocument<'static>>("attest", "every `attest` but `attest inherit`"),
    row::<AuditPackDocument<'static>>("audit-pack", "`audit pack`"),
    row::<AuditVerifyDocument<'static>>("audit-verify", "`audit verify`"),
    row::<BindDocument<'static>>("bind", "`bind`"),
    row::<BlastDocument<'static>>("blast", "`blast`"),
    row::<ClaimDocument<'static>>("claim", "`claims show`"),
    row::<ClaimsDocument<'static>>("claims", "`claims list`"),
    row::<ClaimsAppendDocument<'static>>("claims-append", "`claims append`"),
    row::<ClaimsCheckDocument>("claims-check", "`claims check` with an earlier copy"),
    row::<ClaimsFormDocument<'static>>("claims-form", "`claims check` of one file"),
    row::<ComparisonDocument<'static>>("comparison", "`compare`"),
    row::<CompletionsDocument<'static>>("completions", "`completions`"),
    third::<DecisionRecord>("decision-record", "the body of a `decision` record"),
    row::<DemoDocument>("demo", "`demo`"),
    row::<DeployedDocument<'static>>("deployed", "`deploy add`, `deploy end` and `deploy import`"),
    row::<DeploymentRunbookDocument<'static>>("deployment-runbook", "`incident runbook --deployment PLACE`"),
    row::<DeploymentSurfaceDocument<'static>>("deployment-surface", "`deploy declare` and `deploy surface`"),
    row::<DeploymentsDocument<'static>>("deployments", "`deploy list`"),
    row::<DescriptorDiffDocument>("descriptor-diff", "`diff`, of two agent cards or MCP descriptors"),
    row::<DiffDocument<'static>>("diff", "`diff`"),
    second::<DigestDocument<'static>>("digest", "`digest`"),
    row::<ErrorDocument<'static>>("error", "any command that stops with an error"),
    row::<EvidenceDocument>("evidence", "evidence: what a record rests on, by digest"),
    row::<Feed>("feed", "evidence: what is kept of an imported feed"),
    row::<FeedImportDocument<'static>>("feed-import", "`feed import`"),
    row::<FeedLintDocument<'static>>("feed-lint", "`feed lint`"),
    row::<FeedMatchesDocument<'static>>("feed-matches", "`feed match`"),
    row::<FeedRecord>("feed-record", "the body of a `feed` record"),
    row::<FeedTriageDocument<'static>>("feed-triage", "`feed triage`"),
    row::<FeedsDocument<'static>>("feeds", "`feed list`"),
    row::<FleetPlan>("fleet-plan", "`plan.json` of a run"),
    row::<FleetPlannedDocument>("fleet-planned", "`fleet plan`"),
    row::<FleetProof>("fleet-proof", "a proof in what `fleet prove` prints"),
    row::<FleetProveDocument<'static>>("fleet-prove", "`fleet prove`"),
    row::<FleetRecord>("fleet-record", "a line of the records of a sealed run"),
    row::<FleetRunRecord>("fleet-run-record", "the body of a `fleet-run` record"),
    row::<FleetSealDocument<'static>>("fleet-seal", "`fleet seal`"),
    row::<FleetSealed>("fleet-sealed", "`sealed.json` of a run"),
    row::<FleetShard>("fleet-shard", "the predicate of the statement that commits a shard"),
    row::<FleetStatusDocument>("fleet-status", "`fleet status`"),
    row::<FleetWorkedDocument>("fleet-worked", "`fleet work`"),
    row::<GuardRefusalDocument<'static>>("guard-refusal", "a refused open, of `guard`"),
    row::<ImportDocument<'static>>("import", "`import`"),
    row::<IncidentDocument<'static>>(
        "incident",
        "`incident open`, `status`, `step`, `evidence`, `hold`, `severity`, `note`, `close` and `export`",
    ),
    row::<IncidentDisclosureDocument<'static>>("incident-disclosure", "`incident disclose`"),
    row::<IncidentDrillDocument<'static>>("incident-drill", "`incident drill`"),
    row::<IncidentRecord>("incident-record", "the body of an `incident` record"),
    row::<IncidentRunbookDocument<'static>>("incident-runbook", "`incident runbook`"),
    row::<IncidentRunbookCheckDocument<'static>>("incident-runbook-check", "`incident runbook --check FILE`"),
    row::<IncidentTriageDocument<'static>>("incident-triage", "`incident triage`"),
    row::<IncidentTypesDocument<'static>>("incident-types", "`incident types`"),
    row::<IncidentsDocument<'static>>("incidents", "`incident list`"),
    row::<InheritDocument<'static>>("inherit", "`attest inherit`"),
    row::<InitDocument<'static>>("init", "`init`"),
    row::<InspectBomDocument<'static>>("inspect-bom", "`inspect`, of a bill of materials"),
    row::<InspectionDocument>("inspection", "`inspect`"),
    row::<KeyDocument<'static>>("key", "`key show`"),
    row::<KeyGeneratedDocument<'static>>("key-generated", "`key generate`"),
    row::<KeymapDocument<'static>>("keymap", "`keymap print`"),
    row::<KeymapCheckDocument<'static>>("keymap-check", "`keymap check`"),
    row::<LedgerDocument<'static>>("ledger", "`ledger show`"),
    row::<LedgerAnchorDocument<'static>>("ledger-anchor", "`ledger anchor`"),
    row::<LedgerAnchorsDocument<'static>>("ledger-anchors", "`ledger anchors`"),
    row::<Checkpoint>("ledger-checkpoint", "the predicate of a signed checkpoint of the ledger"),
    row::<LedgerCheckpointMadeDocument<'static>>("ledger-checkpoint-made", "`ledger checkpoint`"),
    row::<LedgerEntry>("ledger-entry", "each line of `ledger export`, and each record of `ledger show`"),
    row::<LedgerExportDocument<'static>>("ledger-export", "`ledger export`"),
    row::<LedgerImportDocument>("ledger-import", "`ledger import`"),
    row::<LedgerProof>("ledger-proof", "`ledger prove RECORD`"),
    row::<LedgerProofCheckDocument<'static>>("ledger-proof-check", "`ledger prove --check PROOF`"),
    row::<LedgerReplayDocument<'static>>("ledger-replay", "`ledger replay`"),
    row::<LedgerVerifyDocument<'static>>("ledger-verify", "`ledger verify`"),
    row::<LineageDocument<'static>>("lineage", "`lineage`"),
    row::<ListDocument<'static>>("list", "`list`"),
    row::<ManDocument<'static>>("man", "`man`"),
    row::<SurveyDocument<'static>>("maturity", "`maturity`"),
    row::<RubricComparisonDocument<'static>>("maturity-comparison", "`maturity compare`"),
    row::<MaturityReportDocument<'static>>("maturity-report", "`report maturity`"),
    row::<UnlockDocument>("maturity-unlock", "`maturity --unlock`"),
    row::<ModelDocument<'static>>("model", "`show`"),
    row::<Observed>("observation", "evidence: what was seen of a model's files"),
    row::<PackManifest>("pack-manifest", "the member `manifest.json` of an evidence pack"),
    row::<PackedVerdict>("packed-verdict", "a verdict in an evidence pack"),
    row::<PathDocument<'static>>("path", "`path`"),
    row::<PinsDocument<'static>>("pins", "`pin`"),
    row::<PolicyDocument<'static>>("policy", "`policy show`"),
    row::<PolicyChangeRecord>("policy-change-record", "the body of a `policy-change` record"),
    row::<PolicyCheckDocument<'static>>("policy-check", "`policy check`"),
    row::<PolicyConversionDocument<'static>>("policy-conversion", "`policy convert`"),
    row::<PolicyExceptionsDocument<'static>>("policy-exceptions", "`policy exceptions`"),
    row::<PolicyExplainDocument<'static>>("policy-explain", "`policy explain`"),
    row::<PolicyLintDocument<'static>>("policy-lint", "`policy lint`"),
    row::<PolicyPreviewDocument<'static>>("policy-preview", "`policy preview`"),
    row::<PolicySuggestDocument<'static>>("policy-suggest", "`policy suggest`"),
    row::<PolicyTestDocument<'static>>("policy-test", "`policy test`"),
    row::<PolicyWhatIfDocument<'static>>("policy-what-if", "`policy what-if`"),
    third::<ReviewRecord>("record-review", "the body of a `review` record"),
    row::<ReportForecastDocument<'static>>("report-forecast", "`report forecast`"),
    row::<IncidentReportDocument<'static>>("report-incident", "`report incident`"),
    row::<InventoryReportDocument<'static>>("report-inventory", "`report inventory`"),
    row::<ModelDocumentationDocument<'static>>("report-model", "`report model`"),
    row::<PolicyReportDocument<'static>>("report-policy", "`report policy`"),
    row::<ProducerReportDocument<'static>>("report-producer", "`report producer`"),
    row::<ReportTrendDocument<'static>>("report-trend", "`report trend`"),
    row::<ReportWrittenDocument<'static>>("report-written", "`--out FILE` of the commands of `report`"),
    row::<ReviewDocument>("review", "`review`"),
    row::<ReviewHistoryDocument<'static>>("review-history", "`review --history`"),
    row::<ScanDocument<'static>>("scan", "`scan`"),
    row::<ScoreDocument<'static>>("score", "`score`"),
    second::<SignedDocument<'static>>("signed", "every `sign`"),
    row::<SnapshotFile>("snapshot", "the file that `snapshot -o` writes"),
    row::<SnapshotSignedDocument<'static>>("snapshot-signed", "`snapshot sign`"),
    row::<SnapshotTakenDocument<'static>>("snapshot-taken", "`snapshot`"),
    row::<SnapshotVerifyDocument<'static>>("snapshot-verify", "`snapshot verify`"),
    row::<StoreDocument>("store", "`store show` and `store grant`"),
    row::<SurfaceRecord>("surface-record", "the body of a `surface` record"),
    row::<ThemesDocument>("themes", "`themes`"),
    row::<TrustDocument<'static>>("trust", "`trust list`"),
    row::<TrustAddedDocument<'static>>("trust-added", "`trust add`"),
    row::<TrustAnchorDocument<'static>>("trust-anchor", "`trust show`"),
    row::<TrustRefreshedDocument<'static>>("trust-refreshed", "`trust refresh`"),
    row::<TrustRemovedDocument<'static>>("trust-removed", "`trust remove`"),
    row::<VerdictDocument<'static>>("verdict", "`gate`, and the body of a `decision` record"),
    row::<VerificationDocument<'static>>("verification", "every `verify`"),
    third::<VerificationRecord>("verification-record", "the body of a `verification` record"),
    row::<WhyDocument<'static>>("why", "`why`"),
];

impl Published {
    /// Its JSON Schema.
    pub fn schema(&self) -> Value {
        let mut made = Map::new();
        let mut of_type = Value::from((self.make)());
        let Some(of_type) = of_type.as_object_mut() else { return Value::Null };
        let id = format!("urn:touchmark:schema:{}:{}", self.name, self.version);
        made.extend(of_type.remove_entry("$schema"));
        made.insert("$id".to_owned(), id.into());
        made.insert("title".to_owned(), self.name.into());
        of_type.remove("title");
        let defined = of_type.remove("$defs");
        made.extend(std::mem::take(of_type));
        // In an order that does not depend on who asks first.
        if let Some(Value::Object(mut defined)) = defined {
            defined.sort_keys();
            made.insert("$defs".to_owned(), Value::Object(defined));
        }
        Value::Object(made)
    }

    /// The name of its file below `docs/schemas`.
    pub fn file_name(&self) -> String {
        format!("{}.schema.json", self.name)
    }
}

/// The schema of what is written, in which an object has the members that it names and no others.
fn schema_of<D: JsonSchema>() -> Schema {
    let closed = |schema: &mut Schema| {
        // How a comment is broken into lines says nothing.
        if let Some(Value::String(text)) = schema.get_mut("description") {
            *text = text.split("\n\n").map(|part| part.replace('\n', " ")).collect::<Vec<_>>().join("\n\n");
        }
        if schema.get("properties").is_some() && schema.get("additionalProperties").is_none() {
            schema.insert("additionalProperties".to_owned(), false.into());
        }
    };
    SchemaSettings::draft2020_12()
        .for_serialize()
        .with_transform(RecursiveTransform(closed))
        .into_generator()
        .into_root_schema_for::<D>()
}

/// The files of `docs/schemas`: name and text.
pub fn schema_files() -> Vec<(String, String)> {
    let mut files = vec![("README.md".to_owned(), index())];
    for document in PUBLISHED {
        // A schema is texts, numbers and lists: all of it can be written.
        let text = serde_json::to_string_pretty(&document.schema()).unwrap_or_default();
        files.push((document.file_name(), text + "\n"));
    }
    files
}

fn index() -> String {
    let mut out = String::from(
        "# Documents and their schemas\n\n\
         <!-- Made by `cargo run --example make-docs` from src/documents; do not edit. -->\n\n\
         Every JSON that leaves Touchmark has a name with a version, and a JSON Schema (draft 2020-12) here. With\n\
         `--format json` a command prints one document; its member `schema` is `touchmark.NAME/VERSION`. A new member\n\
         keeps the version, so read what you know and skip the rest; a member that is renamed, removed or changes its\n\
         meaning comes with a new version. A line of an exported ledger has no `schema`: the chain of hashes fixes\n\
         what it holds. Bills of materials (`export`) are CycloneDX and SPDX, whose schemas are published elsewhere.\n\n\
         | document | printed by | what it is |\n|---|---|---|\n",
    );
    for document in PUBLISHED {
        let Published { name, version, from, .. } = document;
        let schema = document.schema();
        let about = schema.get("description").and_then(Value::as_str).unwrap_or_default();
        let about: Vec<&str> = about.split_whitespace().collect();
        let _ = writeln!(
            out,
            "| [`{name}/{version}`]({}) | {from} | {} |",
            document.file_name(),
            about.join(" ")
        );
    }
    out
}
