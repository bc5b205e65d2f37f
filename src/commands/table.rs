//! The table itself. A row is a command of the workbench with its form in a shell, or a command of a shell with its
//! form in the workbench; where there is no other form, the row says why. Rows of the workbench stand in the order of
//! the key bar and of the help.

use super::command::{Cmd, Command, Keys, Line, Network, Screen, Typed, Writes};
use super::need::Need;

use Screen as S;
const EVERYWHERE: &[Screen] = &[];
/// Where keys write text too.
const REALLY_EVERYWHERE: &[Screen] = &Screen::ALL;
const PANED: &[Screen] = &[S::Inventory, S::Verify, S::Maturity, S::Policy, S::Reports];
const FOLDED: &[Screen] = &[S::Inventory, S::Lineage, S::Verify, S::Maturity, S::Policy];
const EXPORTED: &[Screen] =
    &[S::Inventory, S::Lineage, S::Verify, S::Maturity, S::Jobs, S::Compare, S::Changes, S::Output];
const AMENDED: &[Screen] = &[S::Inventory, S::Lineage, S::Verify, S::Maturity, S::Policy];
const INCIDENT: &[Screen] = &[S::Inventory, S::Lineage, S::Verify, S::Maturity, S::Incidents];
const MODEL: &[Screen] = &[S::Inventory, S::Lineage, S::Verify, S::Maturity];

/// What must hold, once the workspace is open.
macro_rules! open {
    ($($need:ident),*) => { &[Need::Openable, Need::Open, $(Need::$need),*] };
}

/// What asks an authority for the time uses the network.
const STAMPED: Network = Network::With(&["--tsa-url"]);

/// Ways to sign that use the network, where a flag names one of several.
const SIGNED: Network = Network::With(&[
    "--tsa-url",
    "--sigstore",
    "--identity-token",
    "--identity-token-file",
    "--use-ambient-credentials",
    "--oauth-force-oob",
    "--client-id",
    "--use-staging",
]);

/// Without a signer, nothing is written.
const CLAIM: Writes = Writes::With(&[
    "private_key",
    "pkcs11_uri",
    "sigstore",
    "identity_token",
    "identity_token_file",
    "use_ambient_credentials",
    "oauth_force_oob",
    "client_id",
    "use_staging",
]);

/// What can act whether or not there is a workspace.
const ALWAYS: &[Need] = &[];

const fn keys(
    cmd: Cmd,
    name: &'static str,
    keys: &'static [&'static str],
    bar: &'static str,
    screens: &'static [Screen],
    needs: &'static [Need],
    help: &'static str,
) -> Keys {
    Keys { cmd, name, keys, bar, screens, needs, help, typed: None }
}

const fn line(path: &'static str, arguments: &'static str) -> Line {
    Line { path, arguments }
}

/// It may be typed, and the help says so.
const fn may(word: &'static str, also: Option<&'static str>) -> Typed {
    Typed { word, also, in_help: true, missing: None }
}

/// It has to be typed, and the help says so.
const fn must(word: &'static str, missing: &'static str) -> Typed {
    Typed { word, also: None, in_help: true, missing: Some(missing) }
}

/// It may be typed instead of the model under the cursor; the help says nothing of it, the palette does.
const fn names(word: &'static str) -> Typed {
    Typed { word, also: None, in_help: false, missing: None }
}

/// It may be typed, as it may after the key.
const fn as_by_key(word: &'static str) -> Typed {
    Typed { word, also: None, in_help: false, missing: None }
}

/// Words that lead to commands of the command line and do nothing by themselves, with what they are about.
pub const GROUPS: &[(&str, &str)] = &[
    ("sign", "Sign a model"),
    ("key", "Make keys, and look at them"),
    ("attest", "Make claims about a model: signed, and appended to its claims"),
    ("claims", "Claims besides the signature: what they say, of what, by whom"),
    ("deploy", "Record and list deployments, for the controls, `blast` and incidents"),
    ("feed", "Feeds of threats and vulnerabilities from local files, and which models they may be about"),
    ("incident", "Runbooks, and the cases that follow them, for when a model is not what it should be"),
    ("audit", "Evidence packs: everything that verdicts rest on, to be checked again by others"),
    ("report", "Reports for people who do not run this program"),
    ("policy", "The trust policy"),
    ("trust", "Trust anchors, with origin, digest and age"),
    ("snapshot sign", "Sign a snapshot"),
    ("fleet", "Models by the million in object stores: planned, verified in shards by many machines, sealed"),
    ("keymap", "Keys of the workbench"),
    ("ledger", "The append-only ledger of verifications, decisions and reviews"),
    (
        "store",
        "Where inventory, ledger and evidence are kept: a file, or a PostgreSQL server that people share",
    ),
];

