//! All runbooks: those of the program, and those that a workspace adds or puts in their place. It reads no file: who calls
//! it hands over the texts.

use super::common::Common;
use super::lint::lint;
use super::parts::is_id;
use super::reading::{Lines, read};
use super::runbook::{Profile, Runbook};
use crate::error::{Code, Error, Result};
use crate::text::{Untrusted, nearest, screen};
use std::sync::Arc;

/// The code of what makes a file no runbook.
pub const INVALID: &str = "RUNBOOK-INVALID";

macro_rules! bundled {
    ($($name:literal,)*) => {
        /// The files of the program.
        const BUNDLED: &[&str] = &[$(include_str!(concat!("../../policies/runbooks/", $name, ".toml"))),*];
    };
}

bundled! {
    "model_substitution",
    "signing_key_compromise",
    "backdoor",
    "data_poisoning",
    "data_leakage",
    "data_integrity_violation",
    "model_theft",
    "model_inversion",
    "model_fooling",
    "model_drift",
    "prompt_injection",
    "indirect_prompt_injection",
    "jailbreak",
    "abuse_generation",
    "rogue_agent",
    "agent_card_spoof",
    "memory_injection",
    "rag_poisoning",
    "agentpoison",
    "unauthorized_access",
    "api_abuse",
    "dependency_exploitation",
    "malicious_code_generation",
    "phishing_generation",
    "output_manipulation",
    "hallucination_exploitation",
    "bias_incident",
    "opacity",
    "unintended_social",
    "deepfake_disinfo",
    "ai_assisted_attack",
}

/// Where a runbook comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// From the program.
    BuiltIn,
    /// From a file of the workspace.
    File(Untrusted),
}

/// Why a file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The rule, or [`INVALID`].
    pub code: &'static str,
    /// The line, from 1.
    pub line: Option<usize>,
    /// What is wrong; safe to show.
    pub what: String,
    /// What to do.
    pub help: Option<String>,
}

/// A runbook of the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelved {
    /// Where it comes from.
    pub origin: Origin,
    /// The text of its file.
    pub text: Arc<str>,
    /// The runbook.
    pub runbook: Runbook,
    /// Whether it takes the place of one of the program.
    pub replaces: bool,
}

/// All runbooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Library {
    common: Common,
    runbooks: Vec<Shelved>,
    broken: Vec<(Untrusted, Vec<Trouble>)>,
}

impl Library {
    /// Those of the program.
    ///
    /// # Errors
    /// `E-CONFIG`; a test proves that it never does.
    pub fn bundled() -> Result<Self> {
        let common = Common::bundled()?;
        let shelved = |text: &&str| {
            let runbook = check(text, &common).map_err(|troubles| {
                let what = troubles.first().map_or("not valid", |trouble| trouble.what.as_str());
                Error::new(Code::Config, what).at("policies/runbooks")
            })?;
            Ok(Shelved { origin: Origin::BuiltIn, text: (*text).into(), runbook, replaces: false })
        };
        let runbooks = BUNDLED.iter().map(shelved).collect::<Result<_>>()?;
        Ok(Library { common, runbooks, broken: Vec::new() })
    }

    /// Adds a file of the workspace. It takes the place of a runbook of the program that has its id; one that cannot be
    /// used is kept aside, with what is wrong with it.
    pub fn add(&mut self, file: &Untrusted, text: &str) {
        match self.check(text) {
            Ok(runbook) => self.shelve(file, text, runbook),
            Err(troubles) => self.set_aside(file, troubles),
        }
    }

    /// Keeps aside a file that cannot be used.
    pub fn set_aside(&mut self, file: &Untrusted, troubles: Vec<Trouble>) {
        self.broken.push((file.clone(), troubles));
    }

