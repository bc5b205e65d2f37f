//! What a line typed after `:` goes on with: the offers and the folder that they come from. What they are is for
//! [`super::offers`] to say.

/// What is typed, besides the line itself.
#[derive(Debug, Clone, Default)]
pub struct Palette {
    /// What is offered for it.
    pub offers: Vec<Offer>,
    /// Whether one of them was chosen, and not only found.
    pub is_chosen: bool,
    /// The line of the history that is shown, counted from the newest.
    pub recalled: Option<usize>,
    /// The folder whose names were asked for last, as it was typed.
    pub asked: Option<String>,
    /// The folder whose names were read last.
    pub folder: Option<Folder>,
}

/// The names in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// As it was typed: nothing, or up to the last slash.
    pub typed: String,
    /// Names, each with whether it is a folder.
    pub names: Vec<(String, bool)>,
    /// Why they could not be read, safe to show.
    pub fault: Option<String>,
}

/// Something that the line can go on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Safe to show.
    pub shown: String,
    /// The line once it is taken.
    pub line: String,
    /// What it is, safe to show.
    pub note: String,
    /// Its key, where it is a command with one.
    pub key: String,
    /// Why it cannot act now.
    pub off: Option<String>,
    /// Whether it is a whole command that needs no argument.
    pub runs: bool,
}
