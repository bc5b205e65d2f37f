//! DSSE envelopes: the signed bytes and what was signed (PAE).

/// A DSSE envelope with exactly one signature. `payload` holds the raw signed bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The payload's type.
    pub payload_type: String,
    /// Raw bytes, base64 removed.
    pub payload: Vec<u8>,
    /// The signature, base64 removed.
    pub signature: Vec<u8>,
}

/// The pre-authentication encoding `DSSEv1 SP len SP type SP len SP body`: what is signed.
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let _ = (payload_type, payload);
    Vec::new()
}

/// What the reference's version 0.2.0 signed instead: `DSSEV1` and the payload as Python's bytes repr
/// (oms.md 0.6). Only ever tried for the predicate of that version.
pub(crate) fn pae_v02(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let _ = (payload_type, payload);
    Vec::new()
}
