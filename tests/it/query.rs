//! The language that finds models: parsing and printing, terms on the samples, and that both faces find the same.

use crate::support::{copy_of_samples, err, out, touchmark};
use crate::tui::{app, event, press, seen, text, told, verified};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use touchmark::commands::{Cmd, Screen};
use touchmark::query::{
    Clause, Compare, Facts, Fit, Hit, Index, Matcher, Order, Query, TERMS, Takes, Term, Unit, Value, What,
    Word, complete, filter_page, parse, parse_strictly,
};
use touchmark::tui::{Action, App, COLUMNS, Effect, Licences, Popup, update};
use touchmark::workbench::{JobKind, OpenOptions, ReviewWord, View, Workbench};

fn found(view: &View, filter: &str) -> BTreeSet<String> {
    let query = parse_strictly(filter).unwrap_or_else(|error| panic!("{filter}: {error}"));
    let rows = Matcher::new(&query, &Index::of(view), None).find();
    rows.into_iter().map(|row| view.models[row as usize].id.raw().to_owned()).collect()
}

fn models(view: &View, keep: impl Fn(usize) -> bool) -> BTreeSet<String> {
    (0..view.models.len()).filter(|at| keep(*at)).map(|at| view.models[at].id.raw().to_owned()).collect()
}

// ---- parsing ----

#[test]
fn every_term_has_one_row_one_name_and_one_key() {
    let names: BTreeSet<&str> = TERMS.iter().map(|row| row.name).collect();
    let keys: BTreeSet<char> = TERMS.iter().map(|row| row.key).collect();
    assert_eq!((names.len(), keys.len()), (TERMS.len(), TERMS.len()));
    for row in TERMS {
        assert_eq!(row.term.row().name, row.name);
        assert_eq!(Term::of_key(row.key), Some(row.term));
        assert!(parse_strictly(row.example).is_ok(), "{}", row.example);
        assert!(parse_strictly(row.example).unwrap().has(row.term));
    }
}

fn value(term: Term) -> BoxedStrategy<Value> {
    let compare =
        prop_oneof![Just(Compare::Less), Just(Compare::AtMost), Just(Compare::AtLeast), Just(Compare::More)];
    match term.row().takes {
        Takes::Name(_) => "\\PC{1,12}".prop_map(|name| Value::Name(name.to_lowercase())).boxed(),
        Takes::Code => prop_oneof![Just("*"), Just("files"), Just("files-changed"), Just("sig*")]
            .prop_map(|code| Value::Name(code.to_owned()))
            .boxed(),
        Takes::Word(words) => (0..words.len()).prop_map(move |at| Value::Choice(words[at].1)).boxed(),
        Takes::Number(most) => (prop_oneof![compare, Just(Compare::Is)], 0..=most)
            .prop_map(|(compare, number)| Value::Number(compare, number))
            .boxed(),
        Takes::Time => {
            let unit = prop_oneof![
                Just(Unit::Minute),
                Just(Unit::Hour),
                Just(Unit::Day),
                Just(Unit::Week),
                Just(Unit::Year)
            ];
            (compare, 0..100_000_u64, unit)
                .prop_map(|(compare, many, unit)| Value::Time(compare, many, unit))
                .boxed()
        }
    }
}

