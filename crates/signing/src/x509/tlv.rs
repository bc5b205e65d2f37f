//! DER as it lies there: one element after another, without knowing what they mean. It decodes nothing.

pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;

/// One element.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) content: &'a [u8],
    /// With tag and length.
    pub(crate) whole: &'a [u8],
}

/// The first element, and what follows it; none for what is no DER (indefinite lengths are BER).
pub(crate) fn first(der: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (tag, rest) = der.split_first()?;
    if tag & 0x1f == 0x1f {
        return None;
    }
    let (length, rest) = rest.split_first()?;
    let (length, rest) = match usize::from(*length) {
        short @ 0..=0x7f => (short, rest),
        long @ 0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(long - 0x80)?;
            (bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    let whole = der.get(..der.len() - rest.len())?;
    Some((Element { tag: *tag, content, whole }, rest))
}

/// All elements in a content, at most `most`; none when something in it is no DER, or there are more.
pub(crate) fn all(content: &[u8], most: usize) -> Option<Vec<Element<'_>>> {
    let (mut found, mut rest) = (Vec::new(), content);
    while !rest.is_empty() {
        let (element, after) = first(rest)?;
        if found.len() == most {
            return None;
        }
        found.push(element);
        rest = after;
    }
    Some(found)
}

/// What is in the sequence that these bytes are, and nothing after it.
pub(crate) fn sequence(der: &[u8], most: usize) -> Option<Vec<Element<'_>>> {
    match first(der)? {
        (element, []) if element.tag == SEQUENCE => all(element.content, most),
        _ => None,
    }
}

/// An element made of a tag and a content.
pub(crate) fn wrap(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut whole = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short @ 0..=0x7f) => whole.push(short),
        _ => {
            let bytes = content.len().to_be_bytes();
            let used: Vec<u8> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
            whole.push(0x80 | u8::try_from(used.len()).unwrap_or(8));
            whole.extend(used);
        }
    }
    whole.extend_from_slice(content);
    whole
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrapped_is_found_again_and_ber_is_not() {
        for length in [0, 1, 127, 128, 255, 256, 70_000] {
            let der = wrap(SEQUENCE, &wrap(OCTET_STRING, &vec![7; length]));
            let inside = sequence(&der, 1).unwrap();
            assert_eq!(inside.iter().map(|one| one.content.len()).collect::<Vec<_>>(), [length]);
            assert_eq!(inside.first().unwrap().whole, wrap(OCTET_STRING, &vec![7; length]));
        }
        assert!(sequence(b"\x30\x80\x00\x00", 9).is_none());
        assert!(sequence(b"\x30\x02\x05\x00\x00", 9).is_none(), "something follows");
        assert!(sequence(b"\x30\x04\x05\x00\x05\x00", 1).is_none(), "more than asked for");
        assert!(sequence(b"\x30\x05\x05\x00", 9).is_none(), "cut off");
    }
}
