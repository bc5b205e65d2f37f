//! Claims that others made, appended to the claims of a model: only those about the model, unless asked otherwise. It does
//! not ask who signed them.

use super::attesting::ClaimSubject;
use super::door::Workbench;
use crate::attest::{AppendedClaims, ReceivedFile, Signed, root_without};
use crate::decision::aliases;
use crate::disk::slashed;
use crate::error::{Code, Error, Result};
use crate::signing::{About, Progress};
use crate::text::Untrusted;
use std::path::{Path, PathBuf};

impl Workbench {
    /// Appends the claims of files to the claims of a model, all of them or none. A claim about another subject is refused
    /// unless `other_subject`.
    ///
    /// # Errors
    /// `E-EVIDENCE` for a claim about another subject; `E-USAGE` for a model in a registry's layout; as
    /// [`ReceivedFile::read`] and [`AppendedClaims::to`].
    pub fn append_claims_of_others(
        &self,
        to: &ClaimSubject,
        files: &[PathBuf],
        other_subject: bool,
        progress: &Progress,
    ) -> Result<AppendedClaims> {
        to.appendable("attach the claims")?;
        let location = to.model.location.as_deref().unwrap_or_else(|| Path::new(""));
        let place = self.view().workspace.root.join(location);
        let mut received = ReceivedFile::read_all(files)?;
        let inside: Vec<(&PathBuf, String)> =
            files.iter().filter_map(|file| Some((file, name_inside(file, &place)?))).collect();
        let part = to.present.signed_part.as_ref();
        let is_added =
            |name: &str| part.is_some_and(|part| part.added.iter().any(|added| added.raw() == name));
        let mut added: Vec<&PathBuf> =
            inside.iter().filter(|(_, name)| is_added(name)).map(|(file, _)| *file).collect();
        let mut roots = vec![to.present.root];
        roots.extend(part.map(|part| part.root));
        let aliases = aliases(&to.model);
        received.iter_mut().for_each(|file| file.hold_against(&roots, &aliases));
        // Of an unsigned model every file is a part, also the one with the claims about it.
        if !inside.is_empty() && stranger(&received).is_some() && matches!(to.present.signed, Signed::Not) {
            let files: Vec<PathBuf> = inside.iter().map(|(file, _)| (*file).clone()).collect();
            roots.push(root_without(&place, &files, progress)?);
            received.iter_mut().for_each(|file| file.hold_against(&roots, &aliases));
            let claims = real(&to.claims);
            added = inside.iter().map(|(file, _)| *file).filter(|file| real(file) != claims).collect();
        }
        if let Some((at, subject)) = stranger(&received).filter(|_| !other_subject) {
            let root = roots.last().unwrap_or(&to.present.root);
            let about = match subject {
                Some(digest) => format!("about another subject, {}", digest.clip(64)),
                None => "about a subject without a SHA-256".to_owned(),
            };
            let what =
                format!("this claim is {about}; the model's root digest is {root}. Nothing was appended");
            let help = match &to.present.signed {
                Signed::Otherwise(check) if part.is_none() => format!(
                    "the files do not match the model's signature ({}): see `touchmark verify MODEL --explain`. \
                     --other-subject appends the claim all the same",
                    check.code
                ),
                _ => "append it to the model that it is about. --other-subject appends it here all the same, where it does \
                      not count"
                    .to_owned(),
            };
            return Err(Error::new(Code::Evidence, what).at(at).help(help));
        }
        let appended = AppendedClaims::to(&to.claims, received)?;
        let in_model = added.iter().map(|file| file.to_string_lossy().into_owned().into()).collect();
        Ok(AppendedClaims { root: roots.last().copied(), in_model, ..appended })
    }
}

/// Where the first claim stands that is about something else, and what that is.
fn stranger(received: &[ReceivedFile]) -> Option<(String, Option<&Untrusted>)> {
    received.iter().find_map(|file| {
        let claim = file.claims.iter().find(|one| one.about != About::ThisModel)?;
        let claim = &claim.formed.claim;
        Some((format!("{}, line {}", file.name.raw(), claim.line), claim.subjects.first()))
    })
}

/// The name of a file as seen from the model's folder that it lies in.
fn name_inside(file: &Path, place: &Path) -> Option<String> {
    let (file, place) = (real(file)?, real(place)?);
    let inside = file.strip_prefix(&place).ok().filter(|name| *name != Path::new(""))?;
    Some(slashed(inside))
}

fn real(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok()
}
