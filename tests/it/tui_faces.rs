//! The two faces, command line and workbench, have the same powers.

use crate::support::{out, touchmark};
use std::collections::HashSet;
use touchmark::commands::{Cmd, TABLE};

/// Each command of the command line, and what the workbench has for it or why it has nothing.
const FACES: [(&str, &[Cmd], &str); 23] = [
    ("open", &[], "it opens the workbench"),
    ("init", &[], "the workbench opens a workspace; it makes none"),
    ("demo", &[], "lays out a folder; the empty inventory names it"),
    ("sign", &[], "no private key enters the workbench"),
    ("key", &[], "no private key enters the workbench"),
    ("verify", &[Cmd::StartVerify, Cmd::VerifyInFull, Cmd::Verify, Cmd::Open], ""),
    ("digest", &[Cmd::Verify], "the statement tab shows the root digest"),
    ("inspect", &[Cmd::Verify], "the identity and statement tabs"),
    ("claims", &[Cmd::Verify], "the checks tab shows PREDICATES; appending is for the programs that sign"),
    ("scan", &[Cmd::Scan], "adding sources is left to the command line"),
    ("import", &[], "adding sources is left to the command line"),
    ("snapshot", &[Cmd::Snapshot], "checking one is for who keeps it"),
    ("diff", &[Cmd::Diff], "against the workspace as it is; two files are for the shell"),
    ("export", &[], "a document for other programs; the details screen shows what it would say"),
    ("list", &[Cmd::Inventory, Cmd::Filter, Cmd::SavedView, Cmd::Sort], ""),
    ("show", &[Cmd::Details], ""),
    ("lineage", &[Cmd::Lineage, Cmd::Refocus, Cmd::FocusBack], ""),
    (
        "trust",
        &[Cmd::Policy],
        "the policy screen lists the anchors; add, remove and refresh are for who runs the shell",
    ),
    ("policy", &[Cmd::Policy, Cmd::Edit, Cmd::Reload], ""),
    ("gate", &[Cmd::Stage, Cmd::Why], "the workbench shows the decision; recording one is for pipelines"),
    ("score", &[Cmd::StartScore, Cmd::Maturity], ""),
    ("review", &[Cmd::Review], ""),
    ("ledger", &[], "for auditors and their programs; the workbench only writes to it, and imports none"),
];

/// What only a screen needs.
const ONLY_ON_SCREENS: [(&[Cmd], &str); 4] = [
    (
        &[Cmd::Up, Cmd::Down, Cmd::Left, Cmd::Right, Cmd::PageUp, Cmd::PageDown, Cmd::First, Cmd::Last],
        "moving",
    ),
    (&[Cmd::NextTab, Cmd::PreviousTab, Cmd::Back, Cmd::Quit, Cmd::Suspend, Cmd::Redraw], "moving"),
    (
        &[Cmd::Mark, Cmd::MarkAll, Cmd::Unmark, Cmd::Reverse, Cmd::Jobs, Cmd::Log, Cmd::Cancel],
        "the shell lists, turns round, and stops programs",
    ),
    (&[Cmd::Help, Cmd::Palette, Cmd::Messages, Cmd::Legend, Cmd::Themes], "the workbench about itself"),
];

#[test]
fn each_capability_is_in_both_faces_or_says_why_not() {
    let help = out(&touchmark(["--help"]));
    let found: Vec<&str> = help
        .lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1)
        .take_while(|line| !line.trim().is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(found.len() >= 10, "{help}");
    let known: Vec<&str> = FACES.iter().map(|(name, _, _)| *name).collect();
    let names: HashSet<&str> = found.iter().copied().collect();
    assert_eq!(names, known.iter().copied().collect(), "the table of both faces is not the command line's");
    assert!(FACES.iter().all(|(_, cmds, why)| !cmds.is_empty() || !why.is_empty()));
    for row in TABLE {
        let both = FACES.iter().any(|(_, cmds, _)| cmds.contains(&row.cmd));
        let alone = ONLY_ON_SCREENS.iter().any(|(cmds, why)| cmds.contains(&row.cmd) && !why.is_empty());
        assert!(both != alone, "{}: in the table of both faces or among what only screens need", row.name);
    }
}
