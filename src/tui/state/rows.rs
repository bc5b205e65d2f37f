//! The inventory's rows: order, groups, columns, saved views, filter and marks over indices into the view. No drawing
//! here, and no text is built but for the rows that are shown.

use crate::inventory::ModelId;
use crate::query::Sort;
use crate::query::{Facts, Query, Takes, Term, parse};
use crate::query::{Licences, Prepared};
use crate::text::Untrusted;
use crate::tui::state::arrangement::Arrangement;
use crate::tui::state::columns::{ColumnId, ColumnSet};
use crate::tui::state::filter::Finder;
use crate::tui::state::groups::{Group, Groups, Row};
use crate::tui::state::saved::{KeptView, MOST_KEPT, MOST_NAME_CHARS, Saved, Tab};
use crate::view::View;
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

/// The rows.
#[derive(Default)]
pub struct Rows {
    made: Prepared,
    order: Arc<Vec<u32>>,
    shown: Vec<u32>,
    /// Position of the cursor among the rows: models, and the heads of groups where there are any.
    pub cursor: usize,
    /// The filter as typed.
    pub filter: String,
    /// Whether it is being typed: its last name is then only begun.
    is_begun: bool,
    saved: Saved,
    kept: Vec<KeptView>,
    counts: [usize; Saved::ALL.len()],
    finder: Finder,
    /// Where to put the cursor once all is found.
    wanted: Option<Spot>,
    sort: Sort,
    /// Columns that somebody asked for, and those that somebody hid.
    with: ColumnSet,
    without: ColumnSet,
    /// None while the models are listed one by one.
    groups: Option<Groups>,
    /// The publishers whose groups are folded.
    folded: BTreeSet<Untrusted>,
    marked: HashSet<ModelId>,
}

/// Where the cursor stands, whatever the rows around it.
#[derive(Debug, Clone)]
pub enum Spot {
    /// On a model.
    Model(ModelId),
    /// On the head of a publisher's group.
    Group(Untrusted),
}

impl Rows {
    /// Takes a new view. The cursor stays where it is.
    pub fn load(&mut self, mut prepared: Prepared, view: &View, spot: Option<&Spot>) {
        prepared.index.inherit(&self.made.index);
        let licences = std::mem::take(&mut self.made.licences);
        self.made = prepared;
        if licences.are_of(view) {
            self.made.licences = licences;
        }
        // Before anything is judged, no model is held up.
        let counts = |saved: Saved| saved != Saved::NeedsReview || view.is_judged();
        let all = &self.made.counts;
        self.counts = Saved::ALL.map(|saved| if counts(saved) { saved.count(all) } else { 0 });
        self.marked.retain(|id| view.model(id).is_some());
        self.sort_rows();
        self.refilter();
        if let Some(spot) = spot {
            self.keep(view, spot);
        }
    }

    /// Where the cursor stands.
    pub fn spot(&self, view: &View) -> Option<Spot> {
        match self.row(self.cursor)? {
            Row::Model(index) => Some(Spot::Model(view.models.get(index)?.id.clone())),
            Row::Group(place) => {
                let publisher = self.group(place)?.publisher;
                self.made.publisher(publisher).cloned().map(Spot::Group)
            }
        }
    }

    /// Puts the cursor back where it stood, if that is still shown; where the group of its model is folded, on the head.
    pub fn keep(&mut self, view: &View, spot: &Spot) {
        let row = match spot {
            Spot::Model(id) => self.position_of(view, id).and_then(|position| self.row_of(position)),
            Spot::Group(name) => {
                let publisher = self.made.publishers.iter().position(|known| known == name);
                let publisher = publisher.and_then(|number| u32::try_from(number).ok());
                publisher.and_then(|number| self.groups.as_ref()?.head_of(number))
            }
        };
        self.wanted = self.is_finding().then(|| spot.clone());
        self.cursor = row.unwrap_or(self.cursor);
    }

    /// Puts the cursor on a model if it is shown, or once it is found; its group unfolds.
    pub fn seek(&mut self, view: &View, id: &ModelId) {
        let Some(position) = self.position_of(view, id) else {
            self.wanted = self.is_finding().then(|| Spot::Model(id.clone()));
            return;
        };
        let group = self.groups.as_ref().and_then(|groups| {
            let row = groups.row_of(position)?;
            groups.at(row)
        });
        if let Some((place, None)) = group {
            self.fold(place, false);
        }
        self.cursor = self.row_of(position).unwrap_or(self.cursor);
    }

