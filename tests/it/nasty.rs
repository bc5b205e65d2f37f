//! One corpus of texts as an attacker would choose them for names, values and identities. What shows, exports or copies
//! text of others is held against all of them.

use touchmark::text::screen;

/// Short ones; the others are built in [`all`].
const SHORT: [&str; 46] = [
    // escapes, with and without an end
    "esc\u{1b}[2J\u{1b}[31mred",
    "osc\u{1b}]52;c;cm0gLXJmIC8=\u{7}copy",
    "title\u{1b}]0;owned\u{1b}\\",
    "link\u{1b}]8;;https://evil.example\u{1b}\\text",
    "open\u{1b}[",
    "dcs\u{1b}Ptmux;\u{1b}\u{1b}]52;c;aGk=\u{7}\u{1b}\\",
    "paste\u{1b}[201~\rtouch /tmp/owned\r",
    "c1\u{9b}2J\u{90}\u{9d}52;c;aGk=\u{9c}",
    "tab\there\u{8}\u{8}\u{7f}\0end",
    // what reorders, hides or counts for nothing
    "bidi\u{202e}gnp.exe\u{2066}x\u{2069}\u{200f}\u{061c}",
    "zero\u{200b}width\u{200d}joiner\u{feff}\u{2060}\u{ad}",
    "tags\u{e0041}\u{e0042}\u{fe0f}\u{180e}",
    "fill\u{3164}\u{115f}\u{ffa0}\u{2800}er",
    "private\u{e000}\u{f8ff}\u{10fffd}",
    "over\u{2044}slash\u{2215}and\u{ff0f}",
    // lines
    "line\nfeed\r\nreturn\u{b}\u{c}\u{85}\u{2028}\u{2029}end",
    "\n\n\n",
    " leading and trailing ",
    // wide, joined, right to left
    "漢字かな交じり文한국어ＡＢＣ",
    "עברית العربية",
    "👩‍👩‍👧‍👦🏳️‍🌈🇩🇪",
    "e\u{301}e\u{301}e\u{301}",
    // names that look like publishers of the policy
    "acme-\u{441}a",
    "\u{430}\u{441}\u{43c}\u{435}",
    "acrne",
    "\u{ff41}cme",
    // shells and paths
    "-rf",
    "--policy=evil.toml",
    "../../etc/passwd",
    "$(rm -rf ~) `id` %s %n ${HOME}",
    "it's; \"quoted\" && 'single' | tee > x",
    "C:\\Windows\\System32 & del *",
    "CON",
    "~",
    // calculating with cells
    "=HYPERLINK(\"http://evil.example\",\"click\")",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "\t=1+1",
    "a,b;c\"d",
    // markup
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>&amp;",
    "]]></style><svg/onload=alert(1)>",
    "| a | b |\n|---|---|",
    "[click](javascript:alert(1)) ![x](http://evil.example/x.png) **bold** # h",
    "```\n</pre>\n~~~ $x$ <!-- -->",
];

/// All of them.
pub fn all() -> Vec<String> {
    let mut names: Vec<String> = SHORT.iter().map(|name| (*name).to_owned()).collect();
    names.push("long".repeat(25_000));
    names.push("宽".repeat(30_000));
    names.push(format!("zalgo{}", "\u{301}\u{489}".repeat(2_000)));
    names.push(format!("thai{}", "\u{0e47}".repeat(2_000)));
    names.push("\u{301}".repeat(50));
    names.push("\u{202e}".repeat(3_000));
    names.push("`".repeat(200));
    names
}

/// Whether a character may be shown, written or pasted as it is.
pub fn is_shown(c: char) -> bool {
    !c.is_control()
        && !matches!(c as u32, 0xad | 0x61c | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f
            | 0xfe00..=0xfe0f | 0xfeff | 0xe000..=0xf8ff | 0xe0000..=0xe0fff)
}

/// Lines of which every character may be shown, each of bounded clusters.
#[track_caller]
pub fn assert_lines(text: &str, place: &str) {
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if let Some(bad) = line.chars().find(|c| !is_shown(*c)) {
            panic!("{bad:?} in {place}: {}", screen(line));
        }
    }
}
