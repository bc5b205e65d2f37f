//! The terminal's answer to the question for its background (OSC 11). It arrives among the keys, in pieces: this takes
//! it out of them, so that no piece is ever taken for a key, however late it comes. It knows no theme.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// The question; a terminal that does not know it says nothing.
pub const QUESTION: &str = "\x1b]11;?\x1b\\";
/// The longest answer that any terminal gives has fewer characters.
const MOST: usize = 40;
const START: &str = "11;rgb";

/// What became of a key.
#[derive(Debug, PartialEq, Eq)]
pub enum Sifted {
    /// These were pressed by a person.
    Keys(Vec<KeyEvent>),
    /// It may be a piece of the answer.
    Held,
    /// The answer is whole: the background, where it could be read.
    Background(Option<(u8, u8, u8)>),
}

/// Takes the answer out of the keys.
#[derive(Debug, Default)]
pub struct Answer {
    is_awaited: bool,
    /// Whether the key before was Esc: the first byte of an answer that came in two pieces.
    after_esc: bool,
    held: Vec<KeyEvent>,
}

impl Answer {
    /// The question was asked.
    pub fn await_it(&mut self) {
        self.is_awaited = true;
    }

    /// Whether an answer may still come.
    pub fn is_awaited(&self) -> bool {
        self.is_awaited
    }

    /// Looks at a key before anybody else does.
    pub fn sift(&mut self, key: KeyEvent) -> Sifted {
        if !self.is_awaited {
            return Sifted::Keys(vec![key]);
        }
        let after_esc = std::mem::replace(&mut self.after_esc, key.code == KeyCode::Esc);
        if self.held.is_empty() {
            let is_alt = key.modifiers.contains(KeyModifiers::ALT);
            if key.code == KeyCode::Char(']') && (is_alt || after_esc) {
                self.held.push(key);
                return Sifted::Held;
            }
            return Sifted::Keys(vec![key]);
        }
        if is_end(&key) {
            let text = self.text();
            self.is_awaited = false;
            self.held.clear();
            return Sifted::Background(background(&text));
        }
        self.held.push(key);
        // In two pieces, the end begins with an Esc.
        if self.fits() || key.code == KeyCode::Esc && self.text().len() > START.len() {
            return Sifted::Held;
        }
        Sifted::Keys(std::mem::take(&mut self.held))
    }

    /// What is held, without the bracket that opened it.
    fn text(&self) -> String {
        let character = |key: &KeyEvent| match key.code {
            KeyCode::Char(c) => Some(c),
            _ => None,
        };
        self.held.iter().skip(1).filter_map(character).collect()
    }

    fn fits(&self) -> bool {
        let text = self.text();
        let all_typed = self.held.iter().skip(1).all(|key| matches!(key.code, KeyCode::Char(_)));
        let (start, rest) = text.split_at(text.len().min(START.len()));
        let rest_fits = rest.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, 'a' | ':' | '/'));
        all_typed && text.is_ascii() && text.len() < MOST && START.starts_with(start) && rest_fits
    }
}

/// BEL, or ST (`ESC \`).
fn is_end(key: &KeyEvent) -> bool {
    match key.code {
        KeyCode::Char('g') => key.modifiers.contains(KeyModifiers::CONTROL),
        KeyCode::Char('\\') => true,
        _ => false,
    }
}

/// `11;rgb:1414/1818/1d1d`, with one to four digits for each colour.
fn background(text: &str) -> Option<(u8, u8, u8)> {
    let (_, colors) = text.split_once(':')?;
    let mut bytes = colors.split('/').map(|hex| {
        let digits = u32::try_from(hex.len()).ok().filter(|digits| (1..=4).contains(digits))?;
        let value = u32::from_str_radix(hex, 16).ok()?;
        u8::try_from(value * 255 / (16_u32.pow(digits) - 1)).ok()
    });
    let rgb = (bytes.next()??, bytes.next()??, bytes.next()??);
    Some(rgb)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(c: char) -> KeyEvent {
        KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE)
    }

    fn alt(c: char) -> KeyEvent {
        KeyEvent::new(KeyCode::Char(c), KeyModifiers::ALT)
    }

    fn awaited() -> Answer {
        Answer { is_awaited: true, ..Answer::default() }
    }

    fn answered(answer: &mut Answer, start: &[KeyEvent], text: &str, end: &[KeyEvent]) -> Vec<Sifted> {
        let keys = start.iter().copied().chain(text.chars().map(key)).chain(end.iter().copied());
        keys.map(|each| answer.sift(each)).collect()
    }

    #[test]
    fn an_answer_is_taken_whole_whichever_way_it_ends() {
        let bell = KeyEvent::new(KeyCode::Char('g'), KeyModifiers::CONTROL);
        let esc = KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE);
        for end in [vec![bell], vec![alt('\\')], vec![esc, key('\\')]] {
            let mut answer = awaited();
            let mut sifted = answered(&mut answer, &[alt(']')], "11;rgb:FbfB/fbfb/f8f8", &end);
            assert_eq!(sifted.pop(), Some(Sifted::Background(Some((0xfb, 0xfb, 0xf8)))));
            assert!(sifted.iter().all(|each| *each == Sifted::Held), "{sifted:?}");
            assert_eq!(answer.sift(key('1')), Sifted::Keys(vec![key('1')]), "the keys after it are keys");
        }
    }

    #[test]
    fn an_answer_whose_first_byte_came_alone_is_still_no_keys() {
        let esc = KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE);
        let mut answer = awaited();
        let sifted = answered(&mut answer, &[esc, key(']')], "11;rgb:00/00/00", &[alt('\\')]);
        assert_eq!(sifted.first(), Some(&Sifted::Keys(vec![esc])));
        assert!(sifted[1..sifted.len() - 1].iter().all(|each| *each == Sifted::Held), "{sifted:?}");
        assert_eq!(sifted.last(), Some(&Sifted::Background(Some((0, 0, 0)))));
    }

    #[test]
    fn what_a_person_types_comes_back_in_its_order() {
        let mut answer = awaited();
        assert_eq!(answer.sift(key('j')), Sifted::Keys(vec![key('j')]));
        assert_eq!(answer.sift(key(']')), Sifted::Keys(vec![key(']')]));
        let sifted = answered(&mut answer, &[alt(']')], "112", &[]);
        assert_eq!(sifted.last(), Some(&Sifted::Keys(vec![alt(']'), key('1'), key('1'), key('2')])));
        assert!(answer.is_awaited(), "it may still come");
    }

    #[test]
    fn nothing_is_held_when_nothing_was_asked() {
        assert_eq!(Answer::default().sift(alt(']')), Sifted::Keys(vec![alt(']')]));
    }
}
