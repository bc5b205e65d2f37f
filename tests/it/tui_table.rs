//! The inventory as a triage table: order by every column, groups that fold, columns by width and by hand, names that
//! stay different when they are cut, counts, and a cursor that stays.

use crate::support::copy_of_samples;
use crate::tui::{app, cells, holding, open, press, raw, seen, shown, text, told, verified};
use ratatui::style::{Color, Modifier};
use std::collections::BTreeSet;
use std::sync::Arc;
use touchmark::decision::Decision;
use touchmark::inventory::{FactKey, Model, ModelId};
use touchmark::signing::Outcome;
use touchmark::tui::theme::Role;
use touchmark::tui::{Action, App, Arrangement, COLUMNS, ColumnId, Effect, Licences, Row, update};
use touchmark::workbench::{JobKind, ReviewWord, View};

/// Takes what the loop would give back.
fn carry_out(app: &mut App, effects: Vec<Effect>) {
    for effect in effects {
        assert_eq!(effect, Effect::Licences);
        let view = app.view.clone().unwrap();
        let licences = Licences::of(&view);
        update(app, Action::Licences(view, licences));
    }
}

fn sort(app: &mut App, id: ColumnId) {
    let key = id.column().key.to_string();
    let effects = press(app, &["s", &key]);
    carry_out(app, effects);
}

/// What a model has in a column, for comparing; none where there is nothing.
fn value(view: &View, index: usize, column: ColumnId) -> Option<String> {
    let (model, summary) = (&view.models[index], view.summary(index));
    let text = |text: String| (!text.is_empty()).then_some(text);
    match column {
        ColumnId::Status | ColumnId::Used => None,
        ColumnId::Model => Some(model.id.raw().to_owned()),
        ColumnId::Reason => view.cause(index).map(|cause| cause.as_str().to_owned()),
        ColumnId::Level => Some(summary.effective.to_string()),
        ColumnId::Gate => match summary.decision {
            Decision::Refuse => Some("0".to_owned()),
            Decision::Warn => Some("1".to_owned()),
            Decision::Admit => Some("2".to_owned()),
            Decision::NotJudged => None,
        },
        ColumnId::Reviewed => Some(format!("{:?}", summary.review.is_some())),
        ColumnId::Age => view.verification(index).map(|v| format!("{:012}", v.at.as_second())),
        ColumnId::Signer => text(summary.signer.raw().to_owned()),
        ColumnId::Publisher => model.id.raw().split_once('/').map(|(publisher, _)| publisher.to_owned()),
        ColumnId::Licence => model.fact(FactKey::Licence).map(|fact| fact.value.raw().to_owned()),
        ColumnId::Format => model.formats.first().map(|format| format.word().to_owned()),
        ColumnId::Size => (model.bytes > 0).then(|| format!("{:020}", u64::MAX - model.bytes)),
    }
}

/// The samples, verified, with some reviews.
fn reviewed() -> Arc<View> {
    let dir = copy_of_samples();
    let workbench = open(dir.path(), false);
    let ids: Vec<ModelId> = workbench.view().models.iter().map(|model| model.id.clone()).collect();
    workbench.wait(workbench.start(JobKind::Verify(ids.clone())));
    let words = [ReviewWord::Approve, ReviewWord::Reject, ReviewWord::AskProducer];
    for (id, word) in ids.iter().filter(|id| id.raw().starts_with("lumen/")).zip(words) {
        workbench.review(id, word, "seen").unwrap();
    }
    workbench.view()
}

#[test]
fn every_column_has_a_key_of_its_own_and_a_row_of_its_own() {
    let keys: BTreeSet<char> = COLUMNS.iter().map(|column| column.key).collect();
    assert_eq!(keys.len(), COLUMNS.len());
    assert!(!keys.contains(&'q') && !keys.contains(&'0'), "these close the list, or leave it to the width");
    for column in COLUMNS {
        assert_eq!(column.id.column().key, column.key, "{}", column.title);
    }
}