fn clause() -> impl Strategy<Value = Clause> {
    let word = "\\PC{1,12}".prop_map(|word| What::Word(word.to_lowercase()));
    let term = (0..TERMS.len()).prop_flat_map(|at| {
        let term = TERMS[at].term;
        prop::collection::vec(value(term), 1..4).prop_map(move |values| What::Term(term, values))
    });
    (any::<bool>(), prop_oneof![word, term]).prop_map(|(is_negated, what)| Clause { is_negated, what })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_stops_the_parser_and_what_it_understood_reads_the_same_again(text in "[-!\"\\\\:,<>=*a-zA-Z0-9 /é\u{130}]{0,60}|\\PC{0,40}") {
        let parsed = parse(&text);
        for fault in &parsed.faults {
            prop_assert!(text.get(fault.at.clone()).is_some());
        }
        let written = parsed.query.to_string();
        let again = parse(&written);
        prop_assert_eq!(&again.query, &parsed.query, "{}", written);
        prop_assert!(again.faults.is_empty(), "{}: {:?}", written, again.faults);
        prop_assert_eq!(again.query.to_string(), written);
    }

    #[test]
    fn a_query_that_is_written_reads_the_same(clauses in prop::collection::vec(clause(), 0..6)) {
        let query = Query { clauses };
        let parsed = parse(&query.to_string());
        prop_assert!(parsed.faults.is_empty(), "{}: {:?}", query, parsed.faults);
        prop_assert_eq!(parsed.query, query);
    }

    #[test]
    fn a_pattern_fits_as_its_parts_follow_each_other(pattern in "[ab*]{0,6}", text in "[abAB]{0,8}") {
        // The plain definition, by trying all.
        fn fits(pattern: &[u8], text: &[u8]) -> bool {
            match pattern.split_first() {
                None => text.is_empty(),
                Some((b'*', rest)) => (0..=text.len()).any(|at| fits(rest, &text[at..])),
                Some((c, rest)) => text.first().is_some_and(|t| t.eq_ignore_ascii_case(c)) && fits(rest, &text[1..]),
            }
        }
        let view = with_signer(&text);
        let quoted = format!("publisher:\"{pattern}\"");
        if let Ok(query) = parse_strictly(&quoted) {
            let is_found = !Matcher::new(&query, &Index::of(&view), None).find().is_empty();
            let publisher = text.to_ascii_lowercase();
            prop_assert_eq!(is_found, !publisher.is_empty() && fits(pattern.as_bytes(), publisher.as_bytes()));
        }
    }

    #[test]
    fn letters_that_are_found_are_the_words_letters_in_order(name in "[a-c/0-2-]{0,20}", word in "[a-c0-2]{1,6}") {
        let word_ = Word::new(&word);
        let positions = word_.positions(&name);
        let letters: Vec<char> = name.chars().collect();
        match word_.fit(&name) {
            Fit::Found(_) => {
                let found: String = positions.iter().map(|at| letters[*at]).collect();
                prop_assert_eq!(found, word);
                prop_assert!(positions.windows(2).all(|two| two[0] < two[1]));
            }
            _ => prop_assert!(positions.is_empty() && !name.contains(&word)),
        }
    }

    #[test]
    fn a_longer_query_finds_only_what_the_shorter_one_left(name in "[a-c/0-2-]{0,20}", word in "[a-c0-2]{4,6}") {
        let shorter = Word::new(&word[..word.len() - 1]);
        if Word::new(&word).fit(&name) != Fit::No {
            prop_assert!(shorter.fit(&name) != Fit::No);
        }
    }
}

/// A view of one model whose name begins with this.
fn with_signer(owner: &str) -> View {
    use touchmark::inventory::{Model, ModelId};
    let mut view = View::clone(&seen().found);
    let name = format!("{owner}/x");
    view.models = Arc::new(vec![Model::new(ModelId::new(&name), name.as_str())]);
    view.graph = Arc::default();
    view.findings = Arc::default();
    view.verified = Arc::new(vec![None]);
    view.reviews = Arc::new(vec![None]);
    view.judgement = Default::default();
    view
}

#[test]
fn faulty_terms_say_what_is_allowed_and_unfinished_ones_are_no_errors() {
    for (text, what, help) in [
        ("publsher:acme", "there is no term `publsher:`", "did you mean `publisher:`?"),
        ("colour:red", "there is no term `colour:`", "publisher, status"),
        ("status:broken", "`status:` has no such value", "fail, pass, warn"),
        ("level:7", "`level:` has no such value", "0 to 3"),
        ("level:+1", "`level:` has no such value", "0 to 3"),
        ("age:>3", "`age:` has no such value", ">30d"),
        ("used:many", "`used:` has no such value", "a number"),
        ("fails:FILES-CHANGD", "`fails:` has no such value", "did you mean `FILES-CHANGED`?"),
        ("publisher:", "`publisher:` has no value", "a name"),
        ("kind:model,", "`kind:` has no value", "adapter"),
    ] {
        let error = parse_strictly(text).unwrap_err();
        assert_eq!(error.what, what, "{text}");
        assert!(error.help.as_deref().unwrap().contains(help), "{text}: {:?}", error.help);
        assert_eq!(error.code.exit_status(), 2);
        assert!(parse(text).query.is_empty(), "{text}: what is not understood narrows nothing");
    }
    for unfinished in ["publisher:", "status:f", "level:<", "age:>30", "age:", "fails:FILES-CH", "-status:"] {
        assert!(parse(unfinished).faults[0].is_unfinished, "{unfinished}");
    }
    for wrong in ["status:broken", "level:7", "publsher:acme"] {
        assert!(!parse(wrong).faults[0].is_unfinished, "{wrong}");
    }
}

