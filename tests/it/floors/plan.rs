//! Reads the sources of both packages as far as it takes to say which file uses which: modules, `use` declarations
//! and paths. It knows no macro and no type; what it cannot follow it leaves out.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};

/// A file of the house: its place (`signing/x509/chain.rs`, `tui/mod.rs`) and its text.
#[derive(Clone)]
pub struct Source {
    /// Ground rooms and the signing core stand in one package, all others in the second.
    pub package: Package,
    /// The path below the package's `src`.
    pub path: String,
    pub text: String,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Package {
    Signing,
    Touchmark,
}

impl Package {
    pub const ALL: [Package; 2] = [Package::Signing, Package::Touchmark];

    /// The folder of its sources, from the root of the checkout.
    pub fn folder(self) -> &'static str {
        match self {
            Package::Signing => "crates/signing/src",
            Package::Touchmark => "src",
        }
    }

    /// The name by which code outside of it calls it.
    fn outside(self) -> &'static str {
        match self {
            Package::Signing => "touchmark_signing",
            Package::Touchmark => "touchmark",
        }
    }
}

const GROUND: [&str; 6] = ["clock", "disk", "error", "json", "progress", "text"];

impl Source {
    /// The place by which the table of floors calls a file: the signing core stands under `signing/`, the ground
    /// rooms beside it.
    pub fn place(&self) -> String {
        let first = self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs");
        match self.package {
            Package::Signing if !GROUND.contains(&first) => format!("signing/{}", self.path),
            _ => self.path.clone(),
        }
    }

    /// The path of its module in its package.
    fn module(&self) -> Vec<String> {
        let mut path: Vec<String> = self.path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
        // `main.rs` is a crate of its own and stays a module here: nothing can name it.
        if path.last().is_some_and(|last| matches!(last.as_str(), "mod" | "lib")) {
            path.pop();
        }
        path
    }

    fn stands_below(&self, face: &Source) -> bool {
        self.package == face.package && self.module().starts_with(&face.module())
    }
}

/// All Rust files of both packages.
pub fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    for package in Package::ALL {
        let root = root.join(package.folder());
        let mut files = Vec::new();
        walk(&root, &mut files);
        files.sort();
        all.extend(files.into_iter().map(|file| Source {
            package,
            path: file.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/"),
            text: std::fs::read_to_string(&file).unwrap(),
        }));
    }
    all
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// Who uses whom: for each place the places that it uses, and one of the names that it takes from there.
pub type Arrows = BTreeMap<String, BTreeMap<String, String>>;

/// A module's name: its package and its path in it.
type Module = (Package, Vec<String>);

#[derive(Default)]
struct Scope {
    /// The file that it stands in, as an index.
    file: usize,
    children: BTreeSet<String>,
    defined: BTreeSet<String>,
    /// Imported name, and the path that it stands for, from where it was written.
    imports: BTreeMap<String, Vec<String>>,
    globs: Vec<Vec<String>>,
}

/// A path as it was written somewhere.
struct Mention {
    module: Module,
    path: Vec<String>,
}

struct House {
    scopes: HashMap<Module, Scope>,
    mentions: Vec<(usize, Mention)>,
}

/// The arrows between files. A file that only hands names on (`mod` and `pub use`) is seen through: the arrow runs
/// to the file that defines the name.
pub fn arrows(sources: &[Source]) -> Arrows {
    let mut house = House { scopes: HashMap::new(), mentions: Vec::new() };
    for (file, source) in sources.iter().enumerate() {
        house.read(file, source);
    }
    let hands_on: Vec<bool> = sources.iter().map(|source| only_hands_on(&source.text)).collect();
    let mut arrows = Arrows::new();
    for (from, mention) in &house.mentions {
        let Some(to) = house.resolve(&mention.module, &mention.path, 0) else { continue };
        // A face hands on what its own rooms have; what it takes from elsewhere is an arrow like any other.
        if to == *from || hands_on[*from] && sources[to].stands_below(&sources[*from]) {
            continue;
        }
        let name = mention.path.last().cloned().unwrap_or_default();
        arrows.entry(sources[*from].place()).or_default().entry(sources[to].place()).or_insert(name);
    }
    arrows
}

