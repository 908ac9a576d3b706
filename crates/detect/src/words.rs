//! Labels, context words and negative words: which of them stand at a place of a text, and what may stand between a
//! label and its value.

mod keys;
mod spelling;
mod stems;

use std::collections::HashMap;
use std::ops::Range;

use crate::border::{after, in_name, in_word, is_border};
use crate::compile::Role;
use crate::kernel::BLOCK;
use crate::letters::{self, KEY, Letters, Start};
use crate::mark::in_mark;
use crate::{Category, DetectorIndex, Error, field};
pub(crate) use keys::Keys;
use keys::{Index, Key, beginnings};
use spelling::Cases;
use stems::{Stem, stems};

/// All words of all detectors.
pub(crate) struct Words {
    list: Vec<Word>,
    stems: Vec<Stem>,
    /// By key of the run of letters that a word begins with: the stems that words begin with.
    index: Index,
    /// What runs begin with where any words stand, where labels do, and where labels do whose values need no digit
    /// within [`NEAR`].
    all: Keys,
    labels: Labels,
    digitless: Labels,
    cases: Cases,
    /// None of the words is made of digits and signs alone.
    pub(crate) need_letters: bool,
}

/// How labels begin.
#[derive(Default)]
pub(crate) struct Labels {
    pub(crate) alone: Keys,
    /// Within names as code writes them, where their parts are grown together: `userSsn`.
    pub(crate) in_names: Keys,
}

struct Word {
    /// What blanks, hyphens, dots, slashes and underscores part, in the case of [`Cases::fold`].
    parts: Vec<String>,
    owners: Vec<(DetectorIndex, Role)>,
    label: bool,
}

/// How far behind the beginning of a label a digit is near, in bytes.
pub(crate) const NEAR: usize = 3 * BLOCK;

/// A word that stands in a text, at word borders.
#[derive(Clone, Debug)]
pub(crate) struct Hit {
    pub(crate) span: Range<u32>,
    word: u32,
}

/// Which words are asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    Labels,
    All,
}

impl Hit {
    pub(crate) fn range(&self) -> Range<usize> {
        self.span.start as usize..self.span.end as usize
    }
}

impl Words {
    /// Of words, and by detector how many bytes of a value can stand before its first digit.
    pub(crate) fn new(words: &[(String, u16, Role)], first_digits: &[Option<usize>]) -> Result<Self, Error> {
        let mut it = Self {
            list: Vec::new(),
            stems: Vec::new(),
            index: Index::default(),
            all: Keys::default(),
            labels: Labels::default(),
            digitless: Labels::default(),
            need_letters: words.iter().all(|(word, ..)| word.contains(is_letter)),
            cases: Cases::new(words.iter().flat_map(|(word, ..)| word.chars())),
        };
        let mut numbers: HashMap<Vec<String>, usize> = HashMap::new();
        for (word, detector, role) in words {
            let folded = |part: &str| part.chars().map(|c| it.cases.fold(c)).collect::<String>();
            let parts: Vec<_> = parts(word).map(folded).collect();
            if parts.is_empty() {
                return Err(Error::Word { word: word.clone() });
            }
            let number = *numbers.entry(parts).or_insert_with_key(|parts| {
                it.list.push(Word { parts: parts.clone(), owners: Vec::new(), label: false });
                it.list.len() - 1
            });
            it.list[number].owners.push((DetectorIndex(*detector), *role));
            it.list[number].label |= *role == Role::Label;
        }
        let (stems, firsts) = stems(&it.list);
        it.stems = stems;
        let numbered = |word: &Word| if word.label { word.numbered() } else { Vec::new() };
        let runs = |word: &Word| word.runs().into_iter().chain(numbered(word)).collect::<Vec<_>>();
        let keys = it.list.iter().zip(&firsts);
        let keys =
            keys.flat_map(|(word, first)| runs(word).into_iter().map(|run| (Key::of(&run).bytes, *first)));
        it.index = Index::new(keys.collect());
        let others = it.cases.others();
        let has_digit_near = |word: &Word| {
            let mut labelled = word.owners.iter().filter(|(_, role)| *role == Role::Label);
            // Twice: the key of a value may stand between.
            let ahead = word.longest(&others) + 2 * CONNECTOR + ASIDES;
            labelled.all(|(owner, _)| {
                first_digits[usize::from(owner.0)].is_some_and(|digit| ahead + digit <= NEAR)
            })
        };
        let keys = |runs: Vec<String>| Keys::new(runs.iter().flat_map(|run| beginnings(run, &others)));
        let begin_labels = |wanted: &dyn Fn(&Word) -> bool| {
            let labels = || it.list.iter().filter(|word| word.label && wanted(word));
            let grown = labels().flat_map(|word| word.runs().pop().into_iter().chain(word.numbered()));
            let ascii = grown.filter(|run| run.starts_with(|c: char| c.is_ascii_lowercase()));
            Labels { alone: keys(labels().flat_map(runs).collect()), in_names: keys(ascii.collect()) }
        };
        let all = keys(it.list.iter().flat_map(Word::runs).collect());
        let labels = begin_labels(&|_| true);
        let digitless = begin_labels(&|word| !has_digit_near(word));
        (it.all, it.labels, it.digitless) = (all, labels, digitless);
        Ok(it)
    }