#[test]
fn two_keys_sort_by_any_column_and_the_same_two_reverse_it_with_nothing_last_both_ways() {
    let mut app = app("dark", Some(&reviewed()));
    let view = app.view.clone().unwrap();
    for column in COLUMNS {
        if column.id == ColumnId::Status {
            continue; // the order at first
        }
        for is_reversed in [false, true] {
            sort(&mut app, column.id);
            assert_eq!((app.rows.sort().by, app.rows.sort().is_reversed), (column.id, is_reversed));
            assert!(told(&app).contains(column.id.first()), "{}", told(&app));
            let rows = app.rows.shown();
            assert_eq!(rows.len(), view.models.len());
            if column.id == ColumnId::Used {
                let used: Vec<u32> = rows.iter().map(|at| app.rows.made().children(*at as usize)).collect();
                let is_sorted = used.is_sorted_by(|a, b| if is_reversed { a <= b } else { a >= b });
                assert!(is_sorted && used.iter().any(|many| *many > 1), "{used:?}");
                continue;
            }
            let values: Vec<Option<String>> =
                rows.iter().map(|at| value(&view, *at as usize, column.id)).collect();
            let some: Vec<&String> = values.iter().flatten().collect();
            let last = values.iter().rposition(Option::is_some).map_or(0, |at| at + 1);
            assert_eq!(some.len(), last, "{}: what has nothing stands last: {values:?}", column.title);
            let is_sorted = some.is_sorted_by(|a, b| if is_reversed { a >= b } else { a <= b });
            assert!(is_sorted && !some.is_empty(), "{} {is_reversed}: {values:?}", column.title);
        }
    }
}

#[test]
fn the_order_at_first_puts_what_fails_and_what_more_depends_on_first() {
    let mut app = verified();
    let view = app.view.clone().unwrap();
    let order = |app: &App| -> Vec<(u8, u32)> {
        let rank = |at: usize| match view.summary(at).outcome {
            Outcome::Fail => 0,
            Outcome::Missing => 1,
            _ => 2,
        };
        let rows = app.rows.shown().iter().map(|at| *at as usize);
        rows.map(|at| (rank(at), u32::MAX - app.rows.made().children(at))).collect()
    };
    let first = order(&app);
    assert!(first.iter().map(|(rank, _)| rank).is_sorted(), "{first:?}");
    let fail: Vec<u32> = first.iter().filter(|(rank, _)| *rank == 0).map(|(_, used)| *used).collect();
    assert!(fail.len() > 3 && fail.is_sorted(), "{fail:?}");
    press(&mut app, &["o"]);
    assert_eq!(order(&app).last().unwrap().0, 0, "reversed, what fails stands last");
    press(&mut app, &["s", "s"]);
    assert!(!app.rows.sort().is_reversed);
    assert_eq!(order(&app), first);
}

#[test]
fn an_arrow_in_the_header_says_by_what_the_rows_are_sorted() {
    let mut app = verified();
    assert!(shown(&mut app, 120, 36).contains("status ▼"));
    press(&mut app, &["s", "g"]);
    assert!(shown(&mut app, 120, 36).contains("gate ▼"));
    press(&mut app, &["o"]);
    let drawn = shown(&mut app, 120, 36);
    assert!(drawn.contains("gate ▲") && !drawn.contains("status ▼"), "{drawn}");
    press(&mut app, &["s", "z"]);
    let hidden = shown(&mut app, 120, 36);
    assert!(hidden.contains("largest first"), "the title says so where the column has no room:\n{hidden}");
    press(&mut app, &["s"]);
    let list = text(&app, 120, 36);
    assert!(list.contains("used by") && list.contains("again reverses"), "{list}");
    press(&mut app, &["x"]);
    assert!(told(&app).contains("not among the choices"));
}

// ---- groups ----