/// Files that import each other, each group with the arrows that tie it.
pub fn circles(arrows: &Arrows) -> Vec<Vec<String>> {
    let places: Vec<&String> = arrows.keys().collect();
    let number: HashMap<&str, usize> =
        places.iter().enumerate().map(|(number, place)| (place.as_str(), number)).collect();
    // What uses nothing is in no circle.
    let uses: Vec<Vec<usize>> = arrows
        .values()
        .map(|to| to.keys().filter_map(|place| number.get(place.as_str()).copied()).collect())
        .collect();
    let reached: Vec<Vec<bool>> = (0..places.len())
        .map(|from| {
            let mut seen = vec![false; places.len()];
            let mut next = vec![from];
            while let Some(place) = next.pop() {
                for to in &uses[place] {
                    if !std::mem::replace(&mut seen[*to], true) {
                        next.push(*to);
                    }
                }
            }
            seen
        })
        .collect();
    let mut told = vec![false; places.len()];
    let mut circles = Vec::new();
    for place in 0..places.len() {
        if !reached[place][place] || told[place] {
            continue;
        }
        let circle: Vec<usize> =
            (0..places.len()).filter(|other| reached[place][*other] && reached[*other][place]).collect();
        circle.iter().for_each(|member| told[*member] = true);
        circles.push(circle.into_iter().map(|member| places[member].clone()).collect());
    }
    circles
}

impl House {
    fn read(&mut self, file: usize, source: &Source) {
        let module: Module = (source.package, source.module());
        self.scopes.entry(module.clone()).or_default().file = file;
        if let Some((last, above)) = module.1.split_last() {
            let parent = (source.package, above.to_vec());
            self.scopes.entry(parent).or_default().children.insert(last.clone());
        }
        let tokens = tokens_of(&source.text);
        self.block(file, &module, &tokens);
    }

    fn block(&mut self, file: usize, module: &Module, tokens: &[Token]) {
        let (mut at, mut depth) = (0, 0);
        while at < tokens.len() {
            let rest = &tokens[at..];
            match rest[0] {
                Token::Sign('{') => depth += 1,
                Token::Sign('}') => depth -= 1,
                _ => {}
            }
            if is_for_tests(rest) {
                at += 7 + item_length(&rest[7..]);
                continue;
            }
            match rest {
                // `pub(in crate::room)` says who may see, and uses nothing.
                [Token::Word(word), Token::Sign('('), ..] if word == "pub" => {
                    at += 1 + group_length(&rest[1..], '(', ')');
                }
                [Token::Word(word), ..] if word == "use" => {
                    let end = rest.iter().position(|t| *t == Token::Sign(';')).unwrap_or(rest.len());
                    let mut leaves = Vec::new();
                    leaves_of(&rest[1..end], &[], &mut leaves);
                    for (path, name) in leaves {
                        self.mentions.push((file, Mention { module: module.clone(), path: path.clone() }));
                        let scope = self.scopes.entry(module.clone()).or_default();
                        match name {
                            Some(name) => drop(scope.imports.insert(name, path)),
                            None => scope.globs.push(path),
                        }
                    }
                    at += end + 1;
                }
                [Token::Word(word), Token::Word(name), Token::Sign('{'), ..] if word == "mod" => {
                    let length = block_length(&rest[2..]);
                    let inner: Module =
                        (module.0, [module.1.as_slice(), std::slice::from_ref(name)].concat());
                    self.scopes.entry(module.clone()).or_default().children.insert(name.clone());
                    self.scopes.entry(inner.clone()).or_default().file = file;
                    self.block(file, &inner, &rest[3..2 + length - 1]);
                    at += 2 + length;
                }
                [Token::Word(word), Token::Word(name), ..]
                    if depth == 0
                        && matches!(
                            word.as_str(),
                            "fn" | "struct" | "enum" | "trait" | "type" | "const" | "static" | "union"
                        )
                        && name != "fn" =>
                {
                    self.scopes.entry(module.clone()).or_default().defined.insert(name.clone());
                    at += 2;
                }
                [Token::Word(_), Token::Path, Token::Word(_), ..] => {
                    let mut path = Vec::new();
                    let mut length = 0;
                    while let Some(Token::Word(word)) = rest.get(length) {
                        path.push(word.clone());
                        length += 1;
                        if rest.get(length) != Some(&Token::Path) {
                            break;
                        }
                        length += 1;
                    }
                    self.mentions.push((file, Mention { module: module.clone(), path }));
                    at += length.max(1);
                }
                _ => at += 1,
            }
        }
    }

