//! The page about filters and the help of `list`, made from the table of terms.

use super::terms::{Row, TERMS, Takes};
use std::fmt::Write;

/// What is typed for a row: `level:<0..3>`.
fn usage(row: &Row) -> String {
    format!("{}:{}", row.name, row.value)
}

/// The help of `list`, below its options.
pub fn help() -> String {
    let mut out = String::from(
        "Filter:\n  Words find names that hold them, or their letters in order, and words of status, decision,\n  \
         code and signer. All words and terms must hold. `-` or `!` before one excludes; commas\n  \
         separate alternatives; quotes keep spaces; `*` in a name stands for anything.\n\nTerms:\n",
    );
    for row in TERMS {
        let _ = writeln!(out, "  {:<20} {}", usage(row), row.help.replace('`', ""));
        if let Takes::Word(_) = row.takes {
            let _ = writeln!(out, "  {:<20}   {}", "", row.takes.allowed());
        }
    }
    out.push_str("\nExample: touchmark list 'publisher:acme fails:*'\n");
    out
}

/// `docs/filter.md`.
pub fn filter_page() -> String {
    let mut out = String::from(
        "# Filters\n\n\
         <!-- Made by `cargo run --example make-docs` from src/query; do not edit. -->\n\n\
         One language finds models everywhere: after `/` in the workbench, as `touchmark list FILTER`, and in saved views.\n\n\
         ```\n\
         qwen lora                       both words occur in the name\n\
         publisher:acme fails:*          everything of acme that fails\n\
         -format:safetensors level:<2    not safetensors, and below level 2\n\
         status:fail,changed age:>30d    one or the other, verified more than 30 days ago\n\
         base:\"my model\" !reviewed:yes   quotes keep spaces; `!` excludes as `-` does\n\
         ```\n\n\
         ## Words\n\n\
         A word finds models whose names hold it. From three letters on it also finds names that hold its letters in order, in a few\n\
         runs (`llm8gguf` finds `llama-8b-gguf`), words of the status, the decision and the code of the first failure that\n\
         begin with it, and signers that hold it. Upper and lower case are the same. In the workbench the best matches come\n\
         first: the whole name, then the start of its last part, the start of the name, the start of a part, anywhere,\n\
         another column, and letters in order; what fits equally well keeps the order in force.\n\n\
         ## Terms\n\n\
         A term is a name, a colon and a value. All words and terms of a filter must hold. Commas separate alternatives of one\n\
         term; `-` or `!` before a word or a term excludes what it finds.\n\n\
         | term | key after `f` | finds | example |\n|---|---|---|---|\n",
    );
    for row in TERMS {
        let words = match row.takes {
            Takes::Word(_) => format!(": {}", row.takes.allowed()),
            _ => String::new(),
        };
        let _ = writeln!(
            out,
            "| `{}` | `{}` | {}{words} | `{}` |",
            usage(row).replace('|', "\\|"),
            row.key,
            row.help,
            row.example
        );
    }
    out.push_str(
        "\n- Names are compared without regard to case. `*` stands for anything: `publisher:acme*`. `base:` and `dataset:`\n  \
         also fit the last part of a name, `licence:` a word of an expression, `signer:` any part.\n\
         - Numbers and times take `<`, `<=`, `>`, `>=`. A bare number must be equal; a bare time means at least that long.\n  \
         `age:` counts from the latest verification; a model that was never verified has none.\n\
         - `status:unknown` could not be determined; `status:not-judged` was never verified;\n  \
         `status:changed` is what changed since it was verified, whose earlier result no longer counts.\n\
         - `fails:` finds failing checks of verifications that still hold. `fails:*` also finds names that several\n  \
         different folders share.\n\
         - `stage:prod` alone finds what the policy admits at that stage, with or without a warning. Beside `gate:`, it\n  \
         names the stage that `gate:` is about: `stage:prod gate:refuse`. A stage may be shortened (`prod` for\n  \
         `production`).\n\
         - Text with a colon in it goes in quotes: `\"qwen:7b\"`. A colon after anything but letters needs none: `llama3:8b`.\n\n\
         ## In the workbench\n\n\
         `/` types a filter; `Tab` completes the term or the value from what occurs in the inventory, `↑` and `↓` bring\n\
         back earlier filters, `Enter` keeps it, `Esc` clears it. `f` and a key from the table type a term: `f p acme Enter`.\n\
         A word that is not finished narrows nothing yet, and the line below says what may follow. `Ctrl-s` keeps the\n\
         filter with its order as a view with a name; `v` goes from view to view. `Ctrl-s` with an empty name drops the\n\
         kept view that is open. `Ctrl-p` goes to any model by its name from every screen.\n\n\
         ## On the command line\n\n\
         `touchmark list` takes the same filters, as one argument or several, and finds the same models; a faulty term is\n\
         wrong usage (exit status 2). Quote what a shell would read itself: `<`, `>`, `*`, `!` and `\"`.\n",
    );
    out
}
