//! The fonts inside the program: which signs they have, and how wide those are. A sign that they lack is written as its
//! number.

use krilla::text::{Font, GlyphId};
use skrifa::instance::{LocationRef, Size};
use skrifa::raw::TableProvider;
use skrifa::{FontRef, MetadataProvider};
use std::collections::HashMap;

/// Parts of DejaVu; `fonts/README.md` says which.
const SANS: &[u8] = include_bytes!("../../../fonts/DejaVuSans.ttf");
const BOLD: &[u8] = include_bytes!("../../../fonts/DejaVuSans-Bold.ttf");
const MONO: &[u8] = include_bytes!("../../../fonts/DejaVuSansMono.ttf");

/// A font of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    /// For text.
    Sans,
    /// For headings, and heads of tables.
    Bold,
    /// For digests and drawings.
    Mono,
}

/// A sign, and its width in parts of the size.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sign {
    pub glyph: GlyphId,
    pub wide: f32,
}

/// A font with its signs.
pub(super) struct Loaded {
    pub font: Font,
    signs: HashMap<char, Sign>,
}

/// All fonts.
pub(super) struct Fonts {
    sans: Loaded,
    bold: Loaded,
    mono: Loaded,
}

impl Loaded {
    fn of(bytes: &'static [u8]) -> Option<Self> {
        let read = FontRef::new(bytes).ok()?;
        let font = Font::new(bytes.into(), 0)?;
        let em = f32::from(read.head().ok()?.units_per_em());
        let metrics = read.glyph_metrics(Size::unscaled(), LocationRef::default());
        let sign = |(code, glyph): (u32, skrifa::GlyphId)| {
            let wide = metrics.advance_width(glyph)? / em;
            Some((char::from_u32(code)?, Sign { glyph: GlyphId::new(glyph.to_u32()), wide }))
        };
        let signs = read.charmap().mappings().filter_map(sign).collect();
        Some(Loaded { font, signs })
    }

    /// The sign of a character.
    pub fn sign(&self, c: char) -> Option<Sign> {
        self.signs.get(&c).copied()
    }

    /// The text with the signs that the font has: any other is written as its number.
    pub fn shown(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            match self.signs.contains_key(&c) {
                true => out.push(c),
                false => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            }
        }
        out
    }

    /// How wide a text is that the font can show.
    pub fn wide(&self, text: &str, size: f32) -> f32 {
        text.chars().filter_map(|c| self.sign(c)).map(|sign| sign.wide * size).sum()
    }
}

impl Fonts {
    /// Those inside the program.
    pub fn bundled() -> Option<Self> {
        Some(Fonts { sans: Loaded::of(SANS)?, bold: Loaded::of(BOLD)?, mono: Loaded::of(MONO)? })
    }

    pub fn of(&self, face: Face) -> &Loaded {
        match face {
            Face::Sans => &self.sans,
            Face::Bold => &self.bold,
            Face::Mono => &self.mono,
        }
    }
}
