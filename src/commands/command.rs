//! What a row of the table is made of: the two forms of a command, and how a row is written.

use super::listed::listed;
use super::need::Need;

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
    /// The policy, being edited.
    Editor,
    /// Cases of incidents.
    Incidents,
    /// Reports, and the files that are made of them.
    Reports,
    /// Work.
    Jobs,
    /// Two models side by side.
    Compare,
    /// How a snapshot and the present differ.
    Changes,
    /// What a command of the command line printed.
    Output,
    /// What does not load, and where.
    Fault,
}

impl Screen {
    /// Those with a tab, in its order.
    pub const TABS: [Screen; 8] = [
        Screen::Inventory,
        Screen::Lineage,
        Screen::Verify,
        Screen::Maturity,
        Screen::Policy,
        Screen::Incidents,
        Screen::Reports,
        Screen::Jobs,
    ];

    /// All: those with a tab, then those that a command leads to.
    pub const ALL: [Screen; 13] = [
        Screen::Inventory,
        Screen::Lineage,
        Screen::Verify,
        Screen::Maturity,
        Screen::Policy,
        Screen::Incidents,
        Screen::Reports,
        Screen::Jobs,
        Screen::Editor,
        Screen::Compare,
        Screen::Changes,
        Screen::Output,
        Screen::Fault,
    ];

    /// The word on the tab.
    pub fn word(self) -> &'static str {
        match self {
            Screen::Inventory => "Inventory",
            Screen::Lineage => "Lineage",
            Screen::Verify => "Verify",
            Screen::Maturity => "Maturity",
            Screen::Policy => "Policy",
            Screen::Editor => "Editor",
            Screen::Incidents => "Incidents",
            Screen::Reports => "Reports",
            Screen::Jobs => "Jobs",
            Screen::Compare => "Compare",
            Screen::Changes => "Changes",
            Screen::Output => "Output",
            Screen::Fault => "Fault",
        }
    }
}

listed! {
    /// Names a command.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    #[allow(missing_docs)] // the table describes each
    pub enum Cmd {
        Inventory,
        Lineage,
        Verify,
        Maturity,
        Policy,
        Incidents,
        Reports,
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
        Columns,
        Group,
        FilterBy,
        KeepView,
        GoTo,
        Review,
        Undo,
        History,
        Compare,
        Copy,
        Export,
        Report,
        ChooseReport,
        WriteReport,
        NextChoice,
        EarlierChoice,
        TypeChoice,
        Mouse,
        Bind,
        Output,
        OlderOutput,
        NewerOutput,
        Details,
        Scan,
        Snapshot,
        Diff,
        OpenCase,
        RecordStep,
        CollectEvidence,
        NoteInCase,
        NewIncident,
        OpenJob,
        Log,
        Retry,
        OpenChange,
        AddSource,
        Samples,
        Keep,
        Tour,
        EditFault,
        ReadAgain,
        LeaveStore,
        MakeWorkspace,
        Edit,
        EditOutside,
        Amend,
        SavePolicy,
        UndoEdit,
        RedoEdit,
        FindText,
        FindAgain,
        FindBefore,
        Complete,
        NextFault,
        SelectAll,
        CutText,
        CopyText,
        PasteText,
        Revert,
        Reload,
        Stage,
        Cancel,
        NextTab,
        PreviousTab,
        LookInto,
        NextFiles,
        NextDifference,
        WholeFamily,
        Refocus,
        Survey,
        ShowModels,
        Legend,
        FocusBack,
        Blast,
        Path,
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
}

/// One row of the table: a thing that a person can do. Each form is there, or says why it is not.
pub struct Command {
    /// What it does, in one line.
    pub about: &'static str,
    /// How the command line does it.
    pub line: OnLine,
    /// How the workbench does it.
    pub screen: OnScreen,
    /// What it writes in a shell.
    pub writes: Writes,
    /// Whether it may ask on the terminal: for a passphrase, a PIN or a login.
    pub asks: bool,
    /// Whether it uses the network.
    pub network: Network,
}

/// Whether a command of the command line uses the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// Never.
    Never,
    /// It is there to.
    Always,
    /// When one of these flags is given.
    With(&'static [&'static str]),
}

/// What a command of the command line writes besides its output: what `--read-only` refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writes {
    /// At most what it found out, into the workspace's store. With `--read-only` it does the same and keeps nothing.
    Store,
    /// Files or records that it is there to write.
    Always,
    /// The same, when one of these arguments is given.
    With(&'static [&'static str]),
}