#[test]
fn names_with_colons_and_what_stands_in_quotes_are_words() {
    for (text, word) in
        [("llama3:8b", "llama3:8b"), ("\"qwen:7b\"", "qwen:7b"), ("\"two words\"", "two words")]
    {
        assert_eq!(parse_strictly(text).unwrap().clauses, [Clause::word(word)]);
    }
    assert_eq!(
        parse_strictly("- ! \"\"").unwrap(),
        Query::default(),
        "signs alone are words that have not begun"
    );
    let quoted = parse_strictly("publisher:\"Acme Inc\",Other").unwrap();
    let names = ["acme inc", "other"].map(|name| Value::Name(name.to_owned()));
    assert_eq!(quoted.clauses[0].what, What::Term(Term::Publisher, names.to_vec()));
}

// ---- terms ----

#[test]
fn terms_find_what_the_view_says_of_the_models() {
    use touchmark::decision::Decision;
    use touchmark::signing::Outcome;
    let view = &seen().verified;
    let outcome = |at: usize| view.summary(at).outcome;
    let gate = |at: usize| view.summary(at).decision;
    let owner = |at: usize, owner: &str| view.models[at].id.raw().starts_with(&format!("{owner}/"));
    let fails = |at: usize| outcome(at) == Outcome::Fail;
    assert_eq!(found(view, ""), models(view, |_| true));
    assert_eq!(found(view, "status:fail"), models(view, fails));
    assert_eq!(found(view, "fails:*"), models(view, fails));
    assert_eq!(found(view, "status:unsigned"), models(view, |at| view.summary(at).word == "unsigned"));
    assert_eq!(found(view, "publisher:ACME"), models(view, |at| owner(at, "acme")));
    assert_eq!(found(view, "publisher:ac*"), models(view, |at| owner(at, "acme")));
    assert_eq!(found(view, "publisher:acm"), BTreeSet::new(), "a name is meant whole");
    assert_eq!(found(view, "publisher:acme fails:*"), models(view, |at| owner(at, "acme") && fails(at)));
    assert_eq!(found(view, "-publisher:acme"), models(view, |at| !owner(at, "acme")));
    assert_eq!(found(view, "!publisher:acme"), found(view, "-publisher:acme"));
    assert_eq!(
        found(view, "gate:refuse,warn"),
        models(view, |at| matches!(gate(at), Decision::Refuse | Decision::Warn))
    );
    let level = |at: usize| view.summary(at).effective;
    let judged = |at: usize| gate(at) != Decision::NotJudged;
    assert_eq!(found(view, "level:<2"), models(view, |at| judged(at) && level(at) < 2));
    assert_eq!(found(view, "level:>=1"), models(view, |at| judged(at) && level(at) >= 1));
    let has = |at: usize, code: &str| {
        view.standing(at).is_some_and(|v| {
            v.verification.checks.iter().any(|c| c.outcome == Outcome::Fail && c.code.as_str() == code)
        })
    };
    let changed = found(view, "fails:FILES-CHANGED");
    assert_eq!(changed, models(view, |at| has(at, "FILES-CHANGED")));
    assert!(
        !changed.is_empty() && changed.is_subset(&found(view, "fails:files")),
        "a stage means all of its codes"
    );
    for term in ["kind:dataset", "format:pickle", "basis:declared", "reviewed:no", "signer:*", "used:>0"] {
        let (with, without) = (found(view, term), found(view, &format!("-{term}")));
        assert!(with.is_disjoint(&without), "{term}");
        assert_eq!(with.len() + without.len(), view.models.len(), "{term}");
        assert!(!with.is_empty(), "{term} finds nothing of the samples");
    }
    assert_eq!(found(view, "reviewed:yes"), BTreeSet::new());
}

#[test]
fn lineage_terms_find_direct_descendants() {
    let view = &seen().verified;
    let mut tried = (0, 0);
    for node in view.graph.nodes() {
        let children = view.graph.children(&node.id);
        let of = |trained: bool| -> BTreeSet<String> {
            let edges = children.iter().filter(|(_, edge)| edge.relation.bears_weight() != trained);
            edges
                .filter(|(child, _)| child.model().is_some())
                .map(|(child, _)| child.id.raw().to_owned())
                .collect()
        };
        let (made, trained) = (of(false), of(true));
        if !made.is_empty() {
            assert_eq!(found(view, &format!("base:\"{}\"", node.id.raw())), made);
            tried.0 += 1;
        }
        if !trained.is_empty() {
            assert!(found(view, &format!("dataset:\"{}\"", node.id.raw())).is_superset(&trained));
            tried.1 += 1;
        }
        let used = format!("used:{}", children.len());
        if node.model().is_some() {
            assert!(found(view, &used).contains(node.id.raw()), "{used} of {}", node.id.raw());
        }
    }
    assert!(tried.0 > 0 && tried.1 > 0, "{tried:?}");
}

