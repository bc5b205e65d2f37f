//! The draft of a disclosure as a page, for people outside.

use super::markdown::markdown;
use super::page::{Block, Cell, Page, Table};
use crate::incident::{Disclosure, StatedAs, Statement};
use crate::signing::RootDigest;

/// So many models are listed.
const MANY: usize = 200;

/// The draft as Markdown.
pub fn disclosure_page(draft: &Disclosure) -> String {
    markdown(&page(draft))
}

fn page(draft: &Disclosure) -> Page {
    let mut page = Page::new(&draft.title);
    draft.notices.iter().for_each(|notice| page.note(notice));
    page.heading("What is affected");
    let digest = |digest: &Option<RootDigest>| {
        Cell::new(digest.map_or_else(|| "unknown".to_owned(), |digest| digest.to_string()))
    };
    let mut known = vec![
        ("subject", Cell::from(&draft.subject)),
        ("root digest that was signed or stated", digest(&draft.expected)),
        ("root digest of the bytes that were read", digest(&draft.observed)),
        ("last verification", Cell::new(draft.integrity.word())),
    ];
    known.extend(draft.kind.as_deref().map(|kind| ("type of incident", Cell::new(kind))));
    page.add(Block::Facts(known));
    let mut affected = Table { columns: vec!["model", "how far that is known"], rows: Vec::new() };
    affected.rows.extend(draft.affected.iter().take(MANY).map(|one| {
        let how = if one.proven {
            "the subject, or proven to derive from it"
        } else {
            "names the subject; not proven"
        };
        vec![Cell::new(one.model.raw()), Cell::from(how)]
    }));
    page.section("Models that derive from it, and itself", affected);
    if draft.affected_in_all > draft.affected.len().min(MANY) {
        page.note(format!("{} in all.", draft.affected_in_all));
    }
    page.heading("Since when");
    page.note(match draft.known_since {
        Some(since) => format!("Known since {since}. Made for {}.", draft.at),
        None => format!("Since when it is known is not recorded. Made for {}.", draft.at),
    });
    for basis in StatedAs::ALL {
        let of_basis = |statement: &&Statement| statement.basis == basis;
        let lines: Vec<Cell> =
            draft.statements.iter().filter(of_basis).map(|statement| Cell::from(&statement.text)).collect();
        page.heading(match basis {
            StatedAs::Proven => "What is proven",
            StatedAs::Declared => "What is declared, and not proven",
            StatedAs::Unknown => "What is unknown",
        });
        match lines.is_empty() {
            true => page.note("Nothing."),
            false => page.add(Block::Lines(lines)),
        }
    }
    page.heading("What to do");
    page.add(Block::Lines(draft.actions.iter().map(Cell::from).collect()));
    page.heading("Whom to ask");
    page.note(&draft.contact);
    page
}
