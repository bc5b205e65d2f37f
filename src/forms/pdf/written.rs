//! The sheets as a file.

use super::fonts::Face;
use super::fonts::{Fonts, Loaded};
use super::sheet::{Fill, HIGH, MARGIN, Meaning, Node, Sheets, Stroke, Text, WIDE};
use crate::forms::page::Tone;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use krilla::color::rgb;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill as Paint, FillRule};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, SpanTag, TableHeaderScope, Tag, TagGroup, TagKind,
    TagTree,
};
use krilla::text::KrillaGlyph;
use krilla::{Document, SerializeSettings};
use std::num::NonZeroU16;

/// Of the numbers of sheets.
const FOOT: f32 = 6.5;

/// The leaves of each node, in their order.
type Leaves = Vec<Vec<Identifier>>;

pub(super) fn written(sheets: Sheets, fonts: &Fonts, title: &str, at: Timestamp) -> Result<Vec<u8>, String> {
    let configuration = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish();
    let configuration = configuration.map_err(|cause| format!("{cause:?}"))?;
    let settings = SerializeSettings { configuration, enable_tagging: true, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    let size = || PageSettings::from_wh(WIDE, HIGH).ok_or_else(|| "a sheet has no size".to_owned());
    let mut leaves: Leaves = vec![Vec::new(); sheets.nodes.len()];
    let many = sheets.sheets.len();
    for (number, strokes) in (1..).zip(&sheets.sheets) {
        let mut page = document.start_page_with(size()?);
        let mut surface = page.surface();
        for stroke in strokes {
            drawn(stroke, fonts, &mut surface, &mut leaves);
        }
        foot(number, many, title, fonts, &mut surface);
        surface.finish();
        page.finish();
    }
    let mut tree = TagTree::new().with_lang(Some("en".to_owned()));
    for root in &sheets.roots {
        if let Some(group) = group(*root, &sheets, &mut leaves) {
            tree.push(group);
        }
    }
    document.set_tag_tree(tree);
    let mut outline = Outline::new();
    for mark in &sheets.marks {
        let to = XyzDestination::new(mark.sheet, Point::from_xy(0.0, mark.y));
        outline.push_child(OutlineNode::new(mark.title.clone(), to));
    }
    document.set_outline(outline);
    document.set_metadata(metadata(title, at));
    document.finish().map_err(|cause| format!("{cause:?}"))
}

fn metadata(title: &str, at: Timestamp) -> Metadata {
    let at = at.to_zoned(TimeZone::UTC);
    let part = |part: i8| u8::try_from(part).unwrap_or_default();
    let date = DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(part(at.month()))
        .day(part(at.day()))
        .hour(part(at.hour()))
        .minute(part(at.minute()))
        .second(part(at.second()))
        .utc_offset_hour(0);
    Metadata::new()
        .title(title.to_owned())
        .language("en".to_owned())
        .creator(format!("touchmark {}", env!("CARGO_PKG_VERSION")))
        .creation_date(date)
}

/// A node as a group, with what stands below it.
fn group(node: Node, sheets: &Sheets, leaves: &mut Leaves) -> Option<TagGroup> {
    let meant = sheets.nodes.get(node)?;
    let kind: TagKind = match &meant.meaning {
        Meaning::Heading { level, title } => {
            Tag::Hn(NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN), Some(title.clone())).into()
        }
        Meaning::Paragraph => Tag::P.into(),
        Meaning::Table => Tag::Table.into(),
        Meaning::Head => Tag::THead.into(),
        Meaning::Body => Tag::TBody.into(),
        Meaning::Row => Tag::TR.into(),
        Meaning::Name { is_row: true } => Tag::TH(TableHeaderScope::Row).into(),
        Meaning::Name { is_row: false } => Tag::TH(TableHeaderScope::Column).into(),
        Meaning::Cell => Tag::TD.into(),
        Meaning::Picture(words) => Tag::Figure(Some(words.clone())).into(),
    };
    let mut group = TagGroup::new(kind);
    for leaf in leaves.get_mut(node).map(std::mem::take).unwrap_or_default() {
        group.push(leaf);
    }
    for child in &meant.children {
        if let Some(below) = self::group(*child, sheets, leaves) {
            group.push(below);
        }
    }
    Some(group)
}

