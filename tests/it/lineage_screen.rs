//! The lineage screen: nothing is cut without a row that says how many, ancestors above and descendants below, and what
//! its keys do.

use crate::tui::{press, shown, told, verified};
use touchmark::commands::Screen;
use touchmark::inventory::ModelId;
use touchmark::tui::{App, Popup};

fn on(model: &str) -> App {
    let mut app = verified();
    app.go_about(Screen::Lineage, ModelId::new(model));
    app
}

fn row(app: &App) -> String {
    app.lane().unwrap().id.raw().to_owned()
}

/// Puts the cursor on the row of a model.
fn choose(app: &mut App, model: &str) {
    app.lineage.cursor =
        app.lineage.rows.iter().position(|row| row.id.raw() == model && row.left_out.is_none()).unwrap();
}

#[test]
fn ancestors_stand_above_and_descendants_below_and_all_of_them_are_there() {
    for model in
        ["acme/claims-sorter", "northwind/harbour-7b-instruct", "data/receipts-2024", "vendor/echo-a"]
    {
        let app = on(model);
        let focus = app.lineage.cursor;
        assert_eq!(row(&app), model);
        for (position, row) in app.lineage.rows.iter().enumerate() {
            assert_eq!(position.cmp(&focus), row.generation.cmp(&0), "{model}: {row:?}");
        }
        assert!(app.lineage.rows.iter().all(|row| row.left_out.is_none()), "{model}");
        assert!(app.lineage.drawn.0 <= app.lineage.family.0, "{model}");
        let is_cycle = model == "vendor/echo-a";
        assert!(is_cycle || app.lineage.drawn == app.lineage.family, "{model}: {:?}", app.lineage.drawn);
    }
}

#[test]
fn the_head_counts_and_each_row_says_who_says_so() {
    let mut app = on("acme/claims-sorter");
    for (columns, rows) in [(80, 24), (120, 40), (200, 60)] {
        let drawn = shown(&mut app, columns, rows);
        assert!(drawn.contains("focus acme/claims-sorter · 5 of 5 up"), "{drawn}");
        assert!(drawn.contains("1 of 1 down"), "{drawn}");
        assert!(drawn.contains("completeness 2 / 4"), "{drawn}");
        assert!(drawn.contains(if columns < 110 { "quant · " } else { "quantised · " }), "{drawn}");
    }
    let wide = shown(&mut app, 200, 60);
    assert!(wide.contains("declared in boms/acme.cdx.json"), "{wide}");
}

#[test]
fn one_that_fails_by_itself_says_so_and_one_that_an_ancestor_taints_too() {
    let mut app = on("acme/support-bot-7b");
    let drawn = shown(&mut app, 120, 40);
    let of =
        |name: &str| drawn.lines().find(|line| line.contains(name) && line.contains('●')).unwrap().to_owned();
    assert!(of("acme/support-bot-7b ").contains("✗ FAIL"), "{drawn}");
    assert!(of("acme/support-bot-voice").contains("✗ tainted"), "{drawn}");
}

#[test]
fn left_folds_right_unfolds_and_what_is_folded_has_a_row() {
    let mut app = on("northwind/harbour-7b");
    let all = app.lineage.rows.len();
    choose(&mut app, "northwind/harbour-7b-instruct");
    press(&mut app, &["left"]);
    assert!(app.lineage.rows.len() < all);
    let left_out: Vec<usize> = app.lineage.rows.iter().filter_map(|row| row.left_out).collect();
    assert_eq!(left_out, [7]);
    assert_eq!(row(&app), "northwind/harbour-7b-instruct");
    let drawn = shown(&mut app, 120, 40);
    assert!(
        drawn.contains("7 more below northwind/harbour-7b-instruct") && drawn.contains("→ shows them"),
        "{drawn}"
    );
    // The key does what the row says, on the row itself too.
    press(&mut app, &["down", "enter"]);
    assert_eq!(app.lineage.rows.len(), all);
    assert!(app.lineage.trail.is_empty(), "nothing else was focused");
    press(&mut app, &["right"]);
    assert_eq!(told(&app), "nothing to unfold here");
    // Where nothing is beyond, left goes nearer to the focus.
    choose(&mut app, "acme/claims-sorter-q8");
    press(&mut app, &["left"]);
    assert_eq!(row(&app), "acme/claims-sorter");
}

