//! What leaves the program holds text of others as text: in every form, on the clipboard, in commands to paste.

use crate::nasty::{self, assert_lines};
use crate::received::{assert_drawn, received};
use crate::tui::{app, press, seen};
use quick_xml::events::Event;
use std::sync::Arc;
use touchmark::commands::Screen;
use touchmark::forms::{COLUMNS, Form, Subject, write};
use touchmark::inventory::ModelId;
use touchmark::lineage::lanes;
use touchmark::text::Untrusted;
use touchmark::tui::clipboard::{Between, sequence};
use touchmark::tui::photograph::photograph;
use touchmark::tui::{App, copies};
use touchmark::view::View;

/// The samples, verified, as if a text stood wherever text of others can stand.
fn spoilt(text: &str) -> Arc<View> {
    let mut view = View::clone(&seen().verified);
    let untrusted = Untrusted::new(text);
    view.workspace.name = text.to_owned();
    view.policy.name = text.to_owned();
    view.policy.origin = text.to_owned();
    view.policy_text = text.to_owned();
    for anchor in &mut view.anchors {
        (anchor.name, anchor.origin) = (text.to_owned(), text.to_owned());
        anchor.error = Some(text.to_owned());
    }
    let mut models = Vec::clone(&view.models);
    for model in &mut models {
        model.name = untrusted.clone();
        model.location = model.location.as_ref().map(|_| text.replace('\0', "").into());
        for fact in model.facts.iter_mut() {
            (fact.value, fact.source, fact.place) = (untrusted.clone(), untrusted.clone(), untrusted.clone());
        }
    }
    view.models = Arc::new(models);
    let mut findings = Vec::clone(&view.findings);
    for finding in &mut findings {
        (finding.source, finding.place, finding.message) =
            (untrusted.clone(), untrusted.clone(), text.to_owned());
    }
    view.findings = Arc::new(findings);
    let verified = view.verified.iter().map(|verified| {
        let mut verified = verified.as_deref()?.clone();
        let v = &mut verified.verification;
        if let Some(signer) = &mut v.signer {
            (signer.subject, signer.issuer) = (untrusted.clone(), Some(untrusted.clone()));
            signer.fingerprint = Some(text.to_owned());
        }
        if let Some(anchor) = &mut v.anchor {
            (anchor.name, anchor.origin, anchor.digest) = (text.to_owned(), text.to_owned(), text.to_owned());
        }
        if let Some(log) = &mut v.log {
            log.log_id = untrusted.clone();
        }
        v.subject_name = Some(untrusted.clone());
        let files = Arc::make_mut(&mut v.files);
        files.changed.iter_mut().for_each(|file| file.name = untrusted.clone());
        files.extra.push(untrusted.clone());
        files.missing.push(untrusted.clone());
        files.ignored.push(untrusted.clone());
        Some(Arc::new(verified))
    });
    view.verified = Arc::new(verified.collect());
    let reviews = view.verified.iter().map(|verified| {
        let record = verified.as_ref()?.record;
        Some(Arc::new(touchmark::view::Review {
            record,
            word: touchmark::decision::ReviewWord::Reject,
            reason: untrusted.clone(),
            by: untrusted.clone(),
            at: verified.as_ref()?.verification.at,
            glass: Some(Box::new(touchmark::decision::GlassTerm {
                stage: untrusted.clone(),
                until: verified.as_ref()?.verification.at,
            })),
            beside: Vec::new(),
        }))
    });
    view.reviews = Arc::new(reviews.collect());
    view.generation += 1;
    Arc::new(view)
}

/// One with each of the corpus as a model's name.
fn named() -> (tempfile::TempDir, Arc<View>) {
    let dir = tempfile::tempdir().unwrap();
    let component = |name: &String| {
        serde_json::json!({
            "type": "machine-learning-model", "name": name, "bom-ref": name, "publisher": name, "version": name,
            "licenses": [{ "license": { "name": name } }],
            "pedigree": { "ancestors": [{ "type": "machine-learning-model", "name": "acme/base" }] },
        })
    };
    let components: Vec<serde_json::Value> = nasty::all().iter().map(component).collect();
    let bom = serde_json::json!({ "bomFormat": "CycloneDX", "specVersion": "1.6", "components": components });
    std::fs::write(dir.path().join("all.cdx.json"), bom.to_string()).unwrap();
    let text = "schema = \"workspace/0.1\"\nname = \"w\"\nstage = \"dev\"\n[[source]]\nkind = \"bom\"\npath = \"all.cdx.json\"\n";
    std::fs::write(dir.path().join("touchmark.toml"), text).unwrap();
    let view = crate::tui::open(dir.path(), true).view();
    assert!(view.models.len() + 5 >= nasty::all().len(), "{} models", view.models.len());
    (dir, view)
}