    /// Whose word this is, and what for.
    pub(crate) fn owners(&self, hit: &Hit) -> &[(DetectorIndex, Role)] {
        &self.list[hit.word as usize].owners
    }

    /// The detectors whose label this is.
    pub(crate) fn labelled(&self, hit: &Hit) -> impl Iterator<Item = DetectorIndex> {
        self.owners(hit).iter().filter(|(_, role)| *role == Role::Label).map(|(detector, _)| *detector)
    }

    /// How labels begin that can have a value, given whether a digit stands within [`NEAR`].
    pub(crate) fn labels(&self, digit_near: bool) -> &Labels {
        if digit_near { &self.labels } else { &self.digitless }
    }

    /// Appends the words that begin in this part of the text, by start.
    pub(crate) fn find(&self, text: &str, letters: Letters<'_>, part: Range<usize>, hits: &mut Vec<Hit>) {
        letters.starts(part, &self.all.heads, |at, start| {
            if self.all.may_begin(start) {
                self.at(text, at, start, Which::All, hits);
            }
        });
    }

    /// Appends the words that begin exactly here, where a run of letters starts so.
    pub(crate) fn at(&self, text: &str, at: usize, start: Start, which: Which, hits: &mut Vec<Hit>) {
        // Most words: ASCII that stands behind a sign.
        let sign = |byte: &u8| byte.is_ascii() && !byte.is_ascii_alphanumeric();
        if text.as_bytes()[..at].last().is_none_or(sign) && start.length > 0 && !start.foreign {
            self.of_key(start.key, text, at, which, hits);
        } else if text.is_char_boundary(at) && is_border(text, at) {
            self.behind_border(text, at, start, which, hits);
        } else if which == Which::Labels && in_name(text, at) {
            let first = hits.len();
            self.behind_border(text, at, start, which, hits);
            let mut nth = 0;
            hits.retain(|hit| {
                nth += 1;
                nth <= first || is_grown(&text[hit.range()])
            });
        }
    }

    /// The same, where one can begin.
    fn behind_border(&self, text: &str, at: usize, start: Start, which: Which, hits: &mut Vec<Hit>) {
        if start.length > 0 && !start.foreign {
            return self.of_key(start.key, text, at, which, hits);
        }
        let mut found = Key::default();
        let mut plain = true;
        for c in text[at..].chars().map(|c| self.cases.fold(c)).take_while(|c| in_run(*c)).take(KEY) {
            plain &= c.is_ascii();
            if !plain {
                // Beside a letter beyond ASCII a word may end where the run goes on.
                self.of_key(found.bytes, text, at, which, hits);
            }
            found.push(c);
        }
        self.of_key(found.bytes, text, at, which, hits);
    }

    fn of_key(&self, key: u64, text: &str, at: usize, which: Which, hits: &mut Vec<Hit>) {
        for first in self.index.of(key) {
            self.branch(&self.stems[first as usize], text, at, at, which, hits);
        }
    }

    /// Appends the words that begin at `start` and go on with this stem at `at`. Any case; up to three signs or blanks,
    /// one as HTML writes it, or none, part them.
    #[inline]
    fn branch(&self, stem: &Stem, text: &str, start: usize, at: usize, which: Which, hits: &mut Vec<Hit>) {
        if which == Which::Labels && !stem.label {
            return;
        }
        if let Some(end) = stem.part.end(text, at, &self.cases) {
            self.grow(stem, text, start, end, which, hits);
        }
    }

