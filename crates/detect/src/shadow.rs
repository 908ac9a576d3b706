//! The view in which all detection happens: one spelling for characters that look alike or do not show, for line breaks
//! and tabs that are written as escapes, for signs as addresses write them (`%40`), and none for the colours of a
//! terminal, with the way back to the exact bytes. Text that needs no change is its own shadow; the original is never
//! altered.

mod characters;

use std::ops::Range;

use characters::{CHARACTERS, Kind, fold, latin};

use crate::border::in_word;
use crate::{Evidence, Finding, Texts};

/// A text and its shadow.
#[derive(Debug, Default)]
pub(crate) struct Shadow {
    text: String,
    /// Where the distance between shadow and original changes: (offset here, offset there), rising.
    steps: Vec<(u32, u32)>,
    /// Where invisible characters were taken out, as offsets here.
    removed: Vec<u32>,
    /// Where a look-alike letter stands for another, as offsets here.
    swapped: Vec<u32>,
}

impl Shadow {
    /// The view of the text, and its way back if there is any difference.
    pub(crate) fn of<'s>(&'s mut self, text: &'s str) -> (&'s str, Option<&'s Self>) {
        if !self.fill(text, plain) {
            return (text, None);
        }
        (&self.text, Some(self))
    }

    /// Gives what was found in the shadow its place in the original, and notes what was disguised.
    pub(crate) fn unveil(&self, findings: &mut [Finding], original: &str) {
        for finding in findings {
            let span = finding.range();
            if self.disguises(&span) {
                finding.evidence = finding.evidence.and(Evidence::DISGUISED);
            }
            let there = self.original(&span, original);
            finding.span = there.start as u32..there.end as u32;
        }
    }

    /// The bytes of the original behind a stretch of the shadow: with what was removed inside, without what was
    /// removed at its ends.
    pub(crate) fn original(&self, span: &Range<usize>, original: &str) -> Range<usize> {
        let last =
            self.text[span.clone()].char_indices().next_back().map_or(span.start, |(at, _)| span.start + at);
        let last = self.place(last);
        let width = match coded(&original.as_bytes()[last..]) {
            Some(_) => CODE,
            None => original[last..].chars().next().map_or(0, char::len_utf8),
        };
        self.place(span.start)..last + width
    }

    /// Whether the original hides or swaps letters inside this stretch of the shadow.
    pub(crate) fn disguises(&self, span: &Range<usize>) -> bool {
        let next = |places: &[u32], from: usize| {
            let nth = places.partition_point(|place| (*place as usize) < from);
            places.get(nth).is_some_and(|place| (*place as usize) < span.end)
        };
        next(&self.removed, span.start + 1) || next(&self.swapped, span.start)
    }

    /// Where the character that starts here starts in the original.
    fn place(&self, at: usize) -> usize {
        match self.steps.partition_point(|(here, _)| *here as usize <= at) {
            0 => at,
            nth => {
                let (here, there) = self.steps[nth - 1];
                at - here as usize + there as usize
            }
        }
    }

    /// Writes the shadow; false where it is the text itself. `plain` says how far nothing has to be looked at.
    fn fill(&mut self, text: &str, plain: impl Fn(&str, usize) -> usize) -> bool {
        self.text.clear();
        self.steps.clear();
        self.removed.clear();
        self.swapped.clear();
        let mut copied = 0;
        let mut word = Word::default();
        let mut at = 0;
        loop {
            at = plain(text, at);
            if escapes(&text.as_bytes()[at..]) {
                self.text.push_str(&text[copied..at]);
                self.text.push_str(BREAK);
                at += BREAK.len();
                copied = at;
                continue;
            }
            if let Some((new, length)) = spelt(&text.as_bytes()[at..]) {
                self.text.push_str(&text[copied..at]);
                at += length;
                copied = at;
                self.put(new, at);
                continue;
            }
            let Some(c) = text[at..].chars().next() else { break };
            let twin = latin(c).filter(|_| {
                if at >= word.end {
                    word = Word::around(text, at);
                }
                word.disguised
            });
            let next = at + c.len_utf8();
            let new = twin.or_else(|| fold(c));
            if new != Some(c) {
                self.text.push_str(&text[copied..at]);
                copied = next;
                if twin.is_some() {
                    self.swapped.push(self.text.len() as u32);
                }
                self.put(new, next);
            }
            at = next;
        }
        if copied > 0 {
            self.text.push_str(&text[copied..]);
        }
        copied > 0
    }

    /// Appends what stands for a stretch of the original that ends at `there`; nothing for what does not show.
    fn put(&mut self, new: Option<char>, there: usize) {
        match new {
            Some(new) => self.text.push(new),
            None => self.removed.push(self.text.len() as u32),
        }
        let step = (self.text.len() as u32, there as u32);
        match self.steps.last_mut() {
            Some(last) if last.0 == step.0 => *last = step,
            _ => self.steps.push(step),
        }
    }
}

