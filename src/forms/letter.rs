//! Templates of letters: a title, headings, paragraphs, and holes with names. A template is checked when it is read; what
//! fills its holes stays text. It knows no report.

use crate::error::{Code, Error, Result};
use crate::signing::sha256_hex;
use crate::text::{nearest, screen};

/// The letter to a producer inside the program.
const BUNDLED: &str = include_str!("../../policies/letters/producer.md");
const OPEN: &str = "{{";
const CLOSE: &str = "}}";

/// What stands in a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// The producer.
    Producer,
    /// The name of the workspace.
    Workspace,
    /// The day of the letter.
    Date,
    /// The day until which an answer is asked for.
    Deadline,
    /// How many models miss something.
    Models,
    /// How many controls are open.
    Controls,
    /// The stage.
    Stage,
    /// The policy's name.
    Policy,
}

/// What stands in a line alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// The controls that are open.
    Gaps,
    /// The models, with what each misses.
    Models,
    /// What was not looked at.
    Unknown,
    /// What the letter does not say.
    Limits,
    /// What it rests on, by digest.
    Digests,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hole {
    Word(Word),
    Section(Section),
}

/// The holes by their names, and whether a letter must have them.
const HOLES: [(&str, Hole, bool); 13] = [
    ("producer", Hole::Word(Word::Producer), true),
    ("workspace", Hole::Word(Word::Workspace), false),
    ("date", Hole::Word(Word::Date), false),
    ("deadline", Hole::Word(Word::Deadline), true),
    ("model-count", Hole::Word(Word::Models), false),
    ("control-count", Hole::Word(Word::Controls), false),
    ("stage", Hole::Word(Word::Stage), false),
    ("policy", Hole::Word(Word::Policy), false),
    ("gaps", Hole::Section(Section::Gaps), true),
    ("models", Hole::Section(Section::Models), true),
    ("unknown", Hole::Section(Section::Unknown), false),
    ("limits", Hole::Section(Section::Limits), true),
    ("digests", Hole::Section(Section::Digests), false),
];

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Word(Word),
}

/// Text with holes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line(Vec<Piece>);

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LetterPart {
    /// A heading.
    Heading(Line),
    /// A paragraph.
    Text(Line),
    /// What the program makes.
    Section(Section),
}

/// A template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterTemplate {
    /// Its title.
    pub title: Line,
    /// Its parts, in order.
    pub parts: Vec<LetterPart>,
    /// SHA-256 of its text, hex.
    pub digest: String,
}

impl Line {
    /// The text with its holes filled.
    pub fn filled(&self, value: impl Fn(Word) -> String) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Word(word) => value(*word),
        };
        self.0.iter().map(piece).collect()
    }
}

impl LetterTemplate {
    /// The largest template, bytes.
    pub const LIMIT_BYTES: u64 = 64 * 1024;

    /// The one inside the program.
    ///
    /// # Errors
    /// `E-CONFIG`, which a test excludes.
    pub fn bundled() -> Result<Self> {
        LetterTemplate::parse(BUNDLED)
    }

    /// Reads and checks a template.
    ///
    /// # Errors
    /// `E-CONFIG` with the line.
    pub fn parse(text: &str) -> Result<Self> {
        let mut title = None;
        let (mut parts, mut seen) = (Vec::new(), Vec::new());
        for (number, paragraph) in paragraphs(text)? {
            let filled = match (paragraph.strip_prefix("# "), paragraph.strip_prefix("## ")) {
                (Some(text), _) if title.is_none() && parts.is_empty() => {
                    let line = line(text, number, &mut seen)?;
                    title = Some(line);
                    continue;
                }
                (Some(_), _) => return Err(invalid(number, "a title stands only at the beginning")),
                (None, Some(heading)) => LetterPart::Heading(line(heading, number, &mut seen)?),
                (None, None) => match alone(&paragraph) {
                    Some(section) => {
                        seen.push(Hole::Section(section));
                        LetterPart::Section(section)
                    }
                    None => LetterPart::Text(line(&paragraph, number, &mut seen)?),
                },
            };
            parts.push(filled);
        }
        let title = title.ok_or_else(|| {
            invalid(1, "the letter has no title")
                .help("begin it with a line such as `# Request for evidence`")
        })?;
        let missing = HOLES.iter().filter(|(_, hole, is_must)| *is_must && !seen.contains(hole));
        let missing: Vec<String> = missing.map(|(name, ..)| format!("{OPEN}{name}{CLOSE}")).collect();
        match missing.is_empty() {
            true => Ok(LetterTemplate { title, parts, digest: sha256_hex(text.as_bytes()) }),
            false => Err(Error::new(Code::Config, "the letter misses what it must have")
                .at(missing.join(" "))
                .help("add it: a letter names whom it asks, for what, until when, and what it does not say")),
        }
    }
}