    /// The same, where the stem ends at `end`.
    fn grow(&self, stem: &Stem, text: &str, start: usize, mut end: usize, which: Which, hits: &mut Vec<Hit>) {
        if let Some(word) = stem.word.filter(|word| which == Which::All || self.list[*word as usize].label)
            && (is_border(text, end) || which == Which::Labels && may_grow_on(text, &(start..end)))
            && !in_mark(text, &(start..end))
        {
            hits.push(Hit { span: start as u32..end as u32, word });
        }
        if stem.then.is_empty() {
            return;
        }
        end += blank(&text.as_bytes()[end..]).unwrap_or_else(|| {
            let parting = text[end..].chars().take(MOST_PARTING).take_while(|c| parts_words(*c));
            parting.map(char::len_utf8).sum()
        });
        for next in &self.stems[stem.then.clone()] {
            self.branch(next, text, start, end, which, hits);
        }
    }
}

impl Word {
    /// The runs of letters that the word can begin with, as far as a key goes: its first part, or more of them with
    /// nothing between.
    fn runs(&self) -> Vec<String> {
        let mut runs = Vec::new();
        let mut glued = String::new();
        for part in &self.parts {
            glued.push_str(part);
            runs.push(glued.chars().take(KEY).take_while(|c| in_run(*c)).collect());
            if runs.last() != Some(&glued) {
                break;
            }
        }
        runs
    }

    /// The same where a digit is grown together with it, `phone2`, as far as the digit is in the key.
    fn numbered(&self) -> Vec<String> {
        let grown = self.parts.concat();
        let short = (LEAST_NUMBERED..KEY).contains(&grown.len()) && self.runs().last() == Some(&grown);
        let ends = grown.ends_with(|c: char| c.is_ascii_alphabetic());
        ('0'..='9').filter(|_| short && ends).map(|digit| format!("{grown}{digit}")).collect()
    }

    /// How long it can be in a text, in bytes.
    fn longest(&self, others: &HashMap<char, Vec<char>>) -> usize {
        let spelt = |c: char| {
            let cases = others.get(&c).into_iter().flatten().chain([&c]);
            cases.map(|c| c.len_utf8()).max().unwrap_or_default()
        };
        let letters: usize = self.parts.iter().flat_map(|part| part.chars()).map(spelt).sum();
        // The longest blanks take three bytes, and HTML's no more than three of these.
        letters + (self.parts.len() - 1) * MOST_PARTING * 3
    }
}

/// Letters, digits, and whatever is not ASCII: a run of them begins each word.
fn in_run(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { !c.is_whitespace() }
}

/// Letters, and whatever is not ASCII.
fn is_letter(c: char) -> bool {
    !c.is_ascii() || c.is_ascii_alphabetic()
}

/// Between two parts of a word stand at most this many characters.
const MOST_PARTING: usize = 3;

fn parts_words(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '_' | '.' | '/')
}

/// Whether nothing parts the parts of a word in a text.
pub(crate) fn is_grown(word: &str) -> bool {
    !word.contains(|c| parts_words(c) || c == '&')
}

/// The parts of a word, without the signs before its first letter.
fn parts(word: &str) -> impl Iterator<Item = &str> {
    let word = word.trim_start_matches(|c| !in_run(c));
    word.split(parts_words).filter(|part| !part.is_empty())
}

/// A word as a pattern: any case; where it has blanks, hyphens, dots, slashes or underscores, any of them or none.
pub(crate) fn expression(word: &str) -> String {
    let parts: Vec<_> = parts(word).map(regex_syntax::escape).collect();
    let parting = format!(r"(?:[\s\-_./]{{0,{MOST_PARTING}}}|{})", BLANKS.join("|"));
    format!("(?i:{})", parts.join(&parting))
}

/// Between a label and its value at most this many bytes, and as many more of what [`aside`] knows.
const CONNECTOR: usize = 24;
const ASIDES: usize = 48;

/// At most this many of the small words.
const CONNECTING: usize = 3;

const SMALL: [&str; 33] = [
    "number", "no", "nr", "num", "nbr", "id", "is", "are", "was", "of", "code", "value", "n°", "nº", "№",
    "the", "my", "your", "our", "nummer", "numero", "número", "numéro", "ist", "lautet", "est", "es", "é",
    "è", "是", "为", "は", "는",
];

/// By byte: which small words may begin with it, as bits; beyond ASCII any that does so too.
const SMALL_STARTS: [u64; 256] = {
    let mut starts = [0; 256];
    let mut nth = 0;
    while nth < SMALL.len() {
        let first = SMALL[nth].as_bytes()[0];
        let mut byte = 0;
        while byte < starts.len() {
            let same = if byte < 0x80 { first == (byte as u8).to_ascii_lowercase() } else { first >= 0x80 };
            starts[byte] |= (same as u64) << nth;
            byte += 1;
        }
        nth += 1;
    }
    starts
};

