//! Names of models as documents write them: Hugging Face addresses, package URLs, `owner/name`.

use super::facts::Relation;
use super::hex;

/// First path segments of the hub that are no owner.
const NOT_OWNERS: &[&str] =
    &["api", "blog", "collections", "docs", "models", "organizations", "papers", "posts", "spaces", "tasks"];

/// Folders that trainers write to: a path that begins so is none of the hub's.
const LOCAL_FOLDERS: &[&str] = &[
    "ckpt",
    "ckpts",
    "checkpoint",
    "checkpoints",
    "exp",
    "experiments",
    "logs",
    "out",
    "output",
    "outputs",
    "results",
    "runs",
    "saved",
    "saved_models",
    "tmp",
];

/// A package URL of the hub: `pkg:huggingface/owner/name@revision`.
pub(in crate::inventory) struct HubPurl {
    /// `owner/name`.
    pub name: String,
    /// The revision, when the address has one.
    pub revision: Option<String>,
}

/// `owner/name` (or the bare name) for what a document calls a base model or dataset. None for a local
/// path or an address elsewhere: those name nothing that another document could mean.
pub(in crate::inventory) fn canonical(raw: &str) -> Option<String> {
    let raw = raw.trim();
    if let Some(purl) = hub_purl(raw) {
        return Some(purl.name);
    }
    if let Some(name) = hub_url(raw) {
        return Some(name);
    }
    if let Some(name) = of_cache(raw) {
        return Some(name);
    }
    let is_elsewhere = raw.starts_with(['/', '.', '~', '\\']) || raw.contains('\\') || raw.contains("://");
    let local = is_elsewhere || is_of_trainer(raw);
    let name = raw.trim_matches('/');
    (!local && !name.is_empty() && name.len() <= 1024).then(|| name.to_owned())
}

/// `owner/name` of a path into a cache of the hub (`…/models--owner--name/snapshots/…`) or of ModelScope
/// (`…/modelscope/hub/models/owner/name`).
fn of_cache(raw: &str) -> Option<String> {
    let parts: Vec<&str> = raw.split(['/', '\\']).filter(|part| !part.is_empty()).collect();
    let after = |prefix: &str| parts.iter().find_map(|part| part.strip_prefix(prefix));
    if let Some(name) = after("models--").or_else(|| after("datasets--")).filter(|name| !name.is_empty()) {
        return Some(name.replacen("--", "/", 1));
    }
    let hub = parts.windows(2).position(|pair| matches!(pair, ["modelscope" | ".modelscope", "hub"]))?;
    let mut below = parts.get(hub + 2..)?.iter().skip_while(|part| matches!(**part, "models" | "datasets"));
    let (owner, name) = (below.next()?, below.next()?);
    // A dot in a name is written so there.
    Some(format!("{owner}/{}", name.replace("___", ".")))
}

/// A folder that a trainer wrote: `outputs/checkpoint-500`.
fn is_of_trainer(raw: &str) -> bool {
    let mut parts = raw.split('/').filter(|part| !part.is_empty());
    let first = parts.next().unwrap_or_default();
    let last = parts.next_back();
    let is_step = |part: &str| {
        let number = part.strip_prefix("checkpoint-").or_else(|| part.strip_prefix("step-"));
        number.is_some_and(|number| {
            matches!(number, "final" | "best" | "last")
                || !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit())
        })
    };
    last.is_some() && LOCAL_FOLDERS.contains(&first) || is_step(last.unwrap_or(first))
}

/// `owner/name` of what is a repository on the hub, and no path of more parts.
pub(in crate::inventory) fn repository(raw: &str) -> Option<String> {
    canonical(raw).filter(|name| name.matches('/').count() <= 1)
}

/// `owner/name` of what a document describes by a package URL, a group, a name and links. An ancestor is often
/// named without its owner and linked in full, so there the link comes first; elsewhere a link counts only when
/// it ends in the component's own name.
pub(in crate::inventory) fn identity<'a>(
    purl: Option<&str>,
    group: Option<&str>,
    name: &str,
    links: impl Iterator<Item = &'a str>,
    is_ancestor: bool,
) -> Option<String> {
    if let Some(purl) = purl.and_then(hub_purl) {
        return Some(purl.name);
    }
    let name = name.trim();
    let link = links.filter_map(hub_url).find(|link| {
        is_ancestor || link.rsplit('/').next().is_some_and(|end| end.eq_ignore_ascii_case(name))
    });
    if is_ancestor && link.is_some() {
        return link;
    }
    match group.map(|group| group.trim().trim_matches('/')) {
        Some(group) if !group.is_empty() && !name.is_empty() && !name.contains('/') => {
            Some(format!("{group}/{name}"))
        }
        _ if name.contains('/') => Some(hub_url(name).unwrap_or_else(|| name.to_owned())),
        _ => link.or_else(|| (!name.is_empty()).then(|| name.to_owned())),
    }
}

/// Whether it has the shape `owner/name` and nothing of a path.
pub(in crate::inventory) fn is_owner_name(raw: &str) -> bool {
    let part = |text: &str| !text.is_empty() && text != "." && text != "..";
    let mut parts = raw.split('/');
    matches!((parts.next(), parts.next(), parts.next()), (Some(owner), Some(name), None) if part(owner) && part(name))
        && canonical(raw).is_some()
}

