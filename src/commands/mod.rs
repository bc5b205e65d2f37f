//! The one table of commands: name, description, keys and screens. The key bar, the help, the palette and the keys
//! themselves come from it. It knows no state and no drawing: whether a command can act now is for a face to say.

/// A screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// Triage.
    Inventory,
    /// The family.
    Lineage,
    /// The checks.
    Verify,
    /// Levels and controls.
    Maturity,
    /// The policy.
    Policy,
    /// Work.
    Jobs,
}

impl Screen {
    /// All, in the order of the tabs.
    pub const ALL: [Screen; 6] =
        [Screen::Inventory, Screen::Lineage, Screen::Verify, Screen::Maturity, Screen::Policy, Screen::Jobs];

    /// The word on the tab.
    pub fn word(self) -> &'static str {
        match self {
            Screen::Inventory => "Inventory",
            Screen::Lineage => "Lineage",
            Screen::Verify => "Verify",
            Screen::Maturity => "Maturity",
            Screen::Policy => "Policy",
            Screen::Jobs => "Jobs",
        }
    }
}

/// Names a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the table describes each
pub enum Cmd {
    Inventory,
    Lineage,
    Verify,
    Maturity,
    Policy,
    Jobs,
    Open,
    StartVerify,
    VerifyInFull,
    StartScore,
    Why,
    Mark,
    MarkAll,
    Unmark,
    Filter,
    SavedView,
    Sort,
    Reverse,
    Review,
    Details,
    Scan,
    Snapshot,
    Diff,
    Log,
    Edit,
    Reload,
    Stage,
    Cancel,
    NextTab,
    PreviousTab,
    Refocus,
    Legend,
    FocusBack,
    Left,
    Right,
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
    Back,
    Themes,
    Messages,
    Palette,
    Help,
    Redraw,
    Suspend,
    Quit,
}

/// One row of the table.
pub struct Command {
    /// Which.
    pub cmd: Cmd,
    /// Its name in the palette.
    pub name: &'static str,
    /// One line for the help.
    pub description: &'static str,
    /// A word or two for the key bar; empty keeps it out.
    pub bar: &'static str,
    /// Its keys; the first is shown.
    pub keys: &'static [&'static str],
    /// Where it works; empty: everywhere.
    pub screens: &'static [Screen],
}

const fn row(
    cmd: Cmd,
    name: &'static str,
    keys: &'static [&'static str],
    bar: &'static str,
    screens: &'static [Screen],
    description: &'static str,
) -> Command {
    Command { cmd, name, description, bar, keys, screens }
}

use Screen as S;
const EVERYWHERE: &[Screen] = &[];
const TABBED: &[Screen] = &[S::Verify, S::Maturity, S::Policy];
const MODEL: &[Screen] = &[S::Inventory, S::Lineage, S::Verify, S::Maturity];

