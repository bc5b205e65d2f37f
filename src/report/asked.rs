//! Lineage queries as text: why a level is capped, how two models are related, the blast radius.

use super::text::{Row, table};
use crate::decision::CapStep;
use crate::inventory::ModelId;
use crate::lineage::{Chain, Kin, Link, Side};
use crate::text::{Untrusted, count};
use crate::view::{Blast, BlastRow, EdgeSeen, View};
use crate::words::blast::{because, glyph, proof};
use crate::words::caps;
use crate::words::chain::{cause, sentence};
use crate::words::usage::runs_at;
use crate::words::why::lift;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Sources of one edge that are listed; the others are only counted.
const SOURCES: usize = 8;

/// The chain that caps a model, and how to raise it.
pub fn cap_chain(view: &View, id: &ModelId, chain: &[CapStep]) -> String {
    let Some(sentence) = sentence(chain) else {
        let on_cycle = view.graph.node(id).is_some_and(|node| node.on_cycle);
        return match on_cycle {
            true => {
                format!("✗ {} derives from itself through others; that caps its level at 0.\n", id.screen())
            }
            false => format!("✓ {} is capped by no ancestor.\n", id.screen()),
        };
    };
    let mut out = format!("! {}\n\n", sentence.screen());
    let mut rows: Vec<Row> = vec![["", "model", "level", "edge", "why"].map(str::to_owned).to_vec()];
    for (at, step) in chain.iter().enumerate() {
        let line = step.link.map(Link::line).unwrap_or_default();
        let level = match view.model(&step.id) {
            Some((index, _)) => view.summary(index).level(),
            None => "–".to_owned(),
        };
        let relation = step.relation.map(|relation| relation.word()).unwrap_or_default();
        let edge = step.link.map(|link| format!("{relation}, {}", link.word())).unwrap_or_default();
        rows.push(vec![
            if at == 0 { "●".to_owned() } else { format!("{line}▸ ") },
            step.id.screen(),
            level,
            edge,
            step.why.map(caps::words).unwrap_or_default().to_owned(),
        ]);
    }
    out.push_str(&table(&rows));
    if let Some((id, why)) = cause(chain) {
        let step = lift(id, why);
        let how = step.deed.map(|deed| format!(": {}", crate::words::why::command(deed, id)));
        let _ = writeln!(out, "\nTo raise it: {}{}", step.what.screen(), how.unwrap_or_default());
    }
    out
}

/// How two models are related, as a sentence.
pub fn kin(from: &ModelId, to: &ModelId, chain: Option<&Chain>) -> String {
    let (from, to) = (from.screen(), to.screen());
    let Some(chain) = chain else {
        return format!("· no chain of derivation between {from} and {to} is known");
    };
    let steps = count(chain.models.len().saturating_sub(1), "step");
    match chain.kin {
        Kin::Same => format!("{from} and {to} are the same"),
        Kin::Descends => format!("{from} derives from {to}, in {steps}"),
        Kin::Begets => format!("{to} derives from {from}, in {steps}"),
        Kin::Shares => format!("{from} and {to} both derive from {}, {steps} apart", chain.top.screen()),
    }
}