    /// Where a model stands among those shown.
    fn position_of(&self, view: &View, id: &ModelId) -> Option<usize> {
        let index = u32::try_from(view.model(id)?.0).ok()?;
        self.shown.iter().position(|row| *row == index)
    }

    fn row_of(&self, position: usize) -> Option<usize> {
        match &self.groups {
            Some(groups) => groups.row_of(position),
            None => Some(position),
        }
    }

    fn sort_rows(&mut self) {
        self.order = self.sort.order(&self.made);
    }

    fn refilter(&mut self) {
        self.find(false);
    }

    /// Searches for what is asked; a longer query may search only what the shorter one left.
    fn find(&mut self, may_narrow: bool) {
        self.wanted = None;
        self.finder.start(&self.made.index, self.query(), &self.order, may_narrow);
        if !self.awaits_facts() {
            self.go_on();
        }
    }

    /// The query in force: that of the view and the filter.
    pub fn query(&self) -> Query {
        let begun = self.is_begun.then(|| begun(&self.filter)).flatten();
        self.view_query().and(&parse(begun.as_deref().unwrap_or(&self.filter)).query)
    }

    fn view_query(&self) -> Query {
        match self.saved() {
            Saved::Kept(at) => self.kept.get(at).map(|kept| parse(&kept.filter).query).unwrap_or_default(),
            saved => saved.query(),
        }
    }

    /// Whether a search goes on.
    pub fn is_finding(&self) -> bool {
        !self.finder.is_done() && !self.awaits_facts()
    }

    /// Whether the query asks what has yet to be read.
    pub fn awaits_facts(&self) -> bool {
        self.finder.query().needs_facts() && self.made.index.facts().is_none()
    }

    /// Whether there is something to read that queries may ask.
    pub fn lacks_facts(&self) -> bool {
        self.made.index.view().is_some() && self.made.index.facts().is_none()
    }

    /// Takes what was read of the facts of these models, if these are still the ones.
    pub fn take_facts(&mut self, view: &View, facts: Arc<Facts>) {
        let is_same = self.made.index.view().is_some_and(|known| {
            Arc::ptr_eq(&known.models, &view.models)
                && Arc::ptr_eq(&known.graph, &view.graph)
                && Arc::ptr_eq(&known.findings, &view.findings)
        });
        if is_same && self.lacks_facts() {
            let awaited = self.awaits_facts();
            self.made.index.take_facts(facts);
            if awaited {
                let wanted = self.wanted.take();
                self.refilter();
                self.wanted = wanted;
            }
        }
    }

    /// Searches one more slice; gives where the cursor has to be put, once all is found.
    pub fn go_on(&mut self) -> Option<Spot> {
        if let Some(found) = self.finder.go_on() {
            // At the top it stays with the best match; elsewhere with its model.
            let under = self.current().filter(|_| self.cursor > 0 && self.finder.has_begun());
            self.shown = found;
            self.regroup();
            let there = under.and_then(|under| self.shown.iter().position(|row| *row as usize == under));
            if let Some(row) = there.and_then(|position| self.row_of(position)) {
                self.cursor = row;
            }
        }
        self.wanted.take_if(|_| self.finder.is_done())
    }

    /// How the search stands.
    pub fn finder(&self) -> &Finder {
        &self.finder
    }

    /// The rows follow from the models shown: whatever changes those ends here.
    fn regroup(&mut self) {
        if self.groups.is_some() {
            let (publishers, folded) = (&self.made.publishers, &self.folded);
            let is_folded = |number: u32| {
                !folded.is_empty()
                    && publishers.get(number as usize).is_some_and(|name| folded.contains(name))
            };
            self.groups = Some(Groups::of(&mut self.shown, &self.made.keys, publishers.len(), is_folded));
        }
        self.cursor = self.cursor.min(self.rows().saturating_sub(1));
    }

    /// How many rows there are: models, and the heads of groups where there are any.
    pub fn rows(&self) -> usize {
        self.groups.as_ref().map_or(self.shown.len(), Groups::rows)
    }

    /// What a row is.
    pub fn row(&self, at: usize) -> Option<Row> {
        let Some(groups) = &self.groups else {
            return self.shown.get(at).map(|index| Row::Model(*index as usize));
        };
        match groups.at(at)? {
            (place, None) => Some(Row::Group(place)),
            (_, Some(position)) => self.shown.get(position).map(|index| Row::Model(*index as usize)),
        }
    }

    /// The group at a place.
    pub fn group(&self, place: usize) -> Option<&Group> {
        self.groups.as_ref()?.all().get(place)
    }

    /// The group whose head the cursor is on: its place.
    pub fn current_group(&self) -> Option<usize> {
        self.group_here().filter(|(_, is_head)| *is_head).map(|(place, _)| place)
    }