#[test]
fn groups_count_their_models_fold_and_keep_the_cursor_the_filter_and_the_order() {
    let mut app = verified();
    let view = app.view.clone().unwrap();
    press(&mut app, &["j", "j"]);
    let chosen = raw(&app);
    press(&mut app, &["z"]);
    assert_eq!(raw(&app), chosen, "the cursor stays on its model");
    let drawn = shown(&mut app, 120, 60);
    let acme: Vec<usize> =
        (0..view.models.len()).filter(|at| view.models[*at].id.raw().starts_with("acme/")).collect();
    let failing = acme.iter().filter(|at| view.summary(**at).outcome == Outcome::Fail).count();
    let refused = acme.iter().filter(|at| view.summary(**at).decision == Decision::Refuse).count();
    let head = format!("acme  {} models · ✗ {failing} fail · ✗ {refused} refused", acme.len());
    assert!(failing > 0 && drawn.contains(&format!("▾ {head}")), "{head}:\n{drawn}");
    // Every model stands below the head of its publisher.
    let mut current = None;
    let mut models = 0;
    for at in 0..app.rows.rows() {
        match app.rows.row(at).unwrap() {
            Row::Group(place) => {
                let number = app.rows.group(place).unwrap().publisher;
                current = Some(app.rows.made().publisher(number).unwrap().raw().to_owned());
            }
            Row::Model(index) => {
                models += 1;
                let id = view.models[index].id.raw();
                assert_eq!(id.split('/').next(), current.as_deref(), "{id}");
            }
        }
    }
    assert_eq!(models, view.models.len());

    press(&mut app, &["h"]);
    assert!(app.rows.current().is_none(), "the cursor stands on the head of the folded group");
    let folded = shown(&mut app, 120, 60);
    assert!(folded.contains("▸ "), "{folded}");
    assert!(app.rows.rows() < models + app.rows.group_count());
    press(&mut app, &["h"]);
    assert!(told(&app).contains("folded already"));
    press(&mut app, &["enter"]);
    assert_eq!(app.rows.rows(), models + app.rows.group_count(), "Enter unfolds");
    press(&mut app, &["enter", "l", "l"]);
    assert!(app.rows.current().is_some(), "l unfolds, then goes to the first model");

    press(&mut app, &["s", "m", "/", "l", "u", "m", "e", "n", "enter"]);
    let filtered = app.rows.shown().len();
    assert!(filtered > 1 && filtered < models, "the filter goes on");
    assert_eq!(app.rows.rows(), filtered + app.rows.group_count());
    let ids = |at: usize| match app.rows.row(at) {
        Some(Row::Model(index)) => Some(view.models[index].id.raw()),
        _ => None,
    };
    for at in 1..app.rows.rows() {
        let (Some(above), Some(below)) = (ids(at - 1), ids(at)) else { continue };
        assert!(above < below, "within a group the order holds: {above} {below}");
    }
    press(&mut app, &["esc", "z"]);
    assert_eq!(app.rows.rows(), models);
    press(&mut app, &["h"]);
    assert!(told(&app).contains("z groups"), "{}", told(&app));
}

#[test]
fn a_mark_on_a_group_marks_its_models_and_all_marks_what_is_folded_too() {
    let mut app = verified();
    let total = app.rows.total();
    press(&mut app, &["z", "g", "h"]);
    let place = app.rows.current_group().unwrap();
    let models = app.rows.group(place).unwrap().models;
    press(&mut app, &["space"]);
    assert_eq!(app.rows.marks(), models);
    assert!(told(&app).contains(&format!("{models} marked")));
    press(&mut app, &["space"]);
    assert_eq!(app.rows.marks(), 0);
    press(&mut app, &["*"]);
    assert_eq!(app.rows.marks(), total);
}

#[test]
fn a_new_view_keeps_the_groups_folded_and_the_cursor_on_its_head() {
    let mut app = app("dark", Some(&seen().found));
    press(&mut app, &["z", "g", "h", "j", "h"]);
    let (rows, place) = (app.rows.rows(), app.rows.current_group().unwrap());
    let publisher = app.rows.group(place).unwrap().publisher;
    update(&mut app, Action::View(seen().verified.clone()));
    assert_eq!(app.rows.rows(), rows);
    let place = app.rows.current_group().unwrap();
    assert_eq!(app.rows.group(place).unwrap().publisher, publisher);
    // Coming back from another screen with a model of a folded group unfolds nothing by itself.
    press(&mut app, &["5", "esc"]);
    assert_eq!(app.rows.rows(), rows);
}

