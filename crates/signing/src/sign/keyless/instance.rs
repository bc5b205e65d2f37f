//! Which Sigstore instance to sign with: where its services are, and the root that its bundles verify
//! against. Both come from the same document, so that one is not signed with and another one trusted.

use crate::disk::read_small;
use crate::error::{Code, Error, Result};
use crate::http::Service;
use crate::text;
use crate::trust::anchor::Anchor;
use sigstore_verify::trust_root::{
    SIGSTORE_PRODUCTION_SIGNING_CONFIG, SIGSTORE_STAGING_SIGNING_CONFIG, ServiceConfiguration,
    ServiceEndpoint, ServiceSelector, SigningConfig,
};
use std::path::Path;

/// A Sigstore instance: its services, and its trusted root.
#[derive(Debug, Clone)]
pub struct Instance {
    pub(super) anchor: Anchor,
    pub(super) authority: Service,
    pub(super) log: Log,
    pub(super) timestamps: Option<Service>,
    pub(super) login: Option<Service>,
}

/// A transparency log and the version of its interface.
#[derive(Debug, Clone)]
pub(super) struct Log {
    pub(super) service: Service,
    pub(super) version: LogVersion,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LogVersion {
    V1,
    V2,
}

const LIMIT_CONFIG_BYTES: u64 = 8 * 1024 * 1024;

impl Instance {
    /// The public-good instance, as this program knows it.
    ///
    /// # Errors
    /// `E-CONFIG` when all of its services that are known have ended.
    pub fn public_good() -> Result<Self> {
        Self::of(Anchor::public_good(), SIGSTORE_PRODUCTION_SIGNING_CONFIG)
    }

    /// Sigstore's staging instance: for tests only.
    ///
    /// # Errors
    /// As [`Instance::public_good`].
    pub fn staging() -> Result<Self> {
        Self::of(Anchor::staging(), SIGSTORE_STAGING_SIGNING_CONFIG)
    }

    /// The instance that a client trust config (`trustedRoot` and `signingConfig`) in a file describes.
    ///
    /// # Errors
    /// `E-READ`, `E-TOO-LARGE`, `E-MALFORMED`, `E-CONFIG`.
    pub fn read(path: &Path) -> Result<Self> {
        let anchor = Anchor::read_sigstore("--trust-config", path)?;
        let bytes = read_small(path, LIMIT_CONFIG_BYTES)?;
        let document: serde_json::Value = serde_json::from_slice(&bytes)
            .map_err(|_| Error::new(Code::Malformed, "not valid JSON").at_path(path))?;
        let Some(config) = document.get("signingConfig") else {
            return Err(Error::new(Code::Config, "says what to trust, and not where to sign")
                .at_path(path)
                .help(
                    "signing needs a client trust config: `trustedRoot` and `signingConfig` in one document",
                ));
        };
        Self::of(anchor, &config.to_string()).map_err(|error| match error.at {
            Some(_) => error,
            None => error.at_path(path),
        })
    }

    fn of(anchor: Anchor, config: &str) -> Result<Self> {
        let config = SigningConfig::from_json(config).map_err(|cause| {
            let cause = text::clip(&text::screen(&cause.to_string()), 200);
            Error::new(Code::Config, format!("the signing config cannot be used ({cause})"))
                .help("expected signingConfig of version 0.2")
        })?;
        let none = |what: &str| {
            Error::new(Code::Config, format!("the signing config names no {what} that can be used now"))
                .help("expected one whose `validFor` covers now, in a version that is known here")
        };
        let authority = config.fulcio_url().ok_or_else(|| none("certificate authority"))?;
        let logs = config.eligible_rekor_urls(None);
        let stamps = config.eligible_tsa_urls();
        one_is_enough("transparency log", &config.rekor_tlog_config, &logs)?;
        if !stamps.is_empty() {
            one_is_enough("timestamp authority", &config.tsa_config, &stamps)?;
        }
        let timestamps = stamps.first().map(|found| Service::new("the timestamp authority", &found.url));
        // Nothing but a timestamp says when an entry of version 2 was made.
        let log = logs
            .iter()
            .find(|log| log.major_api_version == 1 || timestamps.is_some())
            .ok_or_else(|| none("transparency log (version 2 needs a timestamp authority besides)"))?;
        let login = config.oidc_url().map(|found| Service::new("the identity provider", &found.url));
        Ok(Instance {
            anchor,
            authority: Service::new("the certificate authority (Fulcio)", &authority.url)?,
            log: Log {
                service: Service::new("the transparency log (Rekor)", &log.url)?,
                version: if log.major_api_version == 1 { LogVersion::V1 } else { LogVersion::V2 },
            },
            timestamps: timestamps.transpose()?,
            login: login.transpose()?,
        })
    }
}

/// One of a kind is asked; a config that wants more is refused rather than met by half.
fn one_is_enough(what: &str, wanted: &ServiceConfiguration, found: &[&ServiceEndpoint]) -> Result<()> {
    let enough = match wanted.selector {
        ServiceSelector::Any => true,
        ServiceSelector::Exact => wanted.count == Some(1),
        ServiceSelector::All => {
            let mut operators = found.iter().map(|service| service.operator.as_deref());
            let first = operators.next().flatten();
            found.len() <= 1 || (first.is_some() && operators.all(|operator| operator == first))
        }
        _ => false,
    };
    if enough {
        return Ok(());
    }
    Err(Error::new(Code::Config, format!("the signing config wants more than one {what}"))
        .help("signatures with several are not made here; ask the instance for a config with `ANY`"))
}