/// Where a value may start behind a label that ends at `from`: any place behind the connecting words and asides, in the
/// last run of blanks and signs. The key of a value may stand between.
pub(crate) fn value_starts(text: &str, from: usize) -> Range<usize> {
    starts(text, from, 0)
}

/// The same, where so many bytes of asides are behind it.
fn starts(text: &str, from: usize, mut asides: usize) -> Range<usize> {
    let mut from = value_beside(text, from).unwrap_or(from);
    let (mut at, mut run, mut words) = (from, from, 0);
    loop {
        if let Some(length) = aside(&text[at..]).filter(|length| asides + length <= ASIDES) {
            (at, from, asides) = (at + length, from + length, asides + length);
            run = at;
            continue;
        }
        if let Some(sign) = after(text, at).filter(|c| is_sign(*c))
            && at + sign.len_utf8() - from <= CONNECTOR
        {
            at += sign.len_utf8();
            continue;
        }
        match small_word(&text[at..]) {
            Some(length) if words < CONNECTING && at + length - from <= CONNECTOR => {
                at += length;
                words += 1;
                run = at;
            }
            _ => return run..at + 1,
        }
    }
}

/// A name that a label begins, and to which something is assigned: `PASSWORD_PROD=`, `phone2:`.
pub(crate) struct Assigned {
    /// Where its value may start.
    pub(crate) starts: Range<usize>,
    /// It says no more than that there is a secret elsewhere: `password_file`.
    of_secrets: bool,
}

impl Assigned {
    pub(crate) fn speaks_for(&self, category: Category) -> bool {
        !self.of_secrets || category != Category::Credential
    }
}

/// Whether a name goes on behind a label that ends here.
#[inline]
pub(crate) fn name_goes_on(text: &str, label_end: usize) -> bool {
    match text.as_bytes()[label_end..] {
        [b'_' | b'-', next, ..] => next.is_ascii_alphanumeric(),
        _ => is_grown_on(text, label_end),
    }
}

/// What the last names said: those of logs and settings come again and again.
#[derive(Default)]
pub(crate) struct Names(HashMap<Box<str>, Option<bool>>);

impl Names {
    const MOST: usize = 1000;

    /// Of a name that may speak for a value, whether it is of secrets.
    fn of_secrets(&mut self, name: &str) -> Option<bool> {
        if let Some(said) = self.0.get(name) {
            return *said;
        }
        if self.0.len() == Self::MOST {
            self.0.clear();
        }
        let says = field::words(name).map(|words| field::of_secrets(&words).is_some());
        self.0.insert(name.into(), says);
        says
    }
}

/// What a name may have behind a label, in bytes. They are taken from those of asides.
const REST: usize = 24;

/// Names have so many digits behind a label, values more.
const NUMERALS: usize = 4;

/// The name that goes on behind a label, where it speaks for a value that is assigned to it: `phone_count` does not.
pub(crate) fn assigned(text: &str, label: &Range<usize>, names: &mut Names) -> Option<Assigned> {
    let rest = text.as_bytes()[label.end..].iter().take(REST + 1);
    let rest = rest.take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    let (length, digits) =
        rest.fold((0, 0), |(length, digits), byte| (length + 1, digits + usize::from(byte.is_ascii_digit())));
    if length > REST || digits > NUMERALS {
        return None;
    }
    let end = label.end + length;
    let starts = starts(text, end, length);
    let between = &text[end..starts.end - 1];
    if !between.contains([':', '=']) || between.contains("::") {
        return None;
    }
    let of_secrets = names.of_secrets(&text[label.start..end])?;
    Some(Assigned { starts, of_secrets })
}

/// Whether a name goes on right behind the letters of a label that ends here: with a digit, `phone2`, or a capital,
/// `passwordProd`.
#[inline]
pub(crate) fn is_grown_on(text: &str, label_end: usize) -> bool {
    match text.as_bytes().split_at(label_end) {
        ([.., last], [b'0'..=b'9', ..]) => last.is_ascii_alphabetic(),
        ([.., last], [b'A'..=b'Z', ..]) => last.is_ascii_lowercase(),
        _ => false,
    }
}

