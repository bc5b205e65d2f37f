//! A tree of labelled lines, and how a certificate is shown in one.

use crate::keys::public::PublicKey;
use crate::text::Untrusted;
use crate::words::chain::end;
use crate::x509::certificate;
use serde::Serialize;

/// A tree of labelled lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inspection {
    /// What it is, in our own words: `Sigstore bundle, certificate`.
    pub kind: String,
    /// Label and value, in order; labels are our own words and may be indented by two spaces a level.
    pub fields: Vec<(String, Untrusted)>,
}

impl Inspection {
    pub(crate) fn new(kind: impl Into<String>) -> Self {
        Inspection { kind: kind.into(), fields: Vec::new() }
    }

    pub(crate) fn add(&mut self, label: impl Into<String>, value: impl Into<Untrusted>) {
        self.fields.push((label.into(), value.into()));
    }

    /// A certificate's names, validity and key.
    pub(crate) fn certificate(&mut self, label: &str, der: &[u8]) {
        let certificate = match certificate::parse(der) {
            Ok(certificate) => certificate,
            Err(error) => return self.add(label, error.what),
        };
        let (from, to) =
            certificate::written_validity(der).unwrap_or_else(|| certificate::validity(&certificate));
        let subject = certificate::subject(&certificate);
        self.add(label, if subject.raw().is_empty() { "no subject name".into() } else { subject });
        self.add("  issuer", certificate::issuer(&certificate));
        for name in certificate::alternative_names(&certificate) {
            self.add("  alternative name", name);
        }
        self.add("  valid", format!("{from} to {}", end(to)));
        if let Ok(key) = PublicKey::any_from_spki_der(&certificate::spki(&certificate)) {
            self.add("  key", format!("{} {}", key.kind().as_str(), key.fingerprint()));
        }
    }
}
