//! What git itself keeps in its folder, told by place and by the first bytes: whatever else lies there is somebody's,
//! and no signature covers it. It reads no object and follows no reference.

use crate::disk;
use std::path::Path;

/// So much of a file tells whether it is what its place says.
const HEAD_BYTES: u64 = 4096;
/// A reference is an object's id, or the name of another reference.
const MAX_REF_BYTES: usize = 1024;

/// What lies directly in the folder, as text.
const TEXTS: [&str; 24] = [
    "AUTO_MERGE",
    "BISECT_LOG",
    "BISECT_NAMES",
    "BISECT_START",
    "BISECT_TERMS",
    "CHERRY_PICK_HEAD",
    "COMMIT_EDITMSG",
    "FETCH_HEAD",
    "HEAD",
    "MERGE_HEAD",
    "MERGE_MODE",
    "MERGE_MSG",
    "MERGE_RR",
    "ORIG_HEAD",
    "REBASE_HEAD",
    "REVERT_HEAD",
    "SQUASH_MSG",
    "TAG_EDITMSG",
    "config",
    "config.worktree",
    "description",
    "gc.log",
    "packed-refs",
    "shallow",
];
/// What lies in the folder of another working tree, and what a file in place of the folder holds.
const WORKTREE: [&str; 3] = ["commondir", "gitdir", "locked"];

/// What the bytes of a file of git's begin with.
enum Shape {
    Text,
    Reference,
    Magic(&'static [u8]),
    /// A loose object: zlib.
    Loose,
    /// Named by its content, which is a model's.
    Any,
}

/// Whether this file is what git keeps at this place below its folder.
pub fn is_of_git(below: &str, file: &Path) -> bool {
    let parts: Vec<&str> = below.split('/').collect();
    let Some(shape) = shape(&parts) else { return false };
    if !std::fs::symlink_metadata(file).is_ok_and(|metadata| metadata.is_file()) {
        return false;
    }
    if matches!(shape, Shape::Any) {
        return true;
    }
    let Ok((head, _)) = disk::start(file, HEAD_BYTES) else { return false };
    match shape {
        Shape::Any => true,
        Shape::Text => is_text(&head),
        Shape::Reference => head.len() <= MAX_REF_BYTES && is_reference(&head),
        Shape::Magic(magic) => head.starts_with(magic),
        Shape::Loose => matches!(head.as_slice(), [method, flags, ..]
            if method & 0x0f == 8 && (u16::from(*method) * 256 + u16::from(*flags)) % 31 == 0),
    }
}

/// Whether this file is a hook: a script that git runs, and no loader of models.
pub fn is_git_hook(below: &str, file: &Path) -> bool {
    let is_named = below.strip_prefix("hooks/").is_some_and(|name| !name.contains(['/', '.']));
    let is_plain = || std::fs::symlink_metadata(file).is_ok_and(|metadata| metadata.is_file());
    is_named && is_plain() && disk::start(file, HEAD_BYTES).is_ok_and(|(head, _)| head.starts_with(b"#!"))
}

/// What should lie there; none where git keeps nothing.
fn shape(parts: &[&str]) -> Option<Shape> {
    let text = |is_one: bool| is_one.then_some(Shape::Text);
    match parts {
        ["index"] => Some(Shape::Magic(b"DIRC")),
        [name] if name.starts_with("sharedindex.") => Some(Shape::Magic(b"DIRC")),
        [name] => text(TEXTS.contains(name) || WORKTREE.contains(name)),
        ["info", name] => text(["attributes", "exclude", "grafts", "refs", "sparse-checkout"].contains(name)),
        ["refs", ..] => Some(Shape::Reference),
        ["logs", ..] | ["branches" | "remotes" | "rebase-apply" | "rebase-merge" | "sequencer", _] => {
            Some(Shape::Text)
        }
        ["hooks", name] => text(name.ends_with(".sample")),
        ["objects", rest @ ..] => object(rest),
        ["lfs", "objects", one, two, name] => {
            let is_named = is_hex(name, &[64]) && name.starts_with(&format!("{one}{two}"));
            (is_named && one.len() == 2 && two.len() == 2).then_some(Shape::Any)
        }
        ["worktrees", _, rest @ ..] => shape(rest),
        // A submodule's own folder, whose name may have several parts.
        ["modules", rest @ ..] => (1..rest.len()).find_map(|from| shape(rest.get(from..)?)),
        _ => None,
    }
}

fn object(parts: &[&str]) -> Option<Shape> {
    match parts {
        [two, rest] if two.len() == 2 && is_hex(two, &[2]) => is_hex(rest, &[38, 62]).then_some(Shape::Loose),
        ["info", "alternates" | "http-alternates" | "packs"] => Some(Shape::Text),
        ["info", "commit-graph"] => Some(Shape::Magic(b"CGPH")),
        ["info", "commit-graphs", "commit-graph-chain"] => Some(Shape::Text),
        ["info", "commit-graphs", _] => Some(Shape::Magic(b"CGPH")),
        ["pack", "multi-pack-index"] => Some(Shape::Magic(b"MIDX")),
        ["pack", name] => match name.rsplit_once('.')?.1 {
            "pack" => Some(Shape::Magic(b"PACK")),
            "idx" => Some(Shape::Magic(b"\xfftOc")),
            "rev" => Some(Shape::Magic(b"RIDX")),
            "bitmap" => Some(Shape::Magic(b"BITM")),
            "mtimes" => Some(Shape::Magic(b"MTME")),
            "keep" | "promisor" => Some(Shape::Text),
            _ => None,
        },
        _ => None,
    }
}

fn is_hex(name: &str, lengths: &[usize]) -> bool {
    lengths.contains(&name.len()) && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_reference(bytes: &[u8]) -> bool {
    let line = bytes.trim_ascii_end();
    let id = std::str::from_utf8(line).is_ok_and(|line| is_hex(line, &[40, 64]));
    id || line.starts_with(b"ref: ") && is_text(line)
}

/// Bytes that no program takes for anything but text.
fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | 0x1b | 0x20..=0x7e | 0x80..))
        && !matches!(bytes, [0x80, ..])
}