    fn shelve(&mut self, file: &Untrusted, text: &str, runbook: Runbook) {
        let known = self.runbooks.iter_mut().find(|known| known.runbook.id == runbook.id);
        let origin = Origin::File(file.clone());
        match known {
            Some(Shelved { origin: Origin::File(other), .. }) => {
                let what = format!("{} has the id `{}` as well", other.screen(), runbook.id);
                let help = Some("give each file an id of its own".to_owned());
                let trouble = Trouble { code: INVALID, line: None, what, help };
                self.set_aside(file, vec![trouble]);
            }
            Some(known) => *known = Shelved { origin, text: text.into(), runbook, replaces: true },
            None => self.runbooks.push(Shelved { origin, text: text.into(), runbook, replaces: false }),
        }
    }

    /// Whether a text is a runbook that works.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn check(&self, text: &str) -> std::result::Result<Runbook, Vec<Trouble>> {
        check(text, &self.common)
    }

    /// All runbooks that can be used.
    pub fn runbooks(&self) -> &[Shelved] {
        &self.runbooks
    }

    /// The evidence profiles that all share, and those of runbooks; of two with one id, the first.
    pub fn profiles(&self) -> Vec<&Profile> {
        let own = self.runbooks.iter().flat_map(|shelved| &shelved.runbook.profiles);
        let mut profiles: Vec<&Profile> = Vec::new();
        for profile in self.common.profiles.iter().chain(own) {
            if profiles.iter().all(|known| known.id != profile.id) {
                profiles.push(profile);
            }
        }
        profiles
    }

    /// Files of the workspace that cannot be used, and why.
    pub fn broken(&self) -> &[(Untrusted, Vec<Trouble>)] {
        &self.broken
    }

    /// The runbook for a type of incident.
    ///
    /// # Errors
    /// `E-NOT-FOUND`, with the nearest type.
    pub fn find(&self, id: &str) -> Result<&Shelved> {
        self.runbooks.iter().find(|shelved| shelved.runbook.id == id).ok_or_else(|| {
            let known: Vec<&str> = self.runbooks.iter().map(|shelved| shelved.runbook.id.as_str()).collect();
            let near = nearest(id, &known).map(|near| format!("did you mean `{near}`? "));
            let near = near.unwrap_or_default();
            Error::new(Code::NotFound, "there is no runbook for this type of incident")
                .at(screen(id))
                .help(format!("{near}`touchmark incident types` lists them"))
        })
    }
}

/// The evidence profiles that all runbooks share, by which surfaces are judged.
///
/// # Errors
/// `E-CONFIG`; a test proves that it never does.
pub fn shared_profiles() -> Result<Vec<Profile>> {
    Ok(Common::bundled()?.profiles)
}

fn check(text: &str, common: &Common) -> std::result::Result<Runbook, Vec<Trouble>> {
    let read = read(text, common).map_err(|faults| {
        let trouble = |fault: crate::tables::Fault| Trouble {
            code: INVALID,
            line: fault.line,
            what: fault.message,
            help: fault.help,
        };
        faults.into_iter().map(trouble).collect::<Vec<_>>()
    })?;
    let found = troubles_of(&read.runbook, &read.lines);
    if found.is_empty() { Ok(read.runbook) } else { Err(found) }
}

/// What cannot work in a runbook that did not come from a file: nobody has checked its ids.
pub(super) fn cannot_work(runbook: &Runbook) -> Option<String> {
    if !runbook.ids().all(is_id) {
        return Some("an id in it has other characters than letters, digits, `_` and `-`".to_owned());
    }
    troubles_of(runbook, &Lines::default()).into_iter().next().map(|trouble| trouble.what)
}

fn troubles_of(runbook: &Runbook, lines: &Lines) -> Vec<Trouble> {
    let trouble = |finding: super::lint::Finding| Trouble {
        code: finding.rule.code,
        line: finding.line,
        what: finding.what,
        help: Some(finding.rule.help.to_owned()),
    };
    lint(runbook, lines).into_iter().map(trouble).collect()
}