fn invalid(line: usize, what: impl Into<String>) -> Error {
    Error::new(Code::Config, what).at(format!("line {line} of the letter"))
}

/// The paragraphs, each in one line, with the numbers of their first lines; titles and headings are paragraphs. Comments
/// are left out.
fn paragraphs(text: &str) -> Result<Vec<(usize, String)>> {
    let mut all: Vec<(usize, String)> = Vec::new();
    let (mut is_new, mut comment) = (true, None);
    for (number, line) in (1..).zip(text.lines().map(str::trim)) {
        if comment.is_none() && line.starts_with("<!--") {
            comment = Some(number);
        }
        if comment.is_some() {
            comment = comment.filter(|_| !line.ends_with("-->"));
            is_new = true;
            continue;
        }
        let is_heading = line.starts_with('#');
        match all.last_mut() {
            _ if line.is_empty() => {}
            Some((_, paragraph)) if !is_new && !is_heading => {
                paragraph.push(' ');
                paragraph.push_str(line);
            }
            _ => all.push((number, line.to_owned())),
        }
        is_new = line.is_empty() || is_heading;
    }
    match comment {
        Some(number) => Err(invalid(number, "this comment does not end").help("end it with `-->`")),
        None => Ok(all),
    }
}

/// The section that is all of a paragraph.
fn alone(paragraph: &str) -> Option<Section> {
    let name = paragraph.strip_prefix(OPEN)?.strip_suffix(CLOSE)?.trim();
    match HOLES.iter().find(|(known, ..)| *known == name)? {
        (_, Hole::Section(section), _) => Some(*section),
        _ => None,
    }
}

/// The pieces of a line; the holes in it are added to `seen`.
fn line(text: &str, number: usize, seen: &mut Vec<Hole>) -> Result<Line> {
    let (mut pieces, mut rest) = (Vec::new(), text);
    while let Some((before, after)) = rest.split_once(OPEN) {
        let (name, behind) = after
            .split_once(CLOSE)
            .ok_or_else(|| invalid(number, "this hole does not end").help("end it with `}}`"))?;
        let name = name.trim();
        let word = match HOLES.iter().find(|(known, ..)| *known == name) {
            Some((_, Hole::Word(word), _)) => *word,
            Some((_, Hole::Section(_), _)) => {
                let what = format!("{OPEN}{name}{CLOSE} needs a line of its own");
                return Err(invalid(number, what).help("put an empty line before and after it"));
            }
            None => return Err(unknown(name, number)),
        };
        seen.push(Hole::Word(word));
        pieces.extend([Piece::Text(before.to_owned()), Piece::Word(word)]);
        rest = behind;
    }
    pieces.push(Piece::Text(rest.to_owned()));
    pieces.retain(|piece| *piece != Piece::Text(String::new()));
    Ok(Line(pieces))
}

fn unknown(name: &str, number: usize) -> Error {
    let names = HOLES.map(|(known, ..)| known);
    let error = invalid(number, format!("there is no {OPEN}{}{CLOSE}", screen(name)));
    match nearest(name, &names) {
        Some(near) => error.help(format!("did you mean {OPEN}{near}{CLOSE}?")),
        None => error.help(format!("there are {}", names.join(", "))),
    }
}
