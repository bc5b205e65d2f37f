//! Who may open what: a state machine over what is opened, changed and decided. It knows no kernel, no clock and no
//! policy: times come in, and models are numbers.
//!
//! One model is verified at a time. A decision holds for files as they were when it was made, by device, inode, size
//! and times; a file that differs drops it, and so does every sign of a change. What is opened meanwhile waits, and not
//! for ever.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A file, whatever it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Inode {
    /// The device.
    pub device: u64,
    /// Its number there.
    pub number: u64,
}

/// A file as it is at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Which file.
    pub inode: Inode,
    /// Bytes.
    pub size: u64,
    /// When its bytes changed: seconds and nanoseconds.
    pub modified: (i64, i64),
    /// When anything of it changed.
    pub changed: (i64, i64),
}

/// What was decided of a model. Its texts may quote the model.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Word {
    /// Whether its files may be opened.
    pub let_in: bool,
    /// `admit`, `warn`, `refuse`, `not judged`, or `unknown` where nothing could be decided.
    pub decision: String,
    /// The code of the first reason.
    pub code: String,
    /// That reason.
    pub why: String,
    /// What would lift it.
    pub help: String,
}

/// What became of a verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judged {
    /// It was decided, with its files as they were.
    Known(Word, Vec<Stamp>),
    /// Its files changed meanwhile.
    Changed,
    /// It could not be decided; the next one who opens asks again.
    Failed(Word),
}

/// What holds for a file that no model has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// Everybody may open it.
    Allow,
    /// Unless its name promises weights.
    Weights,
    /// Nobody may.
    Refuse,
}

/// What is known of a file that is opened, beside its stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Whether it lies below a folder that is guarded.
    pub is_below: bool,
    /// Whether its name promises weights.
    pub is_weights: bool,
}

/// Why an open is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The model's decision.
    Decided(usize, Arc<Word>),
    /// The model's verification took longer than anybody waits.
    Patience(usize),
    /// No model has the file.
    Unknown,
}

/// The answer to an open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It may go on.
    Allow,
    /// It may not.
    Refuse(Refusal),
}

#[derive(Debug)]
enum Standing {
    Undecided,
    Known(Arc<Word>, HashMap<Inode, Stamp>),
}

/// One who waits.
#[derive(Debug)]
struct Held<T> {
    ticket: T,
    /// Whoever waits gets the file as it is when the wait ends, so its stamp of before does not matter.
    file: Inode,
    until: u64,
}

/// What the last look at a file says.
enum Look {
    Answer(Answer),
    /// For this model.
    Wait(usize),
}

/// The state. `T` is whoever opens.
#[derive(Debug)]
pub struct Watch<T> {
    models: Vec<Standing>,
    /// By file: the models that have it.
    owners: HashMap<Inode, Vec<usize>>,
    /// By model: its files.
    owned: Vec<Vec<Inode>>,
    /// To be verified though nobody waits, the last one first.
    wanted: Vec<usize>,
    /// What is verified now, and whether a change was seen since.
    verifying: Option<(usize, bool)>,
    held: Vec<Held<T>>,
    unknown: Unknown,
    /// How long anybody waits, in milliseconds.
    patience: u64,
}

impl<T> Watch<T> {
    /// Of so many models, none of them decided. With `eager` they are verified though nobody opens them.
    pub fn new(models: usize, eager: bool, unknown: Unknown, patience: u64) -> Self {
        let mut watch = Watch {
            models: Vec::new(),
            owners: HashMap::new(),
            owned: Vec::new(),
            wanted: Vec::new(),
            verifying: None,
            held: Vec::new(),
            unknown,
            patience,
        };
        watch.renew(models, eager);
        watch
    }

    /// Forgets all decisions and which files there are: the models or what they are judged by are others now. Who waits
    /// goes on waiting. What is being verified is for nothing: its result must not be told any more.
    pub fn renew(&mut self, models: usize, eager: bool) {
        self.models = (0..models).map(|_| Standing::Undecided).collect();
        self.owned = vec![Vec::new(); models];
        self.owners.clear();
        self.wanted = if eager { (0..models).rev().collect() } else { Vec::new() };
        self.verifying = None;
    }

    /// These are the files of a model now. A file that is new to it drops its decision.
    pub fn own(&mut self, model: usize, files: &[Inode]) {
        let Some(owned) = self.owned.get_mut(model) else { return };
        let now: HashSet<Inode> = files.iter().copied().collect();
        let before: HashSet<Inode> = owned.iter().copied().collect();
        if now == before {
            return;
        }
        *owned = now.iter().copied().collect();
        for gone in before.difference(&now) {
            if let Some(owners) = self.owners.get_mut(gone) {
                owners.retain(|owner| *owner != model);
                if owners.is_empty() {
                    self.owners.remove(gone);
                }
            }
        }
        for new in now.difference(&before) {
            self.owners.entry(*new).or_default().push(model);
        }
        self.stirred(model);
    }

    /// Whether a model has this file.
    pub fn knows(&self, file: Inode) -> bool {
        self.owners.contains_key(&file)
    }

    /// Whether anybody may open this file now: the quick look, which changes nothing.
    pub fn lets_in(&self, stamp: &Stamp) -> bool {
        let owners = self.owners.get(&stamp.inode).map_or(&[][..], Vec::as_slice);
        owners.iter().any(|owner| match self.models.get(*owner) {
            Some(Standing::Known(word, files)) => word.let_in && files.get(&stamp.inode) == Some(stamp),
            _ => false,
        })
    }