    /// Where the model under the cursor stands among those shown, from 1 on; on the head of a group its first model.
    pub fn place(&self) -> usize {
        let position = match &self.groups {
            None => Some(self.cursor),
            Some(groups) => groups
                .at(self.cursor)
                .map(|(place, model)| model.unwrap_or_else(|| groups.range(place).start)),
        };
        position.map_or(0, |position| (position + 1).min(self.shown.len()))
    }

    /// The first model of the group at a place.
    pub fn first_of(&self, place: usize) -> Option<usize> {
        let first = self.groups.as_ref()?.range(place).start;
        self.shown.get(first).map(|index| *index as usize)
    }

    /// Whether the models stand in groups.
    pub fn is_grouped(&self) -> bool {
        self.groups.is_some()
    }

    /// How many groups are shown.
    pub fn group_count(&self) -> usize {
        self.groups.as_ref().map_or(0, |groups| groups.all().len())
    }

    /// Puts the models in groups of one publisher each, or one by one again.
    pub fn set_grouped(&mut self, is_grouped: bool) {
        self.groups = is_grouped.then(Groups::default);
        self.refilter();
    }

    /// Folds or unfolds the group at a place; the cursor goes to its head.
    pub fn fold(&mut self, place: usize, is_folded: bool) {
        let name = self.group(place).and_then(|group| self.made.publisher(group.publisher)).cloned();
        let (Some(groups), Some(name)) = (&mut self.groups, name) else { return };
        if is_folded {
            self.folded.insert(name);
        } else {
            self.folded.remove(&name);
        }
        groups.fold(place, is_folded);
        self.cursor = groups.head(place).unwrap_or(self.cursor);
    }

    /// The group that the cursor is in: its place, and whether the cursor is on its head.
    pub fn group_here(&self) -> Option<(usize, bool)> {
        let (place, model) = self.groups.as_ref()?.at(self.cursor)?;
        Some((place, model.is_none()))
    }

    /// How the table is arranged.
    pub fn arrangement(&self) -> Arrangement {
        Arrangement {
            sort: (self.sort.by != ColumnId::Status).then_some(self.sort.by),
            reversed: self.sort.is_reversed,
            shown: self.with.iter().collect(),
            hidden: self.without.iter().collect(),
            grouped: self.is_grouped(),
            folded: self.folded.iter().map(|name| name.raw().to_owned()).collect(),
        }
    }

    /// Arranges the table so.
    pub fn arrange(&mut self, so: &Arrangement) {
        self.sort = Sort { by: so.sort.unwrap_or(ColumnId::Status), is_reversed: so.reversed };
        self.with = so.shown.iter().copied().collect();
        self.without = so.hidden.iter().copied().collect();
        self.folded = so.folded.iter().map(Untrusted::new).collect();
        self.groups = so.grouped.then(Groups::default);
        self.sort_rows();
        self.refilter();
    }

    /// Shows a column, or hides it, whatever the width does by itself.
    pub fn set_column(&mut self, id: ColumnId, is_shown: bool) {
        self.with = self.with.with(id, is_shown);
        self.without = self.without.with(id, !is_shown);
    }

    /// Leaves the columns to the width again.
    pub fn reset_columns(&mut self) {
        (self.with, self.without) = (ColumnSet::default(), ColumnSet::default());
    }

    /// The columns that somebody asked for, and those that somebody hid.
    pub fn columns(&self) -> (ColumnSet, ColumnSet) {
        (self.with, self.without)
    }

    /// What they were made from.
    pub fn made(&self) -> &Prepared {
        &self.made
    }

    /// Changes the filter; a longer query searches only what the shorter one left.
    pub fn set_filter(&mut self, filter: String) {
        self.filter = filter;
        self.cursor = 0;
        self.find(true);
    }

    /// Changes the filter while it is typed: the name at its end may go on.
    pub fn type_filter(&mut self, filter: String) {
        self.is_begun = true;
        self.set_filter(filter);
    }

    /// The filter is typed. A name that is only the beginning of some is kept as that.
    pub fn end_typing(&mut self) {
        if !std::mem::take(&mut self.is_begun) {
            return;
        }
        let had_rows = !self.shown.is_empty();
        self.refilter();
        if had_rows
            && self.shown.is_empty()
            && !self.is_finding()
            && let Some(begun) = begun(&self.filter)
        {
            self.set_filter(begun);
        }
    }