#[test]
fn going_to_a_model_unfolds_its_group() {
    let mut app = verified();
    let view = app.view.clone().unwrap();
    press(&mut app, &["z", "g", "h"]);
    let place = app.rows.current_group().unwrap();
    let first = app.rows.first_of(place).unwrap();
    let id = view.models[first].id.clone();
    press(&mut app, &["G"]);
    app.rows.seek(&view, &id);
    assert_eq!(app.rows.current(), Some(first));
}

/// A hundred thousand models of a thousand publishers.
fn crowd() -> Arc<View> {
    Arc::new(holding((0..100_000).map(|i| format!("team-{:03}/model-{i:06}", i % 1000))))
}

#[test]
fn of_100_000_models_of_1000_publishers_only_the_rows_in_sight_are_drawn() {
    let mut app = app("dark", Some(&crowd()));
    let models = |drawn: &str| drawn.split_whitespace().filter(|word| word.contains("/model-")).count();
    press(&mut app, &["z"]);
    assert_eq!((app.rows.rows(), app.rows.group_count()), (101_000, 1000));
    for keys in [&["G"][..], &["g"], &["ctrl-d"], &["s", "m"], &["o"]] {
        press(&mut app, keys);
        let drawn = shown(&mut app, 80, 16);
        assert!(models(&drawn) > 5 && models(&drawn) < 16, "{keys:?}:\n{drawn}");
    }
    press(&mut app, &["g"]);
    for _ in 0..20 {
        press(&mut app, &["h", "j"]);
    }
    let drawn = shown(&mut app, 80, 16);
    assert_eq!(app.rows.rows(), 101_000 - 20 * 100);
    assert!(drawn.matches("▸ team-").count() >= 3, "{drawn}");
    // Each row is found by halving: the last row is as near as the first.
    for at in [0, 50_000, app.rows.rows() - 1] {
        assert!(app.rows.row(at).is_some());
    }
    assert!(app.rows.row(app.rows.rows()).is_none());
    press(&mut app, &["/", "0", "7", "7", "7", "7", "7", "enter"]);
    assert!(shown(&mut app, 80, 16).contains("team-777/model-077777"));
}

// ---- the cursor ----

#[test]
fn after_a_verification_the_cursor_stays_at_the_top_too_and_a_new_failure_is_told() {
    let mut app = app("dark", Some(&seen().found));
    let chosen = raw(&app);
    assert_eq!(app.rows.cursor, 0);
    update(&mut app, Action::View(seen().verified.clone()));
    assert_eq!(raw(&app), chosen);
    assert!(app.rows.cursor > 0, "its row has moved");
    let view = app.view.clone().unwrap();
    let failing: Vec<usize> =
        (0..view.models.len()).filter(|at| view.summary(*at).outcome == Outcome::Fail).collect();
    // The one that most depends on is named.
    let worst = failing.iter().copied().max_by_key(|at| (app.rows.made().children(*at), usize::MAX - at));
    let first = view.models[worst.unwrap()].id.raw();
    assert_eq!(first, "acme/support-bot-7b");
    let code = view.cause(worst.unwrap()).unwrap();
    let said = format!("{first} fails: {} · {} other models fail too", code.as_str(), failing.len() - 1);
    assert_eq!(told(&app), said);
    assert!(app.message.as_ref().unwrap().bad, "it stays until somebody reads it");

    // What failed before is no news.
    app.message = None;
    update(&mut app, Action::View(seen().verified.clone()));
    assert!(app.message.is_none());
}