/// `owner/name` of an address on the Hugging Face hub; `datasets/` is dropped.
pub(in crate::inventory) fn hub_url(raw: &str) -> Option<String> {
    let lower = raw.to_ascii_lowercase();
    let rest = ["https://", "http://", "hf://"].iter().find_map(|scheme| {
        lower.starts_with(scheme).then(|| (*scheme, raw.get(scheme.len()..).unwrap_or_default()))
    });
    let path = match rest {
        Some(("hf://", path)) => path,
        Some((_, address)) => {
            let (host, path) = address.split_once('/')?;
            let host = host.to_ascii_lowercase();
            matches!(host.as_str(), "huggingface.co" | "www.huggingface.co" | "hf.co").then_some(path)?
        }
        None => {
            let (host, path) = raw.split_once('/')?;
            matches!(host.to_ascii_lowercase().as_str(), "huggingface.co" | "hf.co").then_some(path)?
        }
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    let mut owner = segments.next()?;
    if owner == "datasets" {
        owner = segments.next()?;
    }
    if NOT_OWNERS.contains(&owner) {
        return None;
    }
    Some(match segments.next() {
        Some(name) if !matches!(name, "tree" | "blob" | "resolve") => format!("{owner}/{name}"),
        _ => owner.to_owned(),
    })
}

/// Reads `pkg:huggingface/…`; other package URLs give none.
pub(in crate::inventory) fn hub_purl(raw: &str) -> Option<HubPurl> {
    const PREFIX: &str = "pkg:huggingface/";
    let head = raw.get(..PREFIX.len())?;
    if !head.eq_ignore_ascii_case(PREFIX) {
        return None;
    }
    let rest = raw.get(PREFIX.len()..)?.split(['?', '#']).next().unwrap_or_default();
    let (path, revision) = match rest.rsplit_once('@') {
        Some((path, revision)) => (path, Some(unescape(revision)).filter(|text| !text.is_empty())),
        None => (rest, None),
    };
    let path = path.strip_prefix("datasets/").unwrap_or(path);
    let name = unescape(path.trim_matches('/'));
    (!name.is_empty()).then_some(HubPurl { name, revision })
}

/// The hub's words for how a model came from its base.
pub(in crate::inventory) fn relation(word: &str) -> Option<Relation> {
    Some(match word.trim().to_ascii_lowercase().as_str() {
        "adapter" => Relation::Adapter,
        "merge" => Relation::Merge,
        "quantized" | "quantised" => Relation::Quantised,
        "finetune" | "fine-tune" => Relation::Finetune,
        "distilled" | "distillation" => Relation::Distilled,
        "derived" | "unspecified" => Relation::Unspecified,
        _ => return None,
    })
}

/// A tag `base_model:<relation>:<id>` or `base_model:<id>`.
pub(in crate::inventory) fn base_model_tag(tag: &str) -> Option<(Option<Relation>, &str)> {
    let rest = tag.trim().strip_prefix("base_model:")?;
    Some(match rest.split_once(':') {
        Some((word, id)) if relation(word).is_some() => (relation(word), id),
        _ => (None, rest),
    })
}

/// Percent-decoding; what is no escape stays, and bytes that are no UTF-8 become U+FFFD.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escaped = match (first, tail) {
            (b'%', [high, low, after @ ..]) => {
                hex::value_of(*high).zip(hex::value_of(*low)).map(|pair| (pair, after))
            }
            _ => None,
        };
        match escaped {
            Some(((high, low), after)) => {
                bytes.push(high << 4 | low);
                rest = after;
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_hub_become_owner_and_name() {
        for (raw, name) in [
            ("https://huggingface.co/Qwen/Qwen2.5-7B", Some("Qwen/Qwen2.5-7B")),
            ("https://huggingface.co/Qwen/Qwen2.5-7B/tree/main?x=1", Some("Qwen/Qwen2.5-7B")),
            ("https://hf.co/datasets/org/set", Some("org/set")),
            ("https://huggingface.co/gpt2", Some("gpt2")),
            ("https://huggingface.co/papers/2401.1", None),
            ("https://huggingface.co.evil.example/a/b", None),
            ("pkg:huggingface/Org/Name%20x@abc?download_url=y", Some("Org/Name x")),
            ("./local/checkpoint", None),
            ("https://example.org/a/b", None),
            ("Org/Name", Some("Org/Name")),
            ("/home/u/.cache/huggingface/hub/models--Org--Name-7B/snapshots/0e9e", Some("Org/Name-7B")),
            ("C:\\cache\\hub\\models--Org--Name\\snapshots\\abc", Some("Org/Name")),
            ("/x/models--gpt2/snapshots/abc/", Some("gpt2")),
            ("/root/.cache/modelscope/hub/models/Org/Name2___5-1B", Some("Org/Name2.5-1B")),
            ("/home/u/models/Name", None),
            ("outputs/checkpoint-500", None),
            ("org/checkpoint-500", None),
            ("outputs", Some("outputs")),
            ("org/outputs", Some("org/outputs")),
        ] {
            assert_eq!(canonical(raw).as_deref(), name, "{raw}");
        }
    }

    #[test]
    fn a_base_model_tag_may_name_the_relation() {
        assert_eq!(base_model_tag("base_model:adapter:a/b"), Some((Some(Relation::Adapter), "a/b")));
        assert_eq!(base_model_tag("base_model:a/b"), Some((None, "a/b")));
        assert_eq!(base_model_tag("license:mit"), None);
    }
}
