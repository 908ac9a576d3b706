//! A strict walk over one JSON text (RFC 8259): iterative, allocates nothing, makes no values; it says where each
//! key and value stands.

/// Containers may be nested this deep, far beyond any data and within the stack's bit set. RFC 8259 section 9 allows
/// a limit.
pub(super) const DEPTH: usize = 1_000;

/// A key or string as it is spelt.
#[derive(Clone, Copy)]
pub(super) struct Quoted<'t> {
    /// Where its opening quote stands.
    pub(super) at: usize,
    /// What stands between the quotes.
    pub(super) raw: &'t str,
    /// Whether it holds a backslash.
    pub(super) escaped: bool,
}

/// What a walk meets, in the order of the text. All it does by default is nothing: that checks the text.
pub(super) trait Visit<'t> {
    /// `{` or, if a list, `[`.
    fn open(&mut self, _list: bool) {}
    /// `}` or `]`.
    fn close(&mut self) {}
    /// A key; its value comes next.
    fn key(&mut self, _key: Quoted<'t>) {}
    /// A string value.
    fn string(&mut self, _value: Quoted<'t>) {}
    /// A number, where it starts, and whether it is spelt as an integer.
    fn number(&mut self, _at: usize, _raw: &'t str, _integer: bool) {}
    /// `true`, `false` or `null`.
    fn literal(&mut self) {}
}

/// Visits nothing.
pub(super) struct Check;
impl Visit<'_> for Check {}

/// Walks over the one JSON value in `text`, with blanks around it.
///
/// # Errors
/// Why it is none, in words that hold no value. What was visited until then is of no use.
pub(super) fn walk<'t>(text: &'t str, visit: &mut impl Visit<'t>) -> Result<(), &'static str> {
    let mut at = Cursor { text, bytes: text.as_bytes(), at: 0 };
    let mut stack = Stack::default();
    // Whether a key comes before the next value.
    let mut keyed = false;
    'value: loop {
        if keyed {
            at.key(visit)?;
        }
        match at.sign() {
            Some(open @ (b'{' | b'[')) => {
                at.at += 1;
                let list = open == b'[';
                stack.push(list)?;
                visit.open(list);
                if at.sign() != Some(if list { b']' } else { b'}' }) {
                    keyed = !list;
                    continue 'value;
                }
            }
            Some(b'"') => {
                let value = at.quoted()?;
                visit.string(value);
            }
            Some(b'-' | b'0'..=b'9') => {
                let start = at.at;
                let integer = at.number()?;
                visit.number(start, &text[start..at.at], integer);
            }
            Some(_) => {
                at.literal()?;
                visit.literal();
            }
            None => return Err(ENDS),
        }
        // Behind a value, or right before the end of an empty container.
        loop {
            match (stack.top(), at.sign()) {
                (None, None) => return Ok(()),
                (None, Some(_)) => return Err(MORE),
                (Some(_), None) => return Err(ENDS),
                (Some(true), Some(b']')) | (Some(false), Some(b'}')) => {
                    at.at += 1;
                    stack.pop();
                    visit.close();
                }
                (Some(list), Some(b',')) => {
                    at.at += 1;
                    keyed = !list;
                    continue 'value;
                }
                _ => return Err("a comma or closing bracket is missing"),
            }
        }
    }
}

/// What comes of JSON that does not stand a value a line, where lines are read.
const ENDS: &str = "the JSON text ends too early; where values go over lines, say --input-format json";
const MORE: &str = "more text follows the JSON value; where values share lines, say --input-format json";
/// What Python writes if it is not told otherwise.
const NOT_FINITE: &str = "NaN and Infinity are not JSON; write null";

/// Which of the open containers are lists: a bit each.
#[derive(Default)]
struct Stack {
    bits: [u64; DEPTH.div_ceil(64)],
    depth: usize,
}

impl Stack {
    fn push(&mut self, list: bool) -> Result<(), &'static str> {
        if self.depth == DEPTH {
            return Err("nested deeper than 1,000 levels");
        }
        let (word, bit) = (self.depth / 64, 1 << (self.depth % 64));
        if list {
            self.bits[word] |= bit;
        } else {
            self.bits[word] &= !bit;
        }
        self.depth += 1;
        Ok(())
    }

    fn pop(&mut self) {
        self.depth -= 1;
    }

    fn top(&self) -> Option<bool> {
        let last = self.depth.checked_sub(1)?;
        Some(self.bits[last / 64] >> (last % 64) & 1 == 1)
    }
}

struct Cursor<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
}