    /// The file that defines what a path names; none for what stands outside of the house.
    fn resolve(&self, from: &Module, path: &[String], depth: usize) -> Option<usize> {
        // Names that are handed on in a ring would be followed for ever.
        if depth > 16 {
            return None;
        }
        let (first, rest) = path.split_first()?;
        let outside = Package::ALL.into_iter().find(|package| package.outside() == first);
        match first.as_str() {
            "crate" => self.descend(&(from.0, Vec::new()), rest, depth),
            "self" => self.descend(from, rest, depth),
            "super" => {
                let (_, above) = from.1.split_last()?;
                let parent = (from.0, above.to_vec());
                if rest.first().is_some_and(|next| next == "super") {
                    return self.resolve(&parent, rest, depth);
                }
                self.descend(&parent, rest, depth)
            }
            _ if outside.is_some() => self.descend(&(outside?, Vec::new()), rest, depth),
            _ => {
                let scope = self.scopes.get(from)?;
                let is_known = scope.children.contains(first) || scope.imports.contains_key(first);
                if is_known { self.descend(from, path, depth) } else { None }
            }
        }
    }

    fn descend(&self, module: &Module, path: &[String], depth: usize) -> Option<usize> {
        let scope = self.scopes.get(module)?;
        let Some((first, rest)) = path.split_first() else { return Some(scope.file) };
        if scope.children.contains(first) && !(rest.is_empty() && scope.defined.contains(first)) {
            let child: Module = (module.0, [module.1.as_slice(), std::slice::from_ref(first)].concat());
            return self.descend(&child, rest, depth);
        }
        if scope.defined.contains(first) {
            return Some(scope.file);
        }
        if let Some(target) = scope.imports.get(first) {
            let whole = [target.as_slice(), rest].concat();
            return self.resolve(module, &whole, depth + 1);
        }
        let through = |glob: &Vec<String>| self.resolve(module, &[glob.as_slice(), path].concat(), depth + 1);
        // A name made by a macro is taken for the file's own.
        scope.globs.iter().find_map(through).or(Some(scope.file))
    }
}

/// Whether a file holds nothing but documentation, `mod` and `use`.
fn only_hands_on(text: &str) -> bool {
    let tokens = tokens_of(text);
    let mut rest = tokens.as_slice();
    while !rest.is_empty() {
        match rest {
            [Token::Sign('#'), Token::Sign('!'), ..] => rest = &rest[2..],
            [Token::Sign('#'), ..] => rest = &rest[1..],
            [Token::Sign('['), ..] => rest = &rest[group_length(rest, '[', ']')..],
            [Token::Word(word), ..] if word == "pub" => rest = &rest[1..],
            [Token::Sign('('), ..] => rest = &rest[group_length(rest, '(', ')')..],
            [Token::Word(word), ..] if word == "mod" || word == "use" => {
                let Some(end) = rest.iter().position(|t| *t == Token::Sign(';')) else { return false };
                rest = &rest[end + 1..];
            }
            _ => return false,
        }
    }
    true
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Token {
    Word(String),
    /// `::`
    Path,
    Sign(char),
}

/// The tokens of a text, which are found once however many tests ask.
fn tokens_of(text: &str) -> Arc<Vec<Token>> {
    static FOUND: LazyLock<Mutex<HashMap<String, Arc<Vec<Token>>>>> = LazyLock::new(Default::default);
    if let Some(known) = FOUND.lock().unwrap().get(text) {
        return known.clone();
    }
    let found = Arc::new(tokens(text));
    FOUND.lock().unwrap().insert(text.to_owned(), found.clone());
    found
}

/// Words and signs; comments, texts and characters are left out.
fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    while let Some(&c) = chars.get(at) {
        let next = chars.get(at + 1).copied();
        match (c, next) {
            ('/', Some('/')) => at += chars[at..].iter().position(|c| *c == '\n').unwrap_or(chars.len() - at),
            ('/', Some('*')) => {
                let mut depth = 0;
                loop {
                    match (chars.get(at), chars.get(at + 1)) {
                        (Some('/'), Some('*')) => (depth, at) = (depth + 1, at + 2),
                        (Some('*'), Some('/')) => (depth, at) = (depth - 1, at + 2),
                        (Some(_), _) => at += 1,
                        (None, _) => break,
                    }
                    if depth == 0 {
                        break;
                    }
                }
            }
            ('"', _) => at = after_text(&chars, at),
            ('\'', Some('\\')) => {
                at += 3;
                at += chars[at..].iter().position(|c| *c == '\'').map_or(0, |end| end + 1);
            }
            ('\'', Some(_)) if chars.get(at + 2) == Some(&'\'') => at += 3,
            // A lifetime.
            ('\'', _) => at += 1,
            ('r' | 'b', _) if raw_text(&chars, at).is_some() => at = raw_text(&chars, at).unwrap(),
            (':', Some(':')) => {
                found.push(Token::Path);
                at += 2;
            }
            (c, _) if is_word(c) => {
                let end = chars[at..].iter().position(|c| !is_word(*c)).map_or(chars.len(), |end| at + end);
                found.push(Token::Word(chars[at..end].iter().collect()));
                at = end;
            }
            (c, _) => {
                if !c.is_whitespace() {
                    found.push(Token::Sign(c));
                }
                at += 1;
            }
        }
    }
    found
}

