//! Strings as they are spelt and as they read: unescaping, escaping, and the way from an offset in the text back to
//! the bytes of the file.

use super::token::hex4;

/// A stretch of a string's spelling, which the walk has found to be valid.
struct Part {
    /// Bytes of the spelling.
    raw: usize,
    /// What it stands for; `None` where spelling and text are the same.
    escape: Option<char>,
}

/// The part that starts at `at`: up to the next backslash, or one escape (a surrogate pair counts as one). A lone
/// surrogate, which no UTF-8 can hold, reads as U+FFFD.
fn part(raw: &str, at: usize) -> Part {
    let bytes = raw.as_bytes();
    if bytes[at] != b'\\' {
        let plain = memchr::memchr(b'\\', &bytes[at..]).unwrap_or(bytes.len() - at);
        return Part { raw: plain, escape: None };
    }
    let short = |is| Part { raw: 2, escape: Some(is) };
    match bytes[at + 1] {
        b'b' => short('\u{8}'),
        b'f' => short('\u{c}'),
        b'n' => short('\n'),
        b'r' => short('\r'),
        b't' => short('\t'),
        b'u' => {
            let unit = hex4(bytes, at + 2).expect("the walk has checked the four digits");
            let low = (bytes.get(at + 6..at + 8) == Some(b"\\u")).then(|| hex4(bytes, at + 8)).flatten();
            let pair = char::decode_utf16([unit].into_iter().chain(low)).next();
            match pair {
                Some(Ok(is)) if is > '\u{ffff}' => Part { raw: 12, escape: Some(is) },
                Some(Ok(is)) => Part { raw: 6, escape: Some(is) },
                _ => Part { raw: 6, escape: Some(char::REPLACEMENT_CHARACTER) },
            }
        }
        same => short(char::from(same)),
    }
}

/// Appends what a spelling stands for.
pub(super) fn unescape(raw: &str, out: &mut String) {
    let mut at = 0;
    while at < raw.len() {
        let part = part(raw, at);
        match part.escape {
            None => out.push_str(&raw[at..at + part.raw]),
            Some(is) => out.push(is),
        }
        at += part.raw;
    }
}

/// Appends the shortest spelling of a text: RFC 8259 section 7 wants quote, backslash and control characters escaped.
pub(super) fn escape(text: &str, out: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)) {
        out.extend(&rest[..at]);
        match rest[at] {
            b'\n' => out.extend(b"\\n"),
            b'\r' => out.extend(b"\\r"),
            b'\t' => out.extend(b"\\t"),
            0x08 => out.extend(b"\\b"),
            0x0c => out.extend(b"\\f"),
            byte @ (b'"' | b'\\') => out.extend([b'\\', byte]),
            byte => {
                let digit = |nibble: u8| b"0123456789abcdef"[usize::from(nibble)];
                out.extend([b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte & 15)]);
            }
        }
        rest = &rest[at + 1..];
    }
    out.extend(rest);
}

/// The way from offsets in a string's text to offsets in its spelling; offsets are asked for in rising order.
pub(super) struct Spelling<'t> {
    raw: &'t str,
    part: Option<Part>,
    part_raw: usize,
    part_text: usize,
}

impl<'t> Spelling<'t> {
    pub(super) fn new(raw: &'t str) -> Self {
        let mut this = Self { raw, part: None, part_raw: 0, part_text: 0 };
        this.load();
        this
    }

    fn load(&mut self) {
        self.part = (self.part_raw < self.raw.len()).then(|| part(self.raw, self.part_raw));
    }

    /// Where the text's offset stands in the spelling. An offset inside a character that is spelt as an escape goes to
    /// its start, or to its end if `up`.
    pub(super) fn offset(&mut self, text: usize, up: bool) -> usize {
        while let Some(part) = &self.part {
            let length = part.escape.map_or(part.raw, char::len_utf8);
            let inside = text.saturating_sub(self.part_text);
            if inside < length {
                return match part.escape {
                    None => self.part_raw + inside,
                    Some(_) if up && inside > 0 => self.part_raw + part.raw,
                    Some(_) => self.part_raw,
                };
            }
            self.part_raw += part.raw;
            self.part_text += length;
            self.load();
        }
        self.raw.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(raw: &str) -> String {
        let mut out = String::new();
        unescape(raw, &mut out);
        out
    }

    #[test]
    fn a_lone_surrogate_reads_as_the_replacement_character() {
        assert_eq!(read(r"a\ud83d\ude00b"), "a😀b");
        assert_eq!(read(r"a\ud83db\ude00"), "a\u{fffd}b\u{fffd}");
        assert_eq!(read(r"\ud83d\u0041\ud83d\ud83d\ude00"), "\u{fffd}A\u{fffd}😀");
    }

    #[test]
    fn offsets_lead_back_through_escapes() {
        let raw = r"a\n\u00e9\ud83d\ude00z";
        assert_eq!(read(raw), "a\né😀z");
        let mut spelling = Spelling::new(raw);
        let back: Vec<_> = [0, 1, 2, 4, 8, 9].into_iter().map(|text| spelling.offset(text, false)).collect();
        assert_eq!(back, [0, 1, 3, 9, 21, 22]);
    }

    proptest! {
        #[test]
        fn escaping_reads_back(text in ".*|[\\x00-\\x22\\\\]*") {
            let mut raw = Vec::new();
            escape(&text, &mut raw);
            let raw = String::from_utf8(raw).expect("escapes are ASCII");
            prop_assert_eq!(&read(&raw), &text);
            prop_assert_eq!(serde_json::from_str::<String>(&format!("\"{raw}\"")).ok(), Some(text));
        }
    }
}
