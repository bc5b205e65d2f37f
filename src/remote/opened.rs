//! Opens a place of any kind.

use super::files::Files;
use super::folder::Folder;
use super::location::Location;
use super::oci::Oci;
use super::s3::S3;
use crate::error::Result;
use std::sync::Arc;

/// Opens a place. Nothing is asked of it yet.
///
/// # Errors
/// `E-USAGE` when the environment does not say how to reach it, or asks for what is not safe.
pub fn open(location: &Location) -> Result<Arc<dyn Files>> {
    Ok(match location {
        Location::Folder(path) => Arc::new(Folder::new(path)),
        Location::Oci { host, repository, reference } => {
            Arc::new(Oci::new(host, repository, reference.clone())?)
        }
        Location::S3 { bucket, prefix } => Arc::new(S3::from_environment(bucket, prefix)?),
    })
}
