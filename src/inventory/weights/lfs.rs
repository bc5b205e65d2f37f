//! Pointers of Git LFS: small texts that lie in place of a file whose content was not fetched.

/// Longer ones are none, by the specification.
const MAX_BYTES: usize = 1024;
/// How one begins, today and in old repositories.
const BEGINS: [&str; 2] =
    ["version https://git-lfs.github.com/spec/", "version https://hawser.github.com/spec/"];

/// A pointer: how long the file is that it stands for.
pub(in crate::inventory) struct Pointer {
    /// Bytes, as it says.
    pub size: Option<u64>,
}

impl Pointer {
    /// A file of these bytes.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > MAX_BYTES {
            return None;
        }
        let text = std::str::from_utf8(bytes).ok()?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if !BEGINS.iter().any(|begins| text.starts_with(begins)) {
            return None;
        }
        let size = text.lines().find_map(|line| line.strip_prefix("size "));
        Some(Pointer { size: size.and_then(|size| size.trim().parse().ok()) })
    }

    /// What is said of it.
    pub fn message(&self) -> String {
        let size = self.size.map(|size| format!(" of {size} bytes")).unwrap_or_default();
        format!("a Git LFS pointer: the file{size} was not fetched; run `git lfs pull`, then scan again")
    }
}