/// Whether a label stands here with which a name goes on so: three letters at least with one digit, and what fills a key
/// with a capital.
pub(crate) fn may_grow_on(text: &str, label: &Range<usize>) -> bool {
    is_grown_on(text, label.end)
        && match text.as_bytes()[label.end] {
            b'0'..=b'9' => label.len() >= LEAST_NUMBERED && is_border(text, label.end + 1),
            _ => label.len() >= KEY,
        }
}

/// Of shorter labels one with a digit is no name.
const LEAST_NUMBERED: usize = 3;

/// Elements of HTML that part a label from its value.
const TAGS: [&str; 18] = [
    "a", "b", "br", "dd", "div", "dt", "em", "font", "i", "label", "li", "p", "small", "span", "strong",
    "td", "th", "u",
];

/// Blanks as HTML writes them.
const BLANKS: [&str; 5] = ["&nbsp;", "&#160;", "&#xa0;", "&#32;", "&#x20;"];

/// The length of such a blank that the text begins with.
fn blank(text: &[u8]) -> Option<usize> {
    let same =
        |blank: &&&str| text.get(..blank.len()).is_some_and(|b| b.eq_ignore_ascii_case(blank.as_bytes()));
    text.starts_with(b"&").then(|| BLANKS.iter().find(same).map(|blank| blank.len())).flatten()
}

/// The length of what the text begins with that says nothing of a value behind it: a tag of HTML, a blank as HTML writes
/// it, a remark in parentheses without a digit, such as `(dd/mm/yyyy)`.
fn aside(text: &str) -> Option<usize> {
    const LONGEST: usize = 40;
    let rest = &text.as_bytes()[..text.len().min(LONGEST)];
    let until = |end: u8| rest.iter().position(|byte| *byte == end).map(|at| &rest[1..at]);
    match rest.first()? {
        b'<' => {
            let tag = until(b'>')?;
            let name = tag.strip_prefix(b"/").unwrap_or(tag);
            let name = &name[..name.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count()];
            let known = TAGS.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()));
            (known && !tag.contains(&b'<')).then_some(tag.len() + 2)
        }
        b'&' => blank(rest),
        b'(' => {
            let remark = until(b')')?;
            (!remark.iter().any(|byte| byte.is_ascii_digit() || *byte == b'\n')).then_some(remark.len() + 2)
        }
        _ => None,
    }
}

/// Where the key `value` stands that comes right behind a name which ends at `from`: `{"name": "ssn", "value": "..."}`,
/// also as a text in JSON.
fn value_beside(text: &str, from: usize) -> Option<usize> {
    let behind = |at: usize, sign: fn(&u8) -> bool| at + text[at..].bytes().take_while(sign).count();
    let quotes = |at| behind(at, |byte| matches!(byte, b'\\' | b'"' | b'\''));
    let blanks = |at| behind(at, u8::is_ascii_whitespace);
    let comma = quotes(from);
    if comma == from || !text[comma..].starts_with(',') {
        return None;
    }
    let key = quotes(blanks(comma + 1));
    let end = key + "value".len();
    let is_value = text.get(key..end).is_some_and(|key| key.eq_ignore_ascii_case("value"));
    let stands = is_value && key - from <= CONNECTOR && text[blanks(quotes(end))..].starts_with(':');
    stands.then_some(key)
}

fn is_sign(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, ':' | '=' | '#' | '-' | '.' | '(' | ')' | '"' | '\'' | '[' | ']' | '>' | '|')
        || matches!(c, '*' | '_' | '`' | '\\' | '“' | '”' | '‘' | '’' | '«' | '»' | '„')
}

/// The length of the small word that the text starts with.
fn small_word(text: &str) -> Option<usize> {
    let starts = SMALL_STARTS[usize::from(*text.as_bytes().first()?)];
    letters::bits(starts).map(|nth| SMALL[nth]).find_map(|small| {
        let mut rest = text.chars();
        let same =
            |c: char, d: char| c == d.to_ascii_lowercase() || !d.is_ascii() && d.to_lowercase().eq([c]);
        if !small.chars().all(|c| rest.next().is_some_and(|d| same(c, d))) {
            return None;
        }
        let rest = rest.as_str();
        let closed =
            !small.chars().next_back().is_some_and(in_word) || !rest.chars().next().is_some_and(in_word);
        // `MRN: NR-864367`, `password: no!way42`: a value may begin with the letters of a small word.
        let joins = |c: char| matches!(c, '-' | '_') || !is_sign(c) && !in_word(c);
        let joined = rest.strip_prefix(joins).is_some_and(|rest| rest.starts_with(in_word));
        (closed && !joined).then(|| text.len() - rest.len())
    })
}