/// The chain between two models, each edge with its proof.
pub fn path(
    view: &View,
    from: &ModelId,
    to: &ModelId,
    chain: Option<&Chain>,
    edges: &[EdgeSeen<'_>],
) -> String {
    let mut out = kin(from, to, chain) + "\n";
    for (at, id) in chain.map(|chain| chain.models.as_slice()).unwrap_or_default().iter().enumerate() {
        let state = match view.model(id) {
            Some((index, _)) => {
                let summary = view.summary(index);
                format!("{} {}  L{}", summary.glyph(), summary.word, summary.effective)
            }
            None => "? not in the inventory".to_owned(),
        };
        let _ = writeln!(out, "● {}  {state}", id.screen());
        let Some(edge) = edges.get(at) else { continue };
        let way = if edge.child == *id { "from" } else { "into" };
        let _ =
            writeln!(out, "{}  {way}: {}, {}", edge.link.line(), edge.edge.relation.word(), edge.link.word());
        evidence(edge).into_iter().for_each(|line| {
            let _ = writeln!(out, "    {line}");
        });
    }
    if let Some(weakest) = edges.iter().map(|edge| edge.link).min() {
        let _ = writeln!(out, "weakest proof on the way: {}", weakest.word());
    }
    out
}

/// The proofs of an edge and the documents that declare it, one safe line each.
pub fn evidence(edge: &EdgeSeen<'_>) -> Vec<String> {
    let mut out: Vec<String> = edge.proofs.iter().map(|found| proof(found)).collect();
    let said = edge.said.iter().take(SOURCES).map(|said| {
        let pin = said.digest.map(|digest| format!(", pinned to {digest}")).unwrap_or_default();
        format!("declared in {} at {}{pin}", said.source.screen(), said.place.screen())
    });
    out.extend(said);
    if edge.said.len() > SOURCES {
        out.push(format!("and in {}", count(edge.said.len() - SOURCES, "more source")));
    }
    out
}

/// The best source of an edge: a claim that proves it, or else a document that declares it.
pub fn best_evidence(edge: &EdgeSeen<'_>) -> Option<String> {
    let best = edge.proofs.iter().max_by_key(|found| (found.in_role, found.signed_at));
    best.map(|found| proof(found)).or_else(|| {
        let said = edge.said.iter().min_by_key(|said| (said.basis, said.digest.is_none()))?;
        Some(format!("declared in {}", said.source.screen()))
    })
}

/// The summary of a blast radius, in a line.
pub fn blast_head(blast: &Blast) -> String {
    let since = blast.since.map(|at| format!(" since {at}")).unwrap_or_default();
    let exposed = match blast.exposed() {
        0 => String::new(),
        many => format!(" · {} not proven clean", count(many, "deployment")),
    };
    format!(
        "{} tainted · {} suspect · {} proven clean{since}{exposed}",
        blast.many(Side::Tainted),
        blast.many(Side::Suspect),
        blast.many(Side::Clean),
    )
}

/// Where it runs, with the owner there and how much evidence is declared to be logged.
pub fn runs(row: &BlastRow) -> String {
    row.deployments.iter().map(runs_at).collect::<Vec<_>>().join("; ")
}

/// A blast radius: the three groups.
pub fn blast(view: &View, blast: &Blast) -> String {
    let mut out = format!("{} {}\n", blast.blamed.kind(), blast.blamed.written().screen());
    if blast.rows.is_empty() {
        out.push_str("· not found in this workspace\n");
        return out;
    }
    let _ = writeln!(out, "{}", blast_head(blast));
    for side in Side::SHOWN {
        let many = blast.many(side);
        if many == 0 {
            continue;
        }
        let _ = writeln!(out, "\n{} {} ({many})", glyph(side), side.word());
        let head = ["  model", "level", "weakest proof", "because", "runs at"].map(str::to_owned).to_vec();
        let mut rows: Vec<Row> = vec![head];
        for row in blast.of(side) {
            rows.push(vec![
                format!("  {}", row.struck.id.screen()),
                row.model.map_or_else(|| "–".to_owned(), |index| view.summary(index).effective_level()),
                row.struck.weakest.map_or("–", Link::word).to_owned(),
                because(&row.struck),
                if row.deployments.is_empty() { "–".to_owned() } else { runs(row) },
            ]);
        }
        out.push_str(&table(&rows));
    }
    let exposed = blast.rows.iter().filter(|row| row.struck.side != Side::Clean);
    let owners: BTreeSet<String> = exposed
        .flat_map(|row| &row.deployments)
        .filter_map(|deployed| deployed.owner.as_ref())
        .map(Untrusted::screen)
        .collect();
    if !owners.is_empty() {
        let owners: Vec<String> = owners.into_iter().collect();
        let _ = writeln!(out, "\nowners of the deployments: {}", owners.join(", "));
    }
    out
}