#[test]
fn one_new_failure_is_told_by_its_name_alone() {
    let view = &seen().verified;
    let failing = (0..view.models.len()).find(|at| view.summary(*at).outcome == Outcome::Fail).unwrap();
    let before = view.with(&[(failing, None)]);
    let mut app = app("dark", Some(&Arc::new(before)));
    update(&mut app, Action::View(Arc::new(View { generation: view.generation + 1, ..View::clone(view) })));
    let code = view.cause(failing).unwrap();
    assert_eq!(told(&app), format!("{} fails: {}", view.models[failing].id.raw(), code.as_str()));
}

// ---- what rows show ----

#[test]
fn what_nobody_looked_at_is_grey_and_not_refused() {
    let app = app("dark", Some(&seen().found));
    let drawn = text(&app, 200, 60);
    let rows: Vec<&str> = drawn.lines().filter_map(|line| line.split("││").next()).collect();
    let is_row = |line: &str| line.starts_with('│') && line.contains("  · not judged");
    let rows: Vec<&str> = rows.into_iter().filter(|row| is_row(row)).collect();
    assert!(rows.len() > 20 && rows.iter().all(|row| !row.contains("refuse")), "{drawn}");
    // What is known to be wrong without a look is decided, and the row does not say otherwise.
    assert!(drawn.contains("· unverified vendor/iris-quick"), "{drawn}");
    let buffer = cells(&app, 200, 60);
    let muted = app.theme.style(Role::Muted).fg.unwrap();
    let fail = app.theme.style(Role::Fail).fg.unwrap();
    let row = drawn.lines().position(is_row).unwrap();
    for x in 3..60 {
        let cell = &buffer[(x, u16::try_from(row).unwrap())];
        assert!(cell.symbol() == " " || cell.fg == muted, "{}:\n{drawn}", cell.symbol());
        assert_ne!(cell.fg, fail);
    }
}

#[test]
fn the_chosen_row_keeps_its_colours_and_is_seen_without_any() {
    for (theme, is_mono) in [("dark", false), ("mono", true)] {
        let app = app(theme, Some(&seen().verified));
        let buffer = cells(&app, 120, 36);
        let drawn = text(&app, 120, 36);
        let y = u16::try_from(drawn.lines().position(|line| line.contains("▸")).unwrap()).unwrap();
        let line = drawn.lines().nth(usize::from(y)).unwrap();
        let x = u16::try_from(line.chars().position(|c| c == '✗').unwrap()).unwrap();
        let cell = &buffer[(x, y)];
        let (fail, chosen) = (app.theme.style(Role::Fail), app.theme.style(Role::Chosen));
        assert_eq!(cell.fg, fail.fg.unwrap(), "{theme}");
        if is_mono {
            assert!(cell.modifier.contains(Modifier::REVERSED));
            assert_eq!(cell.fg, Color::Reset);
        } else {
            assert_eq!(Some(cell.bg), chosen.bg, "{theme}");
        }
    }
}

#[test]
fn names_keep_their_case_and_reviews_their_sign_and_word() {
    let mut view = holding(["Acme/Support-Bot-7B".to_owned()].into_iter());
    view.judge();
    assert!(text(&app("dark", Some(&Arc::new(view))), 120, 36).contains("Acme/Support-Bot-7B"));

    let app = app("dark", Some(&reviewed()));
    let narrow = text(&app, 120, 36);
    let wide = text(&app, 200, 60);
    for (sign, word) in [("✓", "approved"), ("✗", "rejected"), ("?", "asked")] {
        assert!(wide.contains(&format!("{sign} {word}")), "{word}:\n{wide}");
        assert!(narrow.contains(sign) && !narrow.contains(&format!("{sign} {word}")), "{word}:\n{narrow}");
    }
}

/// The names in the table, as they are drawn.
fn drawn_names(drawn: &str, begins: &str) -> Vec<String> {
    let words =
        drawn.lines().filter_map(|line| line.split_whitespace().find(|word| word.starts_with(begins)));
    words.map(str::to_owned).collect()
}

