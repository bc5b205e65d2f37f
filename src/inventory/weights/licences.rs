//! The words for licences that the hub and SPDX know, and what a misspelt one may have meant.

use crate::text::nearest;

/// In small letters.
const KNOWN: &[&str] = &[
    "0bsd",
    "afl-3.0",
    "agpl-3.0",
    "agpl-3.0-only",
    "agpl-3.0-or-later",
    "apache-1.1",
    "apache-2.0",
    "apple-amlr",
    "apple-ascl",
    "artistic-2.0",
    "bigcode-openrail-m",
    "bigscience-bloom-rail-1.0",
    "bigscience-openrail-m",
    "bsd",
    "bsd-2-clause",
    "bsd-3-clause",
    "bsd-3-clause-clear",
    "bsl-1.0",
    "c-uda",
    "cc",
    "cc-by-2.0",
    "cc-by-2.5",
    "cc-by-3.0",
    "cc-by-4.0",
    "cc-by-nc-2.0",
    "cc-by-nc-3.0",
    "cc-by-nc-4.0",
    "cc-by-nc-nd-3.0",
    "cc-by-nc-nd-4.0",
    "cc-by-nc-sa-2.0",
    "cc-by-nc-sa-3.0",
    "cc-by-nc-sa-4.0",
    "cc-by-nd-4.0",
    "cc-by-sa-3.0",
    "cc-by-sa-4.0",
    "cc0-1.0",
    "cdla-permissive-1.0",
    "cdla-permissive-2.0",
    "cdla-sharing-1.0",
    "creativeml-openrail-m",
    "deepfloyd-if-license",
    "ecl-2.0",
    "epl-1.0",
    "epl-2.0",
    "etalab-2.0",
    "eupl-1.1",
    "eupl-1.2",
    "fair-noncommercial-research-license",
    "gemma",
    "gfdl",
    "gpl",
    "gpl-2.0",
    "gpl-2.0-only",
    "gpl-2.0-or-later",
    "gpl-3.0",
    "gpl-3.0-only",
    "gpl-3.0-or-later",
    "grok2-community",
    "h-research",
    "intel-research",
    "isc",
    "lgpl",
    "lgpl-2.1",
    "lgpl-2.1-only",
    "lgpl-2.1-or-later",
    "lgpl-3.0",
    "lgpl-3.0-only",
    "lgpl-3.0-or-later",
    "lgpl-lr",
    "llama2",
    "llama3",
    "llama3.1",
    "llama3.2",
    "llama3.3",
    "llama4",
    "lppl-1.3c",
    "mit",
    "mit-0",
    "mpl-2.0",
    "ms-pl",
    "mulanpsl-2.0",
    "ncsa",
    "odbl",
    "odbl-1.0",
    "odc-by",
    "odc-by-1.0",
    "ofl-1.1",
    "open-mdw",
    "openmdw-1.0",
    "openmdw-1.1",
    "openrail",
    "openrail++",
    "osl-3.0",
    "other",
    "pddl",
    "pddl-1.0",
    "postgresql",
    "proprietary",
    "psf-2.0",
    "unknown",
    "unlicense",
    "upl-1.0",
    "wtfpl",
    "zlib",
];
/// What nobody would take a short word for by chance.
const SHORT: usize = 3;

/// The word that was meant, where this one is not known and one is near; none for what nobody here knows.
pub(in crate::inventory) fn meant(written: &str) -> Option<&'static str> {
    let lower = written.trim().to_lowercase();
    let is_expression = lower.split_whitespace().any(|word| matches!(word, "or" | "and" | "with"));
    if KNOWN.contains(&lower.as_str()) || is_expression || lower.starts_with("licenseref-") {
        return None;
    }
    let plain: String = lower.split(['_', ' ']).collect::<Vec<_>>().join("-");
    // `apache2`, `apachev2`, `gpl3`: the number with or without its dot.
    let squeezed = |text: &str| -> String {
        let text = text.replace("license", "").replace("licence", "");
        let text = text.trim_end_matches("version");
        let kept: String = text.chars().filter(|next| next.is_alphanumeric()).collect();
        kept.replace("version", "").replace("v2", "2").replace("v3", "3").replace("v4", "4")
    };
    let bare = squeezed(&plain);
    let is_same = |known: &&&str| {
        let known = squeezed(known);
        known == bare || known.strip_suffix('0').is_some_and(|known| !known.is_empty() && known == bare)
    };
    if !bare.is_empty()
        && let Some(known) = KNOWN.iter().find(is_same)
    {
        return Some(known);
    }
    if plain.len() < SHORT {
        return None;
    }
    // Versions of one licence are near each other and mean different things: the number has to be the same.
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    nearest(&plain, KNOWN).filter(|known| {
        let (own, other) = (digits(&plain), digits(known));
        let same_number = own == other || own.is_empty() || other.starts_with(&own);
        // Nobody misspells the first letter; another one is another publisher's licence.
        same_number && plain.chars().next() == known.chars().next()
    })
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn a_misspelt_licence_is_near_one_that_is_known_and_others_are_left_alone() {
        for (written, known) in [
            ("apache-2", Some("apache-2.0")),
            ("Apache 2.0", Some("apache-2.0")),
            ("apache2.0", Some("apache-2.0")),
            ("apachev2", Some("apache-2.0")),
            ("appache-2.0", Some("apache-2.0")),
            ("Apache License 2.0", Some("apache-2.0")),
            ("mitt", Some("mit")),
            ("MIT License", Some("mit")),
            ("gpl3", Some("gpl-3.0")),
            ("cc-by-nc-4", Some("cc-by-nc-4.0")),
            ("lama3.1", Some("llama3.1")),
            ("llama-3.1", Some("llama3.1")),
            ("Apache-2.0", None),
            ("MIT", None),
            ("mit OR apache-2.0", None),
            ("LicenseRef-Acme", None),
            ("nvidia-open-model-license", None),
            ("qwen-research", None),
            ("llama9", None),
            ("other", None),
        ] {
            assert_eq!(meant(written), known, "{written}");
        }
    }
}
