//! What a line typed after `:` means, and what is offered while it is typed: commands of both faces by name, then the
//! values of their arguments. It changes nothing and reads no file: the names in a folder come to it.

use crate::commands::{
    Command, Flag, Keys, Line, OnLine, OnScreen, REVIEW_WORDS, Shape, TABLE, Value, Writes, by_name, by_path,
    keyed,
};
use crate::query::{Candidate, Order, TERMS, complete};
use crate::text::{count, nearest, screen};
use crate::tui::state::app::App;
use crate::tui::state::enabled::enabled;
use crate::tui::state::filter;
use crate::tui::state::palette::Offer;
use crate::tui::state::splitting::{Words, quote, split};

/// More values than this help nobody.
const MAX_OFFERS: usize = 50;
/// A path of the command line has at most so many words.
const MAX_PATH_WORDS: usize = 4;

/// What a line means.
#[derive(Clone)]
pub enum Meaning {
    /// Nothing is typed.
    Nothing,
    /// No command of this name.
    Unknown,
    /// A command of the workbench, with arguments.
    Keys(&'static Keys, Vec<String>),
    /// A command of the command line, with arguments.
    Line(&'static Command, &'static Line, Vec<String>),
}

/// What a line means.
pub fn meaning(words: &[String]) -> Meaning {
    let Some(first) = words.first() else { return Meaning::Nothing };
    let longest = (1..=words.len().min(MAX_PATH_WORDS)).rev().find_map(|length| {
        let path = words.get(..length)?.join(" ");
        by_path(&path).map(|(row, line)| (length, row, line))
    });
    let after = |length: usize| words.get(length..).unwrap_or_default().to_vec();
    match (by_name(first), longest) {
        (Some(keys), Some((1, row, line))) => {
            let arguments = after(1);
            if arguments.is_empty() || takes(keys, &arguments) {
                Meaning::Keys(keys, arguments)
            } else {
                Meaning::Line(row, line, arguments)
            }
        }
        (_, Some((length, row, line))) => Meaning::Line(row, line, after(length)),
        (Some(keys), None) => Meaning::Keys(keys, after(1)),
        (None, None) => Meaning::Unknown,
    }
}

/// Whether a command of the workbench takes these arguments, which the command line's of the same name may take too.
fn takes(keys: &Keys, arguments: &[String]) -> bool {
    let Some(typed) = &keys.typed else { return false };
    let is_flag = arguments.iter().any(|argument| argument.starts_with('-'));
    let all_fit = Value::at(keys.name, typed.word, arguments.len().saturating_sub(1)).is_some();
    let is_word = |argument: &String| REVIEW_WORDS.contains(&argument.as_str());
    let says = Value::at(keys.name, typed.word, 0) != Some(Value::ReviewWord)
        || arguments.first().is_some_and(is_word);
    !is_flag && all_fit && says
}

/// Whether a command of the command line can be run from here.
///
/// # Errors
/// Why not.
pub fn runnable(app: &App, row: &Command) -> Result<(), &'static str> {
    match (&row.screen, row.writes) {
        (OnScreen::Not(why), _) => Err(why),
        (_, Writes::Always) if app.read_only => Err("opened read-only"),
        _ => Ok(()),
    }
}

/// The name that comes nearest to what was typed.
pub fn near(typed: &str) -> Option<&'static str> {
    let names: Vec<&'static str> = TABLE.iter().map(Command::name).filter(|name| !name.is_empty()).collect();
    nearest(typed, &names)
}