#[test]
fn names_that_differ_stay_different_wherever_they_differ_and_however_narrow_the_table() {
    let long = |middle: &str, end: &str| {
        format!("northwind/harbour-7b-{middle}-instruct-with-a-name-that-is-far-too-long-{end}")
    };
    let names: Vec<String> = vec![
        long("alpha", "q4"),
        long("alpha", "q8"),
        long("beta", "q4"),
        long("beta", "q8"),
        long("gamma", "q4"),
        format!("{}-more", long("gamma", "q4")),
        format!("{}-and-more", long("gamma", "q4")),
        "northwind/short".to_owned(),
    ];
    let mut app = app("dark", Some(&Arc::new(holding(names.iter().cloned()))));
    for columns in [60, 72, 80, 100, 120, 140, 160, 200] {
        app.details = columns < 100;
        let drawn = shown(&mut app, columns, 40);
        let table: String = drawn.lines().take(20).collect::<Vec<_>>().join("\n");
        let cut = drawn_names(&table, "north");
        assert_eq!(cut.len(), names.len(), "{columns}:\n{drawn}");
        let distinct: BTreeSet<&String> = cut.iter().collect();
        assert_eq!(distinct.len(), names.len(), "{columns}: {cut:#?}");
        assert!(cut.contains(&"northwind/short".to_owned()), "what fits is not cut");
    }
}

#[test]
fn a_name_that_is_cut_shows_its_beginning_and_its_end() {
    let name = "northwind/harbour-7b-with-a-name-that-is-far-too-long-to-be-shown-q4";
    let mut app = app("dark", Some(&Arc::new(holding([name.to_owned()].into_iter()))));
    app.details = false;
    let cut = drawn_names(&text(&app, 80, 24), "north").remove(0);
    assert!(cut.contains('…') && cut.ends_with("-q4"), "{cut}");
}

// ---- columns ----

fn columns(app: &mut App, width: u16) -> Vec<ColumnId> {
    shown(app, width, 36);
    app.table.columns.iter().collect()
}

#[test]
fn more_width_shows_more_columns_and_never_fewer() {
    let mut app = verified();
    for details in [true, false] {
        app.details = details;
        let mut before = Vec::new();
        let mut panes = 0;
        for width in 60..260 {
            let now = columns(&mut app, width);
            // Another pane takes its width from the table.
            if app.table.panes == panes && (!details || width != 100) {
                assert!(before.iter().all(|id| now.contains(id)), "{width}: {before:?} {now:?}");
            }
            (before, panes) = (now, app.table.panes);
            assert!(before.starts_with(&[ColumnId::Status, ColumnId::Model]), "{width}");
            assert!(before.contains(&ColumnId::Gate), "{width}");
        }
    }
    let narrow = text(&app, 60, 36);
    let refused = narrow.lines().filter(|line| line.starts_with('│') && line.contains("✗ refuse")).count();
    assert!(refused > 10, "the last column is whole:\n{narrow}");
    let wide = columns(&mut app, 250);
    assert!(COLUMNS.iter().all(|c| wide.contains(&c.id) || c.id == ColumnId::Publisher), "{wide:?}");
}

#[test]
fn a_column_is_hidden_and_shown_by_its_key_and_the_width_decides_again_on_zero() {
    let mut app = verified();
    let at_first = columns(&mut app, 120);
    assert!(at_first.contains(&ColumnId::Reason) && !at_first.contains(&ColumnId::Publisher));
    press(&mut app, &["c", "r"]);
    assert!(text(&app, 120, 36).contains("publisher"), "the list stays open for the next column");
    assert!(!columns(&mut app, 120).contains(&ColumnId::Reason));
    press(&mut app, &["p"]);
    assert!(columns(&mut app, 120).contains(&ColumnId::Publisher));
    press(&mut app, &["p", "r"]);
    assert!(columns(&mut app, 120).contains(&ColumnId::Reason));
    press(&mut app, &["f", "z", "c", "i", "0"]);
    assert_eq!(columns(&mut app, 120), at_first);
    // What has no room is said to have none, and asked for again it is given up.
    press(&mut app, &["f", "z", "c", "i", "p"]);
    assert!(columns(&mut app, 60).len() < 8);
    assert!(text(&app, 80, 36).contains("! no room"), "{}", text(&app, 80, 36));
    press(&mut app, &["esc"]);
    assert!(app.popup.is_none());
    let drawn = text(&app, 60, 24);
    let names = drawn_names(&drawn, "acme/");
    assert!(!names.is_empty(), "names have room whatever was asked for:\n{drawn}");
}

