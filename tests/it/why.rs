//! Why a decision is what it is, and what would change it: causes first, then the cheapest things to do, the same in
//! both faces.

use crate::support::{copy_of_samples, out, touchmark};
use crate::tui::{app, cells, press, seen};
use std::sync::Arc;
use touchmark::inventory::ModelId;
use touchmark::report::{case, command_of};
use touchmark::tui::App;
use touchmark::view::View;
use touchmark::words::Face;
use touchmark::words::why::{Deed, Kind, Step, WhyLine, why};

fn on(view: &Arc<View>, id: &str) -> App {
    let mut app = app("dark", Some(view));
    app.rows.seek(view, &ModelId::new(id));
    app.follow();
    app
}

/// The first screenful at 80×24 after one key.
fn first_screen(view: &Arc<View>, id: &str) -> String {
    let mut app = on(view, id);
    press(&mut app, &["w"]);
    let buffer = cells(&app, 80, 24);
    (0..24).map(|y| (0..80).map(|x| buffer[(x, y)].symbol()).collect::<String>() + "\n").collect()
}

fn lines(view: &View, id: &str, face: Face) -> Vec<WhyLine> {
    let id = ModelId::new(id);
    let verdict = view.verdict(view.model(&id).unwrap().0).unwrap();
    why(&case(view, &verdict), face, &|step: &Step| command_of(step, &id))
}

fn of(lines: &[WhyLine], kind: Kind) -> Vec<&WhyLine> {
    lines.iter().filter(|line| line.kind == kind).collect()
}

#[test]
fn one_key_says_why_it_is_refused_and_what_would_admit_it() {
    let view = &seen().verified;
    let drawn = first_screen(view, "acme/support-bot-7b");
    let at = |text: &str| drawn.find(text).unwrap_or_else(|| panic!("{text} is not in\n{drawn}"));
    assert!(at("refuse") < at("What stands against it") && at("What stands against it") < at("L1.03"));
    assert!(at("L1.03") < at("What would admit it") && at("What would admit it") < at("verify it again"));
}

#[test]
fn all_models_of_the_samples_say_it_on_the_first_screen() {
    let view = &seen().verified;
    for (index, model) in view.models.iter().enumerate() {
        let Some(verdict) = view.verdict(index) else { continue };
        let said = lines(view, model.id.raw(), Face::Text);
        assert!(!said.is_empty());
        if !verdict.reasons.is_empty() {
            assert!(!of(&said, Kind::Cause).is_empty(), "{}: {said:#?}", model.id.screen());
        }
        // Causes, then steps, then what caps and what is open.
        let rank = |line: &&WhyLine| match line.kind {
            Kind::Cause => 0,
            Kind::Step => 1,
            Kind::Cap => 2,
            Kind::Must => 3,
            Kind::Heading | Kind::Note => 4,
        };
        let mut ranks: Vec<u8> = said.iter().map(|line| rank(&line)).filter(|rank| *rank < 4).collect();
        // The causes for which there was no room stand at the end.
        while ranks.len() > 1 && ranks.last() == Some(&0) && ranks.iter().any(|rank| *rank > 0) {
            ranks.pop();
        }
        assert!(ranks.is_sorted(), "{}: {said:#?}", model.id.screen());
        let mut said_once: Vec<&str> = of(&said, Kind::Step).iter().map(|line| line.text.raw()).collect();
        let all = said_once.len();
        said_once.sort_unstable();
        said_once.dedup();
        assert_eq!(said_once.len(), all, "{}: a step stands twice", model.id.screen());
        let drawn = first_screen(view, model.id.raw());
        if !of(&said, Kind::Step).is_empty() {
            assert!(drawn.contains(" 1  "), "{}: the first step is not in sight\n{drawn}", model.id.screen());
        }
    }
}

#[test]
fn of_a_model_that_nobody_verified_only_verifying_is_known_to_help() {
    let view = &seen().found;
    let said = lines(view, "acme/support-bot-7b", Face::Text);
    let steps = of(&said, Kind::Step);
    assert_eq!(steps.len(), 1, "{said:#?}");
    assert_eq!(steps[0].how, "touchmark verify acme/support-bot-7b");
    assert!(of(&said, Kind::Must).is_empty());
    let drawn = first_screen(view, "acme/support-bot-7b");
    assert!(drawn.contains("Verify it  V"), "{drawn}");
}

#[test]
fn what_stands_open_above_the_stages_level_asks_for_no_step() {
    let view = &seen().verified;
    let said = lines(view, "lumen/iris-base", Face::Text);
    let musts = of(&said, Kind::Must);
    assert!(musts.iter().any(|line| line.lead.raw() == "L2.03"), "{said:#?}");
    assert!(said.iter().all(|line| !line.text.raw().contains("not evaluated")), "{said:#?}");
    assert!(of(&said, Kind::Step).is_empty(), "nothing stands against it: {said:#?}");
}

#[test]
fn the_ancestor_that_caps_a_level_is_named_with_what_lifts_it() {
    let view = &seen().verified;
    let capped = (0..view.models.len()).find(|at| {
        let Some(verdict) = view.verdict(*at) else { return false };
        verdict.cap.as_ref().is_some_and(|cap| !cap.by.is_empty())
            && verdict.effective < verdict.assessment.score.own
    });
    let at = capped.expect("one of the samples is capped");
    let id = view.models[at].id.raw();
    let said = lines(view, id, Face::Text);
    let (ancestor, _) = view.verdict(at).unwrap().cap.unwrap().by[0].clone();
    assert!(of(&said, Kind::Cap).iter().any(|line| line.lead.raw() == ancestor.raw()), "{said:#?}");
    assert!(said.iter().any(|line| line.text.raw().starts_with("What keeps its level at")), "{said:#?}");
}

#[test]
fn both_faces_say_the_same_and_only_keys_and_commands_differ() {
    let dir = copy_of_samples();
    let root = dir.path().to_str().unwrap();
    touchmark(["verify", "acme/support-bot-7b", "--workspace", root]);
    let shown = out(&touchmark(["show", "acme/support-bot-7b", "--workspace", root]));
    for line in lines(&seen().verified, "acme/support-bot-7b", Face::Text) {
        let text = line.text.screen();
        // The time of the verification differs.
        if !text.contains("verification of 2") {
            assert!(shown.contains(&text), "{text}\nis not in\n{shown}");
        }
    }
    assert!(shown.contains("touchmark verify acme/support-bot-7b"), "{shown}");
}

#[test]
fn a_command_quotes_a_name_that_a_shell_would_take_apart() {
    let command = |id: &str, deed: Deed| touchmark::words::why::command(deed, &ModelId::new(id));
    assert_eq!(command("a/b", Deed::Verify), "touchmark verify a/b");
    assert_eq!(command("a b; rm -rf $(pwd)", Deed::Verify), "touchmark verify 'a b; rm -rf $(pwd)'");
    assert_eq!(command("it's", Deed::Bind), "touchmark bind 'it'\\''s'");
    assert!(command("a", Deed::TakeBack(7)).contains("--of 7"));
}