/// The table.
#[rustfmt::skip]
pub const TABLE: &[Command] = &[
    row(Cmd::Open, "open", &["enter"], "open", &[S::Inventory], "open the verification of this model"),
    row(Cmd::Refocus, "refocus", &["enter"], "refocus", &[S::Lineage], "draw the family around this model"),
    row(Cmd::StartVerify, "verify", &["V"], "verify", MODEL, "verify the marked models, or this one"),
    row(Cmd::VerifyInFull, "verify-in-full", &["F"], "", MODEL, "verify, and compute every digest anew"),
    row(Cmd::StartScore, "score", &["M"], "score", MODEL, "score the marked models, or this one; verifies what was not yet"),
    row(Cmd::Why, "why", &["w"], "why", MODEL, "why this decision and this level"),
    row(Cmd::Filter, "filter", &["/"], "filter", &[S::Inventory], "show only models that match, as you type"),
    row(Cmd::Mark, "mark", &["space"], "mark", &[S::Inventory], "mark or unmark this model"),
    row(Cmd::MarkAll, "mark-all", &["*"], "mark all", &[S::Inventory], "mark all models shown"),
    row(Cmd::Unmark, "unmark", &["u"], "", &[S::Inventory], "unmark all"),
    row(Cmd::SavedView, "saved-view", &["v"], "view", &[S::Inventory], "next saved view: all, failing, unsigned, needs review"),
    row(Cmd::Sort, "sort", &["s"], "sort", &[S::Inventory], "next order of rows"),
    row(Cmd::Reverse, "reverse", &["o"], "", &[S::Inventory], "turn the order round"),
    row(Cmd::Review, "review", &["r"], "review", MODEL, "record a review: approve, reject, ask the producer"),
    row(Cmd::Details, "details", &["d"], "details", &[S::Inventory], "show or hide the details"),
    row(Cmd::Scan, "scan", &["R"], "", &[S::Inventory, S::Jobs], "read what changed in the sources"),
    row(Cmd::Snapshot, "snapshot", &["W"], "", &[S::Inventory, S::Jobs], "write a snapshot; in the palette: snapshot FILE"),
    row(Cmd::Diff, "diff", &["D"], "", &[S::Inventory, S::Jobs], "what changed since; in the palette: diff FILE"),
    row(Cmd::Log, "log", &["enter"], "log", &[S::Jobs], "the whole log of this job"),
    row(Cmd::NextTab, "next-tab", &["tab"], "next tab", TABBED, "next tab, next level, or the other pane"),
    row(Cmd::PreviousTab, "previous-tab", &["shift-tab"], "", TABBED, "previous tab, previous level, or the other pane"),
    row(Cmd::Legend, "legend", &["L"], "legend", &[S::Lineage], "what the lines and signs mean"),
    row(Cmd::FocusBack, "focus-back", &["-"], "focus back", &[S::Lineage], "back to the focus before"),
    row(Cmd::Edit, "edit", &["e"], "edit", &[S::Policy], "edit the policy file in $VISUAL or $EDITOR"),
    row(Cmd::Reload, "reload", &["R"], "reload", &[S::Policy], "read the policy file again"),
    row(Cmd::Stage, "stage", &["S"], "stage", EVERYWHERE, "judge for the next stage; in the palette: stage NAME"),
    row(Cmd::Cancel, "cancel", &["x"], "cancel", &[S::Jobs], "cancel this job"),
    row(Cmd::Inventory, "inventory", &["1"], "", EVERYWHERE, "the models: triage"),
    row(Cmd::Lineage, "lineage", &["2"], "", EVERYWHERE, "the family of this model"),
    row(Cmd::Verify, "verification", &["3"], "", EVERYWHERE, "the checks of this model"),
    row(Cmd::Maturity, "maturity", &["4"], "", EVERYWHERE, "the levels and controls of this model"),
    row(Cmd::Policy, "policy", &["5"], "", EVERYWHERE, "the policy, its stages and anchors"),
    row(Cmd::Jobs, "jobs", &["6"], "", EVERYWHERE, "running and finished work"),
    row(Cmd::Down, "down", &["j", "down"], "", EVERYWHERE, "next row"),
    row(Cmd::Up, "up", &["k", "up"], "", EVERYWHERE, "previous row"),
    row(Cmd::PageDown, "page-down", &["ctrl-d", "pgdn"], "", EVERYWHERE, "half a page down"),
    row(Cmd::PageUp, "page-up", &["ctrl-u", "pgup"], "", EVERYWHERE, "half a page up"),
    row(Cmd::First, "first", &["g", "home"], "", EVERYWHERE, "first row"),
    row(Cmd::Last, "last", &["G", "end"], "", EVERYWHERE, "last row"),
    row(Cmd::Left, "left", &["h", "left"], "", TABBED, "as previous-tab"),
    row(Cmd::Right, "right", &["l", "right"], "", TABBED, "as next-tab"),
    row(Cmd::Back, "back", &["esc"], "", EVERYWHERE, "close the popup, then clear the filter, then go back; never quits"),
    row(Cmd::Themes, "themes", &["T"], "", EVERYWHERE, "choose a theme; in the palette: themes NAME"),
    row(Cmd::Messages, "messages", &["!"], "", EVERYWHERE, "all messages so far"),
    row(Cmd::Redraw, "redraw", &["ctrl-l"], "", EVERYWHERE, "draw everything again"),
    row(Cmd::Suspend, "suspend", &["ctrl-z"], "", EVERYWHERE, "back to the shell for a while; `fg` returns"),
    row(Cmd::Palette, "palette", &[":"], "command", EVERYWHERE, "run a command by name"),
    row(Cmd::Help, "help", &["?"], "help", EVERYWHERE, "the keys of this screen"),
    row(Cmd::Quit, "quit", &["q"], "quit", EVERYWHERE, "go back; from the inventory quit, asking while jobs run"),
];

impl Command {
    /// Whether it works on a screen.
    pub fn is_on(&self, screen: Screen) -> bool {
        self.screens.is_empty() || self.screens.contains(&screen)
    }
}

/// The command that a key means on a screen.
pub fn by_key(written: &str, screen: Screen) -> Option<&'static Command> {
    TABLE.iter().find(|command| command.is_on(screen) && command.keys.contains(&written))
}

/// The command of a name that works on a screen.
pub fn by_name(name: &str, screen: Screen) -> Option<&'static Command> {
    TABLE.iter().find(|command| command.is_on(screen) && command.name == name)
}
