//! The Sigstore kind: the only module that knows `sigstore-verify`. Offline, always.
