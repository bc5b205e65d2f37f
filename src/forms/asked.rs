//! A blast radius and a path as pages.

use super::page::{Block, Cell, Page, Table, Tone};
use crate::inventory::ModelId;
use crate::lineage::{Chain, Link, Side};
use crate::report;
use crate::view::{Blast, EdgeSeen, View};
use crate::words::blast::because;

/// A blast radius.
pub fn blast(view: &View, blast: &Blast) -> Page {
    let mut page = Page::new(format!("Blast radius of {}", blast.blamed.written().raw()));
    page.blocks.push(Block::Note(report::asked::blast_head(blast).into()));
    let tone = |side: Side| match side {
        Side::Tainted => Tone::Bad,
        Side::Suspect => Tone::Unknown,
        Side::Clean => Tone::Good,
    };
    let rows = blast.rows.iter().map(|row| {
        vec![
            Cell::new(row.struck.side.word()).in_tone(tone(row.struck.side)),
            Cell::new(row.struck.id.raw()),
            row.model.map_or_else(Cell::default, |index| view.summary(index).effective_level().into()),
            row.struck.weakest.map_or("", Link::word).into(),
            because(&row.struck).into(),
            row.struck.via.as_ref().map(ModelId::raw).unwrap_or_default().into(),
            row.struck.distance.to_string().into(),
            row.used.to_string().into(),
            report::asked::runs(row).into(),
        ]
    });
    let columns =
        vec!["group", "model", "level", "weakest proof", "because", "via", "distance", "used by", "runs at"];
    page.blocks.push(Block::Table(Table { columns, rows: rows.collect() }));
    page
}

/// The chain between two models.
pub fn path(from: &ModelId, to: &ModelId, chain: Option<&Chain>, edges: &[EdgeSeen<'_>]) -> Page {
    let mut page = Page::new(format!("From {} to {}", from.raw(), to.raw()));
    page.blocks.push(Block::Note(report::asked::kin(from, to, chain).into()));
    let rows = edges.iter().map(|edge| {
        vec![
            Cell::new(edge.child.raw()),
            Cell::new(edge.parent.raw()),
            edge.edge.relation.word().into(),
            edge.link.word().into(),
            report::asked::evidence(edge).join("; ").into(),
        ]
    });
    let columns = vec!["child", "parent", "relation", "proof", "evidence"];
    page.blocks.push(Block::Table(Table { columns, rows: rows.collect() }));
    page
}