    /// The next saved view; a kept one brings its order.
    pub fn next_saved(&mut self) {
        let all = self.all_saved();
        let at = all.iter().position(|saved| *saved == self.saved()).unwrap_or(0);
        let next = all.get((at + 1) % all.len()).copied();
        self.show_saved(next.unwrap_or_default());
    }

    /// The saved view of a tab, by its place.
    pub fn show_tab(&mut self, place: usize) {
        if let Some(saved) = self.all_saved().get(place) {
            self.show_saved(*saved);
        }
    }

    /// The saved views in the order of their tabs.
    fn all_saved(&self) -> Vec<Saved> {
        Saved::ALL.into_iter().chain((0..self.kept.len()).map(Saved::Kept)).collect()
    }

    /// Goes to a saved view; a kept one brings its order.
    pub fn show_saved(&mut self, saved: Saved) {
        self.saved = saved;
        self.cursor = 0;
        if let Saved::Kept(at) = saved
            && let Some(kept) = self.kept.get(at)
        {
            self.sort = Sort { by: kept.sort.unwrap_or(ColumnId::Status), is_reversed: kept.reversed };
            self.sort_rows();
        }
        self.refilter();
    }

    /// Keeps what is shown as a view of that name and goes to it; one that had the name is replaced. Says why not.
    ///
    /// # Errors
    /// The name is too long, or there are too many views.
    pub fn keep_view(&mut self, name: &str) -> Result<(), String> {
        let name = name.trim();
        let known = self.kept.iter().position(|kept| kept.name == name);
        if name.chars().count() > MOST_NAME_CHARS {
            return Err(format!("a name has at most {MOST_NAME_CHARS} characters"));
        }
        if Saved::ALL.iter().any(|saved| saved.word() == name) {
            return Err(format!("`{name}` is a built-in view"));
        }
        if known.is_none() && self.kept.len() >= MOST_KEPT {
            return Err(format!(
                "at most {MOST_KEPT} views are kept: Ctrl-s with an empty name drops the open one"
            ));
        }
        let kept = KeptView {
            name: name.to_owned(),
            filter: self.query().to_string(),
            sort: (self.sort.by != ColumnId::Status).then_some(self.sort.by),
            reversed: self.sort.is_reversed,
        };
        let at = known.unwrap_or(self.kept.len());
        match self.kept.get_mut(at) {
            Some(slot) => *slot = kept,
            None => self.kept.push(kept),
        }
        self.filter.clear();
        self.show_saved(Saved::Kept(at));
        Ok(())
    }

    /// Drops the kept view in force and shows all; gives its name.
    pub fn drop_kept(&mut self) -> Option<String> {
        let Saved::Kept(at) = self.saved() else { return None };
        let dropped = self.kept.remove(at);
        self.show_saved(Saved::All);
        Some(dropped.name)
    }

    /// The kept views, to be stored.
    pub fn kept_views(&self) -> &[KeptView] {
        &self.kept
    }

    /// Takes kept views as they were stored.
    pub fn set_kept_views(&mut self, kept: Vec<KeptView>) {
        self.kept = kept;
        self.kept.truncate(MOST_KEPT);
        if self.saved() == Saved::All && self.saved != Saved::All {
            self.show_saved(Saved::All);
        }
    }

    /// The saved views as their tabs show them.
    pub fn tabs(&self) -> Vec<Tab> {
        let current = self.saved();
        let built_in = Saved::ALL.iter().map(|saved| Tab {
            name: saved.word().to_owned(),
            models: Some(self.count(*saved)),
            is_current: *saved == current,
        });
        let kept = self.kept.iter().enumerate().map(|(at, kept)| Tab {
            name: crate::text::screen(&kept.name),
            models: None,
            is_current: current == Saved::Kept(at),
        });
        built_in.chain(kept).collect()
    }

    /// Sorts by a column; by the same one again the other way round.
    pub fn sort_by(&mut self, by: ColumnId) {
        let is_reversed = self.sort.by == by && !self.sort.is_reversed;
        self.sort = Sort { by, is_reversed };
        self.sort_rows();
        self.refilter();
    }

    /// Turns the order round.
    pub fn reverse(&mut self) {
        self.sort.is_reversed = !self.sort.is_reversed;
        self.sort_rows();
        self.refilter();
    }

    /// Whether the order needs the licences of all models, and nobody has read them yet.
    pub fn needs_licences(&self, view: &View) -> bool {
        self.sort.by == ColumnId::Licence && !self.made.licences.are_of(view)
    }

    /// Takes the licences.
    pub fn take_licences(&mut self, licences: Licences) {
        self.made.licences = licences;
        if self.sort.by == ColumnId::Licence {
            self.sort_rows();
            self.refilter();
        }
    }