impl<'t> Cursor<'t> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The next byte that is no blank.
    #[inline]
    fn sign(&mut self) -> Option<u8> {
        loop {
            let byte = self.peek();
            if !byte.is_some_and(is_blank) {
                return byte;
            }
            self.at += 1;
        }
    }

    fn key(&mut self, visit: &mut impl Visit<'t>) -> Result<(), &'static str> {
        match self.sign() {
            Some(b'"') => {}
            Some(_) => return Err("a key is missing"),
            None => return Err(ENDS),
        }
        let key = self.quoted()?;
        if self.sign() != Some(b':') {
            return Err("a colon is missing");
        }
        self.at += 1;
        visit.key(key);
        Ok(())
    }

    /// The string that starts here.
    #[inline]
    fn quoted(&mut self) -> Result<Quoted<'t>, &'static str> {
        let start = self.at;
        self.at += 1;
        let mut escaped = false;
        loop {
            self.at = plain_end(self.bytes, self.at);
            match self.peek() {
                Some(b'"') => {
                    let raw = &self.text[start + 1..self.at];
                    self.at += 1;
                    return Ok(Quoted { at: start, raw, escaped });
                }
                Some(b'\\') => {
                    escaped = true;
                    match self.bytes.get(self.at + 1) {
                        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
                        Some(b'u') if hex4(self.bytes, self.at + 2).is_some() => self.at += 6,
                        _ => return Err("a string holds an unknown escape"),
                    }
                }
                Some(_) => return Err("a string holds a control character"),
                None => return Err("a string is not closed"),
            }
        }
    }

    /// Passes a number; whether it has neither fraction nor exponent.
    fn number(&mut self) -> Result<bool, &'static str> {
        const BAD: &str = "a number is misspelt";
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else if !self.digits() {
            return Err(if self.bytes[self.at..].starts_with(b"Infinity") { NOT_FINITE } else { BAD });
        }
        let mut integer = true;
        if self.peek() == Some(b'.') {
            integer = false;
            self.at += 1;
            if !self.digits() {
                return Err(BAD);
            }
        }
        if let Some(b'e' | b'E') = self.peek() {
            integer = false;
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            if !self.digits() {
                return Err(BAD);
            }
        }
        Ok(integer)
    }

    /// Passes digits; whether there was one.
    fn digits(&mut self) -> bool {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.at > start
    }

    fn literal(&mut self) -> Result<(), &'static str> {
        for word in ["true", "false", "null"] {
            if self.bytes[self.at..].starts_with(word.as_bytes()) {
                self.at += word.len();
                return Ok(());
            }
        }
        let begins = |word: &str| self.bytes[self.at..].starts_with(word.as_bytes());
        Err(match () {
            () if begins("NaN") || begins("Infinity") => NOT_FINITE,
            () if begins("\u{feff}") => "a byte order mark inside the text; join files without theirs",
            () => "neither a value nor a bracket",
        })
    }
}

/// The four blanks of RFC 8259.
pub(super) const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// The number that four hexadecimal digits spell.
pub(super) fn hex4(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 4)?.iter().try_fold(0, |number: u16, &byte| {
        let digit = char::from(byte).to_digit(16)?;
        Some(number << 4 | digit as u16)
    })
}

/// The spelling of the string whose opening quote stands at `at`, in bytes that a walk has accepted.
pub(super) fn string_at(bytes: &[u8], at: usize) -> &str {
    let start = at + 1;
    let mut end = start;
    loop {
        end = plain_end(bytes, end);
        match bytes[end] {
            b'\\' => end += 2,
            _ => return std::str::from_utf8(&bytes[start..end]).expect("the walk was over UTF-8"),
        }
    }
}

/// Where the number that starts at `at` ends, in bytes that a walk has accepted.
pub(super) fn number_end(bytes: &[u8], at: usize) -> usize {
    let part = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E');
    at + bytes[at..].iter().take_while(|byte| part(byte)).count()
}

/// Where the next quote, backslash or control character stands from `at` on, or the end: eight bytes at a time,
/// because most strings are too short for a call to memchr to pay; the rest of a long one with memchr.
fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const SHORT: usize = 48;
    let long = at + SHORT;
    // The lowest marked byte is right; a borrow can only spoil the marks above it.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word;
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        if at >= long {
            let rest = &bytes[at..];
            let end = memchr::memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
            return at + first_control(&rest[..end]).unwrap_or(end);
        }
        let word = u64::from_le_bytes(*chunk);
        let quotes = zeros(word ^ (ONES * u64::from(b'"')));
        let backslashes = zeros(word ^ (ONES * u64::from(b'\\')));
        let controls = word.wrapping_sub(ONES * 0x20) & !word;
        let marks = (quotes | backslashes | controls) & (ONES << 7);
        if marks != 0 {
            return at + marks.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|&byte| byte != b'"' && byte != b'\\' && byte >= 0x20) {
        at += 1;
    }
    at
}

