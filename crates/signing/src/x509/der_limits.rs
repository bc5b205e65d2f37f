//! Limits for DER of others, before anything decodes it. The decoder sorts every SET OF by insertion, so that
//! a hundred thousand elements in falling order keep it busy for hours; no certificate or timestamp has many.

const MAX_SET: usize = 64;
const MAX_DEPTH: usize = 32;

/// Whether no SET (nor a choice of the context, which may stand for one) has more than 64 elements, and
/// nothing is nested deeper than 32 levels. What is no DER is not for here: the decoder tells.
pub(crate) fn is_modest(der: &[u8]) -> bool {
    let mut open = vec![Level { rest: der, is_set: false, count: 0 }];
    while let Some(level) = open.last_mut() {
        if level.rest.is_empty() {
            open.pop();
            continue;
        }
        level.count += 1;
        if level.is_set && level.count > MAX_SET {
            return false;
        }
        let Some((tag, content, rest)) = element(level.rest) else {
            // The decoder stops here, too.
            level.rest = &[];
            continue;
        };
        level.rest = rest;
        if tag & 0x20 != 0 {
            if open.len() >= MAX_DEPTH {
                return false;
            }
            open.push(Level { rest: content, is_set: tag != 0x30, count: 0 });
        }
    }
    true
}

struct Level<'a> {
    rest: &'a [u8],
    is_set: bool,
    count: usize,
}

/// The tag, the content and what follows. A content that is cut off is what there is of it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match usize::from(*first) {
        short @ 0..=0x7f => (short, rest),
        long @ 0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(long - 0x80)?;
            (bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at(length.min(rest.len()));
    Some((*tag, content, rest))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::is_modest;

    fn wrap(tag: u8, content: &[u8]) -> Vec<u8> {
        [&[tag, 0x83], &(content.len() as u32).to_be_bytes()[1..], content].concat()
    }

    #[test]
    fn a_set_of_many_and_a_deep_nest_are_refused_and_a_long_sequence_is_not() {
        let items: Vec<u8> = (0..65_u8).flat_map(|byte| [0x02, 0x01, byte]).collect();
        assert!(is_modest(&wrap(0x31, &items[..64 * 3])));
        assert!(!is_modest(&wrap(0x30, &wrap(0x31, &items))));
        assert!(!is_modest(&wrap(0xa0, &items)));
        assert!(is_modest(&wrap(0x30, &items)));
        let nest = |depth: usize| (0..depth).fold(Vec::new(), |inside, _| wrap(0x30, &inside));
        assert!(is_modest(&nest(31)) && !is_modest(&nest(32)));
        assert!(is_modest(b"") && is_modest(b"\x30\x80\x00\x00") && is_modest(b"text"));
    }
}