#[test]
fn enter_refocuses_and_back_returns_before_it_leaves() {
    let mut app = on("acme/claims-sorter");
    choose(&mut app, "northwind/harbour-7b");
    press(&mut app, &["enter"]);
    assert_eq!(app.lineage.focus.as_ref().unwrap().raw(), "northwind/harbour-7b");
    press(&mut app, &["esc"]);
    assert_eq!(
        (app.screen, app.lineage.focus.as_ref().unwrap().raw()),
        (Screen::Lineage, "acme/claims-sorter")
    );
    press(&mut app, &["esc"]);
    assert_eq!(app.screen, Screen::Inventory);
}

#[test]
fn the_blast_radius_of_the_chosen_row_is_the_one_of_the_command_line() {
    let mut app = on("acme/claims-sorter");
    choose(&mut app, "northwind/harbour-7b");
    press(&mut app, &["B"]);
    let Some(Popup::Blast { blast, .. }) = &app.popup else { panic!("no popup") };
    let view = app.view.clone().unwrap();
    let asked = view.blast(&view.blamed("northwind/harbour-7b").unwrap(), None);
    assert_eq!(**blast, asked);
    let many = blast.rows.len();
    assert!(many > 5);
    let drawn = shown(&mut app, 80, 24);
    assert!(drawn.contains("3 tainted") && drawn.contains("suspect"), "{drawn}");
    press(&mut app, &["G"]);
    let drawn = shown(&mut app, 80, 24);
    assert!(drawn.contains(&format!("row {many} of {many}")), "{drawn}");
    press(&mut app, &["g", "j", "enter"]);
    assert!(app.popup.is_none() && app.screen == Screen::Lineage);
    assert_ne!(app.lineage.focus.as_ref().unwrap().raw(), "acme/claims-sorter");
    // Also of a dataset that the inventory lacks, and from the inventory.
    app.go(Screen::Inventory);
    press(&mut app, &["B"]);
    assert!(matches!(app.popup, Some(Popup::Blast { .. })));
}

#[test]
fn a_path_leads_from_one_end_to_the_other() {
    let mut app = on("acme/claims-sorter-q8");
    press(&mut app, &["p"]);
    assert!(app.popup.is_none() && told(&app).contains("is one end"), "{}", told(&app));
    choose(&mut app, "northwind/harbour-7b");
    press(&mut app, &["p"]);
    let drawn = shown(&mut app, 120, 40);
    assert!(
        drawn.contains("Path") && drawn.contains("in 3 steps") && drawn.contains("weakest proof"),
        "{drawn}"
    );
    press(&mut app, &["esc"]);
    assert!(app.popup.is_none() && app.lineage.marked.is_none());
}

#[test]
fn a_family_of_ten_thousand_is_drawn_by_the_rows_in_sight() {
    use touchmark::inventory::{Basis, Model, ParentRef, Relation};
    use touchmark::lineage::{Folds, Graph, folded_lanes};
    let parent = |name: &str| ParentRef {
        id: ModelId::new(name),
        relation: Relation::Finetune,
        basis: Basis::Declared,
        digest: None,
        source: "a".into(),
        place: "b".into(),
    };
    let child = |name: &str, of: &str| Model {
        parents: vec![parent(of)].into(),
        ..Model::new(ModelId::new(name), name)
    };
    let mut models = vec![Model::new(ModelId::new("o/base"), "o/base")];
    models.extend((0..10_000).map(|n| child(&format!("o/c{n:05}"), "o/base")));
    models.extend((0..5_000).map(|n| {
        let above = if n == 0 { "o/base".to_owned() } else { format!("o/d{:05}", n - 1) };
        child(&format!("o/d{n:05}"), &above)
    }));
    let graph = Graph::build(&models);
    let near = folded_lanes(&graph, &ModelId::new("o/base"), &Folds::default());
    assert!(near.len() <= 400, "{}", near.len());
    let left_out: usize = near.iter().filter_map(|row| row.left_out).sum();
    assert!(left_out >= 9_950, "{left_out}");
    let whole = Folds { rows: 20_000, at_once: 20_000, ..Folds::default() };
    let all = folded_lanes(&graph, &ModelId::new("o/base"), &whole);
    assert_eq!(all.len(), 15_001);
    assert!(all.iter().all(|row| row.left_out.is_none() && row.gutter.chars().count() <= 17));
}
