//! Every JSON document that leaves the program, as a type with a version: what commands print, snapshots, the bodies of
//! records. Text in them is exact; it is escaped where it is printed. They are made from what others concluded;
//! nothing is computed here.

mod asked;
mod attest;
mod audit;
mod check;
mod claims;
mod comparison;
mod conclusions;
mod deployments;
mod disclosures;
mod drills;
mod feeds;
mod fleet;
mod forecast;
mod guard;
mod incident_report;
mod incidents;
mod inventory;
mod inventory_report;
mod ledger_anchor;
mod ledger_proof;
mod maturity_report;
mod model_documentation;
pub mod names;
mod pins;
mod placed;
mod policy_conversion;
mod policy_exceptions;
mod policy_explain;
mod policy_lint;
mod policy_preview;
mod policy_report;
mod policy_schema;
mod policy_suggest;
mod policy_test;
mod predicates;
mod producer_report;
mod published;
mod report_written;
mod rubrics;
mod runbooks;
mod shells;
mod signing;
mod snapshot;
mod stores;
mod surfaces;
mod survey;
mod themes;
mod trend;
mod triage;
mod trust;
mod verdict;
mod verification;
mod way_up;
mod what_if;
mod workspace;

pub use asked::{
    BlastDocument, ClaimedBy, DeclaredBy, KinWord, Lift, PathDocument, PathEdge, StruckRow, WhyDocument,
    WhyKind, WhyRow,
};
pub use attest::{AttestDocument, InheritDocument};
pub use audit::{AuditPackDocument, AuditVerifyDocument};
pub use check::CheckDocument;
pub use claims::{
    AppendedLine, ClaimDocument, ClaimRow, ClaimsAppendDocument, ClaimsCheckDocument, ClaimsDocument,
    ClaimsFormDocument, FormedRow, LineChange, LineDocument, LinesDocument,
};
pub use comparison::ComparisonDocument;
pub use conclusions::{ControlDocument, ReasonDocument};
pub use deployments::{DeployedDocument, DeployedModel, DeploymentRow, DeploymentsDocument};
pub use disclosures::IncidentDisclosureDocument;
pub use drills::{IncidentDrillDocument, IncidentDrillRow};
pub use feeds::{
    FeedImportDocument, FeedLintDocument, FeedLintRow, FeedMatchRow, FeedMatchesDocument, FeedNotChecked,
    FeedRow, FeedTriageDocument, FeedTriaged, FeedsDocument,
};
pub use fleet::{
    FleetPlannedDocument, FleetProveDocument, FleetSealDocument, FleetStatusDocument, FleetWorkedDocument,
};
pub use forecast::ReportForecastDocument;
pub use guard::GuardRefusalDocument;
pub use incident_report::{
    CasesAsked, ClockWord, IncidentReportDocument, ReportPeriod, ReportedBlast, ReportedCase, ReportedClock,
    ReportedEvidence, ReportedStep, SeverityCount,
};
pub use incidents::{
    EvidenceWord, IncidentClockDocument, IncidentDocument, IncidentEvidenceDocument, IncidentFaultDocument,
    IncidentLogDocument, IncidentRow, IncidentSaidDocument, IncidentStepDocument, IncidentsDocument,
    StepWord,
};
pub use inventory::{
    BindDocument, ImportDocument, ImportedBillDocument, InspectBomDocument, LeftOutRow, LineageDocument,
    LineageRow, ListDocument, ListRow, ModelDocument, ReadDocument, ScanDocument, VerifiedDocument,
};
pub use inventory_report::{
    InventoryReportDocument, ReportedDeployment, StatedValue, StockFigures, StockedModel,
};
pub use ledger_anchor::{AnchoredRow, LedgerAnchorDocument, LedgerAnchorsDocument};
pub use ledger_proof::LedgerProofCheckDocument;
pub use maturity_report::{
    MaturityReportDocument, ModelDetail, NotLookedAt, Population, RelevantClause, ReportAbout, ReportInputs,
    ReportPolicy, ReportRubric, ReportedCheck, ReportedClaim, ReportedClause, ReportedControl, ReportedLevel,
    ReportedLineage, ReportedMapping, ReportedModel, ReportedVerification,
};
pub use model_documentation::{FORM_SAYS, FieldDocument, Filled, FormDocument, ModelDocumentationDocument};
pub use pins::{DescriptorChange, DescriptorDiffDocument, PinRow, PinsDocument};
pub use placed::{DeploymentRunbookDocument, PlacedStepDocument, WrittenRunbook};
pub use policy_conversion::{LostDocument, PolicyConversionDocument};
pub use policy_exceptions::{ExceptionDocument, PolicyExceptionsDocument};
pub use policy_explain::{IdentityDocument, PolicyExplainDocument};
pub use policy_lint::{LintFindingDocument, PolicyLintDocument};
pub use policy_preview::{FlipsDocument, PolicyPreviewDocument};
pub use policy_report::{
    DecidedModel, DecidedStage, PolicyFigures, PolicyReportDocument, ReportedAnchor, ReportedAttester,
    ReportedChange, ReportedDenied, ReportedPolicy, ReportedPublisher, ReportedRequirement, ReportedStage,
};
pub use policy_schema::policy_schema_file;
pub use policy_suggest::PolicySuggestDocument;
pub use policy_test::PolicyTestDocument;
pub use predicates::{predicate_schema, predicate_schema_files};
pub use producer_report::{OpenHere, ProducedModel, ProducerReportDocument};
pub use published::{PUBLISHED, Published, schema_files};
pub use report_written::{ReportWrittenDocument, WrittenReport};
pub use rubrics::RubricComparisonDocument;
pub use runbooks::{
    BrokenRunbookDocument, IncidentRunbookCheckDocument, IncidentRunbookDocument, IncidentTypeDocument,
    IncidentTypesDocument, RunbookFindingDocument,
};
pub use shells::{CompletionsDocument, ManDocument, ManPageDocument};
pub use signing::{
    DigestDocument, InspectionDocument, KeyDocument, KeyGeneratedDocument, KeylessDocument, SignedBody,
    SignedDocument, TimestampDocument,
};
pub use snapshot::{
    DiffDocument, SnapshotContent, SnapshotFile, SnapshotSignatureDocument, SnapshotSignedDocument,
    SnapshotTakenDocument, SnapshotVerifyDocument,
};
pub use stores::{StoreDocument, StoreServer};
pub use surfaces::{DeclaredDocument, DeploymentSurfaceDocument, FieldLoggedDocument, ProfileLoggedDocument};
pub use survey::SurveyDocument;
pub use themes::{FaintRole, ThemeEntry, ThemesDocument};
pub use trend::ReportTrendDocument;
pub use triage::IncidentTriageDocument;
pub use trust::{
    AvailableAnchor, DescribedAnchor, NotRefreshedDocument, RefreshDocument, RefreshErrorDocument,
    RefreshedDocument, TrustAddedDocument, TrustAnchorDocument, TrustDocument, TrustRefreshedDocument,
    TrustRemovedDocument,
};
pub use verdict::{AssessmentDocument, ScoreDocument, VerdictBody, VerdictDocument};
pub use verification::{CoverageDocument, VerificationBody, VerificationDocument};
pub use way_up::{
    AncestorUnlockBody, ControlUnlockBody, RisenBody, StepBody, StepUnlockBody, UnlockDocument, VariableBody,
    WayBody, WayUpBody, WaysBody,
};
pub use what_if::PolicyWhatIfDocument;
pub use workspace::{
    AgainstDocument, DemoDocument, ErrorDocument, InitDocument, KeymapCheckDocument, KeymapDocument,
    LedgerCheckpointMadeDocument, LedgerDocument, LedgerExportDocument, LedgerImportDocument, LedgerOutcome,
    LedgerReplayDocument, LedgerVerifyDocument, PolicyCheckDocument, PolicyDocument, PolicyFaultDocument,
    ReviewDocument, ReviewHistoryDocument, ReviewedDocument,
};
