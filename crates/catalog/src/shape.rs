//! What several detectors ask about a candidate: is it a date, a part of something longer, a name that its owner
//! made up. Checksums are `sievert_detect::checksum`'s.

use jiff::civil::Date;
use sievert_detect::{Anchored, Candidate, Verdict};

/// What stands in a URL behind its scheme, up to its path (RFC 3986, section 3.2). None where that is longer than any
/// name of a host with a user and a password: what is asked about each end of a long text has to be quick.
pub(crate) fn authority(rest: &str) -> Option<&str> {
    const LONGEST: usize = 1024;
    let end = rest.bytes().take(LONGEST).position(|byte| matches!(byte, b'/' | b'?' | b'#'));
    end.or_else(|| (rest.len() <= LONGEST).then_some(rest.len())).map(|end| &rest[..end])
}

/// What people write behind a label when no authority gives the form: `UCLA-12345`, `P12345678`, `112-45-789`.
/// [`identifier`] decides.
pub(crate) const IDENTIFIER: &str =
    r"(?:[A-Za-z]{1,6}[-/]?){0,2}[0-9][0-9A-Za-z]{0,20}(?:[-/][0-9A-Za-z]{1,12}){0,4}";

/// `Plain` for an identifier behind a label; `No` for dates, years, words and lone numbers.
pub(crate) fn identifier(c: &Candidate<'_>) -> Verdict {
    let count = c.text.bytes().filter(u8::is_ascii_alphanumeric).count();
    let numbers = c.digits().count();
    let telling = match c.anchored {
        // A column of patient numbers may well count from one.
        Anchored::Field => numbers > 0 && !is_fraction(c),
        _ => numbers > 2 && count > 3 && !is_year(c.text.as_bytes()),
    };
    // `2023-01-15T10`, the beginning of a time.
    let time = c.text.get(..10).is_some_and(is_date) && c.text[10..].starts_with('T');
    Verdict::plain(telling && c.text.len() <= 25 && !is_date(c.text) && !time && !goes_on(c))
}

/// The same for what nobody counts from one: of a lone sign, a column tells who has it or how it differs.
pub(crate) fn issued(c: &Candidate<'_>) -> Verdict {
    if c.text.len() == 1 { Verdict::No } else { identifier(c) }
}

/// What a labelled value is that has not the form of its type: mistyped, unless it is a date.
pub(crate) fn mistyped(c: &Candidate<'_>) -> Verdict {
    if is_date(c.text) || is_compact_date(c.text) { Verdict::No } else { Verdict::Failed }
}

/// `Checked`, for a checksum that holds, or `Weak` for bare digits that no word vouches for.
pub(crate) fn checked_unless_bare(c: &Candidate<'_>) -> Verdict {
    if is_bare(c) { Verdict::Weak } else { Verdict::Checked }
}

/// Whether nothing speaks for the candidate. A whole cell is not alone: its shape counts for the column.
pub(crate) fn is_alone(c: &Candidate<'_>) -> bool {
    c.anchored == Anchored::Alone
        && c.around.len() > c.text.len()
        && c.around.trim_ascii().len() > c.text.len()
}

/// Whether the candidate is digits alone and no word vouches for it.
pub(crate) fn is_bare(c: &Candidate<'_>) -> bool {
    c.anchored == Anchored::Alone && c.text.bytes().all(|b| b.is_ascii_digit())
}

/// The digits of the candidate, if there are exactly `N`.
pub(crate) fn digits<const N: usize>(c: &Candidate<'_>) -> Option<[u8; N]> {
    let mut digits = [0; N];
    let mut of = c.digits();
    for digit in &mut digits {
        *digit = of.next()?;
    }
    of.next().is_none().then_some(digits)
}

/// All ASCII digits of a text.
pub(crate) fn digits_of(text: &str) -> Vec<u8> {
    text.bytes().filter(u8::is_ascii_digit).map(|b| b - b'0').collect()
}

/// The ASCII letters and digits of a text, in capitals.
pub(crate) fn capitals(text: &str) -> String {
    let mut capitals = String::with_capacity(text.len());
    let own = text.bytes().filter(u8::is_ascii_alphanumeric);
    capitals.extend(own.map(|byte| char::from(byte.to_ascii_uppercase())));
    capitals
}

/// The number that a few digits spell.
pub(crate) fn number(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |number, digit| number * 10 + u32::from(*digit))
}

/// Whether the calendar has this day.
pub(crate) fn is_day(year: u32, month: u32, day: u32) -> bool {
    Date::new(year as i16, month as i8, day as i8).is_ok()
}

/// Whether six digits are year, month and day in a century that is not told.
pub(crate) fn is_short_day(yymmdd: &[u8]) -> bool {
    // 2000 was a leap year: the century that allows the most.
    is_day(2000 + number(&yymmdd[..2]), number(&yymmdd[2..4]), number(&yymmdd[4..6]))
}

/// Whether the candidate is a part of something longer: a decimal fraction, a version, a chain of hyphens.
pub(crate) fn is_part(c: &Candidate<'_>) -> bool {
    let mut before = c.before().chars().rev();
    let led = match before.next() {
        Some('.') => true,
        Some('-' | '+' | '/' | '\\') => before.next().is_some_and(|c| c.is_ascii_alphanumeric()),
        _ => false,
    };
    led || goes_on(c)
}

