//! The list of what may stand at the cursor, while it is open. It opens only when it is asked for, narrows while text is
//! typed, and writes nothing by itself.

use super::offers::{Offer, offers};
use super::place::place;
use super::text::Text;
use crate::view::View;
use std::ops::Range;

/// The open list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completing {
    /// What is offered, never nothing.
    pub offers: Vec<Offer>,
    /// The place of the chosen one.
    pub chosen: usize,
    /// What it would replace.
    pub part: Range<usize>,
    /// The text's revision and its cursor: the list is of no other.
    of: (u64, usize),
}

impl Completing {
    /// What may stand at the cursor; none where nothing is known that does.
    pub fn at_cursor(view: &View, text: &Text) -> Option<Self> {
        let place = place(text.whole(), text.cursor())?;
        let offers = offers(view, text.whole(), &place);
        // What is written in full already is no offer.
        let is_done = |offer: &Offer| text.whole().get(place.part.clone()) == Some(&offer.text);
        let is_any = offers.iter().any(|offer| !is_done(offer));
        is_any.then_some(Completing {
            offers,
            chosen: 0,
            part: place.part,
            of: (text.revision(), text.cursor()),
        })
    }

    /// Whether the text and its cursor are still those that it was made for.
    pub fn is_of(&self, text: &Text) -> bool {
        self.of == (text.revision(), text.cursor())
    }

    /// Chooses another one, round and round.
    pub fn choose(&mut self, by: isize) {
        let many = isize::try_from(self.offers.len()).unwrap_or(isize::MAX).max(1);
        let at = isize::try_from(self.chosen).unwrap_or(0);
        self.chosen = usize::try_from((at + by).rem_euclid(many)).unwrap_or(0);
    }

    /// Writes the chosen one; false when the text would be too large.
    pub fn take(self, text: &mut Text) -> bool {
        let chosen = self.offers.into_iter().nth(self.chosen);
        chosen.is_none_or(|offer| text.replace(self.part, &offer.text))
    }
}