fn after_text(chars: &[char], quote: usize) -> usize {
    let mut at = quote + 1;
    while let Some(c) = chars.get(at) {
        match c {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    at
}

/// The end of `r"…"`, `r#"…"#`, `br"…"` or `b"…"` that begins here.
fn raw_text(chars: &[char], from: usize) -> Option<usize> {
    let mut at = from;
    if chars.get(at) == Some(&'b') {
        at += 1;
        if chars.get(at) == Some(&'"') {
            return Some(after_text(chars, at));
        }
    }
    if chars.get(at) != Some(&'r') {
        return None;
    }
    at += 1;
    let hashes = chars[at..].iter().take_while(|c| **c == '#').count();
    at += hashes;
    if chars.get(at) != Some(&'"') {
        return None;
    }
    let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let body = &chars[at + 1..];
    Some(body.windows(end.len()).position(|w| w == end).map_or(chars.len(), |p| at + 1 + p + end.len()))
}

/// `#[cfg(test)]`
fn is_for_tests(tokens: &[Token]) -> bool {
    let word = |text: &str| Token::Word(text.to_owned());
    let sign = Token::Sign;
    tokens.starts_with(&[sign('#'), sign('['), word("cfg"), sign('('), word("test"), sign(')'), sign(']')])
}

/// Tokens up to the end of an item: its semicolon or its block.
fn item_length(tokens: &[Token]) -> usize {
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Sign(';') => return at + 1,
            Token::Sign('{') => return at + block_length(&tokens[at..]),
            _ => {}
        }
    }
    tokens.len()
}

fn block_length(tokens: &[Token]) -> usize {
    group_length(tokens, '{', '}')
}

fn group_length(tokens: &[Token], open: char, close: char) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Sign(sign) if *sign == open => depth += 1,
            Token::Sign(sign) if *sign == close => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    tokens.len()
}

/// The paths of a `use` tree, each with the name that it is imported by; none for `*`.
fn leaves_of(tokens: &[Token], above: &[String], found: &mut Vec<(Vec<String>, Option<String>)>) {
    let mut path = above.to_vec();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            Token::Word(word) if word == "as" => {
                if let Some(Token::Word(name)) = tokens.get(at + 1) {
                    found.push((path, Some(name.clone())));
                }
                return;
            }
            Token::Word(word) if word == "self" && !path.is_empty() => at += 1,
            Token::Word(word) => {
                path.push(word.clone());
                at += 1;
            }
            Token::Sign('*') => {
                found.push((path, None));
                return;
            }
            Token::Sign('{') => {
                let inner = &tokens[at + 1..at + block_length(&tokens[at..]) - 1];
                let (mut depth, mut from) = (0, 0);
                for (index, token) in inner.iter().enumerate() {
                    match token {
                        Token::Sign('{') => depth += 1,
                        Token::Sign('}') => depth -= 1,
                        Token::Sign(',') if depth == 0 => {
                            leaves_of(&inner[from..index], &path, found);
                            from = index + 1;
                        }
                        _ => {}
                    }
                }
                if from < inner.len() {
                    leaves_of(&inner[from..], &path, found);
                }
                return;
            }
            _ => at += 1,
        }
    }
    let name = path.last().cloned();
    if path.len() > above.len() || !above.is_empty() {
        found.push((path, name));
    }
}
