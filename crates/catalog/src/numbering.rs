//! Whether a number is issued in some country's numbering plan. Knows digits only: neither context nor, but for
//! `written`, spelling.
//!
//! The plans are patterns in a table; [`Dialled::ends`] walks a pattern as text, without compiling it, so that the
//! first number of a run costs as little as the last.

mod plans;
mod written;

use plans::PLANS;
use sievert_detect::Region;
pub(crate) use written::Written;

/// The numbering plan of one region; prefixes and issued numbers are patterns for [`Dialled::ends`].
pub(crate) struct Plan {
    /// ISO 3166 alpha-2; `ZZ` for networks without a country.
    region: [u8; 2],
    /// The calling code. 0: numbers for callers at home only.
    code: u16,
    /// What is dialled before a calling code.
    international: &'static str,
    /// What is dialled before a national number.
    national: &'static str,
    /// How many digits national numbers have, as bits.
    lengths: u32,
    /// National numbers that are issued, without prefix: the first two digits as bits (54 is bit 54), and the pattern
    /// of what follows.
    issued: &'static [(u128, &'static str)],
}

/// How many digits stand before the patterns of [`Plan::issued`].
const HEAD: u32 = 2;

/// Whether these digits, which follow a `+`, are a calling code and a number issued under it.
pub(crate) fn international(digits: &Dialled) -> bool {
    digits.international(1)
}

/// Whether these digits, as dialled, are what a caller in the region dials: a national number behind the national
/// prefix, or the region's international prefix and a number abroad. The national prefix may be missing where
/// `loose`, and where callers leave it out: without it, most numbers of the right length are issued somewhere in
/// Germany. False for an unknown region.
pub(crate) fn dialled_in(region: Region, digits: &Dialled, loose: bool) -> bool {
    let bare = |plan: &Plan| u32::from(loose || plan.national.is_empty() || plan.code == 1);
    PLANS.iter().filter(|plan| plan.region == region.0).any(|plan| {
        digits.issued(plan, bare(plan) | digits.ends(plan.national, 1))
            || digits.international(digits.ends(plan.international, 1))
    })
}

/// Whether these digits are an international prefix that many countries share, and a number issued abroad.
pub(crate) fn dialled_abroad(digits: &Dialled) -> bool {
    digits.international(digits.ends("00|011", 1))
}

/// Whether these digits are the code of a country.
pub(crate) fn is_code(digits: &str) -> bool {
    digits.parse().is_ok_and(|code| coded(code).next().is_some())
}

/// The plans of a calling code.
fn coded(code: u16) -> impl Iterator<Item = &'static Plan> {
    let from = PLANS.partition_point(|plan| plan.code < code);
    PLANS[from..].iter().take_while(move |plan| plan.code == code)
}

/// The digits of a number as sets of positions: bit `p` of `at[d]` says that digit `p` is `d`.
pub(crate) struct Dialled {
    at: [u32; 10],
    digits: [u8; MOST_DIGITS],
    count: u32,
}

/// No number has more: E.164 has 15, and prefixes a few.
const MOST_DIGITS: usize = 24;

/// A calling code is at most this long.
const LONGEST_CODE: u32 = 3;

impl Dialled {
    /// `None` for more digits than any number has.
    pub(crate) fn new(digits: impl Iterator<Item = u8>) -> Option<Self> {
        let mut dialled = Self { at: [0; 10], digits: [0; MOST_DIGITS], count: 0 };
        for digit in digits {
            *dialled.at.get_mut(usize::from(digit))? |= 1 << dialled.count;
            *dialled.digits.get_mut(dialled.count as usize)? = digit;
            dialled.count += 1;
        }
        Some(dialled)
    }

    /// Whether a calling code and a number issued under it run from one of `starts` to the end.
    fn international(&self, starts: u32) -> bool {
        let mut places = (0..self.count).filter(|place| starts >> place & 1 == 1);
        places.any(|place| {
            let mut code = 0;
            (place..self.count.min(place + LONGEST_CODE)).any(|last| {
                code = 10 * code + u16::from(self.digits[last as usize]);
                // None begins with a 0.
                self.digits[place as usize] > 0 && coded(code).any(|plan| self.issued(plan, 1 << (last + 1)))
            })
        })
    }

