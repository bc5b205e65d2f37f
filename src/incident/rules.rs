//! The rules of the linter of runbooks, as data: each with a part of a runbook that triggers it and one that does not. It
//! examines nothing.

/// One rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name, which stays.
    pub code: &'static str,
    /// What it finds.
    pub title: &'static str,
    /// What to do.
    pub help: &'static str,
    /// A runbook after its head, with `{}` where the two examples differ.
    pub around: &'static str,
    /// What triggers it.
    pub bad: &'static str,
    /// What does not.
    pub good: &'static str,
}

/// What the examples of all rules begin with.
pub const HEAD: &str = "schema = \"runbook/0.1\"\nid = \"outage\"\nname = \"Outage\"\nversion = \"1\"\n";

/// Each rule under its name in the code, and the list of all.
macro_rules! rules {
    ($($name:ident: $code:literal, $title:literal, $help:literal, $around:expr, $bad:literal, $good:literal;)*) => {
        $(pub(super) static $name: Rule =
            Rule { code: $code, title: $title, help: $help, around: $around, bad: $bad, good: $good };)*

        /// All rules, in the order of the documentation.
        pub static RULES: &[&Rule] = &[$(&$name),*];
    };
}

const TWO: &str = r#"
[[step]]
id = "look"
phase = "triage"
kind = "manual"
title = "Look"
{}

[[step]]
id = "learn"
phase = "learn"
kind = "manual"
title = "Learn"
next = "end"
"#;
const DECISION: &str = r#"
[[step]]
id = "which"
phase = "triage"
kind = "decision"
title = "Is it so?"
when = [{ if = "it is so", goto = "learn" }, {}]

[[step]]
id = "learn"
phase = "learn"
kind = "manual"
title = "Learn"
next = "end"
"#;
const LAST: &str = r#"
[[step]]
id = "look"
phase = "triage"
kind = "manual"
title = "Look"
next = "again"

[[step]]
id = "again"
phase = "learn"
kind = "manual"
title = "Look again"
{}
"#;
const CONTAIN: &str = r#"evidence = ["infra"]

[[step]]
id = "stop"
phase = "contain"
kind = "manual"
title = "Stop it"
{}
next = "end"
"#;

rules! {
    GOTO_UNKNOWN: "GOTO-UNKNOWN", "A step is followed by one that does not exist",
        "name the id of a step of this runbook, or end", DECISION,
        "{ if = \"it is not so\", goto = \"learned\" }", "{ if = \"it is not so\", goto = \"end\" }";
    STEP_UNREACHABLE: "STEP-UNREACHABLE", "No way leads from the first step to this one",
        "name it as the next of another step, or leave it out", TWO,
        "next = \"end\"", "next = \"learn\"";
    STEP_LOOP: "STEP-LOOP", "A step leads back to itself",
        "write the runbook so that each step comes once; a failed step can be tried again", LAST,
        "next = \"look\"", "next = \"end\"";
    STEP_NO_END: "STEP-NO-END", "Nothing says what follows a step",
        "write next = \"STEP\", or next = \"end\" for the last one", LAST,
        "", "next = \"end\"";
    EVIDENCE_LATE: "EVIDENCE-LATE", "A step contains the incident before its evidence is collected",
        "write evidence_before = [\"PROFILE\"] with what the step may destroy", CONTAIN,
        "", "evidence_before = [\"infra\"]";
    EVIDENCE_UNLISTED: "EVIDENCE-UNLISTED", "A step waits for evidence that the runbook does not collect",
        "add the profile to `evidence`", CONTAIN,
        "evidence_before = [\"infra\", \"data\"]", "evidence_before = [\"infra\"]";
    PROFILE_UNKNOWN: "PROFILE-UNKNOWN", "An evidence profile does not exist",
        "name one of the program, or add [profile.NAME] to the runbook", "{}",
        "evidence = [\"infrastructure\"]\ncontainment = []", "evidence = [\"infra\"]\ncontainment = []";
    RETENTION_UNKNOWN: "RETENTION-UNKNOWN", "Nothing says how long evidence is kept",
        "write retention_days = NUMBER", "evidence = [\"tickets\"]\n\n[profile.tickets]\nrequired = [\"ticket\"]\n{}\n",
        "", "retention_days = 365";
    FIELDS_NONE: "FIELDS-NONE", "An evidence profile takes no field",
        "write required = [\"FIELD\"]", "evidence = [\"tickets\"]\n\n[profile.tickets]\nretention_days = 365\n{}\n",
        "required = []", "required = [\"ticket\"]";
    WORD_UNKNOWN: "WORD-UNKNOWN", "A word that is to be filled in is not known",
        "use $model, $subject, $digest, $deployment, $stage, $owner or $by", TWO,
        "commands = [\"touchmark verify $modle\"]\nnext = \"learn\"", "commands = [\"touchmark verify $model\"]\nnext = \"learn\"";
}