/// How a command is written, with its arguments; the flags that have to be given too.
pub fn usage(app: &App, meaning: &Meaning) -> Option<(String, &'static str, Vec<String>)> {
    match meaning {
        Meaning::Nothing | Meaning::Unknown => None,
        Meaning::Keys(keys, _) => {
            let word = keys.typed.as_ref().map(|typed| match typed.missing {
                Some(_) => format!(" <{}>", typed.word),
                None => format!(" [{}]", typed.word),
            });
            Some((format!("{}{}", keys.name, word.unwrap_or_default()), keys.help, Vec::new()))
        }
        Meaning::Line(row, line, _) => {
            let shape = shape(app, line.path);
            let flags = shape.map(|shape| shape.flags.as_slice()).unwrap_or_default();
            let required = flags.iter().filter(|flag| flag.required).map(|flag| format!(" {}", flag.usage()));
            let more = if flags.iter().any(|flag| !flag.required) { " [OPTIONS]" } else { "" };
            let gap = if line.arguments.is_empty() { "" } else { " " };
            let text = format!("{}{gap}{}{}{more}", line.path, line.arguments, required.collect::<String>());
            let mut marks = Vec::new();
            match row.network {
                crate::commands::Network::Always => marks.push("uses the network".to_owned()),
                crate::commands::Network::With(flags) => {
                    let first: Vec<&str> = flags.iter().take(2).copied().collect();
                    marks.push(format!("uses the network with {}", first.join(" or ")));
                }
                crate::commands::Network::Never => {}
            }
            if row.asks {
                marks.push("asks on the terminal".to_owned());
            }
            if row.writes == Writes::Always {
                marks.push("writes".to_owned());
            }
            Some((text, row.about, marks))
        }
    }
}

fn shape<'a>(app: &'a App, path: &str) -> Option<&'a Shape> {
    app.shapes.iter().find(|shape| shape.path == path)
}

/// What a line can go on with, best first.
pub fn offers(app: &App, line: &str) -> Vec<Offer> {
    let words = split(line);
    let texts = words.texts();
    let is_name_done = texts.len() > 1 || !words.is_last_typed && !texts.is_empty();
    let found = meaning(&texts);
    let mut offers = match &found {
        Meaning::Keys(keys, _) if is_name_done && takes_filter(keys) => filter_after(app, line),
        Meaning::Keys(keys, arguments) if is_name_done => {
            let typed = keys.typed.as_ref().map(|typed| typed.word).unwrap_or_default();
            values(app, line, &words, arguments, &Usage { name: keys.name, usage: typed, of_line: false })
        }
        Meaning::Line(_, path, arguments)
            if is_name_done && (!arguments.is_empty() || !words.is_last_typed) =>
        {
            let usage = Usage { name: path.path, usage: path.arguments, of_line: true };
            let mut found = values(app, line, &words, arguments, &usage);
            // The workbench's of the same name may be meant as long as its first argument is typed.
            if let (Some(typed), true) =
                (by_name(path.path).and_then(|keys| keys.typed.as_ref()), arguments.len() == 1)
            {
                let usage = Usage { name: path.path, usage: typed.word, of_line: false };
                let more = values(app, line, &words, arguments, &usage);
                found.splice(
                    0..0,
                    more.into_iter().filter(|offer| !found.contains(offer)).collect::<Vec<_>>(),
                );
            }
            found
        }
        _ => return names(app, &texts.join(" "), true),
    };
    // More words may name another command: `policy` goes on as `policy check`.
    let longer = names(app, &texts.join(" "), false).into_iter().filter(|offer| {
        let rest = offer.shown.strip_prefix(&texts.join(" "));
        rest.is_some_and(|rest| !rest.is_empty() && (words.is_last_typed || rest.starts_with(' ')))
    });
    let longer: Vec<Offer> = longer.collect();
    offers.splice(0..0, longer);
    offers
}

/// Commands of both faces whose names match, or whose descriptions do where no name does.
fn names(app: &App, typed: &str, by_about: bool) -> Vec<Offer> {
    let mut found: Vec<(i64, bool, Offer)> = Vec::new();
    let score = |name: &str| {
        if name == typed {
            return Some(i64::MAX);
        }
        let better = if name.starts_with(typed) { 1000 } else { 0 };
        filter::score(name, typed).map(|score| score + better)
    };
    for keys in keyed() {
        let also = keys.typed.as_ref().and_then(|typed| typed.also);
        let of_also = also.and_then(score).filter(|score| *score == i64::MAX);
        if let Some(score) = of_also.or_else(|| score(keys.name)) {
            found.push((score, keys.is_on(app.screen), of_keys(app, keys)));
        }
    }
    for row in TABLE {
        let OnLine::Own(line) = &row.line else { continue };
        if by_name(line.path).is_none()
            && let Some(score) = score(line.path)
        {
            found.push((score, false, of_line(app, row, line)));
        }
    }
    if found.is_empty() && by_about && !typed.is_empty() {
        let typed = typed.to_lowercase();
        let says = |about: &str| about.to_lowercase().contains(&typed);
        found.extend(keyed().filter(|keys| says(keys.help)).map(|keys| (0, false, of_keys(app, keys))));
        for row in TABLE {
            if let OnLine::Own(line) = &row.line
                && by_name(line.path).is_none()
                && says(row.about)
            {
                found.push((0, false, of_line(app, row, line)));
            }
        }
    }
    // Of those that fit as well, the ones of this screen come first, in the order of the table.
    found.sort_by_key(|(score, here, _)| (std::cmp::Reverse(*score), !*here));
    found.into_iter().map(|(_, _, offer)| offer).collect()
}