/// The views of many texts, as one buffer.
#[derive(Debug, Default)]
pub(crate) struct Views {
    buffer: String,
    ends: Vec<u32>,
    disguised: Vec<u32>,
}

impl Views {
    /// The views of the texts, and the numbers of those that are not the text itself.
    pub(crate) fn of<'v>(&'v mut self, texts: &Texts<'v>, shadow: &mut Shadow) -> (Texts<'v>, &'v [u32]) {
        self.disguised.clear();
        self.buffer.clear();
        self.ends.clear();
        // Texts up to here are in the buffer of views.
        let mut copied = 0;
        let mut number = 0;
        while let Some(odd) = texts.first_odd(number) {
            number = odd + 1;
            if let (view, Some(_)) = shadow.of(texts.get(odd)) {
                self.copy(texts, copied..odd);
                self.buffer.push_str(view);
                self.ends.push(self.buffer.len() as u32);
                self.disguised.push(odd as u32);
                copied = number;
            }
        }
        if self.disguised.is_empty() {
            return (*texts, &[]);
        }
        self.copy(texts, copied..texts.ends.len());
        (Texts { buffer: &self.buffer, ends: &self.ends }, &self.disguised)
    }

    /// Appends texts that are their own views.
    fn copy(&mut self, texts: &Texts<'_>, numbers: Range<usize>) {
        let (from, to) = (texts.start(numbers.start), texts.start(numbers.end));
        let here = self.buffer.len();
        self.buffer.push_str(&texts.buffer[from..to]);
        self.ends.extend(texts.ends[numbers].iter().map(|end| (*end as usize - from + here) as u32));
    }
}

impl Texts<'_> {
    /// The next text from this one on that may not be its own view.
    fn first_odd(&self, number: usize) -> Option<usize> {
        let mut number = number;
        loop {
            let start = self.start(number);
            let odd = start + first_odd(&self.buffer.as_bytes()[start..])?;
            number += self.ends[number..].partition_point(|end| *end as usize <= odd);
            if number == self.ends.len() {
                return None;
            }
            let text = self.get(number);
            if plain(text, odd - self.start(number)) < text.len() {
                return Some(number);
            }
            number += 1;
        }
    }
}

/// A run of letters, and whether its look-alikes are there to deceive.
#[derive(Default)]
struct Word {
    end: usize,
    disguised: bool,
}

impl Word {
    /// The word of the look-alike at `at`, the first of that word. Disguised: it mixes Latin with look-alikes of other
    /// scripts, or is made of at least three look-alikes and nothing else.
    fn around(text: &str, at: usize) -> Self {
        let letter = |c: &char| c.is_alphabetic() && in_word(*c) || fold(*c).is_none();
        let before = text[..at].chars().rev().take_while(letter);
        let after = text[at..].chars().take_while(letter);
        let (mut plain, mut alike, mut other) = (0, 0, 0);
        for c in before.chain(after.clone()) {
            if c.is_ascii() {
                plain += 1;
            } else if latin(c).is_some() {
                alike += 1;
            } else if fold(c).is_some() {
                other += 1;
            }
        }
        let end = at + after.map(char::len_utf8).sum::<usize>();
        Self { end, disguised: plain > 0 || alike >= 3 && other == 0 }
    }
}

/// The view of an escape, as long as it is.
const BREAK: &str = " \n";

/// Whether the text begins with an escape for a blank, as code and JSON inside of texts have it. Its letter is no part of
/// the word behind it.
fn escapes(text: &[u8]) -> bool {
    matches!(text, [b'\\', b'n' | b'r' | b't', ..])
}

/// What the text begins with that is spelt in several signs and shows as one, or as none, and its length.
fn spelt(text: &[u8]) -> Option<(Option<char>, usize)> {
    coded(text).map(|sign| (Some(sign), CODE)).or_else(|| style(text).map(|length| (None, length)))
}

/// The length of `%40`.
const CODE: usize = 3;

