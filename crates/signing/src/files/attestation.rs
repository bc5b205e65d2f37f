//! Files that are signatures and claims by their names.

/// Signatures and claims about the model are added after signing and must not break the signature; told by
/// the name, in any folder of the model.
pub(crate) fn is_attestation(name: &str) -> bool {
    let base = name.rsplit('/').next().unwrap_or(name);
    base == "claims.jsonl" || ATTESTATIONS.iter().any(|ending| base.ends_with(ending))
}

const ATTESTATIONS: [&str; 4] = [".sig", ".sigstore.json", ".sigstore.jsonl", ".intoto.jsonl"];