    /// Somebody opens a file: the answer, or none while they wait.
    pub fn opened(&mut self, ticket: T, stamp: Stamp, seen: Seen, now: u64) -> Option<(T, Answer)> {
        if !self.knows(stamp.inode) {
            let refused = match self.unknown {
                Unknown::Allow => false,
                Unknown::Weights => seen.is_weights,
                Unknown::Refuse => true,
            };
            let answer =
                if refused && seen.is_below { Answer::Refuse(Refusal::Unknown) } else { Answer::Allow };
            return Some((ticket, answer));
        }
        match self.look(stamp.inode, Some(&stamp)) {
            Look::Answer(answer) => Some((ticket, answer)),
            Look::Wait(_) => {
                self.held.push(Held { ticket, file: stamp.inode, until: now.saturating_add(self.patience) });
                None
            }
        }
    }

    /// What the decisions say of a file. A decision about another state of it than this one is dropped. One model that is let in is
    /// enough: the bytes are the same, whoever else has them.
    fn look(&mut self, file: Inode, now: Option<&Stamp>) -> Look {
        let owners = self.owners.get(&file).cloned().unwrap_or_default();
        let (mut waits, mut refused) = (None, None);
        for model in owners {
            let Some(standing) = self.models.get_mut(model) else { continue };
            let is_stale = match standing {
                Standing::Known(_, files) => match (files.get(&file), now) {
                    (None, _) => true,
                    (Some(decided), Some(now)) => decided != now,
                    (Some(_), None) => false,
                },
                Standing::Undecided => false,
            };
            if is_stale {
                *standing = Standing::Undecided;
            }
            match standing {
                Standing::Known(word, _) if word.let_in => return Look::Answer(Answer::Allow),
                Standing::Known(word, _) => refused = Some(Refusal::Decided(model, word.clone())),
                Standing::Undecided => waits = waits.or(Some(model)),
            }
        }
        match (waits, refused) {
            (Some(model), _) => Look::Wait(model),
            (None, Some(refusal)) => Look::Answer(Answer::Refuse(refusal)),
            // Its model is gone.
            (None, None) => Look::Answer(Answer::Refuse(Refusal::Unknown)),
        }
    }

    /// A file was written to.
    pub fn touched(&mut self, file: Inode) {
        for model in self.owners.get(&file).cloned().unwrap_or_default() {
            self.stirred(model);
        }
    }

    /// Something changed in a model's folder.
    pub fn stirred(&mut self, model: usize) {
        if let Some(standing) = self.models.get_mut(model) {
            *standing = Standing::Undecided;
        }
        if let Some((verifying, is_dirty)) = &mut self.verifying
            && *verifying == model
        {
            *is_dirty = true;
        }
    }

    /// What is to be verified now, if anything: for whoever waits longest first. Nothing while another is verified.
    pub fn ask(&mut self) -> Option<usize> {
        if self.verifying.is_some() {
            return None;
        }
        let files: Vec<Inode> = self.held.iter().map(|held| held.file).collect();
        let awaited = files.into_iter().find_map(|file| match self.look(file, None) {
            Look::Wait(model) => Some(model),
            Look::Answer(_) => None,
        });
        let next = awaited.or_else(|| {
            while let Some(model) = self.wanted.pop() {
                if matches!(self.models.get(model), Some(Standing::Undecided)) {
                    return Some(model);
                }
            }
            None
        })?;
        self.verifying = Some((next, false));
        Some(next)
    }

    /// What became of the verification that was asked for: the answers for those who need wait no more.
    pub fn decided(&mut self, model: usize, judged: Judged) -> Vec<(T, Answer)> {
        let Some((verifying, is_dirty)) = self.verifying else { return Vec::new() };
        if verifying != model {
            return Vec::new();
        }
        self.verifying = None;
        let mut failed = None;
        match judged {
            Judged::Known(word, files) if !is_dirty => {
                let files = files.into_iter().map(|stamp| (stamp.inode, stamp)).collect();
                if let Some(standing) = self.models.get_mut(model) {
                    *standing = Standing::Known(Arc::new(word), files);
                }
            }
            Judged::Failed(word) if !is_dirty => failed = Some(Arc::new(word)),
            // Whoever waits has it verified again.
            _ => {}
        }
        self.settle(|look| match look {
            Look::Answer(answer) => Some(answer),
            Look::Wait(waits) => {
                let word = failed.clone().filter(|_| waits == model)?;
                Some(Answer::Refuse(Refusal::Decided(model, word)))
            }
        })
    }

    /// The answers for those who waited too long.
    pub fn elapsed(&mut self, now: u64) -> Vec<(T, Answer)> {
        let (late, held): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.held).into_iter().partition(|held| held.until <= now);
        self.held = held;
        let mut answers = Vec::new();
        for held in late {
            let answer = match self.look(held.file, None) {
                Look::Answer(answer) => answer,
                Look::Wait(model) => Answer::Refuse(Refusal::Patience(model)),
            };
            answers.push((held.ticket, answer));
        }
        answers
    }

    /// When the next one will have waited too long.
    pub fn next_end(&self) -> Option<u64> {
        self.held.iter().map(|held| held.until).min()
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.held.len()
    }

    /// Lets everybody go who waits, without an answer.
    pub fn release(&mut self) -> Vec<T> {
        std::mem::take(&mut self.held).into_iter().map(|held| held.ticket).collect()
    }

    fn settle(&mut self, answer: impl Fn(Look) -> Option<Answer>) -> Vec<(T, Answer)> {
        let mut answers = Vec::new();
        for held in std::mem::take(&mut self.held) {
            match answer(self.look(held.file, None)) {
                Some(answer) => answers.push((held.ticket, answer)),
                None => self.held.push(held),
            }
        }
        answers
    }
}