fn of_keys(app: &App, keys: &'static Keys) -> Offer {
    let takes = keys.typed.as_ref();
    let must = takes.is_some_and(|typed| typed.missing.is_some());
    let line = if takes.is_some() { format!("{} ", keys.name) } else { keys.name.to_owned() };
    let key = app.keys.first(keys.cmd, app.screen).map(crate::commands::shown).unwrap_or_default();
    let off = why_not(app, keys).err();
    let elsewhere = !keys.is_on(app.screen);
    let there = keys.screens.first().filter(|_| elsewhere).map(|screen| format!(" · on {}", screen.word()));
    let note = format!("{}{}", keys.help, there.unwrap_or_default());
    Offer { shown: keys.name.to_owned(), line, note, key, off, runs: !must }
}

/// Whether a command of the workbench could act, on this screen or else on the first of its own.
///
/// # Errors
/// Why not.
pub fn why_not(app: &App, keys: &Keys) -> Result<(), String> {
    match keys.screens.first() {
        Some(_) if !keys.is_on(app.screen) => Ok(()),
        _ => enabled(keys, app),
    }
}

fn of_line(app: &App, row: &'static Command, line: &'static Line) -> Offer {
    let needs_more = line.required() > 0
        || shape(app, line.path).is_some_and(|shape| shape.flags.iter().any(|f| f.required));
    let takes_more = !line.arguments.is_empty() || needs_more;
    let whole = if takes_more { format!("{} ", line.path) } else { line.path.to_owned() };
    let off = runnable(app, row).err().map(str::to_owned);
    Offer {
        shown: line.path.to_owned(),
        line: whole,
        note: row.about.to_owned(),
        key: String::new(),
        off,
        runs: !needs_more,
    }
}

/// What is being filled in.
struct Usage {
    name: &'static str,
    usage: &'static str,
    of_line: bool,
}

/// What the word that is being typed can be.
fn values(app: &App, line: &str, words: &Words, arguments: &[String], usage: &Usage) -> Vec<Offer> {
    let (before, typed) = match arguments.split_last() {
        Some((last, before)) if words.is_last_typed => (before, last.as_str()),
        _ => (arguments, ""),
    };
    let from = match words.words.last() {
        Some(word) if words.is_last_typed && !arguments.is_empty() => word.from,
        _ => line.len(),
    };
    let head = line.get(..from).unwrap_or(line);
    let head = if head.is_empty() || head.ends_with(char::is_whitespace) {
        head.to_owned()
    } else {
        format!("{head} ")
    };
    let flags: Vec<&Flag> = if usage.of_line { flags(app, usage.name) } else { Vec::new() };
    let put = |shown: String, value: &str, note: String, end: &str| Offer {
        shown,
        line: format!("{head}{}{end}", quote(value)),
        note,
        key: String::new(),
        off: None,
        runs: false,
    };
    if typed.starts_with('-') {
        let fits = flags.iter().filter(|flag| flag.name.starts_with(typed));
        return fits.map(|flag| put(flag.usage(), &flag.name, flag.about.clone(), " ")).collect();
    }
    let flag =
        before.last().and_then(|last| flags.iter().find(|flag| flag.name == *last && flag.value.is_some()));
    let choices: &[String] = match flag {
        Some(flag) => &flag.choices,
        None => {
            let at = position(before, &flags);
            let of = shape(app, usage.name).filter(|_| usage.of_line);
            of.and_then(|shape| shape.choices.get(at)).map(Vec::as_slice).unwrap_or_default()
        }
    };
    if !choices.is_empty() {
        let fits = choices.iter().filter(|choice| choice.starts_with(typed));
        return fits.map(|choice| put(screen(choice), choice, String::new(), " ")).collect();
    }
    let value = match flag {
        Some(flag) => Some(flag.stands_for()),
        None => Value::at(usage.name, usage.usage, position(before, &flags)),
    };
    let found: Vec<(String, String)> = match value {
        Some(Value::Path) => return paths(app, typed, put),
        // A term in a word of the command line: quoted as that is.
        Some(Value::Filter) => {
            let (from, found) = terms(app, typed);
            let before = typed.get(..from).unwrap_or_default();
            let end = |text: &str| if text.ends_with(':') { "" } else { " " };
            let offer = |(text, note): (String, String)| {
                put(screen(&text), &format!("{before}{text}"), note, end(&text))
            };
            return found.into_iter().map(offer).collect();
        }
        Some(value) => fixed(app, value, typed),
        None => Vec::new(),
    };
    let mut offers: Vec<Offer> =
        found.into_iter().map(|(value, note)| put(screen(&value), &value, note, " ")).collect();
    if typed.is_empty() {
        let required = flags.iter().filter(|flag| flag.required && !arguments.contains(&flag.name));
        offers.extend(required.map(|flag| put(flag.usage(), &flag.name, flag.about.clone(), " ")));
    }
    offers
}

