//! What redaction leaves behind, recognised again, so that redacting twice changes nothing and a clean file is not
//! reported for its tokens.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use memchr::{memchr, memchr2_iter, memmem};
use sievert_detect::Finding;

use crate::key::TOKEN_LENGTH;

/// Whether a text is a whole pseudonym token of a type: `EMAIL_` and 16 base32 characters.
pub fn is_token(placeholder: &str, text: &str) -> bool {
    text.strip_prefix(placeholder)
        .and_then(|rest| rest.strip_prefix('_'))
        .is_some_and(|code| code.len() == TOKEN_LENGTH && code.bytes().all(is_base32))
}

fn is_base32(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'2'..=b'7')
}

fn is_word(byte: Option<&u8>) -> bool {
    byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_')
}

/// The texts that redaction may have left: `<EMAIL>`, `EMAIL_` with its code, and a policy's own texts. Only known
/// types count: `<ABCDE1234F>` may be somebody's number in brackets.
#[derive(Clone, Debug)]
pub struct Marks {
    placeholders: HashSet<String>,
    longest: usize,
    texts: Vec<String>,
}

impl Marks {
    /// The marks of detectors with these placeholders, and own texts to replace with.
    pub fn new<'p>(
        placeholders: impl IntoIterator<Item = &'p str>,
        texts: impl IntoIterator<Item = String>,
    ) -> Self {
        let placeholders: HashSet<_> = placeholders.into_iter().map(str::to_owned).collect();
        let longest = placeholders.iter().map(String::len).max().unwrap_or(0);
        let texts = texts.into_iter().filter(|text| !text.is_empty()).collect();
        Self { placeholders, longest, texts }
    }

    /// Where marks stand in a text: byte ranges, rising, not overlapping.
    pub fn find(&self, text: &str) -> Vec<Range<usize>> {
        let bytes = text.as_bytes();
        let mut found = Vec::new();
        for at in memchr2_iter(b'<', b'_', bytes) {
            let mark = if bytes[at] == b'<' { self.bracketed(text, at) } else { self.token(text, at) };
            found.extend(mark);
        }
        for own in &self.texts {
            let own = own.as_bytes();
            let in_word = |mark: &Range<usize>| {
                is_word(own.first()) && is_word(before(bytes, mark.start))
                    || is_word(own.last()) && is_word(bytes.get(mark.end))
            };
            let marks = memmem::find_iter(bytes, own).map(|start| start..start + own.len());
            found.extend(marks.filter(|mark| !in_word(mark)));
        }
        found.sort_unstable_by_key(|mark| mark.start);
        found.dedup_by(|next, mark| {
            let overlap = next.start < mark.end;
            if overlap {
                mark.end = mark.end.max(next.end);
            }
            overlap
        });
        found
    }

    /// The text without its marks.
    pub fn cut<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut rest = 0;
        let mut cut = String::new();
        for mark in self.find(text) {
            cut.push_str(&text[rest..mark.start]);
            rest = mark.end;
        }
        if rest == 0 { text.into() } else { (cut + &text[rest..]).into() }
    }

    /// Takes out the findings in which marks leave no letter and no digit to hide.
    pub fn strip(&self, text: &str, findings: &mut Vec<Finding>) {
        if findings.is_empty() {
            return;
        }
        let marks = self.find(text);
        if marks.is_empty() {
            return;
        }
        findings.retain(|finding| {
            let span = finding.range();
            let mut rest = span.start;
            let first = marks.partition_point(|mark| mark.end <= span.start);
            for mark in marks[first..].iter().take_while(|mark| mark.start < span.end) {
                if rest < mark.start && hides_something(&text[rest..mark.start]) {
                    return true;
                }
                rest = mark.end;
            }
            rest < span.end && hides_something(&text[rest..span.end])
        });
    }

    /// `<EMAIL>`, its `<` at `start`.
    fn bracketed(&self, text: &str, start: usize) -> Option<Range<usize>> {
        let rest = &text.as_bytes()[start + 1..];
        let length = memchr(b'>', &rest[..rest.len().min(self.longest + 1)])?;
        self.placeholders.contains(&text[start + 1..][..length]).then_some(start..start + length + 2)
    }

    /// `EMAIL_` and its code, the `_` between them at `middle`.
    fn token(&self, text: &str, middle: usize) -> Option<Range<usize>> {
        let bytes = text.as_bytes();
        let end = middle + 1 + TOKEN_LENGTH;
        let code = bytes.get(middle + 1..end)?;
        if !code.iter().all(|b| is_base32(*b)) || is_word(bytes.get(end)) {
            return None;
        }
        let type_length = bytes[..middle]
            .iter()
            .rev()
            .take(self.longest)
            .take_while(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || **b == b'_')
            .count();
        let start = middle - type_length;
        (!is_word(before(bytes, start)) && self.placeholders.contains(&text[start..middle]))
            .then_some(start..end)
    }
}

