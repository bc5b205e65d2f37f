//! Bills of materials from elsewhere become sources of the workspace. What is no bill is refused by what it is.

use super::door::Workbench;
use crate::disk::read_start;
use crate::error::{Code, Error, Result};
use crate::inventory::{Finding, Source, SourceKind, bom, kinds_of};
use crate::signing::{self, Progress};
use crate::snapshot;
use crate::text::{Untrusted, screen};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};

/// A bill that is a source now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedBill {
    /// Its path, as the workspace calls it.
    pub source: Untrusted,
    /// How many models it speaks of.
    pub models: usize,
    /// What it gets wrong.
    pub findings: Vec<Finding>,
    /// Whether it was a source before.
    pub already: bool,
}

impl Workbench {
    /// Adds sources, all or none; a scan then reads them. What a folder is a source of is told by looking.
    ///
    /// # Errors
    /// As [`Workbench::import_bills`], and `E-CANCELLED`.
    pub fn add_sources(&self, paths: &[PathBuf], progress: &Progress) -> Result<Vec<Source>> {
        let root = self.view().workspace.root.clone();
        let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) =
            paths.iter().cloned().partition(|path| path.is_dir());
        let mut sources = Vec::new();
        for folder in folders {
            let path = folder.canonicalize().map_err(|cause| Error::read(&folder, &cause))?;
            let kinds = kinds_of(&path, progress)?;
            sources.extend(kinds.into_iter().map(|kind| Source {
                kind,
                path: within(&root, path.clone()),
                prefix: None,
            }));
        }
        let bills = self.import_bills(&files)?;
        sources.iter().try_for_each(|source| self.add_source(source.clone()))?;
        let source = |bill: ImportedBill| Source {
            kind: SourceKind::Bom,
            path: bill.source.raw().into(),
            prefix: None,
        };
        sources.extend(bills.into_iter().map(source));
        Ok(sources)
    }

    /// Adds bills of materials as sources, all or none; a scan then reads them.
    ///
    /// # Errors
    /// `E-READ`; `E-MALFORMED` saying what a file is that is no bill; `E-WRITE`, `E-CONFIG`.
    pub fn import_bills(&self, files: &[PathBuf]) -> Result<Vec<ImportedBill>> {
        let view = self.view();
        let workspace = &view.workspace;
        let mut read = Vec::new();
        for file in files {
            let path = file.canonicalize().map_err(|cause| Error::read(file, &cause))?;
            let path = within(&workspace.root, path);
            let source = Untrusted::new(path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/"));
            let whole = workspace.root.join(&path);
            let (models, findings) = counted(&whole, &source);
            let fault = findings.iter().find(|finding| bom::NO_BILL.contains(&finding.code.as_str()));
            if let Some(fault) = fault {
                return Err(no_bill(&whole, fault).at_path(file));
            }
            let is_known = |known: &Source| {
                known.kind == SourceKind::Bom
                    && (known.path == path
                        || workspace.root.join(&known.path) == whole
                        || bom::is_document(&path)
                            && path.parent().is_some_and(|folder| folder == known.path))
            };
            let already = workspace.sources.iter().any(is_known);
            read.push((path, ImportedBill { source, models, findings, already }));
        }
        for (path, bill) in &read {
            if !bill.already {
                self.add_source(Source { kind: SourceKind::Bom, path: path.clone(), prefix: None })?;
            }
        }
        Ok(read.into_iter().map(|(_, bill)| bill).collect())
    }
}

/// How many models a bill speaks of, and what it gets wrong. It is read on a thread of its own: what that took is for
/// the thread that reads it again, and does not stay with this one.
fn counted(path: &Path, source: &Untrusted) -> (usize, Vec<Finding>) {
    let read = || {
        let mut models = 0;
        let findings = bom::read_each(path, source, &mut |_| models += 1);
        (models, findings)
    };
    std::thread::scope(|scope| scope.spawn(read).join()).unwrap_or_else(|panic| resume_unwind(panic))
}

/// Inside the workspace a path stays with it when it is handed on.
fn within(root: &Path, path: PathBuf) -> PathBuf {
    match path.strip_prefix(root) {
        Ok(below) if below.as_os_str().is_empty() => PathBuf::from("."),
        Ok(below) => below.to_owned(),
        Err(_) => path,
    }
}

fn no_bill(path: &Path, fault: &Finding) -> Error {
    const HELP: &str = "bills are CycloneDX 1.5 to 1.7 (JSON, XML), SPDX 2.3 (JSON, YAML, XML, tag-value) and 3.0.1 \
         (JSON-LD), and AITF; nothing was imported";
    const CONVERT: &str = "convert it with the SPDX project's tools: \
         `java -jar tools-java-jar-with-dependencies.jar Convert bill.rdf.xml bill.spdx.json`; nothing was imported";
    let why = fault.message.as_str();
    if fault.code == bom::NOT_READ {
        return Error::new(Code::Malformed, why).help(CONVERT);
    }
    let no = |what: String| Error::new(Code::Malformed, format!("not a bill of materials: {what}"));
    if path.is_dir() {
        return no("it is a folder".to_owned())
            .help("name the bills in it, or add it as a source with `touchmark scan`");
    }
    if snapshot::is_snapshot(path) {
        return no("it is a snapshot of an inventory".to_owned())
            .help("`touchmark diff FILE` compares with it");
    }
    if read_start(path, 32).is_ok_and(|start| start.starts_with(b"{\"seq\":1,\"at\":")) {
        return no("it is an exported ledger".to_owned()).help("`touchmark ledger import FILE` takes it");
    }
    match signing::inspect(path) {
        Ok(seen) => no(format!("it is a {}", screen(&seen.kind))).help(HELP),
        Err(_) => no(why.to_owned()).help(HELP),
    }
}
