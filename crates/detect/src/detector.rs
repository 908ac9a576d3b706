//! What to look for, as data: the built-in [`Detector`] and the user's own [`CustomDetector`].
//! How it is found is the [`Scanner`](crate::Scanner)'s business.

use std::borrow::Cow;
use std::ops::Range;

use std::fmt;

use crate::sample::Draw;

/// A type of sensitive data: plain `'static` data. Everything that reads it (scanner, listing, tests, samples)
/// reads this one value; there is no trait to implement.
///
/// ```
/// use sievert_detect::{Borders, Category, Detector};
/// static BADGE: Detector = Detector {
///     id: "acme.badge",
///     title: "Acme badge number",
///     placeholder: "BADGE",
///     category: Category::Other,
///     pattern: r"BD-[0-9]{6}",
///     borders: Borders::Word,
///     examples: &["BD-004123"],
///     ..Detector::BLANK
/// };
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Detector {
    /// `place.name`, lower case: `nl.bsn`, `global.email`. The place is an ISO 3166 alpha-2 code, `eu`, `global`,
    /// `health`, `secret`, `safety`, or the user's own.
    pub id: &'static str,
    /// The official name.
    pub title: &'static str,
    /// One or two sentences: what it is, how it is told from noise, what is not covered.
    pub about: &'static str,
    /// Where the rule stands: links or the titles of official documents.
    pub sources: &'static [&'static str],
    /// Other names accepted in policies: the field's common name, Presidio's, Google's (`EMAIL_ADDRESS`).
    pub aliases: &'static [&'static str],
    /// The group that policies name as `category:...`.
    pub category: Category,
    /// What stands in `<...>` when a finding is replaced, and before the `_` of a pseudonym: `EMAIL`.
    pub placeholder: &'static str,
    /// The shape that stands alone, in the syntax of the regex crate. No anchors, no `\b`: that is `borders`. No
    /// capture groups. Bounded repeats only, where the type has a bound. Empty: only labelled values.
    pub pattern: &'static str,
    /// A looser shape, allowed where a context word stands near or where the field's name, its column or a region vouches
    /// for it. Empty: `pattern` alone.
    pub in_context: &'static str,
    /// The looser shape that is allowed right after one of `labels`, or in a field that such a label names. Empty:
    /// `pattern` is what may follow a label.
    pub labelled: &'static str,
    /// Unambiguous names of the value (`ssn`, `social security number`), any case; a value right behind one is
    /// labelled. `#`, `no`, `number`, `id`, `is`, `:`, `=` and blanks between label and value are the scanner's work, and
    /// so is the rest of a longer name to which the value is assigned: `SSN_2=`.
    pub labels: &'static [&'static str],
    /// What must not touch a candidate on either side.
    pub borders: Borders,
    /// Words that speak for a candidate when they stand near (same cell, [`Detector::reach`] characters) or in the
    /// field's name. Labels are context too and need no second mention.
    pub context: &'static [&'static str],
    /// Words that speak against a candidate of `pattern` when they stand near and nothing else vouches for it.
    pub negative_context: &'static [&'static str],
    /// How far context reaches, in bytes before and after the candidate; at most 1,000.
    pub reach: u16,
    /// Whether a candidate of `pattern` is reported only where a label, a context word, the field's name or its
    /// column vouches for it: true for every shape that is common in harmless data.
    pub needs_context: bool,
    /// Decides on one candidate: checksum, ranges, calendar. Must not panic on any text that the patterns match.
    pub validate: fn(&Candidate<'_>) -> Verdict,
    /// The share of random candidates of this shape that pass `validate`'s checksum: 0.1 for Luhn. 0: no checksum.
    pub chance: f64,
    /// One spelling for all spellings of a value, borrowed where it is the value's own: what pseudonyms and fingerprints
    /// are made from.
    pub normalize: fn(&str) -> Cow<'_, str>,
    /// Makes a valid fake. Never a real person's: reserved ranges where the type has any.
    pub sample: fn(&mut Draw) -> String,
    /// Texts found whole by this detector, alone or with the context it needs: `[[value]]` marks the value when
    /// other text stands around it (read with [`Example::parse`](crate::Example::parse)). Official test values or
    /// samples only.
    pub examples: &'static [&'static str],
    /// Texts in which this detector must find nothing.
    pub counter_examples: &'static [&'static str],
}

impl Detector {
    /// A detector with nothing in it, to be completed with `..Detector::BLANK`.
    pub const BLANK: Self = Self {
        id: "",
        title: "",
        about: "",
        sources: &[],
        aliases: &[],
        category: Category::Other,
        placeholder: "",
        pattern: "",
        in_context: "",
        labelled: "",
        labels: &[],
        borders: Borders::Word,
        context: &[],
        negative_context: &[],
        reach: 50,
        needs_context: false,
        validate: |_| Verdict::Plain,
        chance: 0.0,
        normalize: alphanumeric,
        sample: |_| String::new(),
        examples: &[],
        counter_examples: &[],
    };