fn everything(view: &View) -> Vec<Subject> {
    let rows = (0..u32::try_from(view.models.len()).unwrap()).collect();
    let mut all = vec![Subject::Models { rows, columns: COLUMNS.to_vec(), about: "<b>=1|`".to_owned() }];
    for (index, model) in view.models.iter().enumerate().take(60) {
        all.push(Subject::Model(model.id.clone()));
        if view.verification(index).is_some() {
            all.push(Subject::Verification(model.id.clone()));
        }
        let rows = lanes(&view.graph, &model.id, 3, 2, 50);
        all.push(Subject::Lineage { focus: model.id.clone(), rows });
    }
    all
}

/// Well-formed, of these elements and attributes alone.
#[track_caller]
fn assert_markup(text: &str, elements: &[&str], attributes: &[&str], place: &str) {
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    loop {
        match reader.read_event().unwrap_or_else(|why| panic!("{place}: {why}\n{text}")) {
            Event::Start(element) | Event::Empty(element) => {
                let name = element.name().as_ref().to_owned();
                assert!(elements.contains(&name.as_str()), "<{name}> in {place}");
                for attribute in element.attributes() {
                    let attribute = attribute.unwrap();
                    let key = attribute.key.as_ref().to_owned();
                    assert!(attributes.contains(&key.as_str()), "{key} in <{name}> in {place}");
                }
            }
            Event::Comment(_) | Event::CData(_) | Event::PI(_) => panic!("{place}: a comment"),
            Event::Eof => break,
            _ => {}
        }
    }
}

/// The fields of RFC 4180.
fn fields(csv: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = csv.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, quoted) {
            ('"', true) if chars.peek() == Some(&'"') => field.push(chars.next().unwrap()),
            ('"', _) => quoted = !quoted,
            (',', false) => row.push(std::mem::take(&mut field)),
            ('\r', false) => {}
            ('\n', false) => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            (c, _) => field.push(c),
        }
    }
    rows
}

fn assert_csv(text: &str, place: &str) {
    let rows = fields(text);
    for row in &rows {
        assert_eq!(row.len(), rows[0].len(), "{place}: {row:?}");
        for field in row {
            let first = field.trim_start().chars().next().unwrap_or('x');
            let is_number = field.parse::<i64>().is_ok();
            assert!(is_number || !"=+-@＝＋－＠".contains(first), "{field} begins a formula: {place}");
        }
    }
}

fn assert_markdown(text: &str, place: &str) {
    let (mut fence, mut columns) = (None, None);
    for line in text.lines() {
        let ticks = line.chars().take_while(|c| *c == '`').count();
        match fence {
            Some(open) if ticks == open && line.len() == ticks => fence = None,
            Some(_) => continue,
            None if ticks >= 3 => fence = Some(ticks),
            None => {}
        }
        if fence.is_some() || ticks >= 3 {
            continue;
        }
        let (mut bars, mut escaped) = (0, false);
        for c in line.chars() {
            assert!(escaped || !"`<[$~".contains(c), "{c} begins markup in {place}: {line}");
            bars += usize::from(c == '|' && !escaped);
            escaped = c == '\\' && !escaped;
        }
        match (line.starts_with('|'), columns) {
            (true, Some(columns)) => assert_eq!(bars, columns, "{place}: {line}"),
            (true, None) => columns = Some(bars),
            (false, _) => columns = None,
        }
    }
    assert!(fence.is_none(), "{place}: a fence stays open");
}

const HTML: [&str; 22] = [
    "html", "head", "meta", "title", "style", "body", "h1", "h2", "dl", "dt", "dd", "table", "thead",
    "tbody", "tr", "th", "td", "p", "pre", "a", "b", "i",
];
const SVG: [&str; 6] = ["svg", "title", "style", "rect", "path", "text"];
const DRAWN: [&str; 16] = [
    "xmlns",
    "viewBox",
    "width",
    "height",
    "role",
    "aria-label",
    "rx",
    "fill",
    "d",
    "x",
    "y",
    "textLength",
    "class",
    "lang",
    "scope",
    "charset",
];

fn assert_form(text: &str, form: Form, place: &str) {
    assert_lines(text, place);
    match form {
        Form::Csv => assert_csv(text, place),
        Form::Markdown => assert_markdown(text, place),
        Form::Html => {
            assert_markup(
                text,
                &HTML[..19],
                &["lang", "charset", "http-equiv", "content", "name", "scope", "class"],
                place,
            );
            assert!(text.contains("default-src 'none'"));
        }
        Form::Svg => assert_markup(text, &SVG, &DRAWN, place),
        Form::Json => drop(serde_json::from_str::<serde_json::Value>(text).unwrap()),
        Form::Dot => {
            for line in text.lines().filter(|line| line.contains("label=")) {
                let bare = line.replace("\\\\", "").replace("\\\"", "");
                assert_eq!(bare.matches('"').count(), 2, "{place}: {line}");
                assert!(bare.ends_with("];") && !bare.trim_start().starts_with('"'), "{place}: {line}");
            }
        }
        Form::Mermaid => {
            for line in text.lines().skip(1) {
                let label = &line[line.find('"').unwrap() + 1..line.rfind('"').unwrap()];
                let plain = |c: char| c.is_ascii_alphanumeric() || " /-_.,:#;<>".contains(c);
                assert!(label.chars().all(plain), "{place}: {line}");
                assert!(label.replace("<br/>", "").chars().all(|c| !"<>".contains(c)), "{place}: {line}");
            }
        }
        Form::Text => {}
        // Of reports alone: `reports_for_programs` and `reports_pdf` judge them.
        Form::Pdf | Form::Sarif | Form::Junit | Form::CycloneDx | Form::Oscal => panic!("{place}"),
    }
}