    /// Whether a national number of the plan runs from one of `starts` to the end.
    fn issued(&self, plan: &Plan, starts: u32) -> bool {
        let starts = starts & plan.lengths.reverse_bits() >> (u32::BITS - 1 - self.count);
        (0..self.count).filter(|start| starts >> start & 1 == 1).any(|start| {
            let Some([tens, ones]) = self.digits[start as usize..].first_chunk() else { return false };
            let head = 10 * tens + ones;
            let mut tails = plan.issued.iter().filter(|(heads, _)| heads >> head & 1 == 1);
            tails.any(|(_, tail)| self.ends(tail, 1 << (start + HEAD)) >> self.count & 1 == 1)
        })
    }

    /// Where the pattern ends when it starts at one of `starts`, both as sets of positions. An empty pattern ends
    /// nowhere. The notation: digits, `.` for any digit, `[2-57]`, `(a|b)`, `?`, `{n}`, `{n,m}`.
    fn ends(&self, pattern: &str, starts: u32) -> u32 {
        if pattern.is_empty() { 0 } else { self.alternatives(&mut pattern.as_bytes(), starts) }
    }

    /// Alternatives up to the closing parenthesis, which is taken, or the end.
    fn alternatives(&self, rest: &mut &[u8], starts: u32) -> u32 {
        let mut ends = 0;
        loop {
            ends |= self.sequence(rest, starts);
            let [closing, tail @ ..] = *rest else { return ends };
            *rest = tail;
            if *closing == b')' {
                return ends;
            }
        }
    }

    /// Items, each with its repeat, up to a `|`, a `)` or the end, which are left.
    fn sequence(&self, rest: &mut &[u8], mut starts: u32) -> u32 {
        while rest.first().is_some_and(|byte| !b"|)".contains(byte)) {
            if starts == 0 {
                skip(rest);
                break;
            }
            let item = *rest;
            let mut now = self.item(rest, starts);
            let (low, high) = repeat(rest);
            let mut ends = if low == 0 { starts } else { 0 };
            for round in 1..=high {
                if round > 1 {
                    now = self.item(&mut { item }, now);
                }
                if round >= low {
                    ends |= now;
                }
            }
            starts = ends;
        }
        starts
    }

    /// A group, a class or a digit.
    fn item(&self, rest: &mut &[u8], starts: u32) -> u32 {
        let [first, tail @ ..] = *rest else { return 0 };
        *rest = tail;
        let positions = match first {
            b'(' => return self.alternatives(rest, starts),
            b'[' => self.class(rest),
            b'.' => (1 << self.count) - 1,
            digit => self.range(*digit, *digit),
        };
        (starts & positions) << 1
    }

    /// The positions of the digits of a class, whose `]` is taken.
    fn class(&self, rest: &mut &[u8]) -> u32 {
        let mut positions = 0;
        loop {
            let (found, tail) = match **rest {
                [low, b'-', high, ref tail @ ..] => (self.range(low, high), tail),
                [b']', ref tail @ ..] => {
                    *rest = tail;
                    return positions;
                }
                [digit, ref tail @ ..] => (self.range(digit, digit), tail),
                [] => return positions,
            };
            positions |= found;
            *rest = tail;
        }
    }

    fn range(&self, low: u8, high: u8) -> u32 {
        (low..=high)
            .filter_map(|digit| self.at.get(usize::from(digit.wrapping_sub(b'0'))))
            .fold(0, |all, at| all | at)
    }
}

/// Takes what is left of a sequence: nearly all of a plan is other numbers' branches.
fn skip(rest: &mut &[u8]) {
    let mut depth = 0;
    let end = rest.iter().position(|byte| {
        match byte {
            b'(' => depth += 1,
            b'|' | b')' if depth == 0 => return true,
            b')' => depth -= 1,
            _ => {}
        }
        false
    });
    *rest = &rest[end.unwrap_or(rest.len())..];
}