    /// The part of the id before the dot.
    pub fn place(&self) -> &'static str {
        self.id.split_once('.').map_or("", |(place, _)| place)
    }
}

/// Letters and digits, upper case: the usual normal form of a number that people space and hyphenate as they like.
pub(crate) fn alphanumeric(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()) {
        return text.into();
    }
    if text.is_ascii() {
        let mut normal = text.to_ascii_uppercase().into_bytes();
        normal.retain(u8::is_ascii_alphanumeric);
        return String::from_utf8(normal).expect("ASCII").into();
    }
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect::<String>().into()
}

/// A user's own detector, as the policy file spells it: the full power of a built-in one, owned.
#[derive(Clone, Debug)]
pub struct CustomDetector {
    /// As [`Detector::id`].
    pub id: String,
    /// As [`Detector::title`].
    pub title: String,
    /// As [`Detector::placeholder`]; derived from the id when the user gives none.
    pub placeholder: String,
    /// As [`Detector::category`].
    pub category: Category,
    /// As [`Detector::pattern`]; leading and trailing `\b` become borders.
    pub pattern: String,
    /// As [`Detector::labelled`].
    pub labelled: String,
    /// As [`Detector::labels`].
    pub labels: Vec<String>,
    /// A list of literal words to find (any case, at word borders), beside or instead of `pattern`.
    pub words: Vec<String>,
    /// As [`Detector::borders`].
    pub borders: Borders,
    /// As [`Detector::context`].
    pub context: Vec<String>,
    /// As [`Detector::negative_context`].
    pub negative_context: Vec<String>,
    /// As [`Detector::reach`].
    pub reach: u16,
    /// As [`Detector::needs_context`].
    pub needs_context: bool,
    /// As [`Detector::validate`]: a checksum named in the policy, or one that accepts all.
    pub validate: fn(&Candidate<'_>) -> Verdict,
    /// As [`Detector::chance`].
    pub chance: f64,
    /// Whether something else finds it, such as a [`Recognizer`](crate::Recognizer): it then needs no pattern, and a
    /// scanner only knows its name.
    pub recognized: bool,
    /// As [`Detector::examples`].
    pub examples: Vec<String>,
    /// As [`Detector::counter_examples`].
    pub counter_examples: Vec<String>,
}

/// What [`Detector::BLANK`] is among the built-in ones: finds nothing until it has a pattern, words or a recognizer.
impl Default for CustomDetector {
    fn default() -> Self {
        let Detector { category, borders, reach, needs_context, validate, chance, .. } = Detector::BLANK;
        Self {
            id: String::new(),
            title: String::new(),
            placeholder: String::new(),
            category,
            pattern: String::new(),
            labelled: String::new(),
            labels: Vec::new(),
            words: Vec::new(),
            borders,
            context: Vec::new(),
            negative_context: Vec::new(),
            reach,
            needs_context,
            validate,
            chance,
            recognized: false,
            examples: Vec::new(),
            counter_examples: Vec::new(),
        }
    }
}

/// A stretch of text of the right shape, before anything is known about it.
#[derive(Clone, Copy)]
pub struct Candidate<'t> {
    /// The text of the candidate alone, in the shadow view: ASCII digits, plain blanks and hyphens.
    pub text: &'t str,
    /// The text around it in the same view: up to 256 bytes on either side, so that a validator's work is bounded.
    pub around: &'t str,
    /// Where `text` starts in `around`, in bytes.
    pub start: usize,
    /// The regions that policy or field give for numbers without a country code, most likely first.
    pub regions: &'t [Region],
    /// What led here.
    pub anchored: Anchored,
}

/// Shows no text.
impl fmt::Debug for Candidate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Candidate").field("anchored", &self.anchored).finish_non_exhaustive()
    }
}

impl<'t> Candidate<'t> {
    /// How much of the text a validator sees on either side, in bytes.
    const SIGHT: usize = 256;

    /// The candidate at `span` of a view.
    pub(crate) fn new(view: &'t str, span: Range<usize>, regions: &'t [Region], anchored: Anchored) -> Self {
        let from = view.ceil_char_boundary(span.start.saturating_sub(Self::SIGHT));
        let to = view.floor_char_boundary(span.end + Self::SIGHT);
        Self { start: span.start - from, text: &view[span], around: &view[from..to], regions, anchored }
    }

