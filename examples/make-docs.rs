//! Writes the pages and schemas under `docs/` and `policies/` that are made from tables and types of the program:
//! `cargo run --example make-docs`.
#![allow(clippy::disallowed_methods)]

use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    std::fs::create_dir_all(&docs)?;
    std::fs::write(docs.join("checks.md"), touchmark::report::checks_page())?;
    std::fs::write(docs.join("commands.md"), touchmark::cli::commands_page())?;
    std::fs::write(docs.join("controls.md"), touchmark::report::controls_page()?)?;
    std::fs::write(docs.join("exit-status.md"), touchmark::cli::statuses_page())?;
    std::fs::write(docs.join("filter.md"), touchmark::query::filter_page())?;
    std::fs::write(docs.join("findings.md"), touchmark::report::findings_page())?;
    std::fs::write(docs.join("keys.md"), touchmark::commands::keys_page())?;
    std::fs::write(docs.join("policy-lint.md"), touchmark::report::lint_page())?;
    std::fs::write(docs.join("runbook-lint.md"), touchmark::report::runbooks::runbook_lint_page())?;
    std::fs::write(docs.join("predicates.md"), touchmark::report::predicates_page())?;
    let schemas = docs.join("schemas");
    std::fs::create_dir_all(&schemas)?;
    for (name, text) in touchmark::documents::schema_files() {
        std::fs::write(schemas.join(name), text)?;
    }
    let predicates = schemas.join("predicates");
    std::fs::create_dir_all(&predicates)?;
    for (name, text) in touchmark::documents::predicate_schema_files() {
        std::fs::write(predicates.join(name), text)?;
    }
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/schema");
    std::fs::create_dir_all(&policies)?;
    let (name, text) = touchmark::documents::policy_schema_file();
    std::fs::write(policies.join(name), text)?;
    Ok(())
}
