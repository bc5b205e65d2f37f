//! Which keys mean what on which screen: the table's, with the changes that a person made. Where changes come from is
//! not known here.

use super::command::{Cmd, Screen};
use super::find::{by_key, keyed, keys_of};

/// What a key does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Does {
    /// This command.
    Cmd(Cmd),
    /// What this line does after `:`.
    Line(String),
    /// Nothing.
    Nothing,
}

/// A key that was given a meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The key, as the table writes it.
    pub key: String,
    /// The one screen that this is about; none: wherever the command works.
    pub screen: Option<Screen>,
    /// What it does there.
    pub does: Does,
}

impl Binding {
    /// Whether it says what the key does on a screen.
    pub fn is_on(&self, screen: Screen) -> bool {
        match (self.screen, &self.does) {
            (Some(only), _) => only == screen,
            (None, Does::Cmd(cmd)) => keys_of(*cmd).is_some_and(|keys| keys.is_on(screen)),
            (None, _) => !screen.is_written_on(),
        }
    }
}

/// All keys in force.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bindings {
    changes: Vec<Binding>,
}

impl Bindings {
    /// The table's keys with these changes.
    pub fn new(changes: Vec<Binding>) -> Self {
        Bindings { changes }
    }

    /// The changes.
    pub fn changes(&self) -> &[Binding] {
        &self.changes
    }

    /// What a key does on a screen; none where nobody gave it a meaning. One that is about this screen alone counts
    /// before one that is about several.
    pub fn of(&self, key: &str, screen: Screen) -> Option<Does> {
        if screen.writes(key) {
            return None;
        }
        let here = |one: bool| {
            let mut found = self.changes.iter().filter(|change| change.key == key);
            found.find(|change| change.screen.is_some() == one && change.is_on(screen))
        };
        let changed = here(true).or_else(|| here(false)).map(|change| change.does.clone());
        changed.or_else(|| by_key(key, screen).map(|keys| Does::Cmd(keys.cmd)))
    }

    /// The keys of a command on a screen: a person's own first, then the table's that are left.
    pub fn keys(&self, cmd: Cmd, screen: Screen) -> Vec<&str> {
        let does = Does::Cmd(cmd);
        let own = self.changes.iter().filter(|change| change.does == does).map(|change| change.key.as_str());
        let tabled = keys_of(cmd).map(|keys| keys.keys).unwrap_or_default();
        let mut found: Vec<&str> = Vec::new();
        for key in own.chain(tabled.iter().copied()) {
            let is_table = self.changes.is_empty() && !screen.writes(key);
            if !found.contains(&key) && (is_table || self.of(key, screen).as_ref() == Some(&does)) {
                found.push(key);
            }
        }
        found
    }

    /// The first of them; of a command of other screens, on the first of those.
    pub fn first(&self, cmd: Cmd, screen: Screen) -> Option<&str> {
        let keys = keys_of(cmd)?;
        let at = if keys.is_on(screen) { screen } else { keys.screens.first().copied().unwrap_or(screen) };
        self.keys(cmd, at).first().copied()
    }

    /// Lines that keys run on a screen, each with its key.
    pub fn lines(&self, screen: Screen) -> impl Iterator<Item = (&str, &str)> {
        self.changes.iter().filter_map(move |change| match &change.does {
            Does::Line(line) if self.of(&change.key, screen).as_ref() == Some(&change.does) => {
                Some((change.key.as_str(), line.as_str()))
            }
            _ => None,
        })
    }

    /// All that is in force, so that it can be read back: what a key does wherever its command works stands once, the
    /// rest by screen.
    pub fn whole(&self) -> Vec<Binding> {
        let mut keys: Vec<&str> = Vec::new();
        let own = self.changes.iter().map(|change| change.key.as_str());
        for key in own.chain(keyed().flat_map(|keys| keys.keys.iter().copied())) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let mut found: Vec<Binding> = Vec::new();
        for keys_row in keyed() {
            let own = self.changes.iter().filter(|change| change.does == Does::Cmd(keys_row.cmd));
            let own = own.map(|change| change.key.as_str());
            let mut those: Vec<&str> = Vec::new();
            for key in own.chain(keys_row.keys.iter().copied()) {
                if !those.contains(&key) {
                    those.push(key);
                }
            }
            those.iter().for_each(|key| self.entries(key, &Does::Cmd(keys_row.cmd), &mut found));
        }
        for change in &self.changes {
            let is_known = found.iter().any(|entry| entry.key == change.key && entry.does == change.does);
            if matches!(change.does, Does::Line(_)) && !is_known {
                self.entries(&change.key, &change.does, &mut found);
            }
        }
        for key in keys {
            self.entries(key, &Does::Nothing, &mut found);
        }
        found
    }

    /// Where a key does this, as few entries as can be.
    fn entries(&self, key: &str, does: &Does, found: &mut Vec<Binding>) {
        let binding = |screen| Binding { key: key.to_owned(), screen, does: does.clone() };
        let all: Vec<Screen> = Screen::ALL
            .into_iter()
            .filter(|screen| binding(None).is_on(*screen) && !screen.writes(key))
            .collect();
        let holds = |screen: &Screen| match does {
            // What means nothing by the table need not be said.
            Does::Nothing => self.of(key, *screen) == Some(Does::Nothing) && by_key(key, *screen).is_some(),
            _ => self.of(key, *screen).as_ref() == Some(does),
        };
        let there: Vec<Screen> = all.iter().copied().filter(holds).collect();
        if there.len() == all.len() {
            found.push(binding(None));
        } else {
            found.extend(there.into_iter().map(|screen| binding(Some(screen))));
        }
    }
}