/// The sign that the text begins with as addresses write it inside of addresses (RFC 3986, section 2.1): those that part
/// names and values there, and two of mail. Others would end the address or its password, where they are a part of it;
/// so would `?`, which begins names as `&` does.
fn coded(text: &[u8]) -> Option<char> {
    let [b'%', high, low, ..] = text else { return None };
    Some(match [*high, low.to_ascii_uppercase()] {
        [b'2', b'6'] | [b'3', b'F'] => '&',
        [b'2', b'B'] => '+',
        [b'3', b'A'] => ':',
        [b'3', b'D'] => '=',
        [b'4', b'0'] => '@',
        _ => return None,
    })
}

/// The length of the sequence that the text begins with which sets a colour or style on a terminal (ECMA-48, sections
/// 8.3.117 and 8.3.41), written as it is or as code and JSON write it.
fn style(text: &[u8]) -> Option<usize> {
    const LONGEST: usize = 20;
    let escape = [&b"\x1b["[..], br"\u001b[", br"\u001B[", br"\x1b[", br"\x1B[", br"\033["];
    let escape = escape.into_iter().find(|escape| text.starts_with(escape))?.len();
    let end =
        text[escape..].iter().take(LONGEST).position(|byte| !matches!(byte, b'0'..=b'9' | b';' | b':'))?;
    matches!(text[escape + end], b'm' | b'K').then_some(escape + end + 1)
}

/// Where the first character from here on stands that may not stand for itself; the length of the text where there is
/// none.
fn plain(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(ahead) = first_odd(&bytes[at..]) {
        at += ahead;
        let characters = &*CHARACTERS;
        // Where one character beyond ASCII stands, more do.
        while let Some((first, rest)) = bytes[at..].split_first() {
            at += match (*first, rest) {
                (..0x80, [next, ..]) if next.is_ascii() && odd(*first) == 0 => break,
                (..0x80, _) if odd(*first) == 0 => 1,
                (..0x80, _) if escapes(&bytes[at..]) || spelt(&bytes[at..]).is_some() => return at,
                (..0x80, _) => 1,
                (..0xE0, [second, ..]) => match characters.two(*first, *second) {
                    Kind::Sign | Kind::Letter => 2,
                    Kind::Twin => match honest(bytes, at) {
                        Some(end) => end - at,
                        None => return at,
                    },
                    Kind::Other => return at,
                },
                (..0xF0, [second, third, ..]) if characters.three([*first, *second, *third]) => 3,
                (0xF0.., _) if text[at..].chars().next().is_some_and(|c| fold(c) == Some(c)) => 4,
                _ => return at,
            };
        }
    }
    bytes.len()
}

/// The end of the word of the look-alike at `at`, where it is sure to be none that [`Word::around`] takes for disguised:
/// a short one of one script.
fn honest(text: &[u8], at: usize) -> Option<usize> {
    const FAR: usize = 64;
    let characters = &*CHARACTERS;
    let (mut alike, mut other) = (0, 0);
    let mut goes_on = |first, second| {
        let kind = characters.two(first, second);
        alike += u32::from(kind == Kind::Twin);
        other += u32::from(kind == Kind::Letter);
        matches!(kind, Kind::Twin | Kind::Letter)
    };
    let (mut start, mut end) = (at, at);
    while let [.., first @ 0xC0..0xE0, second] = text[at.saturating_sub(FAR)..start]
        && goes_on(first, second)
    {
        start -= 2;
    }
    while let [first @ 0xC0..0xE0, second, ..] = text[end..text.len().min(at + FAR)]
        && goes_on(first, second)
    {
        end += 2;
    }
    let sign = |first, second| characters.two(first, second) == Kind::Sign;
    let begins = match text[..start] {
        [.., first @ 0xC0..0xE0, second] => sign(first, second),
        [.., byte] => byte.is_ascii() && !byte.is_ascii_alphabetic(),
        [] => true,
    };
    let ends = match text[end..] {
        [first @ 0xC0..0xE0, second, ..] => sign(first, second),
        [byte, ..] => byte.is_ascii() && !byte.is_ascii_alphabetic(),
        [] => true,
    };
    (begins && ends && (other > 0 || alike < 3)).then_some(end)
}

const ESCAPE: u8 = 0x1b;

/// Not 0 if something begins with this byte that may not stand for itself: a number made without a branch, so that the
/// compiler looks at many bytes at once. Latin with diacritics, Han and Hangul stand for themselves.
const fn odd(byte: u8) -> u8 {
    let begins = (byte >= 0xC0) as u8;
    let latin = (byte.wrapping_sub(0xC3) <= 0xCC - 0xC3) as u8;
    let eastern = (byte.wrapping_sub(0xE4) <= 0xEC - 0xE4) as u8 & (byte != 0xEA) as u8;
    begins & !(latin | eastern) | signals(byte)
}