#[test]
fn a_stage_alone_asks_what_may_enter_it_and_beside_a_gate_says_which() {
    use touchmark::decision::Decision;
    let view = &seen().verified;
    for stage in view.policy.stages.iter().map(|stage| &stage.name) {
        let there = view.at_stage(stage).unwrap();
        let gate = |at: usize| there.summary(at).decision;
        let may_enter = models(view, |at| matches!(gate(at), Decision::Admit | Decision::Warn));
        assert_eq!(found(view, &format!("stage:{stage}")), may_enter);
        let refused = models(view, |at| gate(at) == Decision::Refuse);
        assert_eq!(found(view, &format!("stage:{stage} gate:refuse")), refused);
        assert_eq!(found(view, &format!("gate:refuse stage:{stage}")), refused);
        assert_eq!(found(view, &format!("-stage:{stage}")).len(), view.models.len() - may_enter.len());
    }
    let query = parse_strictly("stage:nowhere").unwrap();
    let (what, help) = query.unknown_stage(view).unwrap();
    assert!(what.contains("no stage `nowhere`") && help.contains(&view.stage), "{what} {help}");
    let shorter = &view.stage[..view.stage.len() - 1];
    assert_eq!(parse_strictly(&format!("stage:{shorter}")).unwrap().unknown_stage(view), None);
}

#[test]
fn reviews_and_ages_are_found() {
    let dir = copy_of_samples();
    let workbench =
        Workbench::open(&OpenOptions { dir: Some(dir.path().into()), ..OpenOptions::default() }).unwrap();
    let ids: Vec<_> = workbench.view().models.iter().map(|model| model.id.clone()).collect();
    workbench.wait(workbench.start(JobKind::Verify(ids.clone())));
    workbench.review(&ids[0], ReviewWord::Reject, "seen").unwrap();
    workbench.review(&ids[1], ReviewWord::Approve, "seen").unwrap();
    workbench.review(&ids[2], ReviewWord::AskProducer, "seen").unwrap();
    let view = workbench.view();
    let one = |at: usize| BTreeSet::from([ids[at].raw().to_owned()]);
    assert_eq!(found(&view, "reviewed:rejected"), one(0));
    assert_eq!(found(&view, "reviewed:approved"), one(1));
    assert_eq!(found(&view, "reviewed:asked"), one(2));
    assert_eq!(found(&view, "reviewed:yes").len(), 3);
    assert_eq!(found(&view, "reviewed:yes -reviewed:rejected").len(), 2);
    let mut later = View::clone(&view);
    later.at = view.at + std::time::Duration::from_secs(40 * 86_400);
    let known = models(&view, |at| view.verification(at).is_some());
    assert_eq!(found(&later, "age:>30d"), known);
    assert_eq!(found(&later, "age:30d"), known);
    assert_eq!(found(&later, "age:>6w"), BTreeSet::new());
    assert_eq!(found(&view, "age:>30d"), BTreeSet::new());
    assert_eq!(found(&view, "age:<1d"), known);
}

#[test]
fn built_in_views_count_what_their_queries_find() {
    for view in [&seen().found, &seen().verified] {
        let mut app = app("dark", Some(view));
        for _ in 0..4 {
            let saved = app.rows.saved();
            assert_eq!(app.rows.shown().len(), app.rows.count(saved), "{}", saved.word());
            press(&mut app, &["v"]);
        }
    }
}

// ---- ranking ----

#[test]
fn the_best_match_comes_first() {
    let ranks = |word: &str, names: &[&str]| -> Vec<u8> {
        let rank = |name: &&str| match Word::new(word).fit(name) {
            Fit::Found(rank) => rank,
            other => panic!("{word} in {name}: {other:?}"),
        };
        names.iter().map(rank).collect()
    };
    let names = ["llama", "acme/llama", "acme/llama-8b", "llama/tuned", "acme/my-llama-8b", "acme/myllamas"];
    let found = ranks("llama", &names);
    assert!(found.is_sorted() && found.windows(2).all(|two| two[0] != two[1]), "{found:?}");
    let scattered = ranks("llm8gguf", &["meta/llama-8b-gguf"]);
    assert!(scattered[0] > found[5]);
    assert_eq!(Word::new("llm8gguf").positions("llama-8b-gguf"), [0, 1, 3, 6, 9, 10, 11, 12]);
    assert_eq!(Word::new("sbb").positions("support-bot-b"), [0, 8, 12], "letters that begin parts");
    assert_eq!(Word::new("refuse").fit("rxexfxuxsxe"), Fit::Loose, "letters by chance are not meant");
    assert_eq!(Word::new("zzz").fit("acme/llama"), Fit::No);
}