fn hides_something(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

fn before(bytes: &[u8], at: usize) -> Option<&u8> {
    bytes[..at].last()
}

#[cfg(test)]
mod tests {
    use sievert_detect::{Confidence, DetectorIndex, Evidence};

    use super::*;

    fn marks() -> Marks {
        Marks::new(["EMAIL", "BANK_ACCOUNT"], ["[gone]", "", "removed"].map(str::to_owned))
    }

    #[test]
    fn a_text_is_left_without_its_marks() {
        for (text, rest) in [
            ("", ""),
            ("a.b", "a.b"),
            ("<EMAIL>", ""),
            ("a.<EMAIL>.b", "a..b"),
            ("x removed [gone]y", "x  y"),
        ] {
            assert_eq!(marks().cut(text), rest);
        }
    }

    #[test]
    fn a_token_is_its_type_and_sixteen_characters() {
        assert!(is_token("EMAIL", "EMAIL_ABCDEFGHIJKLMN27"));
        for other in
            ["EMAIL_ABCDEFGHIJKLMN2", "EMAIL_ABCDEFGHIJKLMN18", "EMAIL_abcdefghijklmn27", "<EMAIL>", "EMAIL"]
        {
            assert!(!is_token("EMAIL", other), "{other}");
        }
    }

    #[test]
    fn marks_are_found_where_they_stand_alone() {
        for (text, expected) in [
            ("to <EMAIL>.", 1),
            ("EMAIL_ABCDEFGHIJKLMN27", 1),
            ("(BANK_ACCOUNT_ABCDEFGHIJKLMN27)", 1),
            ("电邮EMAIL_ABCDEFGHIJKLMN27是", 1),
            ("<EMAIL><BANK_ACCOUNT>", 2),
            ("[gone], [gone]", 2),
            ("<PERSON> <EMAIL", 0),
            ("xEMAIL_ABCDEFGHIJKLMN27", 0),
            ("MY_EMAIL_ABCDEFGHIJKLMN27", 0),
            ("EMAIL_ABCDEFGHIJKLMN271", 0),
            ("PERSON_ABCDEFGHIJKLMN27", 0),
            ("x[gone]1", 1),
            ("removed", 1),
            ("unremoved", 0),
        ] {
            assert_eq!(marks().find(text).len(), expected, "{text}");
        }
    }

    #[test]
    fn a_finding_is_dropped_only_where_nothing_is_left_to_hide() {
        let text = "password: <EMAIL>, 12 <EMAIL> Street";
        let finding = |start: u32, end: u32| Finding {
            detector: DetectorIndex(0),
            span: start..end,
            confidence: Confidence::Likely,
            evidence: Evidence::LABEL,
        };
        let mut findings = vec![finding(10, 17), finding(11, 16), finding(10, 18), finding(19, 36)];
        marks().strip(text, &mut findings);
        assert_eq!(findings, [finding(19, 36)]);
    }
}