/// Whether the candidate is a piece of the digits behind a decimal point: `0.25`, or `.25` for a whole text.
pub(crate) fn is_fraction(c: &Candidate<'_>) -> bool {
    c.before().trim_end_matches(|c: char| c.is_ascii_digit()).strip_suffix('.').is_some_and(|whole| {
        whole.trim_start_matches('-').is_empty() || whole.ends_with(|c: char| c.is_ascii_digit())
    })
}

/// Whether the candidate stands in a row of numbers with blanks between.
pub(crate) fn is_in_a_row(c: &Candidate<'_>) -> bool {
    let digit = |c: char| c.is_ascii_digit();
    c.before().strip_suffix(' ').is_some_and(|before| before.ends_with(digit))
        || c.after().strip_prefix(' ').is_some_and(|after| after.starts_with(digit))
}

/// Whether the number or chain goes on behind the candidate.
fn goes_on(c: &Candidate<'_>) -> bool {
    let mut after = c.after().chars();
    match after.next() {
        Some('.') => after.next().is_some_and(|c| c.is_ascii_digit()),
        Some('-' | '+' | '/' | '\\') => after.next().is_some_and(|c| c.is_ascii_alphanumeric()),
        _ => false,
    }
}

/// Whether all of the text is a numeric date, its parts in any order: `2023-01-15`, `1/2/23`, `15.01.2023`.
pub(crate) fn is_date(text: &str) -> bool {
    const SHORTEST: usize = "1/2/23".len();
    const LONGEST: usize = "2023-01-15".len();
    let bytes = text.as_bytes();
    let sign = bytes.iter().find(|byte| !byte.is_ascii_digit()).filter(|sign| b"-/. ".contains(sign));
    let Some(separator) = sign.filter(|_| (SHORTEST..=LONGEST).contains(&bytes.len())) else { return false };
    let mut parts = bytes.split(|byte| byte == separator);
    let [Some(a), Some(b), Some(c), None] = std::array::from_fn(|_| parts.next()) else { return false };
    let short = |part: &[u8]| matches!(part.len(), 1 | 2) && part.iter().all(u8::is_ascii_digit);
    short(b) && (is_year(a) && short(c) || short(a) && (is_year(c) || short(c) && c.len() == 2))
}

/// `20230115`.
fn is_compact_date(text: &str) -> bool {
    let part = |range: std::ops::Range<usize>| text[range].parse().unwrap_or(0);
    text.len() == 8
        && text.bytes().all(|b| b.is_ascii_digit())
        && is_year(&text.as_bytes()[..4])
        && is_day(part(0..4), part(4..6), part(6..8))
}

/// A year that somebody alive may write about.
fn is_year(text: &[u8]) -> bool {
    matches!(text, [b'1', b'9', b'0'..=b'9', b'0'..=b'9'] | [b'2', b'0', b'0'..=b'9', b'0'..=b'9'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate<'t>(around: &'t str, text: &'t str, anchored: Anchored) -> Candidate<'t> {
        Candidate { text, around, start: around.find(text).unwrap_or(0), regions: &[], anchored }
    }

    #[test]
    fn dates_are_told_from_numbers() {
        for date in ["2023-01-15", "1/2/23", "15.01.2023", "01-02-2023"] {
            assert!(is_date(date), "{date}");
        }
        assert!(is_compact_date("20230115") && !is_compact_date("20231315") && !is_compact_date("2023115"));
        for number in ["112-45-789", "26 63514095", "123-45-6789", "2023-01-15-02", "20230115", "a-b-c", ""] {
            assert!(!is_date(number), "{number}");
        }
    }

    #[test]
    fn an_identifier_holds_digits_and_is_no_date() {
        for (text, verdict) in [
            ("UCLA-12345", Verdict::Plain),
            ("112-45-789", Verdict::Plain),
            ("2023-01-15", Verdict::No),
            ("2023-01-15T10", Verdict::No),
            ("2023", Verdict::No),
            ("ab1", Verdict::No),
        ] {
            assert_eq!(identifier(&candidate(text, text, Anchored::Label)), verdict, "{text}");
        }
        assert_eq!(identifier(&candidate("7", "7", Anchored::Field)), Verdict::Plain);
    }

    #[test]
    fn a_fraction_or_a_link_of_a_chain_is_a_part() {
        for around in
            ["0.123456789", "M.123456789", "ab-123456789", "123456789-4", "123456789.5", "/v1/123456789/x"]
        {
            assert!(is_part(&candidate(around, "123456789", Anchored::Alone)), "{around}");
        }
        for around in ["Call 123456789.", "-123456789", "(123456789)", "1,123456789,2", "123456789. Then"] {
            assert!(!is_part(&candidate(around, "123456789", Anchored::Alone)), "{around}");
        }
        for (around, fraction) in
            [("0.123456789", true), ("-12.5123456789", true), ("-.123456789", true), ("No.123456789", false)]
        {
            let digits = candidate(around, "123456789", Anchored::Field);
            assert_eq!(is_fraction(&digits), fraction, "{around}");
        }
    }
}