    /// What stands before the candidate.
    pub fn before(&self) -> &'t str {
        &self.around[..self.start]
    }

    /// What stands after the candidate.
    pub fn after(&self) -> &'t str {
        &self.around[self.start + self.text.len()..]
    }

    /// The ASCII digits of the candidate, as numbers.
    pub fn digits(&self) -> impl DoubleEndedIterator<Item = u8> + Clone + 't {
        self.text.bytes().filter(u8::is_ascii_digit).map(|b| b - b'0')
    }
}

/// What led the scanner to a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchored {
    /// `pattern`, and no word near.
    Alone,
    /// `pattern`, and a context word near or in the field's name.
    Context,
    /// A label stands right before it.
    Label,
    /// Its field is named by a label; a candidate of `labelled` then starts the cell.
    Field,
}

impl Anchored {
    /// Whether a label, in the text or as the field's name, names the value: it may then be mistyped.
    pub const fn named(self) -> bool {
        matches!(self, Self::Label | Self::Field)
    }
}

/// An ISO 3166 alpha-2 code, upper case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Region(pub [u8; 2]);

impl Region {
    /// The code of two letters, in any case; `None` for anything else.
    pub fn new(code: &str) -> Option<Self> {
        match *code.as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Some(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            _ => None,
        }
    }

    /// The two letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("two ASCII letters, see `new`")
    }
}

/// What a validator says of one candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Not this type. The candidate consumes nothing: a shorter one, or one that starts later, may still be it.
    No,
    /// The checksum or a rule of issue fails: reported only behind a label or in a named field, `Likely` at most.
    Failed,
    /// The shape is right but common: reported only where words, field or column vouch for it.
    Weak,
    /// The shape is right, and there is nothing more to prove it with: `Possible` when it stands alone.
    Plain,
    /// A checksum, or a table of issued ranges, holds: one proof.
    Checked,
    /// As `Checked`, but chance passes it less than once in 10,000: a long checksum, a fixed prefix, a grammar that
    /// prose and code do not make.
    Unmistakable,
    /// A value known from documentation, such as `4111 1111 1111 1111`: `Possible`, marked as an example.
    Example,
}

impl Verdict {
    /// `Checked` where the checksum holds, `Failed` where it does not.
    pub const fn checked(holds: bool) -> Self {
        if holds { Self::Checked } else { Self::Failed }
    }

    /// `Plain` where a rule that proves nothing holds, else `No`.
    pub const fn plain(holds: bool) -> Self {
        if holds { Self::Plain } else { Self::No }
    }
}

/// What must not touch a candidate, decided on Unicode characters of the shadow view. Each allows less than the one
/// before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Borders {
    /// Anything may stand beside it.
    None,
    /// No digit before or after.
    Digit,
    /// As [`Digit`](Self::Digit), and no letter of the Latin, Greek or Cyrillic script: for values that are written
    /// right beside letters of all other scripts.
    Latin,
    /// No letter, digit or underscore before or after. Letters of scripts that set no blanks between words (Han,
    /// Kana, Hangul, Thai, ...) do not count, so that a value right beside one is found.
    Word,
    /// As [`Word`](Self::Word), and no part of a longer number: no digit with `-`, `.`, `/` or `,` between before, nor
    /// with `-`, `.`, `/` or `:` between after.
    Number,
}

/// The group of a type, named in policies as `category:...`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Category {
    /// Reaches a person: email, phone, postal address.
    Contact,
    /// A number that a state gave to a person or company.
    NationalId,
    /// Accounts, cards, wallets.
    Financial,
    /// Health data and health identifiers.
    Health,
    /// Devices and networks.
    Network,
    /// Where somebody is or lives.
    Location,
    /// Facts about a person: birth, age.
    Personal,
    /// Keys, tokens, passwords.
    Credential,
    /// Anything else, and the user's own.
    Other,
}

impl Category {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Contact,
        Self::NationalId,
        Self::Financial,
        Self::Health,
        Self::Network,
        Self::Location,
        Self::Personal,
        Self::Credential,
        Self::Other,
    ];

    /// The word used in policies.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::NationalId => "national-id",
            Self::Financial => "financial",
            Self::Health => "health",
            Self::Network => "network",
            Self::Location => "location",
            Self::Personal => "personal",
            Self::Credential => "credential",
            Self::Other => "other",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_short_way_to_a_normal_form_leads_to_the_same(text in "[A-Z0-9]{0,4}([a-zß٣. -]|)[A-Z0-9]{0,4}") {
            let letters = text.chars().filter(|c| c.is_alphanumeric());
            prop_assert_eq!(alphanumeric(&text), letters.flat_map(char::to_uppercase).collect::<String>());
        }
    }
}
