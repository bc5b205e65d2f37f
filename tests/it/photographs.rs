//! Screens as pictures: what they show, in the colours that it has, and the same bytes each time.

use crate::tui::{app, press, seen, text, verified};
use quick_xml::events::Event;
use touchmark::forms::{Form, Grid, Subject, write};
use touchmark::tui::App;
use touchmark::tui::photograph::{lines, photograph};

fn svg(grid: Grid) -> String {
    write(&Subject::Picture(grid), Form::Svg, &seen().verified, &[]).unwrap()
}

/// The texts of a picture by their baselines, each at its column.
fn rows_of(svg: &str) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(svg);
    let mut rows: std::collections::BTreeMap<usize, Vec<char>> = std::collections::BTreeMap::new();
    let mut at = None;
    loop {
        match reader.read_event().unwrap() {
            Event::Start(element) if element.name().as_ref() == "text" => {
                let number = |name: &str| -> usize {
                    let value = element.try_get_attribute(name).unwrap().unwrap().value;
                    value.parse().unwrap()
                };
                at = Some((number("x"), number("y"), String::new()));
            }
            Event::Text(text) => {
                if let Some((_, _, told)) = &mut at {
                    told.push_str(&text.xml10_content());
                }
            }
            Event::GeneralRef(named) => {
                if let Some((_, _, told)) = &mut at {
                    match named.resolve_char_ref().unwrap() {
                        Some(character) => told.push(character),
                        None => told.push_str(quick_xml::escape::resolve_predefined_entity(&named).unwrap()),
                    }
                }
            }
            Event::End(element) if element.name().as_ref() == "text" => {
                let (x, y, told) = at.take().unwrap();
                let row = rows.entry(y).or_default();
                let column = (x - 12) / 9;
                row.resize(row.len().max(column), ' ');
                row.truncate(column);
                row.extend(told.chars());
            }
            Event::Eof => break,
            _ => {}
        }
    }
    rows.into_values().map(|row| row.into_iter().collect::<String>().trim_end().to_owned()).collect()
}

fn opened(keys: &[&str]) -> App {
    let mut app = verified();
    press(&mut app, keys);
    app
}

#[test]
fn a_picture_shows_what_the_screen_shows() {
    for keys in [&[][..], &["enter"], &["2"], &["4"], &["?"]] {
        let app = opened(keys);
        let shown: Vec<String> =
            text(&app, 120, 36).lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
        assert_eq!(rows_of(&svg(photograph(&app, 120, 36))), shown, "{keys:?}");
    }
}

#[test]
fn the_same_screen_gives_the_same_bytes_and_another_theme_others() {
    let one = svg(photograph(&opened(&["enter"]), 120, 36));
    assert_eq!(one, svg(photograph(&opened(&["enter"]), 120, 36)));
    let mut light = app("light", Some(&seen().verified));
    press(&mut light, &["enter"]);
    let light = svg(photograph(&light, 120, 36));
    assert_ne!(one, light);
    assert_eq!(rows_of(&one), rows_of(&light));
    assert!(one.len() < 120_000, "{} bytes", one.len());
}

#[test]
fn a_screen_as_text_says_all_that_it_says_when_it_is_scrolled() {
    let app = opened(&["5"]);
    let told = lines(&app, 120);
    let last = app.view.as_ref().unwrap().policy_text.lines().rfind(|line| !line.trim().is_empty()).unwrap();
    assert!(told.iter().any(|line| line.contains(last.trim())), "{last}\n{}", told.join("\n"));
    assert!(!text(&app, 120, 24).contains(last.trim()), "it is longer than a screen");
}