/// Where the first control character stands: a block at a time without a branch inside, which a compiler makes wide.
fn first_control(bytes: &[u8]) -> Option<usize> {
    const BLOCK: usize = 64;
    let least = |block: &[u8]| block.iter().copied().fold(u8::MAX, u8::min);
    let block = bytes.chunks(BLOCK).position(|block| least(block) < 0x20)?;
    let within = bytes[block * BLOCK..].iter().position(|byte| *byte < 0x20)?;
    Some(block * BLOCK + within)
}

/// The digits of a number when it is whole and has at most 19 of them (a payment card's most), as spelt in `raw` with
/// a fraction or exponent: `4111111111111111.0` and `4.111111111111111e15` are both 4111111111111111.
pub(super) fn whole(raw: &str) -> Option<String> {
    const DIGITS: usize = 19;
    let (sign, raw) = raw.strip_prefix('-').map_or(("", raw), |rest| ("-", rest));
    let (mantissa, exponent) = match raw.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (raw, 0),
    };
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = [before, after].concat();
    let digits = digits.trim_end_matches('0');
    let first = digits.len() - digits.trim_start_matches('0').len();
    if digits.is_empty() {
        return Some(format!("{sign}0"));
    }
    // Where the point stands once the exponent is done.
    let point = i32::try_from(before.len()).ok()?.checked_add(exponent)?;
    let point =
        usize::try_from(point).ok().filter(|&point| point >= digits.len() && point - first <= DIGITS)?;
    Some(format!("{sign}{:0<width$}", &digits[first..], width = point - first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn accepts(text: &str) -> bool {
        walk(text, &mut Check).is_ok()
    }

    #[test]
    fn deep_nesting_is_refused_not_followed() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(accepts(&nested(DEPTH)));
        assert_eq!(walk(&nested(DEPTH + 1), &mut Check), Err("nested deeper than 1,000 levels"));
        assert!(!accepts(&"{\"a\":".repeat(100_000)));
        assert!(!accepts(&"[".repeat(100_000)));
    }

    #[test]
    fn whole_floats_read_as_integers() {
        for (raw, text) in [
            ("4111111111111111.0", Some("4111111111111111")),
            ("4.111111111111111e15", Some("4111111111111111")),
            ("-41111.1111E4", Some("-411111111")),
            ("1200e-2", Some("12")),
            ("0.0", Some("0")),
            ("0e9", Some("0")),
            ("0.00012e5", Some("12")),
            ("1e18", Some("1000000000000000000")),
            ("1e19", None),
            ("1e99999999999", None),
            ("1e-3", None),
            ("12.5", None),
            ("1205e-2", None),
        ] {
            assert_eq!(whole(raw).as_deref(), text, "{raw}");
        }
    }

    /// JSON-like text: the signs that matter, close together.
    fn noise() -> impl Strategy<Value = String> {
        let atom = prop::sample::select(vec![
            "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"b\\n\"", "\\", "\\u00e9", "\\ud83d", "1", "-",
            "0", "01", ".5", "1.5", "e", "E+2", "true", "null", "nul", " ", "\n", "\t", "\u{1}", "\u{a0}",
            "é", "😀", "\u{7f}",
        ]);
        prop::collection::vec(atom, 0..24).prop_map(|atoms| atoms.concat())
    }

    proptest! {
        /// serde_json skips a value by the same grammar; only its view of nesting and of ranges differs.
        #[test]
        fn accepts_what_serde_json_accepts(text in noise()) {
            prop_assert_eq!(accepts(&text), serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok(), "{}", text);
        }

        #[test]
        fn finds_the_end_of_plain_text(bytes in prop::collection::vec(prop::sample::select(
            vec![b'a', b'!', b' ', 0x1f, 0x20, 0x21, 0x22, 0x23, b'[', b'\\', b']', 0x7f, 0x80, 0x9f, 0xa2, 0xdc, 0xff, 0]), 0..40),
            before in 0..200_usize)
        {
            let bytes = [vec![b'a'; before], bytes].concat();
            let plain = bytes.iter().position(|&byte| byte == b'"' || byte == b'\\' || byte < 0x20);
            prop_assert_eq!(plain_end(&bytes, 0), plain.unwrap_or(bytes.len()));
        }
    }
}