#[test]
fn an_arrangement_is_kept_and_given_back() {
    let mut app = verified();
    assert_eq!(app.rows.arrangement(), Arrangement::default());
    columns(&mut app, 120);
    press(&mut app, &["s", "u", "o", "z", "g", "h", "c", "p", "r", "esc"]);
    let kept = app.rows.arrangement();
    assert_eq!((kept.sort, kept.reversed, kept.grouped), (Some(ColumnId::Used), true, true));
    assert_eq!((&kept.shown[..], &kept.hidden[..]), (&[ColumnId::Publisher][..], &[ColumnId::Reason][..]));
    assert_eq!(kept.folded.len(), 1);
    let written = serde_json::to_string(&kept).unwrap();
    let read: Arrangement = serde_json::from_str(&written).unwrap();
    assert_eq!(read, kept);
    let mut other = verified();
    other.rows.arrange(&read);
    assert_eq!(other.rows.shown(), app.rows.shown());
    assert_eq!(other.rows.rows(), app.rows.rows());
    assert_eq!(other.rows.arrangement(), kept);
    assert!(serde_json::from_str::<Arrangement>("{\"sort\":\"no-such-column\"}").is_err());
}

// ---- strip, panes, titles ----

#[test]
fn the_strip_counts_the_whole_inventory_whatever_is_filtered() {
    let mut app = app("dark", Some(&reviewed()));
    let view = app.view.clone().unwrap();
    let many = |decision: Decision| {
        (0..view.models.len()).filter(|at| view.summary(*at).decision == decision).count()
    };
    let is_reviewed = |at: usize| view.summary(at).review.is_some();
    let reviewed = (0..view.models.len()).filter(|at| is_reviewed(*at)).count();
    let waits = |at: usize| matches!(view.summary(at).decision, Decision::Warn | Decision::Refuse);
    let to_review = (0..view.models.len()).filter(|at| waits(*at) || is_reviewed(*at)).count();
    let fail = (0..view.models.len()).filter(|at| view.summary(*at).outcome == Outcome::Fail).count();
    press(&mut app, &["/", "l", "u", "m", "e", "n", "enter"]);
    for (columns, rows) in [(80, 24), (120, 36), (200, 60)] {
        let drawn = text(&app, columns, rows);
        let strip = drawn.lines().nth(2).unwrap();
        for part in [
            format!("✓ admit {}", many(Decision::Admit)),
            format!("! warn {}", many(Decision::Warn)),
            format!("✗ refuse {}", many(Decision::Refuse)),
            format!("· not judged {}", many(Decision::NotJudged)),
            format!("reviewed {reviewed} of {to_review}"),
        ] {
            assert!(strip.contains(&part), "{part} at {columns}: {strip}");
        }
        if columns >= 120 {
            assert!(strip.contains(&format!("fail {fail}")) && strip.contains("█"), "{strip}");
        }
    }
}

#[test]
fn a_large_count_is_written_with_commas_and_its_bar_says_that_it_goes_on() {
    let mut app = app("dark", Some(&crowd()));
    assert!(text(&app, 120, 36).contains("100,000 models · being judged"), "nothing is counted before");
    let mut view = View::clone(app.view.as_ref().unwrap());
    view.judge();
    view.generation += 1;
    update(&mut app, Action::View(Arc::new(view)));
    let drawn = text(&app, 120, 36);
    assert!(drawn.contains("not judged 100,000") && drawn.contains("Models 1 of 100,000"), "{drawn}");
}

