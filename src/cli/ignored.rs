//! Tells of paths to leave out that leave out nothing. It knows no command.

use super::output::Output;
use crate::error::Result;
use crate::signing::{IgnoredPlace, ignored_paths};
use crate::text::screen;
use std::path::{Path, PathBuf};

/// Tells of paths to leave out that leave out nothing.
///
/// # Errors
/// As [`ignored_paths`].
pub(super) fn note_ignored(
    model: &Path,
    asked: &[PathBuf],
    except: &[&Path],
    output: &Output,
    what_becomes: &str,
) -> Result<()> {
    for path in ignored_paths(model, asked)? {
        let is_expected = path.usual || except.contains(&path.asked.as_path());
        let said = match &path.place {
            IgnoredPlace::Outside => "lies outside of the model and hides nothing".to_owned(),
            IgnoredPlace::Nothing(_) => match &path.near {
                Some(near) => format!("is not in the model{what_becomes}; did you mean {}?", screen(near)),
                None => format!("is not in the model{what_becomes}"),
            },
            IgnoredPlace::Inside(_) | IgnoredPlace::Whole => continue,
        };
        if !is_expected {
            output.note(&format!("! --ignore-paths {} {said}", screen(&path.asked.to_string_lossy())));
        }
    }
    Ok(())
}