#[test]
fn names_of_models_stay_text_in_every_form() {
    let (_dir, view) = named();
    for subject in everything(&view) {
        for form in subject.forms() {
            let text = write(&subject, *form, &view, &[]).unwrap();
            assert_form(&text, *form, &format!("{} of {subject:.120?}", form.name()));
        }
    }
}

#[test]
fn whatever_else_is_text_of_others_stays_text_on_every_screen_in_every_form_and_when_copied() {
    for text in nasty::all().iter().filter(|text| text.len() < 10_000) {
        let view = spoilt(text);
        let place = touchmark::text::clip(&touchmark::text::screen(text), 40);
        let worst = ModelId::new("acme/support-bot-7b");
        let rows = lanes(&view.graph, &worst, 3, 2, 50);
        let subjects = [
            Subject::Models { rows: (0..12).collect(), columns: COLUMNS.to_vec(), about: text.clone() },
            Subject::Model(worst.clone()),
            Subject::Verification(worst.clone()),
            Subject::Lineage { focus: worst.clone(), rows },
        ];
        for subject in &subjects {
            for form in subject.forms() {
                let written = write(subject, *form, &view, &[(Untrusted::new(text), text.clone())]).unwrap();
                assert_form(&written, *form, &format!("{} of {place}", form.name()));
            }
        }
        let mut app = app("dark", Some(&view));
        app.current = Some(worst);
        for screen in Screen::ALL {
            app.go(screen);
            for keys in [&[][..], &["w"], &["y"], &["e"]] {
                press(&mut app, keys);
                let place = format!("{keys:?} on {} of {place}", screen.word());
                assert_drawn(&received(&app, 120, 36), &place);
                assert_copies(&app, &place);
                press(&mut app, &["esc"]);
                app.screen = screen;
            }
            let picture = Subject::Picture(photograph(&app, 100, 30));
            assert_form(&write(&picture, Form::Svg, &view, &[]).unwrap(), Form::Svg, &place);
        }
    }
}

fn assert_copies(app: &App, place: &str) {
    for copy in copies(app) {
        match &copy.text {
            Ok(text) => assert_lines(text, place),
            Err(why) => assert_lines(why, place),
        }
        let Ok(text) = copy.text else { continue };
        for between in [Between::Nothing, Between::Tmux, Between::Screen] {
            let bytes = sequence(&text, between);
            let inner = String::from_utf8(bytes).unwrap().replace('\u{1b}', "");
            let is_sent = |c: char| c.is_ascii_graphic() || c == '\u{7}';
            assert!(inner.chars().all(is_sent), "{place}: {inner}");
            assert_eq!(inner.matches('\u{7}').count(), 1, "{place}: one request, which ends once");
        }
    }
}

/// What a shell makes of a command that was copied.
#[cfg(unix)]
#[test]
fn a_copied_command_names_the_model_and_nothing_else_to_a_shell() {
    let (_dir, view) = named();
    let mut app = app("dark", Some(&view));
    let mut run = 0;
    for model in view.models.iter() {
        app.rows.seek(&view, &model.id);
        assert_eq!(app.subject().as_ref(), Some(&model.id));
        for screen in [Screen::Inventory, Screen::Verify] {
            app.screen = screen;
            app.current = Some(model.id.clone());
            let command = copies(&app).into_iter().find(|copy| copy.key == 'c').unwrap().text;
            let Ok(command) = command else {
                let is_seen = touchmark::text::screen(model.id.raw()) == model.id.raw();
                assert!(!is_seen || model.id.raw().is_empty(), "{}", model.id.screen());
                continue;
            };
            let harmless = command.replacen("touchmark ", "printf '%s\\0' ", 1);
            let output =
                std::process::Command::new("sh").arg("-c").arg(&harmless).env_clear().output().unwrap();
            let said = String::from_utf8(output.stdout).unwrap();
            let words: Vec<&str> = said.split_terminator('\0').collect();
            assert_eq!(words.last(), Some(&model.id.raw()), "{command}");
            let verb = if screen == Screen::Inventory { "show" } else { "verify" };
            assert_eq!(words[0], verb, "{command}");
            if model.id.raw().starts_with('-') {
                assert_eq!(words[words.len() - 2], "--", "{command}");
            }
            run += 1;
        }
        app.screen = Screen::Inventory;
    }
    assert!(run > 30, "{run} commands");
}