/// The table.
#[rustfmt::skip]
pub const TABLE: &[Command] = &[
    // In the workbench.
    keys(Cmd::WriteReport, "write-report", &["W"], "write", &[S::Reports], open![Writable, AnyModel, SoundPolicy],
        "write the report to its files, as a job")
        .within("report maturity", Some("--out")),
    keys(Cmd::ChooseReport, "choose-report", &["enter"], "choose", &[S::Reports], open![],
        "take this kind of report; among its choices: write it")
        .within("report maturity", Some("--out")),
    keys(Cmd::NextChoice, "next-choice", &["space", "right", "l"], "change", &[S::Reports], open![],
        "the next value of this choice, or this form with or without")
        .no_line("It moves within a screen."),
    keys(Cmd::EarlierChoice, "earlier-choice", &["left", "h"], "", &[S::Reports], open![],
        "the value before")
        .no_line("It moves within a screen."),
    keys(Cmd::TypeChoice, "type-choice", &["e"], "type", &[S::Reports], open![TypedChoice],
        "type the value of this choice: a model, a filter, a date, a file's name")
        .no_line("It moves within a screen."),
    keys(Cmd::Open, "open", &["enter"], "open", &[S::Inventory], open![RowShown],
        "open the verification of this model, or fold a group")
        .typed(names("MODEL"))
        .within("verify", Some("--explain")),
    keys(Cmd::Refocus, "refocus", &["enter"], "refocus", &[S::Lineage], open![KnownRow, OtherFocus],
        "draw the family around this model")
        .within("lineage", None),
    keys(Cmd::NextDifference, "next-difference", &["n"], "next difference", &[S::Compare], open![],
        "to the next row that differs")
        .within("compare", None),
    keys(Cmd::LookInto, "look-into", &["enter"], "look into", &[S::Verify], open![ModelShown, Checks],
        "into what the check rests on; Esc comes back")
        .within("verify", Some("--explain")),
    keys(Cmd::NextFiles, "next-files", &["f"], "files by state", &[S::Verify], open![ModelShown, Checks],
        "only the files of the next state: changed, missing, unsigned, …")
        .within("verify", Some("--explain")),
    keys(Cmd::WholeFamily, "whole-family", &["a"], "all", &[S::Lineage], open![],
        "the whole family, or only its nearest rows")
        .within("lineage", None),
    keys(Cmd::ShowModels, "show-models", &["enter"], "models", &[S::Maturity], open![SurveyRow],
        "the models of this row, in the inventory")
        .within("list", None),
    keys(Cmd::Survey, "survey", &["a"], "all", &[S::Maturity], open![],
        "the whole inventory in numbers, or this model")
        .line("maturity", "", "The whole inventory in numbers: levels, coverage, gaps, producers"),
    keys(Cmd::StartVerify, "verify", &["V"], "verify", MODEL, open![Models],
        "verify marked, or this and outdated models")
        .typed(names("MODEL"))
        .line("verify", "<MODEL>", "Verify a model: as flags say, or by the workspace's policy"),
    keys(Cmd::VerifyInFull, "verify-in-full", &["F"], "", MODEL, open![Models],
        "verify, and compute every digest anew")
        .typed(names("MODEL"))
        .within("verify", Some("--in-full")),
    keys(Cmd::StartScore, "score", &["M"], "score", MODEL, open![Models],
        "score the marked models, or this one; verify unverified models first")
        .typed(names("MODEL"))
        .line("score", "<MODELS>...", "Own and effective maturity level with controls"),
    keys(Cmd::Why, "why", &["w"], "why", MODEL, open![Model],
        "why this decision and this level")
        .typed(names("MODEL"))
        .line("why", "<MODEL>", "Show why a model is at its level: the shortest chain that caps it, and how to raise it"),
    keys(Cmd::Filter, "filter", &["/"], "filter", &[S::Inventory], open![AnyModel],
        "show only models that match, as you type")
        .typed(as_by_key("FILTER"))
        .line("list", "[FILTER]...", "The models of the inventory, or those that a filter finds"),
    keys(Cmd::Mark, "mark", &["space"], "mark", &[S::Inventory], open![RowShown],
        "mark or unmark this model, or this group")
        .no_line("A command line names its models as arguments."),
    keys(Cmd::MarkAll, "mark-all", &["*"], "mark all", &[S::Inventory], open![RowShown],
        "mark all models shown")
        .no_line("A command line names its models as arguments."),
    keys(Cmd::Unmark, "unmark", &["U"], "", &[S::Inventory], open![Mark],
        "unmark all")
        .no_line("A command line names its models as arguments."),
    keys(Cmd::FilterBy, "filter-by", &["f"], "", &[S::Inventory], open![AnyModel],
        "filter by publisher, licence, format and other terms")
        .within("list", None),
    keys(Cmd::KeepView, "keep-view", &["ctrl-s"], "", &[S::Inventory], open![AnyModel],
        "keep the filter and the order as a saved view")
        .no_line("Shells keep command lines: write an alias of `touchmark list`."),
    keys(Cmd::GoTo, "go-to", &["ctrl-p"], "go to", EVERYWHERE, open![AnyModel],
        "go to a model by name")
        .typed(may("MODEL", Some("goto")))
        .within("show", None),
    keys(Cmd::SavedView, "saved-view", &["v"], "view", &[S::Inventory], open![AnyModel],
        "next saved view: all, failing, unsigned, needs review, and those you kept")
        .no_line("The command line takes the view's filter: `touchmark list`."),
    keys(Cmd::Sort, "sort", &["s"], "sort", &[S::Inventory], open![AnyModel],
        "sort by a column; the same column again reverses the order")
        .typed(may("COLUMN", None))
        .within("list", Some("--sort")),
    keys(Cmd::Reverse, "reverse", &["o"], "", &[S::Inventory], open![AnyModel],
        "reverse the order")
        .within("list", Some("--reverse")),
    keys(Cmd::Columns, "columns", &["c"], "", &[S::Inventory], open![AnyModel],
        "show or hide a column; `used` counts the models that derive from it directly")
        .no_line("Programs choose columns of `touchmark list`."),
    keys(Cmd::Group, "group", &["z"], "", &[S::Inventory], open![AnyModel],
        "group the models by publisher, with counts; or show them one by one")
        .no_line("Pipe `touchmark list` into `sort`."),
    keys(Cmd::Review, "review", &["r"], "review", MODEL, open![Writable, Models],
        "approve, reject or ask: this or all marked")
        .typed(names("WORD REASON"))
        .line("review", "[WORD] [MODELS]...", "Record a review of models, take it back, or list what was said")
        .writing(Writes::With(&["reason", "undo"])),
    keys(Cmd::Undo, "undo", &["u"], "", MODEL, open![Writable, OwnReview],
        "take back the latest review of this session")
        .within("review", Some("--undo")),
    keys(Cmd::History, "history", &["H"], "", MODEL, open![Model],
        "the reviews of this model: who, when, why")
        .within("review", Some("--history")),
    keys(Cmd::Compare, "compare", &["="], "", MODEL, open![Model],
        "compare two marked models, or this one with the marked one")
        .line("compare", "<FIRST> <SECOND>", "Two models side by side; exits with 0 if nothing differs, else 1"),
    keys(Cmd::Bind, "bind", &["b"], "", MODEL, open![Writable, Model, EverVerified, Unchanged, Proven],
        "write what was verified into an AIBOM")
        .line("bind", "<MODEL>", "Verify a model and write what was verified into an AIBOM of the workspace")
        .writing(Writes::Always),
    keys(Cmd::Export, "export", &["e"], "export", EXPORTED, open![],
        "write what is shown to a file: Markdown, CSV, JSON, HTML, SVG")
        .within("list", Some("--as")),
    keys(Cmd::Report, "report", &["P"], "report", &[S::Maturity], open![AnyModel],
        "a report on this model, or on the whole inventory: choose its forms, look at it, write it")
        .line("report maturity", "[MODEL]", "Report on the maturity of a model, a producer or the inventory: Markdown, HTML, PDF, JSON, CSV, OSCAL")
        .writing(Writes::With(&["out"])),
    keys(Cmd::Details, "details", &["d"], "details", &[S::Inventory], open![],
        "show or hide the details")
        .line("show", "<MODEL>", "Everything that is known of a model"),
    keys(Cmd::Scan, "scan", &["R"], "", &[S::Inventory, S::Jobs], open![],
        "read what changed in the sources")
        .line("scan", "[SOURCES]...", "Read the sources of the workspace again, or add sources and read them")
        .writing(Writes::With(&["sources"])),
    keys(Cmd::Snapshot, "snapshot", &["W"], "", &[S::Inventory, S::Jobs], open![Writable],
        "write a snapshot")
        .typed(must("FILE", "name a file, as in `snapshot snapshot.json`"))
        .line("snapshot", "", "The inventory and all that was concluded of it at this moment, as one file with a digest")
        .writing(Writes::With(&["out"])),
    keys(Cmd::Diff, "diff", &["D"], "", &[S::Inventory, S::Jobs, S::Changes], open![],
        "what changed since")
        .typed(must("FILE [FILE]", "name a file, as in `diff snapshot.json`, or two snapshots"))
        .line("diff", "<BEFORE> [AFTER]", "How two snapshots differ, worst first, or two agent cards or MCP descriptors; exits with 0 if they are the same, else 1"),
    keys(Cmd::OpenCase, "open-case", &["enter"], "whole case", &[S::Incidents], open![Case],
        "the whole case, or back to the list")
        .within("incident status", None),
    keys(Cmd::RecordStep, "record-step", &["s"], "record step", &[S::Incidents], open![Writable, OpenStep],
        "begin the command that records what became of the next step")
        .within("incident step", None),
    keys(Cmd::CollectEvidence, "collect-evidence", &["v"], "evidence", &[S::Incidents], open![Writable, OpenCase],
        "begin the command that records evidence of this case")
        .within("incident evidence", None),
    keys(Cmd::NoteInCase, "note-in-case", &["n"], "note", &[S::Incidents], open![Writable, OpenCase],
        "begin the command that writes a note into this case")
        .within("incident note", None),
    keys(Cmd::NewIncident, "new-incident", &["I"], "", INCIDENT, open![Writable],
        "begin the command that opens a case of an incident, about this model where there is one")
        .within("incident open", None),
    keys(Cmd::OpenJob, "open-job", &["enter"], "models", &[S::Jobs], open![Job],
        "what became of the models of this job; Enter on one opens it")
        .no_line("A command prints what became of each model."),
    keys(Cmd::OpenChange, "open-change", &["enter"], "show model", &[S::Changes], open![Change],
        "open the model that changed")
        .no_line("A command prints what changed of each model."),
    keys(Cmd::Retry, "retry", &["r"], "retry", &[S::Jobs], open![OverJob],
        "run a job again that failed or was cancelled")
        .no_line("The shell repeats a command."),
    keys(Cmd::EditFault, "edit-fault", &["e"], "correct", &[S::Fault], &[Need::FaultFile],
        "correct the file in $VISUAL or $EDITOR")
        .no_line("Any editor opens the file; the error names the line."),
    keys(Cmd::ReadAgain, "read-again", &["R"], "try again", &[S::Fault], &[Need::Fault],
        "read the file again, or try again to open")
        .no_line("Every command reads its files when it starts."),
    keys(Cmd::LeaveStore, "leave-store", &["o"], "without store", &[S::Fault], &[Need::FaultyStore],
        "open read-only without the store: everything is scanned into memory")
        .within("open", None),
    keys(Cmd::MakeWorkspace, "make-workspace", &["i"], "init", &[S::Fault], &[Need::Writable, Need::EmptyFolder],
        "make a workspace in this folder and open it")
        .line("init", "[DIR]", "Make an empty workspace")
        .writing(Writes::Always),
    keys(Cmd::AddSource, "add-source", &["a"], "", &[S::Inventory], open![Writable],
        "add a folder of models, or a bill of materials, and scan it")
        .typed(may("PATH", None))
        .within("scan", None),
    keys(Cmd::Samples, "samples", &["m"], "", &[S::Inventory, S::Fault], ALWAYS,
        "copy the samples into a new folder and open them")
        .typed(may("DIR", Some("demo")))
        .within("demo", None),
    keys(Cmd::Keep, "keep", &["K"], "", &[S::Inventory], open![],
        "keep this temporary workspace: write touchmark.toml and its store")
        .typed(may("DIR", None))
        .within("init", None),
    keys(Cmd::Tour, "tour", &["t"], "", EVERYWHERE, ALWAYS,
        "a tour of five steps")
        .no_line("It points at keys of the screens; `--help` explains commands."),
    keys(Cmd::Log, "log", &["l"], "log", &[S::Jobs], open![Job],
        "the whole log of this job")
        .no_line("A command prints what it has to say while it runs."),
    keys(Cmd::NextTab, "next-tab", &["tab"], "next tab", PANED, open![ModelShown, Checks],
        "next tab, next level, or the next pane, which j and k then scroll")
        .no_line("It moves within a screen."),
    keys(Cmd::PreviousTab, "previous-tab", &["shift-tab"], "", PANED, open![ModelShown, Checks],
        "previous tab, previous level, or the previous pane")
        .no_line("It moves within a screen."),
    keys(Cmd::Legend, "legend", &["L"], "legend", &[S::Lineage], open![],
        "what the lines and signs mean")
        .no_line("It explains the signs of a screen."),
    keys(Cmd::FocusBack, "focus-back", &["-"], "focus back", &[S::Lineage], open![FocusBefore],
        "back to the focus before")
        .no_line("It moves within a screen."),
    keys(Cmd::Blast, "blast", &["B"], "blast", MODEL, open![Named],
        "what is affected if this went bad: tainted, suspect, proven clean")
        .line("blast", "<SUBJECT>", "List everything downstream of what went bad: tainted, suspect and proven clean, with where it runs"),
    keys(Cmd::Path, "path", &["p"], "path", &[S::Lineage], open![KnownRow],
        "the path to a marked model; if none is marked, press it on both ends")
        .line("path", "<FIRST> <SECOND>", "Show how two models are related: the shortest chain, each edge with its proof; exits with 1 if there is none"),
    keys(Cmd::Edit, "edit", &["e"], "edit", &[S::Policy], open![Writable],
        "edit the policy here, with its faults and what would change beside it")
        .no_line("Any editor opens the policy file; `touchmark policy check` then checks it."),
    keys(Cmd::EditOutside, "edit-outside", &["E"], "", &[S::Policy], open![Writable, EditablePolicy],
        "edit the policy file in $VISUAL or $EDITOR")
        .no_line("Any editor opens the policy file; `touchmark policy check` then checks it."),
    keys(Cmd::Amend, "amend", &["A"], "amend", AMENDED, open![Writable],
        "change the policy: trust or deny this signer, require an attestation, raise the level")
        .no_line("Any editor opens the policy file; `touchmark policy check` then checks it."),
    keys(Cmd::SavePolicy, "save-policy", &["ctrl-s"], "save", &[S::Editor], open![Writable, Editor],
        "put the edited policy in force: shows what changes, and asks why")
        .no_line("Any editor writes the policy file; every command reads it when it starts."),
    keys(Cmd::UndoEdit, "undo-edit", &["ctrl-z"], "undo", &[S::Editor], open![Editor],
        "take the latest change of the text back")
        .no_line("It edits a text."),
    keys(Cmd::RedoEdit, "redo-edit", &["ctrl-y"], "redo", &[S::Editor], open![Editor],
        "make the change again that was taken back")
        .no_line("It edits a text."),
    keys(Cmd::FindText, "find-text", &["ctrl-f"], "find", &[S::Editor], open![Editor],
        "find text in the policy")
        .no_line("It moves within a text."),
    keys(Cmd::FindAgain, "find-again", &["f3"], "", &[S::Editor], open![Editor],
        "find the same text again")
        .no_line("It moves within a text."),
    keys(Cmd::FindBefore, "find-before", &["f5"], "", &[S::Editor], open![Editor],
        "find the same text before the cursor")
        .no_line("It moves within a text."),
    keys(Cmd::Complete, "complete", &["ctrl-space"], "complete", &[S::Editor], open![Editor],
        "list what may stand at the cursor: keys, their values, and names that the policy and the inventory know;          after a word that was begun, Tab does")
        .no_line("It edits a text."),
    keys(Cmd::NextFault, "next-fault", &["f4"], "next fault", &[S::Editor], open![Editor],
        "to the next line with a fault")
        .within("policy check", None),
    keys(Cmd::SelectAll, "select-all", &["ctrl-a"], "", &[S::Editor], open![Editor],
        "select the whole text; Shift and a motion select a part")
        .no_line("It moves within a text."),
    keys(Cmd::CutText, "cut-text", &["ctrl-x"], "", &[S::Editor], open![Editor],
        "cut what is selected")
        .no_line("It edits a text."),
    keys(Cmd::CopyText, "copy-text", &["ctrl-insert"], "", &[S::Editor], open![Editor],
        "copy what is selected, as Ctrl-c does while something is")
        .no_line("It edits a text."),
    keys(Cmd::PasteText, "paste-text", &["ctrl-v"], "", &[S::Editor], open![Editor],
        "paste what was cut or copied here")
        .no_line("It edits a text."),
    keys(Cmd::Revert, "revert", &["ctrl-r"], "revert", &[S::Editor], open![Editor],
        "back to what the file says; undoing brings the text back")
        .no_line("It edits a text."),
    keys(Cmd::Reload, "reload", &["R"], "reload", &[S::Policy], open![PolicyFile],
        "read the policy file again")
        .no_line("Every command reads the policy file when it starts."),
    keys(Cmd::Stage, "stage", &["S"], "stage", EVERYWHERE, open![OtherStage],
        "judge for the next stage")
        .typed(may("STAGE", None))
        .within("gate", Some("--stage")),
    keys(Cmd::Cancel, "cancel", &["x"], "cancel", &[S::Jobs, S::Output], &[Need::Running],
        "cancel this job, or this command")
        .no_line("Ctrl-C stops a command that runs in a shell."),
    keys(Cmd::Inventory, "inventory", &["1"], "", EVERYWHERE, ALWAYS,
        "the models: triage")
        .within("list", None),
    keys(Cmd::Lineage, "lineage", &["2"], "", EVERYWHERE, open![Model],
        "the family of this model")
        .typed(names("MODEL"))
        .line("lineage", "<MODEL>", "A model's ancestors and descendants"),
    keys(Cmd::Verify, "verification", &["3"], "", EVERYWHERE, open![Model],
        "the checks of this model")
        .typed(names("MODEL"))
        .within("verify", Some("--explain")),
    keys(Cmd::Maturity, "maturity", &["4"], "", EVERYWHERE, open![Model],
        "the levels and controls of this model")
        .typed(names("MODEL"))
        .within("score", Some("--all")),
    keys(Cmd::Policy, "policy", &["5"], "", EVERYWHERE, open![],
        "the policy, its stages and anchors")
        .line("policy check", "[FILE]", "Check a policy file: all faults, with lines"),
    keys(Cmd::Incidents, "incidents", &["6"], "", EVERYWHERE, open![],
        "cases of incidents, the next step in front")
        .within("incident list", None),
    keys(Cmd::Reports, "reports", &["7"], "", EVERYWHERE, open![],
        "reports: scope, period, forms, preview, write")
        .within("report maturity", None),
    keys(Cmd::Jobs, "jobs", &["8"], "", EVERYWHERE, ALWAYS,
        "running and finished work")
        .no_line("A command is one job and shows its own progress."),
    keys(Cmd::Down, "down", &["j", "down"], "", EVERYWHERE, open![],
        "next row")
        .no_line("It moves within a screen."),
    keys(Cmd::Up, "up", &["k", "up"], "", EVERYWHERE, open![],
        "previous row")
        .no_line("It moves within a screen."),
    keys(Cmd::PageDown, "page-down", &["ctrl-d", "pgdn"], "", EVERYWHERE, open![],
        "half a page down")
        .no_line("It moves within a screen."),
    keys(Cmd::PageUp, "page-up", &["ctrl-u", "pgup"], "", EVERYWHERE, open![],
        "half a page up")
        .no_line("It moves within a screen."),
    keys(Cmd::First, "first", &["g", "home"], "", EVERYWHERE, open![],
        "first row")
        .no_line("It moves within a screen."),
    keys(Cmd::Last, "last", &["G", "end"], "", EVERYWHERE, open![],
        "last row")
        .no_line("It moves within a screen."),
    keys(Cmd::Left, "left", &["h", "left"], "", FOLDED, open![ModelShown, Checks],
        "as previous-tab; in groups and in the lineage: fold this row")
        .no_line("It moves within a screen."),
    keys(Cmd::Right, "right", &["l", "right"], "", FOLDED, open![ModelShown, Checks],
        "as next-tab; in groups and in the lineage: unfold this row")
        .no_line("It moves within a screen."),
    keys(Cmd::Back, "back", &["esc"], "", REALLY_EVERYWHERE, ALWAYS,
        "close the popup, dismiss the error, clear the filter, then go back; never quits")
        .no_line("It moves between screens."),
    keys(Cmd::Copy, "copy", &["y"], "copy", EVERYWHERE, open![],
        "copy a name, digest, identity or command")
        .no_line("Terminals copy what a command prints."),
    keys(Cmd::Mouse, "mouse", &["%"], "", EVERYWHERE, ALWAYS,
        "use the mouse, or leave it to the terminal")
        .no_line("It concerns the screens alone."),
    keys(Cmd::Themes, "themes", &["T"], "", EVERYWHERE, ALWAYS,
        "choose a theme")
        .typed(may("THEME", Some("theme")))
        .line("themes", "[THEME]", "The themes of the workbench: list them, print one, check one"),
    keys(Cmd::Messages, "messages", &["!"], "", EVERYWHERE, ALWAYS,
        "all messages so far")
        .no_line("A command prints its messages on standard error."),
    keys(Cmd::Redraw, "redraw", &["ctrl-l"], "", REALLY_EVERYWHERE, ALWAYS,
        "draw everything again")
        .no_line("It repairs what is drawn on a terminal."),
    keys(Cmd::Suspend, "suspend", &["ctrl-z"], "", EVERYWHERE, &[Need::JobControl],
        "back to the shell for a while; `fg` returns")
        .no_line("The shell suspends a command by the same key."),
    keys(Cmd::Output, "output", &["ctrl-o"], "", EVERYWHERE, ALWAYS,
        "what the commands typed after `:` printed")
        .no_line("A command prints what it prints where it is typed."),
    keys(Cmd::OlderOutput, "older-output", &["["], "older", &[S::Output], &[Need::OlderOutput],
        "the output of the command before")
        .no_line("A terminal scrolls back by itself."),
    keys(Cmd::NewerOutput, "newer-output", &["]"], "newer", &[S::Output], &[Need::NewerOutput],
        "the output of the command after")
        .no_line("A terminal scrolls back by itself."),
    keys(Cmd::Palette, "palette", &[":", "f2"], "command", REALLY_EVERYWHERE, ALWAYS,
        "run a command by name")
        .no_line("A shell is a place to type commands already."),
    keys(Cmd::Help, "help", &["?", "f1"], "help", REALLY_EVERYWHERE, ALWAYS,
        "the keys of this screen")
        .no_line("It is about the keys of a screen; `--help` is about commands."),
    keys(Cmd::Quit, "quit", &["q"], "quit", EVERYWHERE, ALWAYS,
        "go back; from the inventory quit, asking while jobs run")
        .no_line("A command ends by itself."),

    // Workspaces.
    line("demo", "[DIR]").within(Cmd::Samples, "It copies the samples and opens them.",
        "Copy the sample workspace, to try things out")
        .writing(Writes::Always),
    line("open", "[WORKSPACE]").no_keys("It opens the workbench, which is already open.",
        "Open the workbench"),
    line("import", "<FILES>...").run("Add bills of materials (CycloneDX, SPDX) to the workspace and read them")
        .writing(Writes::Always),
    line("export", "[MODELS]...").run("Write a bill of materials of models to standard output"),
    line("maturity compare", "<RUBRIC>").run(
        "Show what another version of the rubric changes for every model; exits with 0 if nothing changes, else 1"),
    line("snapshot verify", "<FILE>").run(
        "Check that a snapshot is as it was written: form, order, digest, and the signature beside it"),
    line("snapshot sign key", "<FILE>").run("With a bare key")
        .writing(Writes::Always).asking().online(STAMPED),
    line("snapshot sign certificate", "<FILE>").run("With a key and its certificate chain")
        .writing(Writes::Always).asking().online(STAMPED),
    line("snapshot sign sigstore", "<FILE>").run("With an identity at a Sigstore instance; uses the network")
        .writing(Writes::Always).asking().online(Network::Always),
    line("snapshot sign pkcs11-key", "<FILE>").run("With a bare key in a PKCS#11 token")
        .writing(Writes::Always).asking().online(STAMPED),
    line("snapshot sign pkcs11-certificate", "<FILE>").run("With a key in a PKCS#11 token and its certificate chain")
        .writing(Writes::Always).asking().online(STAMPED),
    line("gate", "<MODEL>").within(Cmd::Why, "It shows the decision at the stage in force, and its reasons.",
        "Verify a model and decide whether it may enter a stage; recorded"),
    line("exec", "<MODEL> <COMMAND>...").no_keys("It becomes the command that it starts.",
        "Verify a model and decide as `gate` does, then start a command that loads it; refused, nothing is started")
        .writing(Writes::With(&["copy"])),
    line("guard", "<DIR>...").no_keys("It runs until it is ended.",
        "Hold back whoever opens the files of models, and refuse those that may not enter a stage; Linux"),

    // Deployments.
    line("deploy list", "[FILTER]...").run("List what runs where, with the level and the gate of each model"),
    line("deploy add", "<MODEL>").run("Record where a model runs")
        .writing(Writes::Always),
    line("deploy end", "<MODEL>").run("Record that a model no longer runs")
        .writing(Writes::Always),
    line("deploy import", "<FILE>").run("Record deployments from a CycloneDX document: from k8s-aibom, or with services or workflows")
        .writing(Writes::Always),

    line("deploy declare", "<PLACE> <FILE>").run(
        "Declare what surrounds a model where it runs: owners, contacts, tools, MCP descriptors, data sets, and what is logged; recorded")
        .writing(Writes::Always),
    line("deploy surface", "<PLACE>").run(
        "Show what was declared of a place, and which evidence is logged there"),

    // Incidents.
    line("incident types", "").run("List the types of incidents that there is a runbook for"),
    line("incident runbook", "[TYPE]").run(
        "Show the runbook for a type of incident, or for one deployment, or check a file: exits with 1 if a rule finds something, with 2 if it is no runbook")
        .writing(Writes::With(&["out"])),

    line("incident triage", "<MODEL>").run(
        "Show whether a model's files are the expected ones: exits with 0 if they are, with 1 if not, with 3 if that is unknown")
        .writing(Writes::With(&["open"])),
    line("incident drill", "<TYPE>").run(
        "Play a made-up substitution through a runbook, and time each step: exits with 1 if something fails; recorded as a drill")
        .writing(Writes::Always),
    line("incident open", "<TYPE>").run(
        "Open a case: the runbook with its words filled in, who is affected, the evidence to collect, deadlines; recorded")
        .writing(Writes::Always),
    line("incident list", "").run("List the cases that are open, with the next step of each"),
    line("incident status", "<CASE>").run("Show a case: the next step first, then deadlines, evidence, steps and log"),
    line("incident step", "<CASE> <STEP>").run("Record that a step was done, is left out, or failed")
        .writing(Writes::Always),
    line("incident evidence", "<CASE> <FIELDS>...").run(
        "Record evidence: a file that is kept, who else keeps it, or why it is given up")
        .writing(Writes::Always),
    line("incident import", "<CASE> <FILES>...").run(
        "Record what logs of others hold: how many records have each field, from when to when, and who keeps them until when")
        .writing(Writes::Always),
    line("incident hold", "<CASE>").run("Set a legal hold, so that no evidence ends, or lift it")
        .writing(Writes::Always),
    line("incident severity", "<CASE> <LEVEL>").run("Set another severity than the rule of the runbook, with a name and a reason")
        .writing(Writes::Always),
    line("incident note", "<CASE> <TEXT>").run("Write something down in a case")
        .writing(Writes::Always),
    line("incident close", "<CASE>").run("Close a case")
        .writing(Writes::Always),
    line("incident export", "<CASE>").run(
        "Write a case as Markdown for people, as JSON, or its runbook as a CACAO 2.0 playbook")
        .writing(Writes::With(&["out"])),

    line("incident disclose", "<SUBJECT>").run(
        "Write the draft of a disclosure about a case or a model: what is proven, declared and unknown, and what to do")
        .writing(Writes::With(&["out"])),

    // Feeds.
    line("feed import", "<PATH>").run(
        "Import a feed from a file or folder: MITRE ATLAS, AVID, OSV, CVE 5, CoSAI-RM, SAFE-MCP; recorded")
        .writing(Writes::Always),
    line("feed list", "").run("List the feeds in force, with source, version, digest and time"),
    line("feed match", "[MODEL]").run(
        "List the entries of feeds that may be about a model, with what was said of them; exits with 3 if no feed says anything of models"),
    line("feed triage", "<MODEL> <ID>").run("Record what a match comes to: whether the model is affected, and why")
        .writing(Writes::Always),
    line("feed lint", "").run(
        "Check the ids of techniques, risks and controls in runbooks, rubric, mappings and feeds: exits with 1 if one is unknown or of another version, with 3 if some could not be checked"),

    // Signatures and claims.
    line("sign key", "<MODEL>").run("With a bare key")
        .writing(Writes::Always).asking().online(STAMPED),
    line("sign certificate", "<MODEL>").run("With a key and its certificate chain")
        .writing(Writes::Always).asking().online(STAMPED),
    line("sign sigstore", "<MODEL>").run("With an identity at a Sigstore instance; uses the network")
        .writing(Writes::Always).asking().online(Network::Always),
    line("sign pkcs11-key", "<MODEL>").run("With a bare key in a PKCS#11 token")
        .writing(Writes::Always).asking().online(STAMPED),
    line("sign pkcs11-certificate", "<MODEL>").run("With a key in a PKCS#11 token and its certificate chain")
        .writing(Writes::Always).asking().online(STAMPED),
    line("key generate", "<FILE>").run("Make a key pair: FILE for you alone, FILE.pub for everyone")
        .writing(Writes::Always).asking(),
    line("key show", "<FILE>").run("Curve, fingerprint and encryption of a key file; never a secret"),
    line("verify key", "<MODEL>").run("A public key"),
    line("verify certificate", "<MODEL>").run("Certificate authorities"),
    line("verify sigstore", "<MODEL>").run("An identity in a Sigstore instance"),
    line("digest", "<MODEL>").within(Cmd::Verify, "Its Statement tab shows the root digest.",
        "The root digest of a model"),
    line("inspect", "<FILE>").within(Cmd::Verify, "Its Identity and Statement tabs show what the bundle holds.",
        "What a bundle, claim, certificate, key or weights file holds; trusts nothing"),
    line("pin", "[FILES]...").run("Pin agent cards and MCP descriptors as they are now, or compare those that are pinned")
        .writing(Writes::With(&["files"])),
    line("attest provenance", "<MODEL>").run(
        "Claim how a model was made and from which inputs, each by its digest (SLSA provenance)")
        .writing(CLAIM).asking().online(SIGNED),
    line("attest data", "<MODEL>").run(
        "Claim a model's training data: source, collection, preparation, licence, personal data, governance")
        .writing(CLAIM).asking().online(SIGNED),
    line("attest config", "<MODEL>").run("Claim a model's training configuration: hyperparameters, code, seed and hardware")
        .writing(CLAIM).asking().online(SIGNED),
    line("attest evaluation", "<MODEL>").run("Claim a model's result in a benchmark")
        .writing(CLAIM).asking().online(SIGNED),
    line("attest card", "<MODEL> [FILE]").run("Claim a model's card, by the digest of its file")
        .writing(CLAIM).asking().online(SIGNED),
    line("attest composition", "<MODEL>").run("Claim what a model runs with: base, adapters, tokenizer, template, quantisation")
        .writing(CLAIM).asking().online(SIGNED),
    line("attest review", "<MODEL>").run("Claim a review from the ledger")
        .writing(CLAIM).asking().online(SIGNED),
    line("attest summary", "<MODEL>").run(
        "Verify a model and claim the verdict at a stage (VSA or SVR); exits with 0 if it is admitted, 1 if refused")
        .writing(CLAIM).asking().online(SIGNED),
    line("attest inherit", "<MODEL>").run(
        "Show what a derived model inherits from its parents, and the command that claims it"),
    line("claims list", "<TARGET>").within(Cmd::Verify, "Its check PREDICATES says whether the claims are proven.",
        "List the claims of a model, or of a file: what each says of what, and whether its signer is proven"),
    line("claims show", "<TARGET> [CLAIM]").run(
        "Show whole claims: one by its line or digest, or all that fit; their order makes no difference"),
    line("claims append", "<TARGET> <FILES>...").run(
        "Append claims that others made, as bundles or envelopes, to those of a model, or to a file of claims")
        .writing(Writes::Always),
    line("claims check", "<FILE> [NEW]").run(
        "Check the form and schema of a file of claims, or that it was only appended to since an earlier copy"),

    // Policy and trust.
    line("policy lint", "[FILE]").run(
        "Find what is valid in a policy and probably not meant; with the workspace's policy also by its inventory"),
    line("policy convert", "[FILE]").run(
        "Convert a policy to the form of another tool, or theirs to ours, and list what is lost"),
    line("report forecast", "").run(
        "Show which models will lose or gain a level or a stage by time alone, when, and what is due: Markdown, HTML, PDF, JSON, CSV")
        .writing(Writes::With(&["out"])),
    line("report producer", "[NAME]").run(
        "Report on producers: who signs what and how, and what is open at their models, by who can act: Markdown, HTML, PDF, JSON, CSV")
        .writing(Writes::With(&["out"])),
    line("report incident", "[CASE]").run(
        "Report on incidents and drills: what is open, who did what when, deadlines, evidence: Markdown, HTML, PDF, JSON, CSV")
        .writing(Writes::With(&["out"])),
    line("report policy", "").run(
        "Report on the policy: what it asks, what that comes to at every stage and why, whom it trusts, exceptions, changes: Markdown, HTML, PDF, JSON, CSV")
        .writing(Writes::With(&["out"])),
    line("report inventory", "").run(
        "Report on the inventory: what is there, licences, producers, origins, deployments, what was recorded: Markdown, HTML, PDF, JSON, CSV")
        .writing(Writes::With(&["out"])),
    line("report model", "<MODEL>").run(
        "Fill the Model Documentation Form for general-purpose AI with what is on record: each field with its basis and source")
        .writing(Writes::With(&["out"])),
    line("report trend", "").run(
        "Show what changed between two dates or snapshots for levels and decisions, and why: Markdown, HTML, PDF, JSON, CSV")
        .writing(Writes::With(&["out"])),
    line("policy exceptions", "").run(
        "List the exceptions of the policy with their ages, and how many models each excuses"),
    line("policy preview", "<NEW>").run(
        "Show what a new policy would change: which models, from what to what, and why; exits with 1 if any changes"),
    line("policy explain", "<MODEL>").run(
        "Show which rules of the policy concern a model, and what each comes to: publisher, signer, claims, stage"),
    line("policy suggest", "<MODEL>").run(
        "Suggest edits of the policy that would let a model pass, from what was observed; changes nothing"),
    line("policy test", "[FILE]").run(
        "Try the tests in a policy, and list the rules that none of them reaches; exits with 1 if a test fails"),
    line("policy what-if", "").run(
        "Show what would follow if an identity could not be trusted since some time; exits with 1 if any model changes"),
    line("policy show", "[NAME]").run("Print a built-in policy, to start from"),
    line("trust list", "").within(Cmd::Policy, "It lists the anchors of the policy beside its text.",
        "List the anchors of the policy, and those inside this program: kind, age, digest, origin"),
    line("trust show", "<NAME>").within(Cmd::Policy, "It shows kind, age, origin and digest of each anchor.",
        "Show what an anchor holds: its key, its certificates, or the services of its Sigstore instance"),
    line("trust add", "<NAME> [FILES]...").run(
        "Add an anchor to the policy file: keys, certificates of authorities, or a Sigstore trusted root")
        .writing(Writes::Always),
    line("trust remove", "<NAME>").run("Take an anchor out of the policy file; its files stay")
        .writing(Writes::Always),
    line("trust refresh", "[NAMES]...").run(
        "Fetch newer Sigstore trusted roots from their repositories: uses the network")
        .writing(Writes::Always).online(Network::Always),

    // Keys.
    line("keymap print", "").run("Print the keys in force, as a keymap file to start from"),
    line("keymap check", "[FILE]").run("Check a keymap file: all faults, with lines"),

    // A shell and its manual.
    line("completions", "<SHELL>").run("Print the script that completes the command line in a shell"),
    line("man", "[COMMAND]...").run("Print a page of the manual, for `man -l -`, or write all pages to a folder")
        .writing(Writes::With(&["out"])),

    // Evidence packs.
    line("audit pack", "[MODELS]...").run(
        "Write everything that the verdicts on some models rest on into one file, which others check with `audit verify`")
        .writing(Writes::Always),
    line("audit pack key", "[MODELS]...").run("With a bare key").writing(Writes::Always).asking().online(STAMPED),
    line("audit pack certificate", "[MODELS]...").run("With a key and its certificate chain").writing(Writes::Always).asking().online(STAMPED),
    line("audit pack sigstore", "[MODELS]...").run("With an identity at a Sigstore instance; uses the network")
        .writing(Writes::Always).asking().online(Network::Always),
    line("audit pack pkcs11-key", "[MODELS]...").run("With a bare key in a PKCS#11 token").writing(Writes::Always).asking().online(STAMPED),
    line("audit pack pkcs11-certificate", "[MODELS]...").run("With a key in a PKCS#11 token and its certificate chain")
        .writing(Writes::Always).asking().online(STAMPED),
    line("audit verify", "<FILE>").run(
        "Check a pack and judge everything in it again; exits with 0 if all of it fits and its signature counts, else 1 or 3"),

    // A fleet.
    line("fleet plan", "").run(
        "List models in folders, buckets and registries, cut the work into shards and write the run that workers are given; needs the feature `fleet`")
        .writing(Writes::Always).online(Network::Always),
    line("fleet work", "").run(
        "Verify the models of one shard and commit what came of them by one signed statement; for an engine to start; needs the feature `fleet`")
        .writing(Writes::Always).asking().online(Network::Always),
    line("fleet status", "<RUN>").run("Say which shards of a run are committed; needs the feature `fleet`")
        .online(Network::Always),
    line("fleet seal", "<RUN>").run(
        "Check what the shards of a run signed and merge it under one root; recorded; exits with 1 if something contradicts, with 3 if shards are missing; needs the feature `fleet`")
        .writing(Writes::Always).online(Network::Always),
    line("fleet prove", "<RUN> <MODEL>").run(
        "Prove from a sealed run what came of a model: its record with the way to the root, checked; needs the feature `fleet`")
        .online(Network::Always),

    // The ledger.
    line("ledger show", "[MODEL]").run("List the records"),
    line("ledger verify", "").run("Recompute the chain of hashes, and hold the ledger against its signed checkpoints"),
    line("ledger checkpoint", "").run(
        "Write how far the ledger is, to be signed: what is cut off or rewritten later then shows")
        .writing(Writes::Always),
    line("ledger checkpoint key", "").run("With a bare key")
        .writing(Writes::Always).asking().online(STAMPED),
    line("ledger checkpoint certificate", "").run("With a key and its certificate chain")
        .writing(Writes::Always).asking().online(STAMPED),
    line("ledger checkpoint sigstore", "").run("With an identity at a Sigstore instance; uses the network")
        .writing(Writes::Always).asking().online(Network::Always),
    line("ledger checkpoint pkcs11-key", "").run("With a bare key in a PKCS#11 token")
        .writing(Writes::Always).asking().online(STAMPED),
    line("ledger checkpoint pkcs11-certificate", "").run("With a key in a PKCS#11 token and its certificate chain")
        .writing(Writes::Always).asking().online(STAMPED),
    line("ledger replay", "<RECORD>").run(
        "Judge a recorded verification or decision again, from the evidence that it names; exits with 0 when the result is the same, else 1"),
    line("ledger prove", "[RECORD]").run(
        "Write a proof that a record is among those that a checkpoint stands for, or check one against the checkpoint alone"),
    line("ledger anchor", "<CHECKPOINT>").run(
        "Record where the ledger of another workspace ended, and whether it goes on from what was anchored before")
        .writing(Writes::Always),
    line("ledger anchors", "").run("List what was anchored of other ledgers, and what contradicts that"),
    line("ledger export", "").run("Write all records as JSON Lines to standard output; verifications and decisions as OCSF events with --as ocsf"),
    line("ledger import", "<FILE>").run(
        "Import the records that another store exported; the local ledger must be a prefix of the file")
        .writing(Writes::Always),

    // The store.
    line("store show", "").run("Show where the store is, what is in it, and on a server what your role may do"),
    line("store grant", "<ROLE>").run(
        "Let a role of the PostgreSQL server look and append, and change nothing of the ledger; run it as the owner of the tables")
        .writing(Writes::Always),
];
