//! New claims, and what a model inherits, as text.

use crate::attest::Subject;
use crate::inventory::ModelId;
use crate::text::{Untrusted, screen, shell_word};
use crate::view::inherit::{Inheritance, Inherited, Lacks};
use std::fmt::Write;

/// A signed claim, and its place.
pub fn attested(
    predicate_type: &str,
    subject: &Subject,
    signer: &Untrusted,
    (file, line): (&str, Option<usize>),
) -> String {
    let place = match line {
        Some(line) => format!("line {line} of {}", screen(file)),
        None => screen(file),
    };
    format!(
        "✓ claimed  {}  {}\n  root digest  {}\n  written to   {place}\n  signed by    {}\n",
        subject.name.screen(),
        screen(predicate_type),
        subject.root,
        signer.screen()
    )
}

/// The next step after a claim.
pub fn attested_next(model: &ModelId) -> String {
    let name = shell_word(model.raw()).unwrap_or_else(|| "MODEL".to_owned());
    format!("  · `touchmark verify {name}` takes it into account\n")
}

/// What a model inherits, and the command that claims it.
pub fn inheritance(inheritance: &Inheritance) -> String {
    let mut out = format!("{}\n", inheritance.model.screen());
    if inheritance.assumed {
        out.push_str("! no source states how it was derived from its parents; assuming `finetune`\n");
    }
    for parent in &inheritance.parents {
        out.push_str(&of_parent(parent));
    }
    out.push('\n');
    match &inheritance.command {
        Some(command) => {
            let _ = writeln!(out, "  {}", screen(command));
            out.push_str(
                "\n  This prints the statement. Correct --builder, add --started and --finished, replace --dry-run with\n  \
                 a signer: --private-key FILE, --pkcs11-uri URI or --sigstore.\n",
            );
        }
        None => out.push_str("? a name contains invisible characters, so no command can be shown\n"),
    }
    out
}

fn of_parent(parent: &Inherited) -> String {
    let (glyph, note) = match parent.lacks {
        None => ("✓", "verified, can be inherited"),
        Some(Lacks::Files) => {
            ("?", "not in the inventory and not pinned by any source: give its digest as NAME@sha256:HEX")
        }
        Some(Lacks::Signature) => ("?", "not signed: only its digest can be claimed"),
        Some(Lacks::Verification) => ("?", "not verified in its current state: run `touchmark verify` first"),
        Some(Lacks::Proof) => ("?", "its verification does not pass: run `touchmark verify --explain`"),
        Some(Lacks::Contradicted) => ("✗", "its verification fails: it contradicts its own signature"),
        Some(Lacks::OtherDigest) => ("!", "a source pins a different digest than it has here"),
    };
    let mut out = format!(
        "{glyph} {}  {}, {} ({})\n",
        parent.id.screen(),
        parent.relation.word(),
        note,
        parent.basis.word()
    );
    if let Some(root) = parent.root_digest {
        let _ = writeln!(out, "  root digest  {root}");
    }
    if let Some(declared) = parent.declared_digest.filter(|declared| Some(*declared) != parent.root_digest) {
        let _ = writeln!(out, "  declared     {declared}");
    }
    if let Some(signer) = &parent.signer {
        let _ = writeln!(out, "  signed by    {}", signer.subject.screen());
    }
    if let (Some(at), Some(record)) = (parent.verified_at, parent.record) {
        let _ = writeln!(out, "  verified     {at}, ledger entry {}", record.number);
    }
    out
}