/// The command-line form of a row.
pub enum OnLine {
    /// It is a command.
    Own(Line),
    /// Another command does it.
    Within {
        /// The path of that command, as typed.
        path: &'static str,
        /// With this flag.
        flag: Option<&'static str>,
    },
    /// It has none, for this reason: a sentence.
    Not(&'static str),
}

/// A command of the command line.
pub struct Line {
    /// The words that name it, as typed after `touchmark`.
    pub path: &'static str,
    /// Its arguments without flags, as its usage writes them.
    pub arguments: &'static str,
}

/// The workbench form of a row.
pub enum OnScreen {
    /// It is a command of the workbench.
    Own(Keys),
    /// Another command does or shows it.
    Within {
        /// That command.
        by: Cmd,
        /// In which way: a sentence.
        how: &'static str,
    },
    /// `:` runs the command line's, and shows what it prints.
    Run,
    /// It has none, for this reason: a sentence.
    Not(&'static str),
}

/// A command of the workbench.
pub struct Keys {
    /// Which.
    pub cmd: Cmd,
    /// Its name in the palette.
    pub name: &'static str,
    /// Its keys; the first is shown.
    pub keys: &'static [&'static str],
    /// A word or two for the key bar; empty keeps it out.
    pub bar: &'static str,
    /// Where it works; empty: everywhere.
    pub screens: &'static [Screen],
    /// What must hold for it to act; the first that does not hold is the reason told.
    pub needs: &'static [Need],
    /// What it does, in a few words.
    pub help: &'static str,
    /// What may be typed after its name in the palette.
    pub typed: Option<Typed>,
}

/// What may be typed after a name in the palette, whatever screen is open.
pub struct Typed {
    /// What it stands for: `FILE`.
    pub word: &'static str,
    /// Another name that the command goes by when something is typed after it.
    pub also: Option<&'static str>,
    /// Whether the help says that it may be typed.
    pub in_help: bool,
    /// What is said when nothing was typed; none: the command then does what its key does.
    pub missing: Option<&'static str>,
}

impl Keys {
    /// Whether it works on a screen. Where keys write text, only what is there for that screen does.
    pub fn is_on(&self, screen: Screen) -> bool {
        match self.screens {
            [] => !screen.is_written_on(),
            some => some.contains(&screen),
        }
    }

    /// Whether it works on every screen, or on every one but those that keys write text on.
    pub fn is_everywhere(&self) -> bool {
        self.screens.is_empty() || self.screens.len() == Screen::ALL.len()
    }

    /// Its keys on a screen: where keys write text, those that write none.
    pub fn keys_on(&self, screen: Screen) -> impl Iterator<Item = &'static str> {
        self.keys.iter().copied().filter(move |key| !screen.writes(key))
    }

    /// The line of the help.
    pub fn help_line(&self) -> String {
        match &self.typed {
            Some(typed) if typed.in_help => {
                format!("{}; in the palette: {} {}", self.help, self.name, typed.word)
            }
            _ => self.help.to_owned(),
        }
    }

    /// The same, with something that may be typed after its name.
    pub(super) const fn typed(self, typed: Typed) -> Keys {
        Keys { typed: Some(typed), ..self }
    }

    /// A row that is a command of the command line too.
    pub(super) const fn line(
        self,
        path: &'static str,
        arguments: &'static str,
        about: &'static str,
    ) -> Command {
        row(about, OnLine::Own(Line { path, arguments }), OnScreen::Own(self))
    }

    /// A row that the command line does with another row's command.
    pub(super) const fn within(self, path: &'static str, flag: Option<&'static str>) -> Command {
        row(self.help, OnLine::Within { path, flag }, OnScreen::Own(self))
    }

    /// A row without a command-line form.
    pub(super) const fn no_line(self, why: &'static str) -> Command {
        row(self.help, OnLine::Not(why), OnScreen::Own(self))
    }
}

impl Line {
    /// A row that the workbench does or shows with another row's command.
    pub(super) const fn within(self, by: Cmd, how: &'static str, about: &'static str) -> Command {
        row(about, OnLine::Own(self), OnScreen::Within { by, how })
    }

    /// A row that the workbench runs as it is typed.
    pub(super) const fn run(self, about: &'static str) -> Command {
        row(about, OnLine::Own(self), OnScreen::Run)
    }

    /// A row that the workbench cannot run.
    pub(super) const fn no_keys(self, why: &'static str, about: &'static str) -> Command {
        row(about, OnLine::Own(self), OnScreen::Not(why))
    }
}

const fn row(about: &'static str, line: OnLine, screen: OnScreen) -> Command {
    Command { about, line, screen, writes: Writes::Store, asks: false, network: Network::Never }
}

impl Command {
    /// The same, of a command that is there to write.
    pub(super) const fn writing(self, writes: Writes) -> Command {
        Command { writes, ..self }
    }

    /// The same, of a command that may ask on the terminal.
    pub(super) const fn asking(self) -> Command {
        Command { asks: true, ..self }
    }

    /// The same, of a command that uses the network.
    pub(super) const fn online(self, network: Network) -> Command {
        Command { network, ..self }
    }

    /// Its name: of the workbench, or else as typed in a shell.
    pub fn name(&self) -> &'static str {
        match (&self.screen, &self.line) {
            (OnScreen::Own(keys), _) => keys.name,
            (_, OnLine::Own(line)) => line.path,
            (_, OnLine::Within { path, .. }) => path,
            (_, OnLine::Not(_)) => "",
        }
    }
}

impl Line {
    /// How many arguments without a flag it asks for.
    pub fn required(&self) -> usize {
        super::value::required(self.arguments)
    }
}

impl Screen {
    /// Whether keys write text on it.
    pub fn is_written_on(self) -> bool {
        self == Screen::Editor
    }

    /// Whether a key writes text on it.
    pub fn writes(self, key: &str) -> bool {
        self.is_written_on() && (key == "space" || key.chars().count() == 1)
    }

    /// Its name in a file.
    pub fn name(self) -> String {
        self.word().to_lowercase()
    }

    /// The screen of a name.
    pub fn named(name: &str) -> Option<Screen> {
        Screen::ALL.into_iter().find(|screen| screen.name() == name)
    }
}
