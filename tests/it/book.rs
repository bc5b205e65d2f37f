//! The pages: all are in the book, their links lead somewhere, and the commands that they show run and end as they say.
//!
//! A block that begins with ```` ```sh ```` is run, line by line, in a fresh copy of the samples that is the page's own; a
//! comment `exits with N` says how a command ends, without one it ends with 0. A block that cannot run everywhere says why
//! by one word after `sh` ([`REASONS`]).

use crate::support::copy_with_seal;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Why a block is not run.
const REASONS: [&str; 6] = [
    // It asks something outside of this machine, or a service that has to be set up.
    "needs-network",
    "needs-server",
    // It opens the screens, or asks somebody.
    "needs-terminal",
    "needs-root",
    // It builds, which takes minutes.
    "needs-build",
    // It names files or addresses that only the reader has.
    "to-fill-in",
];
/// Of blocks that run where the program of this name is.
const WITH: [(&str, &str); 1] = [("needs-jq", "jq")];
/// What a fence may say: each is highlighted as what it is.
const LANGUAGES: [&str; 9] = ["sh", "text", "toml", "json", "yaml", "python", "rust", "markdown", "sql"];
/// No page takes longer.
const PATIENCE: Duration = Duration::from_secs(240);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every page of a folder.
fn below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            below(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "md") {
            found.push(path);
        }
    }
    found.sort();
}

/// The pages that people read: those of the book, and those outside of it.
fn pages() -> Vec<PathBuf> {
    let mut found = Vec::new();
    below(&root().join("docs"), &mut found);
    for name in [
        "README.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "crates/signing/README.md",
        "integrations/vllm/README.md",
        "samples/README.md",
    ] {
        found.push(root().join(name));
    }
    found
}

fn name(page: &Path) -> String {
    page.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/")
}

fn read(page: &Path) -> String {
    std::fs::read_to_string(page).unwrap_or_else(|cause| panic!("{}: {cause}", page.display()))
}

fn is_made(text: &str) -> bool {
    text.contains("<!-- Made by ")
}

/// A block of a page: the words after its fence, and its lines.
struct Block {
    words: Vec<String>,
    lines: Vec<String>,
}

/// The blocks of a page, those of lists too, and its text without them.
fn taken_apart(text: &str) -> (Vec<Block>, String) {
    let (mut blocks, mut rest) = (Vec::<Block>::new(), String::new());
    let mut indent = None;
    for line in text.lines() {
        let trimmed = line.trim_start();
        match (indent, trimmed.strip_prefix("```")) {
            (None, Some(words)) => {
                indent = Some(line.len() - trimmed.len());
                blocks.push(Block {
                    words: words.split_whitespace().map(str::to_owned).collect(),
                    lines: Vec::new(),
                });
            }
            (Some(_), Some("")) => indent = None,
            (Some(cut), _) => {
                blocks.last_mut().unwrap().lines.push(line.get(cut..).unwrap_or_default().to_owned());
            }
            (None, None) => {
                let _ = writeln!(rest, "{line}");
            }
        }
    }
    assert!(indent.is_none(), "a block without an end");
    (blocks, rest)
}

/// The commands of lines: continued lines together, with what `<<` hands to them.
fn commands(lines: &[String]) -> Vec<String> {
    let end = regex_lite::Regex::new(r"<<'?(\w+)'?").unwrap();
    let (mut found, mut open, mut until) = (Vec::new(), Vec::<&str>::new(), None::<String>);
    for line in lines {
        if open.is_empty() && (line.trim().is_empty() || line.starts_with('#')) {
            continue;
        }
        open.push(line);
        match &until {
            Some(word) if line == word => until = None,
            Some(_) => continue,
            None => until = end.captures(line).map(|found| found[1].to_owned()),
        }
        if until.is_none() && !line.ends_with(['\\', '|']) {
            found.push(open.join("\n"));
            open.clear();
        }
    }
    assert!(open.is_empty(), "a command without an end: {open:?}");
    found
}

/// How a page says that a command ends.
fn status(command: &str) -> i32 {
    let said = regex_lite::Regex::new(r"exits with (\d+)").unwrap();
    said.captures(command).map_or(0, |found| found[1].parse().unwrap())
}

fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// The commands of a page that run here.
fn that_run(page: &Path) -> Vec<String> {
    // The page of the samples has tests of its own, which know more of what its commands lead to.
    if name(page) == "samples/README.md" {
        return Vec::new();
    }
    let (blocks, _) = taken_apart(&read(page));
    let mut found = Vec::new();
    for block in blocks.iter().filter(|block| block.words.first().is_some_and(|word| word == "sh")) {
        let with = |word: &str| WITH.iter().find(|(known, _)| *known == word).map(|(_, program)| *program);
        match block.words.get(1).map(String::as_str) {
            None => found.extend(commands(&block.lines)),
            Some(word) if REASONS.contains(&word) => {}
            Some(word) => {
                let program = with(word).unwrap_or_else(|| panic!("{}: {word} is no reason", name(page)));
                if is_there(program) {
                    found.extend(commands(&block.lines));
                } else {
                    eprintln!("SKIPPED: a block of {} needs {program}", name(page));
                }
            }
        }
    }
    found
}

/// What is wrong with the commands of a page.
#[cfg(unix)]
fn run(page: &Path, commands: &[String]) -> Vec<String> {
    use std::os::unix::process::CommandExt;
    use std::process::{Command, Stdio};
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path();
    copy_with_seal(&crate::support::samples(), &place.join("samples"));
    let mut script = String::from("cd samples || exit 99\n");
    for (number, command) in commands.iter().enumerate() {
        // In this shell, so that `cd` and variables hold for what follows.
        let _ = write!(
            script,
            "{{\n{command}\n}} >\"$OUT/{number}\" 2>&1 </dev/null\necho \"{number} $?\" >>\"$OUT/log\"\n"
        );
    }
    std::fs::create_dir(place.join("out")).unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_touchmark")).parent().unwrap();
    let path = std::env::join_paths(
        std::iter::once(program.to_owned()).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let mut shell = Command::new("sh")
        .args(["-c", &script])
        .current_dir(place)
        .env("PATH", path.unwrap())
        .env("OUT", place.join("out"))
        .env("HOME", place.join("home"))
        .env("XDG_STATE_HOME", place.join("state"))
        .env("XDG_CONFIG_HOME", place.join("config"))
        .env("XDG_DATA_HOME", place.join("data"))
        .env_remove("CLICOLOR_FORCE")
        .env_remove("TOUCHMARK_PASSWORD")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while shell.try_wait().unwrap().is_none() {
        if begun.elapsed() > PATIENCE {
            let group = format!("-{}", shell.id());
            let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
            let _ = shell.wait();
            return vec![format!("{}: not done after {PATIENCE:?}", name(page))];
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let log = std::fs::read_to_string(place.join("out/log")).unwrap_or_default();
    let ended: BTreeMap<usize, i32> = log
        .lines()
        .map(|line| line.split_once(' ').unwrap())
        .map(|(number, status)| (number.parse().unwrap(), status.parse().unwrap()))
        .collect();
    let mut wrong = Vec::new();
    for (number, command) in commands.iter().enumerate() {
        let (got, wanted) = (ended.get(&number), status(command));
        if got != Some(&wanted) {
            let said = std::fs::read_to_string(place.join(format!("out/{number}"))).unwrap_or_default();
            let said: String = said.chars().take(1500).collect();
            wrong
                .push(format!("{}\n$ {command}\nended with {got:?}, not with {wanted}:\n{said}", name(page)));
        }
    }
    wrong
}

#[cfg(unix)]
#[test]
fn every_command_of_the_pages_runs_and_ends_as_the_page_says() {
    use std::sync::Mutex;
    let mut work: Vec<(PathBuf, Vec<String>)> =
        pages().into_iter().map(|page| (page.clone(), that_run(&page))).collect();
    work.retain(|(_, commands)| !commands.is_empty());
    let many: usize = work.iter().map(|(_, commands)| commands.len()).sum();
    assert!(many > 200 && work.len() > 20, "the pages show only {many} commands on {}", work.len());
    let (work, wrong) = (Mutex::new(work), Mutex::new(Vec::new()));
    let threads = std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 8);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let Some((page, commands)) = work.lock().unwrap().pop() else { break };
                    let found = run(&page, &commands);
                    wrong.lock().unwrap().extend(found);
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Every command of the command line with all that it takes, hidden flags too.
fn flags() -> BTreeMap<String, BTreeSet<String>> {
    fn walk(command: &clap::Command, above: &str, found: &mut BTreeMap<String, BTreeSet<String>>) {
        let mut all = BTreeSet::from(["--help".to_owned(), "--version".to_owned()]);
        for argument in command.get_arguments() {
            all.extend(argument.get_long().map(|long| format!("--{long}")));
            all.extend(argument.get_all_aliases().into_iter().flatten().map(|long| format!("--{long}")));
            all.extend(argument.get_short().map(|short| format!("-{short}")));
        }
        found.insert(above.to_owned(), all);
        for sub in command.get_subcommands() {
            walk(sub, format!("{above} {}", sub.get_name()).trim_start(), found);
        }
    }
    let mut command = touchmark::cli::command();
    command.build();
    let mut found = BTreeMap::new();
    walk(&command, "", &mut found);
    found
}

/// What is wrong with a command line that begins with `touchmark`: a command or a flag that does not exist.
fn misfit(line: &str, flags: &BTreeMap<String, BTreeSet<String>>) -> Option<String> {
    let mut words = line.split_whitespace().peekable();
    let mut path = String::new();
    while let Some(word) = words.peek() {
        let deeper = format!("{path} {word}").trim_start().to_owned();
        if !flags.contains_key(&deeper) {
            break;
        }
        path = deeper;
        words.next();
    }
    if path.is_empty() && words.peek().is_some_and(|word| !word.starts_with('-')) {
        return Some(format!("there is no command `{}`", words.peek().unwrap()));
    }
    let known = &flags[&path];
    for word in words.take_while(|word| !["--", "|", "&&", ">", "#"].contains(word)) {
        let flag = word.split('=').next().unwrap().trim_matches(['"', '\'', '`', ',', ']', '[', ')', ']']);
        if flag.starts_with("--") && !known.contains(&flag.replace('_', "-")) {
            return Some(format!("`touchmark {path}` has no {flag}"));
        }
    }
    None
}

#[test]
fn commands_that_are_not_run_name_commands_and_flags_that_there_are() {
    let flags = flags();
    let mut wrong = Vec::new();
    let mut seen = 0;
    let mut look = |place: &str, text: &str| {
        let text = text.replace("\\\n", " ");
        for line in text.lines() {
            for part in line.split(['|', ';']).flat_map(|part| part.split("&&")) {
                let part = part.trim().trim_start_matches(['-', ' ']);
                let program = part.strip_prefix("touchmark ").or_else(|| {
                    part.strip_prefix("\"$PROGRAM\" ")
                        .or_else(|| part.strip_prefix("\"$program\" "))
                        .or_else(|| part.strip_prefix("entry: touchmark "))
                });
                if let Some(rest) = program {
                    seen += 1;
                    wrong.extend(misfit(rest, &flags).map(|why| format!("{place}: {line}: {why}")));
                }
            }
        }
    };
    for page in pages() {
        let text = read(&page);
        if is_made(&text) {
            continue;
        }
        let (blocks, _) = taken_apart(&text);
        let shell = ["sh", "yaml", "console"];
        for block in blocks
            .iter()
            .filter(|block| block.words.first().is_some_and(|word| shell.contains(&word.as_str())))
        {
            look(&name(&page), &block.lines.join("\n"));
        }
    }
    for file in ["action.yml", ".pre-commit-hooks.yaml", "packaging/prepare", "packaging/touchmark.spec"] {
        look(file, &std::fs::read_to_string(root().join(file)).unwrap());
    }
    assert!(seen > 250, "only {seen} command lines were looked at");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_command_or_flag_that_there_is_not_is_noticed() {
    let flags = flags();
    for good in [
        "",
        "--version",
        "verify x --explain",
        "ledger verify --format json",
        "exec x -- ls --none",
        "samples",
    ] {
        let wrong = misfit(good, &flags);
        assert_eq!(wrong.is_some(), good == "samples", "{good}: {wrong:?}");
    }
    for bad in ["verfy x", "verify x --explian", "ledger verify --none=1", "gate x --formt json -- y"] {
        assert!(misfit(bad, &flags).is_some(), "{bad}");
    }
}

#[test]
fn commands_are_taken_from_blocks_whole() {
    let text = "text\n```sh\n# remark\na \\\n  b   # exits with 3\n\ncat <<'END'\n# no remark\nEND\nc |\n  d\n```\n- x\n\n  ```sh needs-root\n  e\n  ```\n";
    let (blocks, rest) = taken_apart(text);
    assert_eq!(rest, "text\n- x\n\n");
    assert_eq!(blocks[1].words, ["sh", "needs-root"]);
    assert_eq!(blocks[1].lines, ["e"]);
    let found = commands(&blocks[0].lines);
    assert_eq!(found, ["a \\\n  b   # exits with 3", "cat <<'END'\n# no remark\nEND", "c |\n  d"]);
    assert_eq!(found.iter().map(|one| status(one)).collect::<Vec<_>>(), [3, 0, 0]);
}

#[cfg(unix)]
#[test]
fn a_command_that_ends_otherwise_than_the_page_says_is_noticed() {
    let lines = [
        "true",
        "cd models",
        "ls acme > /dev/null",
        "false",
        "true # exits with 1",
        "touchmark list --nonsense",
    ];
    let wrong = run(&root().join("README.md"), &lines.map(str::to_owned));
    assert_eq!(wrong.len(), 3, "{wrong:#?}");
    assert!(wrong[0].contains("$ false") && wrong[2].contains("--nonsense"), "{wrong:#?}");
}

#[test]
fn every_block_says_what_it_holds_and_why_it_is_not_run() {
    let mut wrong = Vec::new();
    for page in pages().iter().filter(|page| !is_made(&read(page))) {
        for block in taken_apart(&read(page)).0 {
            let first = block.words.first().map(String::as_str).unwrap_or_default();
            let reasons = block.words.get(1..).unwrap_or_default();
            let known =
                |word: &String| REASONS.contains(&word.as_str()) || WITH.iter().any(|(with, _)| with == word);
            let fits = LANGUAGES.contains(&first)
                && reasons.len() <= usize::from(first == "sh")
                && reasons.iter().all(known);
            if !fits {
                wrong.push(format!("{}: ```{}", name(page), block.words.join(" ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What a heading is called in an address, as both GitHub and mdBook have it.
fn anchor(heading: &str) -> String {
    let plain: String =
        heading.to_lowercase().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).collect();
    plain.trim().replace(' ', "-")
}

fn anchors(text: &str) -> BTreeSet<String> {
    let (_, rest) = taken_apart(text);
    let mut found = BTreeSet::new();
    for line in rest.lines().filter(|line| line.starts_with('#')) {
        let base = anchor(line.trim_start_matches('#'));
        let mut free =
            (0..).map(|number| if number == 0 { base.clone() } else { format!("{base}-{number}") });
        found.insert(free.find(|name| !found.contains(name)).unwrap());
    }
    found
}

/// The targets of the links and pictures of a page.
fn links(text: &str) -> Vec<String> {
    let (_, rest) = taken_apart(text);
    let code = regex_lite::Regex::new("`[^`]*`").unwrap();
    let link = regex_lite::Regex::new(r"\]\(([^()\s]+)\)").unwrap();
    let rest = code.replace_all(&rest, "`x`");
    link.captures_iter(&rest).map(|found| found[1].to_owned()).collect()
}

/// What is wrong with a link of a page; none when it leads somewhere.
fn dead(page: &Path, target: &str) -> Option<String> {
    if target.starts_with("https://") || target.starts_with("mailto:") || target.starts_with("urn:") {
        return None;
    }
    let (file, heading) = target.split_once('#').unwrap_or((target, ""));
    let file = if file.is_empty() { page.to_owned() } else { page.parent().unwrap().join(file) };
    if !file.exists() {
        return Some("there is no such file".to_owned());
    }
    if !file.canonicalize().unwrap().starts_with(root().canonicalize().unwrap()) {
        return Some("it leads out of the repository".to_owned());
    }
    let is_page = file.extension().is_some_and(|ending| ending == "md");
    (!heading.is_empty() && is_page && !anchors(&read(&file)).contains(heading))
        .then(|| "there is no such heading".to_owned())
}

#[test]
fn every_link_leads_to_a_file_and_a_heading_that_there_are() {
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for page in pages() {
        for target in links(&read(&page)) {
            seen += 1;
            wrong.extend(dead(&page, &target).map(|why| format!("{}: {target}: {why}", name(&page))));
        }
    }
    assert!(seen > 300, "{seen}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_dead_link_is_noticed() {
    let page = root().join("docs/README.md");
    for good in ["start.md", "start.md#install", "#by-task", "../README.md", "https://example.org/x"] {
        assert_eq!(dead(&page, good), None, "{good}");
    }
    for bad in ["nowhere.md", "start.md#nowhere", "#nowhere", "README.md#by-task-2", "../../../etc/passwd"] {
        assert!(dead(&page, bad).is_some(), "{bad}");
    }
    assert_eq!(links("a [b](c.md#d) `[e](f)` ![g](h.svg)\n```\n[i](j)\n```\n"), ["c.md#d", "h.svg"]);
    assert_eq!(anchor("Whom to trust: `[trust.NAME]`"), "whom-to-trust-trustname");
}

#[test]
fn every_page_is_in_the_book_once() {
    let docs = root().join("docs");
    let summary = read(&docs.join("SUMMARY.md"));
    let mut listed = links(&summary);
    let lines = summary.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    assert_eq!(lines.count(), listed.len(), "a line of SUMMARY.md is no link");
    listed.sort();
    let mut found = Vec::new();
    below(&docs, &mut found);
    let mut wanted: Vec<String> = found
        .iter()
        .map(|page| page.strip_prefix(&docs).unwrap().to_string_lossy().replace('\\', "/"))
        .collect();
    wanted.retain(|page| page != "SUMMARY.md");
    wanted.sort();
    assert_eq!(listed, wanted, "left: docs/SUMMARY.md, right: the files");
}