#[test]
fn words_find_what_other_columns_show() {
    let view = &seen().verified;
    let refused = found(view, "refuse");
    assert!(!refused.is_empty() && refused.is_superset(&found(view, "gate:refuse")));
    assert!(found(view, "fail").is_superset(&found(view, "status:fail")));
    assert!(found(view, "files-changed").is_superset(&found(view, "fails:FILES-CHANGED")));
    assert!(found(view, "-refuse").is_disjoint(&refused));
}

// ---- both faces ----

fn listed(dir: &Path, arguments: &[&str]) -> Vec<String> {
    let workspace = dir.to_str().unwrap();
    let done = touchmark(["list", "--workspace", workspace, "--format", "json"].iter().chain(arguments));
    assert!(done.status.success(), "{arguments:?}: {}", err(&done));
    let json: serde_json::Value = serde_json::from_str(&out(&done)).unwrap();
    json["models"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn both_faces_find_the_same_models_for_every_term() {
    let dir = copy_of_samples();
    let workbench =
        Workbench::open(&OpenOptions { dir: Some(dir.path().into()), ..OpenOptions::default() }).unwrap();
    let ids: Vec<_> = workbench.view().models.iter().map(|model| model.id.clone()).collect();
    workbench.wait(workbench.start(JobKind::Verify(ids)));
    let view = workbench.view();
    drop(workbench);
    let examples = TERMS.iter().map(|row| match row.term {
        Term::Stage => format!("stage:{}", view.stage),
        _ => row.example.to_owned(),
    });
    let more =
        ["refuse", "acme bot", "publisher:acme fails:*", "!status:fail", "-gate:admit used:>0", "spprt"];
    for filter in examples.chain(more.map(str::to_owned)) {
        let mut app = app("dark", Some(&view));
        press(&mut app, &["/"]);
        update(&mut app, Action::Paste(filter.clone()));
        press(&mut app, &["enter"]);
        let shown = app.rows.shown().iter().map(|row| view.models[*row as usize].id.raw().to_owned());
        let shown: BTreeSet<String> = shown.collect();
        let words: Vec<&str> = filter.split(' ').collect();
        let of_list: BTreeSet<String> = listed(dir.path(), &words).into_iter().collect();
        assert_eq!(shown, of_list, "{filter}");
    }
}

#[test]
fn list_orders_by_a_column_and_refuses_a_faulty_filter() {
    let dir = copy_of_samples();
    let by_name = listed(dir.path(), &[]);
    assert!(by_name.is_sorted());
    let mut reversed = listed(dir.path(), &["--reverse"]);
    reversed.reverse();
    assert_eq!(reversed, by_name);
    for order in Order::ALL {
        let mut ordered = listed(dir.path(), &["--sort", order.word()]);
        ordered.sort();
        assert_eq!(ordered, by_name, "{}", order.word());
        assert_eq!(Order::named(order.word()), Some(order));
    }
    let used = listed(dir.path(), &["--sort", "used"]);
    assert_ne!(used, by_name);
    for wrong in ["colour:red", "status:", "stage:nowhere", "level:9"] {
        let done = touchmark(["list", "--workspace", dir.path().to_str().unwrap(), wrong]);
        assert_eq!(done.status.code(), Some(2), "{wrong}");
        assert!(err(&done).contains("help: "), "{}", err(&done));
    }
    let help = out(&touchmark(["list", "--help"]));
    for row in TERMS {
        assert!(help.contains(&format!("{}:", row.name)), "{} in {help}", row.name);
    }
}

#[test]
fn list_and_the_table_of_the_workbench_have_the_same_order_by_every_column() {
    let dir = copy_of_samples();
    let workbench = crate::tui::open(dir.path(), false);
    let ids: Vec<_> = workbench.view().models.iter().map(|model| model.id.clone()).collect();
    workbench.wait(workbench.start(touchmark::workbench::JobKind::Verify(ids.clone())));
    workbench.review(&ids[3], touchmark::view::ReviewWord::Approve, "seen").unwrap();
    let view = workbench.view();
    drop(workbench);
    for column in COLUMNS {
        for is_reversed in [false, true] {
            let mut app = app("dark", Some(&view));
            app.rows.take_licences(Licences::of(&view));
            app.rows.sort_by(column.id);
            if app.rows.sort().by == column.id && app.rows.sort().is_reversed != is_reversed {
                app.rows.reverse();
            }
            let table: Vec<&str> =
                app.rows.shown().iter().map(|row| view.models[*row as usize].id.raw()).collect();
            let mut arguments = vec!["--sort", column.id.word()];
            arguments.extend(is_reversed.then_some("--reverse"));
            assert_eq!(listed(dir.path(), &arguments), table, "{} {is_reversed}", column.title);
            // So are those that a filter leaves.
            arguments.push("publisher:acme");
            let acme: Vec<&str> = table.iter().filter(|id| id.starts_with("acme/")).copied().collect();
            assert_eq!(listed(dir.path(), &arguments), acme, "{} {is_reversed}", column.title);
        }
    }
}

#[test]
fn the_page_about_filters_is_fresh() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/filter.md")).unwrap();
    assert_eq!(page, filter_page(), "run `cargo run --example make-docs`");
}

// ---- on the screen ----

#[test]
fn a_filter_is_typed_by_key_and_completed_from_the_inventory() {
    let mut app = verified();
    press(&mut app, &["f"]);
    let drawn = text(&app, 120, 36);
    for row in TERMS {
        assert!(drawn.contains(&format!("{}:{}", row.name, row.value)), "{} in {drawn}", row.name);
    }
    press(&mut app, &["p"]);
    assert!(app.filtering && app.rows.filter == "publisher:");
    assert_eq!(app.rows.shown().len(), app.rows.total(), "what is not finished narrows nothing");
    assert!(text(&app, 120, 36).contains("acme 1"), "{}", text(&app, 120, 36));
    press(&mut app, &["a", "c", "tab"]);
    assert_eq!(app.rows.filter, "publisher:acme ");
    press(&mut app, &["enter"]);
    assert!(!app.filtering);
    let ids: Vec<&str> =
        app.rows.shown().iter().map(|row| seen().verified.models[*row as usize].id.raw()).collect();
    assert!(!ids.is_empty() && ids.iter().all(|id| id.starts_with("acme/")), "{ids:?}");
    press(&mut app, &["f", "s", "f", "tab"]);
    assert_eq!(app.rows.filter, "publisher:acme status:fail ");
    assert!(app.rows.shown().len() < ids.len() && !app.rows.shown().is_empty());
}

#[test]
fn a_half_typed_term_is_a_dim_hint_and_no_error() {
    let mut app = verified();
    for (typed, hint) in [
        ("level:9", "0 to 3"),
        ("colour:red", "there is no term"),
        ("stage:nowhere", "its stages are"),
        ("age:", ">30d"),
        ("st", "status:"),
    ] {
        press(&mut app, &["/", "ctrl-u"]);
        update(&mut app, Action::Paste(typed.to_owned()));
        assert!(app.message.is_none(), "{typed}");
        let drawn = text(&app, 120, 36);
        assert!(drawn.contains(hint), "{typed}: {drawn}");
        press(&mut app, &["esc"]);
    }
}

#[test]
fn tab_goes_through_what_may_follow_and_earlier_filters_come_back() {
    let mut app = verified();
    press(&mut app, &["/", "s", "t", "tab"]);
    assert_eq!(app.rows.filter, "sta", "what all have in common comes first");
    press(&mut app, &["tab"]);
    assert_eq!(app.rows.filter, "status:");
    press(&mut app, &["tab"]);
    assert_eq!(app.rows.filter, "stage:");
    press(&mut app, &["shift-tab"]);
    assert_eq!(app.rows.filter, "status:");
    press(&mut app, &["ctrl-u", "b", "o", "t", "enter", "/", "ctrl-u", "f", "a", "i", "l", "enter"]);
    press(&mut app, &["/", "ctrl-u", "x", "up"]);
    assert_eq!(app.rows.filter, "fail");
    press(&mut app, &["up"]);
    assert_eq!(app.rows.filter, "bot");
    press(&mut app, &["up", "down"]);
    assert_eq!(app.rows.filter, "fail");
    press(&mut app, &["down"]);
    assert_eq!(app.rows.filter, "x", "at last what was typed");
}

#[test]
fn completion_offers_only_what_fits_and_quotes_what_needs_it() {
    let index = Index::of(&seen().verified);
    let texts = |text: &str| -> Vec<String> {
        complete(text, &index).candidates.into_iter().map(|candidate| candidate.text).collect()
    };
    assert_eq!(texts("reviewed:r"), ["rejected", "approved"], "what begins so comes first");
    assert!(
        texts("fails:").contains(&"FILES-CHANGED".to_owned())
            && !texts("fails:").contains(&"TIME".to_owned())
    );
    assert!(texts("stage:").contains(&seen().verified.stage));
    assert!(texts("x llama3:8b").is_empty());
    for row in TERMS {
        for typed in texts(&format!("{}:", row.name)) {
            let filter = format!("{}:{typed}", row.name);
            assert!(parse_strictly(&filter).is_ok(), "{filter} is offered and not understood");
        }
    }
    assert_eq!(complete("status:fail,p", &index).taken("status:fail,p", 0).unwrap(), "status:fail,pass ");
}

#[test]
fn views_are_kept_with_their_order_and_dropped_by_an_empty_name() {
    let mut app = verified();
    press(&mut app, &["/", "b", "o", "t", "enter"]);
    app.rows.reverse();
    let shown = app.rows.shown().to_vec();
    press(&mut app, &["ctrl-s", "b", "o", "t", "s", "enter"]);
    assert!(told(&app).contains("kept as the view `bots`"), "{}", told(&app));
    assert!(app.rows.filter.is_empty());
    assert_eq!(app.rows.shown(), shown, "the view has the filter now");
    let kept = app.kept_views().to_vec();
    assert_eq!((kept[0].name.as_str(), kept[0].filter.as_str(), kept[0].reversed), ("bots", "bot", true));
    assert!(text(&app, 120, 36).contains(" bots "));
    // As it is stored and read again.
    let stored = serde_json::to_string(&kept).unwrap();
    let mut again = verified();
    again.set_kept_views(serde_json::from_str(&stored).unwrap());
    press(&mut again, &["v", "v", "v", "v"]);
    assert_eq!(again.rows.shown(), shown);
    assert!(again.rows.sort().is_reversed);
    press(&mut again, &["ctrl-s", "enter"]);
    assert!(told(&again).contains("dropped the view `bots`"), "{}", told(&again));
    assert!(again.kept_views().is_empty() && again.rows.shown().len() == again.rows.total());
    press(&mut again, &["ctrl-s", "enter"]);
    assert!(told(&again).contains("needs a name"), "{}", told(&again));
    press(&mut again, &["ctrl-s", "a", "l", "l", "enter"]);
    assert!(told(&again).contains("built-in"), "{}", told(&again));
}

#[test]
fn ctrl_p_opens_a_model_on_the_screen_that_is_about_one() {
    let mut app = verified();
    press(&mut app, &["4", "ctrl-p"]);
    let drawn = text(&app, 80, 24);
    assert!(
        drawn.contains("Go to a model") && drawn.contains(&format!("of {}", app.rows.total())),
        "{drawn}"
    );
    press(&mut app, &["b", "a", "d", "g", "e"]);
    assert!(text(&app, 80, 24).contains("acme/badge-check"));
    press(&mut app, &["enter"]);
    assert!(app.popup.is_none() && app.screen == Screen::Maturity);
    assert_eq!(app.current.as_ref().unwrap().raw(), "acme/badge-check");
    // On the inventory, the row; a filter that hides it goes.
    press(&mut app, &["1", "/", "z", "q", "z", "enter", "ctrl-p", "b", "a", "d", "g", "e", "enter"]);
    assert_eq!(app.subject().unwrap().raw(), "acme/badge-check");
    assert!(app.rows.filter.is_empty());
    press(&mut app, &["ctrl-p", "z", "q", "z", "enter"]);
    assert!(told(&app).contains("no model has such a name"), "{}", told(&app));
    press(&mut app, &["ctrl-p"]);
    update(&mut app, Action::Paste("badge".to_owned()));
    let Some(Popup::GoTo(goto)) = &app.popup else { panic!("no popup") };
    assert_eq!(goto.found().len(), 1, "pasted text is searched for as typed text is");
}

// ---- many models ----

/// Does what the loop would do about a search, and counts how often.
fn go_on(app: &mut App, mut effects: Vec<Effect>) -> usize {
    let mut slices = 0;
    while effects.contains(&Effect::GoOn) {
        slices += 1;
        effects = update(app, Action::GoOn);
    }
    slices
}

#[test]
fn a_search_of_many_models_is_cut_into_slices_and_a_longer_word_searches_what_is_left() {
    let view = crate::tui::many(100_000);
    let mut app = app("dark", Some(&view));
    let typed = |app: &mut App, key: &str| update(app, Action::Key(event(key)));
    typed(&mut app, "/");
    let looked_at = |app: &App| app.rows.finder().looked_at();
    let effects = typed(&mut app, "0");
    assert!(effects.contains(&Effect::GoOn) && looked_at(&app) < 20_000, "one slice a key");
    assert!(!app.rows.shown().is_empty(), "the first results are there at once");
    // The next key wins: what was not looked at yet is never looked at for the shorter word.
    let effects = typed(&mut app, "7");
    assert!(looked_at(&app) < 40_000);
    go_on(&mut app, effects);
    let effects = typed(&mut app, "7");
    go_on(&mut app, effects);
    let before = looked_at(&app);
    let effects = typed(&mut app, "7");
    go_on(&mut app, effects);
    assert!(looked_at(&app) - before < 20_000, "only what 077 left: {}", looked_at(&app) - before);
    assert_eq!(app.rows.shown().first(), Some(&77_700), "where a part begins with it");
    let whole = |row: &u32| view.models[*row as usize].id.raw().contains("0777");
    let apart = app.rows.shown().iter().skip_while(|row| whole(row));
    assert!(apart.clone().count() > 0 && !apart.clone().any(whole), "letters apart come last");
}

#[test]
fn facts_of_many_models_are_read_where_nobody_waits() {
    let view = crate::tui::many(30_000);
    let mut app = App::new(verified().theme, Vec::new());
    let effects = update(&mut app, Action::View(view.clone()));
    let asked = effects.iter().find_map(|effect| match effect {
        Effect::ReadFacts(of) => Some(of.0.clone()),
        _ => None,
    });
    let asked = asked.expect("nobody is asked to read the facts");
    press(&mut app, &["/"]);
    update(&mut app, Action::Paste("publisher:nobody".to_owned()));
    assert!(
        app.rows.awaits_facts() && app.rows.shown().len() == 30_000,
        "nothing is claimed before it is read"
    );
    assert!(text(&app, 120, 36).contains("reading what this term asks for"));
    let facts = Arc::new(Index::read_facts(&asked));
    let effects = update(&mut app, Action::Facts(asked.clone(), facts.clone()));
    go_on(&mut app, effects);
    assert!(!app.rows.awaits_facts() && app.rows.shown().is_empty());
    // The next view of the same models has them already.
    let next = Arc::new(View { generation: 2, ..View::clone(&view) });
    let effects = update(&mut app, Action::View(next));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::ReadFacts(_))));
    assert!(!app.rows.awaits_facts());
    // What was read of other models is not taken.
    let mut other = App::new(verified().theme, Vec::new());
    update(&mut other, Action::View(crate::tui::many(30_000)));
    update(&mut other, Action::Facts(asked, facts));
    assert!(other.rows.lacks_facts());
}