/// How many arguments without a flag there are already.
fn position(before: &[String], flags: &[&Flag]) -> usize {
    let (mut count, mut is_value) = (0, false);
    for word in before {
        if std::mem::take(&mut is_value) {
            continue;
        }
        if word.starts_with('-') {
            is_value = flags.iter().any(|flag| flag.name == *word && flag.value.is_some());
        } else {
            count += 1;
        }
    }
    count
}

/// The flags of a command, then those of every command.
fn flags<'a>(app: &'a App, path: &str) -> Vec<&'a Flag> {
    let own = shape(app, path).into_iter().chain(shape(app, ""));
    own.flat_map(|shape| shape.flags.iter()).collect()
}

/// Values that are known, with what each is.
fn fixed(app: &App, value: Value, typed: &str) -> Vec<(String, String)> {
    let named = |all: &mut dyn Iterator<Item = (String, String)>| -> Vec<(String, String)> {
        let all: Vec<(String, String)> = all.filter(|(name, _)| screen(name) == *name).collect();
        let (begin, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(|(name, _)| name.starts_with(typed));
        let inside = rest.into_iter().filter(|(name, _)| name.contains(typed));
        begin.into_iter().chain(inside).take(MAX_OFFERS).collect()
    };
    let bare = |name: &str| (name.to_owned(), String::new());
    match value {
        Value::Model => models(app, typed),
        Value::Stage => named(&mut app.stages().iter().map(|stage| bare(&stage.name))),
        Value::Theme => named(&mut app.themes.iter().map(|name| bare(name))),
        Value::Column => named(
            &mut Order::ALL.into_iter().map(|order| (order.word().to_owned(), order.first().to_owned())),
        ),
        Value::Anchor => {
            let anchors = app.view.iter().flat_map(|view| view.anchors.iter());
            named(&mut anchors.map(|anchor| bare(&anchor.name)))
        }
        Value::ReviewWord => named(&mut REVIEW_WORDS.into_iter().map(bare)),
        Value::BuiltInPolicy => named(&mut ["baseline", "strict", "research"].into_iter().map(bare)),
        Value::Filter | Value::Path | Value::Free => Vec::new(),
    }
}

/// Whether what follows the name is a filter, up to the end of the line and as it stands there.
fn takes_filter(keys: &Keys) -> bool {
    keys.typed.as_ref().and_then(|typed| Value::at(keys.name, typed.word, 0)) == Some(Value::Filter)
}

/// What a filter that fills the line behind the command's name can go on with.
fn filter_after(app: &App, line: &str) -> Vec<Offer> {
    let start = line.trim_start();
    let name = start.find(char::is_whitespace).unwrap_or(start.len());
    let typed = start.get(name..).map(str::trim_start).unwrap_or_default();
    let head = line.get(..line.len() - typed.len()).unwrap_or(line);
    let (from, found) = terms(app, typed);
    let before = typed.get(..from).unwrap_or_default();
    let offer = |(text, note): (String, String)| Offer {
        shown: screen(&text),
        line: format!("{head}{before}{text}{}", if text.ends_with(':') { "" } else { " " }),
        note,
        key: String::new(),
        off: None,
        runs: false,
    };
    found.into_iter().map(offer).collect()
}

/// What can follow in a filter as the filter's own line completes it: from where on it takes the place of what was
/// typed, and the terms or values, each with what it is.
fn terms(app: &App, typed: &str) -> (usize, Vec<(String, String)>) {
    let completion = complete(typed, app.rows.made().index());
    let note = |candidate: &Candidate| match candidate.models {
        Some(models) => count(models as usize, "model"),
        None => {
            let term = TERMS.iter().find(|row| candidate.text == format!("{}:", row.name));
            term.map(|row| row.help.replace('`', "")).unwrap_or_default()
        }
    };
    let can_be_shown = |candidate: &&Candidate| screen(&candidate.text) == candidate.text;
    let found = completion.candidates.iter().filter(can_be_shown);
    (completion.from, found.map(|found| (found.text.clone(), note(found))).collect())
}

/// The model that the screen is about, then those whose ids begin so, then those that hold it.
fn models(app: &App, typed: &str) -> Vec<(String, String)> {
    let Some(view) = &app.view else { return Vec::new() };
    let here = app.subject();
    let here = here.iter().map(|id| id.raw()).filter(|id| id.contains(typed));
    let mut found: Vec<String> = here.map(str::to_owned).collect();
    // Ids are sorted: those that begin so stand together.
    let first = view.models.partition_point(|model| model.id.raw() < typed);
    let begin = view.models.iter().skip(first).take_while(|model| model.id.raw().starts_with(typed));
    let hold = view.models.iter().filter(|model| !typed.is_empty() && model.id.raw().contains(typed));
    for model in begin.chain(hold) {
        if found.len() >= MAX_OFFERS {
            break;
        }
        let id = model.id.raw();
        if screen(id) == id && !found.iter().any(|known| known == id) {
            found.push(id.to_owned());
        }
    }
    found.into_iter().map(|id| (id, String::new())).collect()
}

/// The folder that a path being typed lies in, as typed.
pub fn folder_of(typed: &str) -> &str {
    typed.rfind('/').map_or("", |slash| typed.get(..=slash).unwrap_or_default())
}

/// The path that is being typed, where one is.
pub fn path_typed(app: &App, line: &str) -> Option<String> {
    let words = split(line);
    let texts = words.texts();
    let (name, usage, arguments, of_line) = match meaning(&texts) {
        Meaning::Keys(keys, arguments) => (keys.name, keys.typed.as_ref()?.word, arguments, false),
        Meaning::Line(_, line, arguments) => (line.path, line.arguments, arguments, true),
        _ => return None,
    };
    let (before, typed) = match arguments.split_last() {
        Some((last, before)) if words.is_last_typed => (before, last.clone()),
        _ if words.is_last_typed => return None,
        _ => (arguments.as_slice(), String::new()),
    };
    let flags = if of_line { flags(app, name) } else { Vec::new() };
    let flag =
        before.last().and_then(|last| flags.iter().find(|flag| flag.name == *last && flag.value.is_some()));
    let value = match flag {
        Some(flag) => Some(flag.stands_for()),
        None => Value::at(name, usage, position(before, &flags)),
    };
    (value == Some(Value::Path) && !typed.starts_with('-')).then_some(typed)
}

/// Names in the folder that is being typed, once they were read.
fn paths(app: &App, typed: &str, put: impl Fn(String, &str, String, &str) -> Offer) -> Vec<Offer> {
    let folder = folder_of(typed);
    let begin = typed.get(folder.len()..).unwrap_or_default();
    let Some(read) = app.palette.folder.as_ref().filter(|read| read.typed == folder) else {
        return Vec::new();
    };
    let fits = read.names.iter().filter(|(name, _)| {
        name.starts_with(begin)
            && (!name.starts_with('.') || begin.starts_with('.'))
            && screen(name) == **name
    });
    let offer = |(name, is_folder): &(String, bool)| {
        let whole = format!("{folder}{name}{}", if *is_folder { "/" } else { "" });
        let note = if *is_folder { "folder" } else { "" };
        put(whole.clone(), &whole, note.to_owned(), if *is_folder { "" } else { " " })
    };
    fits.take(MAX_OFFERS).map(offer).collect()
}