/// The same where only ASCII is told: quicker, and nearly all texts hold nothing else.
const fn signals(byte: u8) -> u8 {
    (byte == b'\\') as u8 | (byte == b'%') as u8 | (byte == ESCAPE) as u8
}

/// [`odd`] of each byte, for one at a time.
const ODD: [u8; 256] = {
    let mut all = [0; 256];
    let mut byte = 0;
    while byte < all.len() {
        all[byte] = odd(byte as u8);
        byte += 1;
    }
    all
};

/// Where the first odd byte stands, in a text that begins with a character.
fn first_odd(text: &[u8]) -> Option<usize> {
    const AT_ONCE: usize = 32;
    let (chunks, _) = text.as_chunks::<AT_ONCE>();
    let maybe = |chunk: &[u8; AT_ONCE]| {
        chunk.iter().fold(0, |any, byte| any | u8::from(!byte.is_ascii()) | signals(*byte)) > 0
    };
    let surely = |chunk: &[u8; AT_ONCE]| chunk.iter().fold(0, |any, byte| any | odd(*byte)) > 0;
    let plain = chunks.iter().position(|chunk| maybe(chunk) && surely(chunk)).unwrap_or(chunks.len());
    let plain = AT_ONCE * plain;
    text[plain..].iter().position(|byte| ODD[usize::from(*byte)] > 0).map(|nth| plain + nth)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Each text beside its view, and stretches of the view beside those of the text that they stand for.
    #[test]
    fn what_is_spelt_in_several_signs_shows_as_one_or_none() {
        for (text, view, stretches) in [
            ("to=a%40b.org%26x", "to=a@b.org&x", &[("a@b.org", "a%40b.org"), ("@", "%40")][..]),
            ("a%3d%2Bb%3F", "a=+b&", &[("=+", "%3d%2B"), ("b&", "b%3F")]),
            ("5%, 100%25, %zz, %4", "5%, 100%25, %zz, %4", &[]),
            ("https://x.org/%41%20%2F%23%5B", "https://x.org/%41%20%2F%23%5B", &[]),
            ("\x1b[1;31ma\x1b[0mb\x1b[K", "ab", &[("ab", "a\x1b[0mb"), ("a", "a"), ("b", "b")]),
            (r"\u001b[32m7\u001b[0m \033[0m", "7 ", &[("7", "7")]),
            ("\x1b[2J\x1b]8;;\x1b[", "\x1b[2J\x1b]8;;\x1b[", &[]),
        ] {
            let mut shadow = Shadow::default();
            let (found, way_back) = shadow.of(text);
            assert_eq!(found, view);
            for (here, there) in stretches {
                let start = view.find(here).expect("a part of it");
                let span = start..start + here.len();
                assert_eq!(&text[way_back.expect("it differs").original(&span, text)], *there, "{text}");
            }
        }
    }

    proptest! {
        #[test]
        fn the_first_odd_byte_is_the_first_one(
            text in "([ -~]{0,40}(é|ł|漢|나|[%\\\\]|\x1b|я|ó|\u{a0}|ん|ꀀ|\u{200b}|😀)?){0,3}",
        ) {
            let stands_for_itself = |c: char| match c {
                '\\' | '%' | '\x1b' => false,
                c => c.is_ascii() || "éłó漢나".contains(c),
            };
            prop_assert_eq!(first_odd(text.as_bytes()), text.find(|c| !stands_for_itself(c)));
        }

        #[test]
        fn what_is_passed_over_would_stay(
            text in "([a-d0-9 .%«¿]{0,3}|[асухд]{1,4}|[аρбλ]{1,40}|%40|\\\\n|\\\\x1b\\[m|[\u{ad}\u{301}\u{200b}\u{3000}٣４ａ]|[éعक漢ん가ꀀ😀𝟗]{1,3}){0,9}",
        ) {
            let (mut quick, mut slow) = (Shadow::default(), Shadow::default());
            prop_assert_eq!(quick.fill(&text, plain), slow.fill(&text, |_, at| at));
            prop_assert_eq!(format!("{quick:?}"), format!("{slow:?}"));
            let odd = Texts { buffer: &text, ends: &[text.len() as u32] }.first_odd(0);
            prop_assert!(odd.is_some() || !slow.fill(&text, |_, at| at));
        }
    }
}