#[test]
fn facts_keep_every_value_once() {
    let view = crate::tui::many(5_000);
    let facts = Facts::of(&view.models, &view.findings, &view.graph);
    assert_eq!(facts.known().len(), 1, "{:?}", facts.known());
    assert_eq!((&*facts.known()[0].text, facts.known()[0].models), ("team", 5_000));
}

#[test]
fn what_is_found_without_words_keeps_the_order_in_force() {
    let view = &seen().verified;
    let mut app = verified();
    let before = app.rows.shown().to_vec();
    press(&mut app, &["/"]);
    update(&mut app, Action::Paste("publisher:acme".to_owned()));
    let acme: Vec<u32> = before
        .iter()
        .copied()
        .filter(|row| view.models[*row as usize].id.raw().starts_with("acme/"))
        .collect();
    assert_eq!(app.rows.shown(), acme);
    let matcher = Matcher::new(&parse("acme").query, &Index::of(view), None);
    assert!(matcher.is_ranked() && matcher.hit(acme[0] as usize) != Hit::No);
    assert!(touchmark::commands::keys_of(Cmd::GoTo).is_some());
}

/// Types one character after the other.
fn type_in(app: &mut App, text: &str) {
    text.chars().for_each(|c| drop(press(app, &[&c.to_string()])));
}

