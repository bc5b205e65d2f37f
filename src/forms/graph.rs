//! A family as a graph for Graphviz and for Mermaid. Nodes have numbers for names, so that no name of others is read as
//! anything but a label.

use crate::inventory::{Basis, ModelId};
use crate::lineage::LaneRow;
use crate::view::View;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The models of a drawing and the edges between them, parent to child.
struct Family<'a> {
    nodes: Vec<(&'a ModelId, String, bool)>,
    edges: Vec<(usize, usize, String, Basis)>,
}

fn family<'a>(view: &View, rows: &'a [LaneRow], focus: &ModelId) -> Family<'a> {
    let mut places: BTreeMap<&ModelId, usize> = BTreeMap::new();
    let mut nodes = Vec::new();
    for row in rows.iter().filter(|row| !row.repeated && row.left_out.is_none()) {
        let state = match row.model {
            Some(index) => {
                let summary = view.summary(index);
                format!("{} {}, L{}", summary.glyph(), summary.word, summary.effective)
            }
            None => "? not in the inventory".to_owned(),
        };
        if !places.contains_key(&row.id) {
            places.insert(&row.id, nodes.len());
            nodes.push((&row.id, state, row.id == *focus));
        }
    }
    let mut edges = Vec::new();
    for (child, at) in &places {
        for (parent, edge) in view.graph.parents(child) {
            if let Some(from) = places.get(&parent.id) {
                let pinned = if edge.digest.is_some() { ", pinned" } else { "" };
                let label = format!("{}, {}{pinned}", edge.relation.word(), edge.basis.word());
                edges.push((*from, *at, label, edge.basis));
            }
        }
    }
    edges.sort_by_key(|(from, to, _, _)| (*from, *to));
    Family { nodes, edges }
}

/// For Graphviz.
pub fn dot(view: &View, rows: &[LaneRow], focus: &ModelId) -> String {
    let family = family(view, rows, focus);
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    let mut out = String::from("digraph lineage {\n  node [shape=box, fontname=\"sans-serif\"];\n");
    for (number, (id, state, is_focus)) in family.nodes.iter().enumerate() {
        let look = if *is_focus { ", style=bold" } else { "" };
        let _ = writeln!(
            out,
            "  n{number} [label=\"{}\\n{}\"{look}];",
            quoted(&id.screen()),
            quoted(&crate::text::screen(state))
        );
    }
    for (from, to, label, basis) in &family.edges {
        let style = match basis {
            Basis::Attested | Basis::Observed => "solid",
            Basis::Declared => "dotted",
            Basis::Contradicted => "dashed",
        };
        let _ = writeln!(out, "  n{from} -> n{to} [label=\"{}\", style={style}];", quoted(label));
    }
    out.push_str("}\n");
    out
}

/// For Mermaid.
pub fn mermaid(view: &View, rows: &[LaneRow], focus: &ModelId) -> String {
    let family = family(view, rows, focus);
    let mut out = String::from("flowchart TD\n");
    for (number, (id, state, is_focus)) in family.nodes.iter().enumerate() {
        let (open, close) = if *is_focus { ("[[\"", "\"]]") } else { ("[\"", "\"]") };
        let _ = writeln!(
            out,
            "  n{number}{open}{}<br/>{}{close}",
            encoded(&id.screen()),
            encoded(&crate::text::screen(state))
        );
    }
    for (from, to, label, basis) in &family.edges {
        let arrow = match basis {
            Basis::Attested | Basis::Observed => "-->",
            Basis::Declared | Basis::Contradicted => "-.->",
        };
        let _ = writeln!(out, "  n{from} {arrow}|\"{}\"| n{to}", encoded(label));
    }
    out
}

/// Mermaid reads `#NUMBER;` in a label as that character, and takes nothing else for more than text.
fn encoded(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " /-_.,:".contains(c);
    let mut out = String::new();
    for c in text.chars() {
        if is_plain(c) {
            out.push(c);
        } else {
            let _ = write!(out, "#{};", u32::from(c));
        }
    }
    out
}
