//! What something on the screen means. Everything drawn has a role; a role knows no colour.

/// What something on the screen means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Plain text, and the ground of everything.
    Text,
    /// Secondary text.
    Muted,
    /// Titles.
    Title,
    /// Things to look at.
    Accent,
    /// Borders and rules: shapes only, never text.
    Border,
    /// The border of the pane that the keys act on.
    BorderFocused,
    /// The first line.
    Header,
    /// A tab.
    Tab,
    /// The tab that is open.
    TabCurrent,
    /// A key in the key bar.
    KeyName,
    /// What it does.
    KeyLabel,
    /// What a key would do if it could now.
    KeyOff,
    /// The row under the cursor: a ground.
    Chosen,
    /// A marked row's sign.
    Marked,
    /// Outcome `pass`, decision `admit`.
    Pass,
    /// Outcome `partial`, decision `warn`.
    Warn,
    /// Outcome `fail`, decision `refuse`.
    Fail,
    /// Outcomes `missing` and `unknown`.
    Unknown,
    /// Outcome `n/a`.
    NotApplicable,
    /// A message.
    Notice,
    /// Bad news.
    Error,
    /// A line that is being typed.
    Input,
    /// What lies over a screen: a ground.
    Panel,
    /// What lies beneath a popup, and cannot be acted on.
    Beneath,
    /// The empty part of a gauge or bar: shapes only.
    Track,
    /// The part of a value in which it differs from another one.
    Differs,
    /// The part of a text that a search found.
    Match,
    /// A cell of a heat map: few.
    Heat1,
    /// Some.
    Heat2,
    /// Many.
    Heat3,
    /// Most.
    Heat4,
}

impl Role {
    /// All roles.
    pub const ALL: [Role; 31] = [
        Role::Text,
        Role::Muted,
        Role::Title,
        Role::Accent,
        Role::Border,
        Role::BorderFocused,
        Role::Header,
        Role::Tab,
        Role::TabCurrent,
        Role::KeyName,
        Role::KeyLabel,
        Role::KeyOff,
        Role::Chosen,
        Role::Marked,
        Role::Pass,
        Role::Warn,
        Role::Fail,
        Role::Unknown,
        Role::NotApplicable,
        Role::Notice,
        Role::Error,
        Role::Input,
        Role::Panel,
        Role::Beneath,
        Role::Track,
        Role::Differs,
        Role::Match,
        Role::Heat1,
        Role::Heat2,
        Role::Heat3,
        Role::Heat4,
    ];

    /// The grounds that roles without a ground are drawn on.
    pub const GROUNDS: [Role; 3] = [Role::Text, Role::Panel, Role::Chosen];

    /// Its name in a theme file.
    pub fn name(self) -> &'static str {
        match self {
            Role::Text => "text",
            Role::Muted => "muted",
            Role::Title => "title",
            Role::Accent => "accent",
            Role::Border => "border",
            Role::BorderFocused => "border-focused",
            Role::Header => "header",
            Role::Tab => "tab",
            Role::TabCurrent => "tab-current",
            Role::KeyName => "key-name",
            Role::KeyLabel => "key-label",
            Role::KeyOff => "key-off",
            Role::Chosen => "chosen",
            Role::Marked => "marked",
            Role::Pass => "pass",
            Role::Warn => "warn",
            Role::Fail => "fail",
            Role::Unknown => "unknown",
            Role::NotApplicable => "not-applicable",
            Role::Notice => "notice",
            Role::Error => "error",
            Role::Input => "input",
            Role::Panel => "panel",
            Role::Beneath => "beneath",
            Role::Track => "track",
            Role::Differs => "differs",
            Role::Match => "match",
            Role::Heat1 => "heat-1",
            Role::Heat2 => "heat-2",
            Role::Heat3 => "heat-3",
            Role::Heat4 => "heat-4",
        }
    }

    /// The contrast that it needs against what lies below it: text 4.5:1 (WCAG 2.2, AA). Shapes that only decorate, and
    /// what cannot be acted on, need none.
    pub fn least_contrast(self) -> Option<f64> {
        match self {
            Role::Border | Role::Track | Role::Beneath => None,
            _ => Some(4.5),
        }
    }

    /// Whether it shows by its ground alone: where a terminal cannot show that ground, it is reversed.
    pub(super) fn shows_by_ground(self) -> bool {
        matches!(self, Role::Chosen | Role::TabCurrent | Role::Differs | Role::Heat4)
    }
}