/// The repeat that follows an item, taken: how often at least and at most.
fn repeat(rest: &mut &[u8]) -> (u32, u32) {
    if let [b'?', tail @ ..] = *rest {
        *rest = tail;
        return (0, 1);
    }
    let [b'{', tail @ ..] = *rest else { return (1, 1) };
    let mut bounds = [0, 0];
    let mut at = 0;
    let mut commas = 0;
    while let Some(byte) = tail.get(at).filter(|byte| **byte != b'}') {
        match byte {
            b',' => commas = 1,
            digit => bounds[commas] = bounds[commas] * 10 + u32::from(digit - b'0'),
        }
        at += 1;
    }
    *rest = tail.get(at + 1..).unwrap_or_default();
    (bounds[0], bounds[commas])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialled(text: &str) -> Dialled {
        Dialled::new(text.bytes().filter(u8::is_ascii_digit).map(|b| b - b'0')).expect("short")
    }

    fn whole(pattern: &str, text: &str) -> bool {
        let digits = dialled(text);
        digits.ends(pattern, 1) >> digits.count & 1 == 1
    }

    #[test]
    fn numbers_of_a_plan_have_its_lengths() {
        let anything = Dialled { at: [(1 << MOST_DIGITS) - 1; 10], digits: [0; MOST_DIGITS], count: 24 };
        for plan in PLANS {
            let issued = plan.issued.iter().fold(0, |ends, (_, tail)| ends | anything.ends(tail, 1 << HEAD));
            assert_eq!(issued & !plan.lengths, 0, "{:?} {issued:b} {:b}", plan.region, plan.lengths);
        }
    }

    #[test]
    fn the_notation_means_what_it_says() {
        assert!(whole("12", "12") && !whole("12", "123") && !whole("12", "1"));
        assert!(whole("[2-57]..", "500") && whole("[2-57]..", "799") && !whole("[2-57]..", "600"));
        assert!(whole("1(2|34)?5", "125") && whole("1(2|34)?5", "1345") && whole("1(2|34)?5", "15"));
        assert!(whole(".{2,4}", "1234") && !whole(".{2,4}", "12345") && !whole(".{2,4}", "1"));
        assert!(whole("([12]3){2}", "1323") && !whole("([12]3){2}", "13"));
        assert!(!whole("", "") && whole("0|00", "00"));
    }

    #[test]
    fn every_pattern_of_the_table_is_well_formed() {
        for plan in PLANS {
            let tails = plan.issued.iter().map(|(_, tail)| tail);
            for pattern in tails.chain([&plan.international, &plan.national]) {
                let depth = pattern.bytes().fold(0_i32, |depth, byte| match byte {
                    b'(' | b'[' | b'{' => depth + 1,
                    b')' | b']' | b'}' => depth - 1,
                    _ => depth,
                });
                assert_eq!(depth, 0, "{pattern}");
                assert!(pattern.bytes().all(|byte| b"0123456789.()[]{}|?,-".contains(&byte)), "{pattern}");
            }
        }
        assert!(PLANS.len() > 240 && PLANS.is_sorted_by_key(|plan| plan.code));
    }

    /// Example numbers that the metadata or the regulators publish, one per kind of plan.
    #[test]
    fn numbers_are_issued_or_not() {
        let issued = [
            "+1 201-555-0123",
            "+44 121 234 5678",
            "+44 7700 900123",
            "+49 30 123456",
            "+49 800 1234567890",
            "+33 1 99 00 12 34",
            "+39 02 1234 5678",
            "+55 11 96123-4567",
            "+247 62889",
            "+690 3101",
            "+800 1234 5678",
            "+86 131 2345 6789",
        ];
        for number in issued {
            assert!(international(&dialled(number)), "{number}");
        }
        for number in ["+1 201-555-012", "+1 123-555-0123", "+44 12", "+999 123 4567", "+33 0 12 34 56 78"] {
            assert!(!international(&dialled(number)), "{number}");
        }
    }

    #[test]
    fn a_region_says_how_a_number_is_dialled() {
        let valid = |region: &str, number: &str| {
            dialled_in(Region::new(region).expect("a code"), &dialled(number), false)
        };
        assert!(
            valid("US", "(201) 555-0123")
                && valid("US", "1-201-555-0123")
                && valid("US", "011 44 20 7946 0123")
        );
        assert!(
            valid("GB", "020 7946 0123") && valid("GB", "0044 20 7946 0123") && !valid("GB", "020 7946 012")
        );
        assert!(valid("HU", "06 1 234 5678") && valid("RU", "8 (301) 123-45-67") && valid("SG", "6123 4567"));
        assert!(valid("DE", "030 123456") && !valid("DE", "30 123456") && valid("AR", "011 15-2345-6789"));
        assert!(dialled_in(Region(*b"DE"), &dialled("30 123456"), true));
        assert!(!valid("XX", "020 7946 0123"));
        assert!(dialled_abroad(&dialled("0044 20 7946 0123")) && !dialled_abroad(&dialled("020 7946 0123")));
    }

    #[test]
    fn a_number_of_any_length_is_read_or_refused() {
        assert!(Dialled::new(std::iter::repeat_n(1, 24)).is_some_and(|digits| !international(&digits)));
        assert!(Dialled::new(std::iter::repeat_n(1, 25)).is_none());
    }
}
