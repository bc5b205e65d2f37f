//! Why a decision is what it is, and what would change it, as lines of text.

use crate::inventory::ModelId;
use crate::text::width;
use crate::words::why::{Kind, Step, WhyLine, command};
use crate::words::{Case, Face};
use std::fmt::Write;

/// More lines of one kind than this are counted.
const MANY: usize = 40;

/// The lines; `how` names the command of a step, or the key.
pub fn why(case: &Case<'_>, how: &dyn Fn(&Step) -> String) -> String {
    let lines = crate::words::why::why(case, Face::Text, how);
    let lead = |line: &WhyLine| width(&line.lead.screen());
    let widest = lines.iter().filter(|line| line.kind != Kind::Cap).map(lead).max().unwrap_or(0).clamp(2, 24);
    let mut out = String::new();
    for line in lines.iter().take(MANY) {
        let text = line.text.screen();
        let _ = match line.kind {
            Kind::Heading => writeln!(out, "  {text}"),
            Kind::Note => writeln!(out, "    {text}"),
            Kind::Cap => writeln!(out, "    {}  {text}", line.lead.screen()),
            _ => {
                let lead = line.lead.screen();
                let fill = " ".repeat(widest.saturating_sub(width(&lead)));
                let how = if line.how.is_empty() { String::new() } else { format!(": {}", line.how) };
                writeln!(out, "    {lead}{fill}  {text}{how}")
            }
        };
    }
    if lines.len() > MANY {
        let _ = writeln!(out, "    and {} more lines", lines.len() - MANY);
    }
    out
}

/// The command of a step, as the command line prints it.
pub fn command_of(step: &Step, model: &ModelId) -> String {
    step.deed.map(|deed| command(deed, step.on.as_ref().unwrap_or(model))).unwrap_or_default()
}