    /// Back to everything, unfiltered.
    pub fn show_all(&mut self) {
        self.saved = Saved::All;
        self.set_filter(String::new());
    }

    /// The saved view in force.
    pub fn saved(&self) -> Saved {
        match self.saved {
            Saved::Kept(at) if at >= self.kept.len() => Saved::All,
            saved => saved,
        }
    }

    /// The saved view of a name, as it is shown.
    pub fn saved_of(&self, name: &str) -> Option<Saved> {
        let built_in = Saved::ALL.into_iter().find(|saved| saved.word() == name);
        let kept = || self.kept.iter().position(|kept| crate::text::screen(&kept.name) == name);
        built_in.or_else(|| kept().map(Saved::Kept))
    }

    /// The name of the saved view in force, safe to show.
    pub fn saved_name(&self) -> String {
        match self.saved() {
            Saved::Kept(at) => {
                self.kept.get(at).map(|kept| crate::text::screen(&kept.name)).unwrap_or_default()
            }
            saved => saved.word().to_owned(),
        }
    }

    /// How many models a built-in view takes.
    pub fn count(&self, saved: Saved) -> usize {
        let at = Saved::ALL.iter().position(|known| *known == saved);
        at.and_then(|at| self.counts.get(at)).copied().unwrap_or(0)
    }

    /// The order in force.
    pub fn sort(&self) -> Sort {
        self.sort
    }

    /// Indices of the models that the view and the filter leave, in order, whether or not their groups are folded.
    pub fn shown(&self) -> &[u32] {
        &self.shown
    }

    /// All models, shown or not.
    pub fn total(&self) -> usize {
        self.made.keys.len()
    }

    /// Models that were never verified.
    pub fn unverified(&self) -> usize {
        self.made.unverified
    }

    /// Models whose verification on record does not hold any more.
    pub fn outdated(&self) -> usize {
        self.made.outdated
    }

    /// Whether a model is among the shown ones, or may still be found.
    pub fn shows(&self, view: &View, id: &ModelId) -> bool {
        let index = view.model(id).and_then(|(index, _)| u32::try_from(index).ok());
        index.is_some_and(|index| self.shown.contains(&index)) || self.is_finding()
    }

    /// Index of the model under the cursor.
    pub fn current(&self) -> Option<usize> {
        match self.row(self.cursor)? {
            Row::Model(index) => Some(index),
            Row::Group(_) => None,
        }
    }

    /// Marks all models of the group at a place; where all are marked, unmarks them.
    pub fn toggle_group(&mut self, view: &View, place: usize) {
        let range = self.groups.as_ref().map_or(0..0, |groups| groups.range(place));
        let rows = self.shown.get(range).unwrap_or_default();
        let ids: Vec<&ModelId> =
            rows.iter().filter_map(|row| view.models.get(*row as usize)).map(|model| &model.id).collect();
        if ids.iter().all(|id| self.marked.contains(*id)) {
            for id in ids {
                self.marked.remove(id);
            }
        } else {
            self.marked.extend(ids.into_iter().cloned());
        }
    }

    /// Marks or unmarks.
    pub fn toggle_mark(&mut self, id: &ModelId) {
        if !self.marked.remove(id) {
            self.marked.insert(id.clone());
        }
    }

    /// Marks all that the view and the filter leave.
    pub fn mark_shown(&mut self, view: &View) {
        let ids = self.shown.iter().filter_map(|row| view.models.get(*row as usize));
        self.marked.extend(ids.map(|model| model.id.clone()));
    }

    /// Unmarks all.
    pub fn unmark(&mut self) {
        self.marked.clear();
    }

    /// Whether a model is marked.
    pub fn is_marked(&self, id: &ModelId) -> bool {
        self.marked.contains(id)
    }

    /// The marked models, sorted.
    pub fn marked(&self) -> Vec<ModelId> {
        let mut ids: Vec<ModelId> = self.marked.iter().cloned().collect();
        ids.sort();
        ids
    }

    /// How many are marked.
    pub fn marks(&self) -> usize {
        self.marked.len()
    }
}

/// The filter with its last name as the beginning of one; none where it ends in no name.
fn begun(filter: &str) -> Option<String> {
    let (name, value) = filter.rsplit(' ').next()?.split_once(':')?;
    let term = Term::named(name.trim_start_matches(['-', '!']))?;
    let is_name = matches!(term.row().takes, Takes::Name(_)) && term != Term::Stage;
    let is_open = value.chars().next_back().is_some_and(|last| !"*\",".contains(last));
    (is_name && is_open).then(|| format!("{filter}*"))
}
