//! Opens a place of any kind.

use super::azure;
use super::files::Files;
use super::folder::Folder;
use super::google;
use super::hub::Hub;
use super::location::Location;
use super::oci::Oci;
use super::s3;
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
        Location::Hub { host, repository, revision } => {
            Arc::new(Hub::new(host, repository, revision.as_deref())?)
        }
        Location::Google { bucket, prefix } => Arc::new(google::from_environment(bucket, prefix)?),
        Location::Azure { container, prefix } => Arc::new(azure::from_environment(container, prefix)?),
        Location::S3 { bucket, prefix } => Arc::new(s3::from_environment(bucket, prefix)?),
    })
}
