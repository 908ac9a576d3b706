//! Words in what redaction leaves behind (`<SSN>`, `SSN_` and a code) name a value that is gone. They must not speak
//! for the number beside it, or a second redaction would take what the first one left.

use std::ops::Range;

/// Characters of a pseudonym's code. Redaction makes them; its tests hold both to one length.
const CODE: usize = 16;

/// How far behind `<SSN>` its `</SSN>` is looked for, in bytes.
const ELEMENT: usize = 256;

/// Whether a word of the text stands in the type of a mark: capitals between `<` and `>` that are no XML element, or
/// before `_` and a code.
pub(crate) fn in_mark(text: &str, word: &Range<usize>) -> bool {
    let bytes = text.as_bytes();
    let part = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_';
    if !bytes[word.clone()].iter().all(part) {
        return false;
    }
    let start = word.start - bytes[..word.start].iter().rev().take(ELEMENT).take_while(|b| part(b)).count();
    let end = word.end + bytes[word.end..].iter().take(ELEMENT).take_while(|b| part(b)).count();
    let name = &bytes[start..end];
    if start > 0 && bytes[start - 1] == b'<' && bytes.get(end) == Some(&b'>') {
        let behind = &bytes[end + 1..bytes.len().min(end + 1 + ELEMENT)];
        let closing = [b"</", name, b">"].concat();
        return !behind.windows(closing.len()).any(|window| window == closing);
    }
    let Some(at) = name.len().checked_sub(CODE + 1) else { return false };
    name[at] == b'_' && name[at + 1..].iter().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_in_a_mark_is_told_from_a_word_of_the_text() {
        for (text, expected) in [
            ("<SSN> 1", true),
            ("<US_SSN> 1", true),
            ("SSN_ABCDEFGHIJKLMN27 1", true),
            ("US_SSN_ABCDEFGHIJKLMN27", true),
            ("<SSN>1</SSN>", false),
            ("<ssn> 1", false),
            ("<SSN 1", false),
            ("SSN_ABCDEFGHIJKLMN2 1", false),
            ("SSN_ABCDEFGHIJKLMN18", false),
            ("SSN", false),
        ] {
            let at = text.to_uppercase().find("SSN").expect("it is there");
            assert_eq!(in_mark(text, &(at..at + 3)), expected, "{text}");
        }
    }
}