#[test]
fn a_name_that_is_still_typed_is_a_beginning_and_kept_as_one_when_it_is_no_whole_name() {
    let mut app = verified();
    type_in(&mut app, "/publisher:ac");
    let begun = app.rows.shown().len();
    assert!(begun > 5, "{begun}");
    type_in(&mut app, "me");
    assert_eq!(app.rows.shown().len(), begun);
    press(&mut app, &["enter"]);
    assert_eq!((app.rows.filter.as_str(), app.rows.shown().len()), ("publisher:acme", begun));

    let mut app = verified();
    type_in(&mut app, "/publisher:ac");
    press(&mut app, &["enter"]);
    assert_eq!((app.rows.filter.as_str(), app.rows.shown().len()), ("publisher:ac*", begun));

    // What begins no name finds nothing, and stays as it was typed.
    let mut app = verified();
    type_in(&mut app, "/publisher:zz");
    press(&mut app, &["enter"]);
    assert_eq!((app.rows.filter.as_str(), app.rows.shown().len()), ("publisher:zz", 0));
}

#[test]
fn numbers_compare_as_their_signs_say() {
    let holds = |compare: Compare| [1, 2, 3].map(|found| compare.holds(found, 2));
    assert_eq!(holds(Compare::Less), [true, false, false]);
    assert_eq!(holds(Compare::AtMost), [true, true, false]);
    assert_eq!(holds(Compare::Is), [false, true, false]);
    assert_eq!(holds(Compare::AtLeast), [false, true, true]);
    assert_eq!(holds(Compare::More), [false, false, true]);
}