fn drawn(stroke: &Stroke, fonts: &Fonts, surface: &mut Surface<'_>, leaves: &mut Leaves) {
    match stroke {
        Stroke::Fill(fill) => {
            surface.start_tagged(decoration(ArtifactType::Layout));
            filled(fill, surface);
            surface.end_tagged();
        }
        Stroke::Text(text) => {
            let tag = match text.node {
                Some(_) => ContentTag::Span(SpanTag::empty()),
                None => decoration(ArtifactType::PaginationOther),
            };
            let leaf = surface.start_tagged(tag);
            line(text, fonts.of(text.face), surface);
            surface.end_tagged();
            if let Some(of) = text.node.and_then(|node| leaves.get_mut(node)) {
                of.push(leaf);
            }
        }
        Stroke::Empty(node) => {
            let leaf = surface.start_tagged(ContentTag::Other);
            surface.end_tagged();
            if let Some(of) = leaves.get_mut(*node) {
                of.push(leaf);
            }
        }
    }
}

fn decoration(kind: ArtifactType) -> ContentTag<'static> {
    ContentTag::Artifact(Artifact::with_kind(kind))
}

/// The title and the number of a sheet.
fn foot(number: usize, many: usize, title: &str, fonts: &Fonts, surface: &mut Surface<'_>) {
    let font = fonts.of(Face::Sans);
    let number = format!("{number} of {many}");
    let y = HIGH - MARGIN + 4.0;
    let at =
        |x: f32, text: String| Text { x, y, text, face: Face::Sans, size: FOOT, tone: Tone::Dim, node: None };
    let wide = font.wide(&number, FOOT);
    let room = WIDE - 2.0 * MARGIN - wide - 20.0;
    let mut shown = String::new();
    for c in font.shown(title).chars() {
        if font.wide(&shown, FOOT) > room {
            break;
        }
        shown.push(c);
    }
    surface.start_tagged(decoration(ArtifactType::PageNumber));
    line(&at(MARGIN, shown), font, surface);
    line(&at(WIDE - MARGIN - wide, number), font, surface);
    surface.end_tagged();
}

fn line(text: &Text, font: &Loaded, surface: &mut Surface<'_>) {
    let glyphs: Vec<KrillaGlyph> = text
        .text
        .char_indices()
        .filter_map(|(at, c)| {
            let sign = font.sign(c)?;
            Some(KrillaGlyph::new(sign.glyph, sign.wide, 0.0, 0.0, 0.0, at..at + c.len_utf8(), None))
        })
        .collect();
    if glyphs.is_empty() {
        return;
    }
    surface.set_fill(Some(paint(ink(text.tone))));
    let start = Point::from_xy(text.x, text.y);
    surface.draw_glyphs(start, &glyphs, font.font.clone(), &text.text, text.size, false);
}

fn filled(fill: &Fill, surface: &mut Surface<'_>) {
    let rect = Rect::from_xywh(fill.x, fill.y, fill.wide, fill.high);
    let path = rect.and_then(|rect| {
        let mut path = PathBuilder::new();
        path.push_rect(rect);
        path.finish()
    });
    if let Some(path) = path {
        let color = if fill.is_faint { (0xcf, 0xd6, 0xde) } else { bar(fill.tone) };
        surface.set_fill(Some(paint(color)));
        surface.draw_path(&path);
    }
}

fn paint((red, green, blue): (u8, u8, u8)) -> Paint {
    Paint {
        paint: rgb::Color::new(red, green, blue).into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::default(),
    }
}

/// The colours of letters; each is dark enough on white.
fn ink(tone: Tone) -> (u8, u8, u8) {
    match tone {
        Tone::Plain => (0x1b, 0x27, 0x33),
        Tone::Good => (0x1a, 0x6b, 0x2c),
        Tone::Warn => (0x7a, 0x52, 0x00),
        Tone::Bad => (0xa8, 0x22, 0x1a),
        Tone::Unknown => (0x5b, 0x3a, 0x96),
        Tone::Dim => (0x57, 0x63, 0x6f),
    }
}

/// The colours of bars.
fn bar(tone: Tone) -> (u8, u8, u8) {
    match tone {
        Tone::Plain => (0x2f, 0x5d, 0x8a),
        tone => ink(tone),
    }
}