#[test]
fn the_titles_say_where_one_is_and_a_filter_of_how_many() {
    let mut app = verified();
    let total = app.rows.total();
    press(&mut app, &["j", "j"]);
    let drawn = text(&app, 120, 36);
    assert!(drawn.contains(&format!("Models 3 of {total}")), "{drawn}");
    assert!(drawn.matches(&format!("3 of {total}")).count() >= 2, "the details say it too:\n{drawn}");
    press(&mut app, &["/", "l", "u", "m", "e", "n", "enter"]);
    let filtered = app.rows.shown().len();
    assert!(text(&app, 120, 36).contains(&format!("of {filtered}, {total} in all")));
}

#[test]
fn details_that_do_not_fit_say_so_and_tab_scrolls_them() {
    let mut app = verified();
    let small = shown(&mut app, 80, 24);
    assert!(small.contains("more lines: Tab"), "{small}");
    press(&mut app, &["tab"]);
    let top = shown(&mut app, 80, 24);
    assert!(top.contains("lines 1–") && app.furthest > 0, "{top}");
    let chosen = raw(&app);
    press(&mut app, &["G"]);
    let end = shown(&mut app, 80, 24);
    assert_ne!(end, top);
    assert_eq!(raw(&app), chosen, "the keys move the pane and not the table");
    press(&mut app, &["esc"]);
    assert!(shown(&mut app, 80, 24).contains("more lines: Tab"), "Esc goes back to the table");
    press(&mut app, &["j"]);
    assert_ne!(raw(&app), chosen);
    press(&mut app, &["d"]);
    shown(&mut app, 80, 24);
    press(&mut app, &["tab"]);
    assert!(told(&app).contains("d shows the details"), "{}", told(&app));
}

#[test]
fn from_160_columns_on_the_family_and_the_files_stand_in_a_third_pane() {
    let mut app = verified();
    let narrow = shown(&mut app, 159, 50);
    assert!(!narrow.contains("Family") && app.table.panes == 2, "{narrow}");
    let wide = shown(&mut app, 160, 50);
    assert!(wide.contains("Family") && wide.contains("Files") && app.table.panes == 3, "{wide}");
    let view = app.view.clone().unwrap();
    let child = view.models.iter().position(|m| m.id.raw() == "northwind/harbour-7b-instruct").unwrap();
    let id = view.models[child].id.clone();
    app.rows.seek(&view, &id);
    let wide = shown(&mut app, 200, 60);
    let family = wide.split("Family").nth(1).unwrap();
    assert!(family.contains("northwind/harbour-7b ") || family.contains("northwind/harbour-7b│"), "{wide}");
    press(&mut app, &["tab", "tab", "tab"]);
    assert_eq!(app.pane, 0, "Tab comes round");
}

#[test]
fn everything_of_the_table_is_there_at_80_by_24() {
    let app = verified();
    let drawn = text(&app, 80, 24);
    for word in [
        "status",
        "model",
        "reason",
        "used",
        "level",
        "gate",
        "FILES-CHANGED",
        "✗ FAIL",
        "✓ admit",
        "reviewed",
    ] {
        assert!(drawn.contains(word), "{word}:\n{drawn}");
    }
}

#[test]
fn a_licence_of_other_models_orders_nothing() {
    let mut app = verified();
    let effects = press(&mut app, &["s", "c"]);
    assert_eq!(effects, [Effect::Licences]);
    let before = app.rows.shown().to_vec();
    let other = Arc::new(holding(["a/b".to_owned()].into_iter()));
    let licences = Licences::of(&other);
    update(&mut app, Action::Licences(other, licences));
    assert_eq!(app.rows.shown(), before);
    carry_out(&mut app, effects);
    assert_ne!(app.rows.shown(), before);
    // Asked once: the next time they are there.
    assert!(press(&mut app, &["s", "m", "s", "c"]).is_empty());
    // A view with other models asks again by itself.
    let mut view = View::clone(app.view.as_ref().unwrap());
    view.models = Arc::new(view.models.iter().cloned().collect::<Vec<Model>>());
    view.generation += 1;
    assert_eq!(update(&mut app, Action::View(Arc::new(view))), [Effect::Licences]);
}
