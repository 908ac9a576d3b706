//! What every candidate of a shape must hold near one place, read off its pattern: the sets of bytes at the place
//! itself, at the next ones, and right before. Nothing is written by hand, so that nothing can be missed by hand.

use regex_syntax::hir::{Class, Hir, HirKind};
use regex_syntax::utf8::Utf8Sequences;

use crate::Borders;

/// How many bytes ahead of the place are known.
pub(crate) const AHEAD: usize = 20;

/// A set of bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bytes([u64; 4]);

impl Bytes {
    pub(crate) const ALL: Self = Self([u64::MAX; 4]);

    pub(crate) fn of(holds: impl Fn(u8) -> bool) -> Self {
        let mut set = Self::default();
        (0..=u8::MAX).filter(|byte| holds(*byte)).for_each(|byte| set.insert(byte, byte));
        set
    }

    /// What may stand beside a candidate with this border. Of a character beyond ASCII one byte does not tell enough:
    /// those are all in.
    pub(crate) fn beside(border: Borders) -> Self {
        Self::of(|byte| !byte.is_ascii() || border <= Borders::beside(Some(char::from(byte))))
    }

    fn insert(&mut self, first: u8, last: u8) {
        for byte in first..=last {
            self.0[usize::from(byte / 64)] |= 1 << (byte % 64);
        }
    }

    pub(crate) fn insert_all(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(bits, more)| *bits |= more);
    }

    pub(crate) fn contains(&self, byte: u8) -> bool {
        self.0[usize::from(byte / 64)] & 1 << (byte % 64) != 0
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = u8> {
        self.0.into_iter().enumerate().flat_map(|(nth, mut bits)| {
            std::iter::from_fn(move || {
                let next = (bits != 0).then(|| nth as u8 * 64 + bits.trailing_zeros() as u8);
                bits &= bits.wrapping_sub(1);
                next
            })
        })
    }

    /// The share of a usual text that these bytes make up.
    pub(crate) fn share(&self) -> f64 {
        if *self == Self::ALL {
            1.0
        } else {
            self.iter().map(|byte| USUAL[usize::from(byte)][0]).sum::<f64>().min(1.0)
        }
    }
}

/// About how often each byte stands in prose, and in numbers, times and codes. Guesses that decide on speed alone.
pub(crate) const USUAL: [[f64; 2]; 256] = {
    let mut usual = [[0.0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        usual[byte] = match byte as u8 {
            b'e' | b'a' => [0.055, 0.008],
            b't' | b'o' | b'i' | b'n' | b's' | b'r' | b'h' => [0.055, 0.001],
            b'b'..=b'd' | b'f' => [0.014, 0.008],
            b'a'..=b'z' => [0.014, 0.001],
            b' ' => [0.16, 0.03],
            b'0'..=b'9' => [0.006, 0.07],
            b'A'..=b'Z' => [0.004, 0.002],
            b',' | b'.' | b'-' => [0.004, 0.03],
            b'\n' | b'"' => [0.004, 0.0002],
            b':' => [0.002, 0.03],
            b'/' | b'(' | b')' | b'\'' | b'_' => [0.002, 0.0002],
            _ => [0.0008, 0.0002],
        };
        byte += 1;
    }
    usual
};

/// What the second weighs beside the first: columns of numbers are texts too.
pub(crate) const NUMBERS: f64 = 0.01;

/// What must stand around one place of a candidate.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    /// The byte right before the place.
    pub(crate) behind: Bytes,
    /// The bytes from the place on, as far as the shortest candidate goes.
    pub(crate) ahead: Vec<Bytes>,
}

impl Window {
    /// The bytes that may stand so many bytes ahead.
    pub(crate) fn at(&self, offset: usize) -> Bytes {
        self.ahead.get(offset).copied().unwrap_or(Bytes::ALL)
    }

    /// The share of places in a usual text that look so.
    pub(crate) fn share(&self) -> f64 {
        self.ahead.iter().map(Bytes::share).product::<f64>() * self.behind.share()
    }

    /// What is one or the other.
    pub(crate) fn or(&self, other: &Self) -> Self {
        let mut both = self.clone();
        both.behind.insert_all(&other.behind);
        both.ahead.truncate(other.ahead.len());
        both.ahead.iter_mut().zip(&other.ahead).for_each(|(bytes, more)| bytes.insert_all(more));
        both
    }
}

/// Where in a shape its windows are.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// At its start.
    Start,
    /// At the last byte of its `left` part; from behind it `left` is looked for backwards and `right` forwards.
    Inside { left: Hir, right: Hir },
}

/// What leads to the candidates of a shape: one of the windows stands in each of them.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    pub(crate) place: Place,
    pub(crate) windows: Vec<Window>,
    /// The share of places in a usual text that one of the windows takes for a candidate's.
    pub(crate) share: f64,
}

impl Filter {
    /// The windows at the place of the shape where the fewest places of a text look like it.
    pub(crate) fn of(hir: &Hir, left: Borders) -> Self {
        let mut best = Self::at_start(hir, left);
        let HirKind::Concat(parts) = hir.kind() else { return best };
        if best.share < RARE {
            return best;
        }
        for at in 1..parts.len() {
            let (left, right) = parts.split_at(at);
            let both = [left, right].map(|parts| Hir::concat(parts.to_vec()));
            if both.iter().any(|half| half.properties().minimum_len() == Some(0)) {
                continue;
            }
            let [left, right] = both;
            let last = *Sets::of(&left, Direction::Backward).first().expect("it is never empty");
            let mut inside = Self::new(Place::Inside { left, right: right.clone() }, Bytes::ALL, &right);
            inside.windows.iter_mut().for_each(|window| window.ahead.insert(0, last));
            inside.share = inside.windows.iter().map(Window::share).sum();
            if inside.share < WORTH && inside.share * DETOUR < best.share {
                best = inside;
            }
        }
        best
    }

    /// The windows at the start of the shape.
    pub(crate) fn at_start(hir: &Hir, left: Borders) -> Self {
        Self::new(Place::Start, Bytes::beside(left), hir)
    }

    fn new(place: Place, behind: Bytes, ahead: &Hir) -> Self {
        let windows: Vec<_> = heads(ahead)
            .iter()
            .flat_map(by_digits)
            .map(|head| Window { behind, ahead: Sets::of(&head, Direction::Forward) })
            .collect();
        let share = windows.iter().map(Window::share).sum::<f64>().min(1.0);
        Self { place, windows, share }
    }
}

/// The bytes that the texts of a shape can begin with.
pub(crate) fn first(hir: &Hir) -> Bytes {
    *Sets::of(hir, Direction::Forward).first().expect("no shape takes the empty text")
}

/// Starts that are this rare are good enough.
const RARE: f64 = 1.0 / 2000.0;

/// Places inside are no better than starts when they are less rare than this.
const WORTH: f64 = 1.0 / 1000.0;

/// A place inside a candidate costs more than its start: the way back to the start.
const DETOUR: f64 = 4.0;

/// A shape that can begin in more ways than this is taken as one.
const MOST_HEADS: usize = 24;

/// The ways in which a shape can begin, each as a shape of its own.
fn heads(hir: &Hir) -> Vec<Hir> {
    let mut heads = Vec::new();
    let mut open = vec![vec![hir.clone()]];
    while let Some(mut parts) = open.pop() {
        if heads.len() + open.len() >= MOST_HEADS {
            return vec![hir.clone()];
        }
        let first = parts.remove(0);
        let followed_by_rest = |first: &[Hir]| [first, &parts].concat();
        match first.kind() {
            HirKind::Concat(firsts) => open.push(followed_by_rest(firsts)),
            HirKind::Capture(capture) => open.push(followed_by_rest(std::slice::from_ref(&capture.sub))),
            HirKind::Alternation(branches) => {
                open.extend(branches.iter().map(|branch| followed_by_rest(std::slice::from_ref(branch))));
            }
            HirKind::Repetition(repetition) if repetition.min == 0 => {
                let mut once = repetition.clone();
                once.min = 1;
                open.push(followed_by_rest(&[Hir::repetition(once)]));
                open.push(parts);
            }
            HirKind::Repetition(repetition) if repetition.max == Some(1) => {
                open.push(followed_by_rest(std::slice::from_ref(&repetition.sub)));
            }
            HirKind::Empty if !parts.is_empty() => open.push(parts),
            _ => heads.push(Hir::concat(followed_by_rest(&[first]))),
        }
    }
    heads
}

/// The ways in which the digits can be counted that a head begins with: what follows them stands elsewhere in each.
fn by_digits(head: &Hir) -> Vec<Hir> {
    let HirKind::Concat(parts) = head.kind() else { return vec![head.clone()] };
    let is_digit = |hir: &Hir| matches!(hir.kind(), HirKind::Class(_)) && before_digit(hir) == Some(0);
    let mut ways = vec![Vec::new()];
    let mut rest = &parts[..];
    while let [first, behind @ ..] = rest {
        let (digit, counts) = match first.kind() {
            HirKind::Class(_) => (first, 1..=1),
            HirKind::Repetition(of) => match of.max {
                Some(most) if most as usize <= AHEAD => (&*of.sub, of.min..=most),
                _ => break,
            },
            _ => break,
        };
        if !is_digit(digit) || ways.len() * counts.clone().count() > MOST_WAYS {
            break;
        }
        let longer = |way: &Vec<Hir>, count: u32| [&way[..], &vec![digit.clone(); count as usize]].concat();
        ways = ways.iter().flat_map(|way| counts.clone().map(move |count| longer(way, count))).collect();
        rest = behind;
    }
    ways.into_iter().map(|way| Hir::concat([&way[..], rest].concat())).collect()
}

/// More ways than this are taken as one.
const MOST_WAYS: usize = 8;

/// How many bytes of a shape's texts can stand before the first digit; `None` where there need not be one.
pub(crate) fn before_digit(hir: &Hir) -> Option<usize> {
    match hir.kind() {
        HirKind::Literal(literal) => literal.0.iter().position(u8::is_ascii_digit),
        HirKind::Class(Class::Bytes(class)) => {
            class.iter().all(|range| b'0' <= range.start() && range.end() <= b'9').then_some(0)
        }
        HirKind::Class(Class::Unicode(class)) => {
            class.iter().all(|range| '0' <= range.start() && range.end() <= '9').then_some(0)
        }
        HirKind::Capture(capture) => before_digit(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => before_digit(&repetition.sub),
        HirKind::Concat(parts) => {
            let mut before = 0;
            for part in parts {
                if let Some(more) = before_digit(part) {
                    return Some(before + more);
                }
                before += part.properties().maximum_len()?;
            }
            None
        }
        HirKind::Alternation(branches) => {
            branches.iter().map(before_digit).try_fold(0, |most, one| Some(most.max(one?)))
        }
        HirKind::Empty | HirKind::Look(_) | HirKind::Repetition(_) => None,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Forward,
    Backward,
}

/// The bytes at each distance from one end of a shape.
struct Sets {
    sets: [Bytes; AHEAD],
    direction: Direction,
}

/// A set of distances, as bits.
type Distances = u32;

const FAR: Distances = (1 << (AHEAD + 1)) - 1;

impl Sets {
    /// As far as the shortest text of the shape goes; what stands behind that is not the shape's.
    fn of(hir: &Hir, direction: Direction) -> Vec<Bytes> {
        let mut sets = Self { sets: [Bytes::default(); AHEAD], direction };
        let ends = sets.pass(hir, 1);
        let shortest = ends.trailing_zeros() as usize;
        sets.sets[..shortest.min(AHEAD)].to_vec()
    }

    /// Adds what the shape can hold when it begins at any of these distances, and says at which it can end.
    fn pass(&mut self, hir: &Hir, from: Distances) -> Distances {
        if from == 0 {
            return 0;
        }
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => from,
            HirKind::Literal(literal) => {
                let bytes = literal.0.iter().map(|byte| Bytes::of(|other| other == *byte));
                match self.direction {
                    Direction::Forward => bytes.fold(from, |at, set| self.byte(at, &set)),
                    Direction::Backward => bytes.rev().fold(from, |at, set| self.byte(at, &set)),
                }
            }
            HirKind::Class(class) => self.class(class, from),
            HirKind::Capture(capture) => self.pass(&capture.sub, from),
            HirKind::Concat(parts) => match self.direction {
                Direction::Forward => parts.iter().fold(from, |at, part| self.pass(part, at)),
                Direction::Backward => parts.iter().rev().fold(from, |at, part| self.pass(part, at)),
            },
            HirKind::Alternation(branches) => {
                branches.iter().fold(0, |ends, branch| ends | self.pass(branch, from))
            }
            HirKind::Repetition(repetition) => {
                let mut ends = if repetition.min == 0 { from } else { 0 };
                let mut at = from;
                for count in 1..=repetition.max.unwrap_or(u32::MAX) {
                    let next = self.pass(&repetition.sub, at);
                    if count >= repetition.min {
                        if next & !ends == 0 {
                            break;
                        }
                        ends |= next;
                    }
                    if next == 0 {
                        break;
                    }
                    at = next;
                }
                ends
            }
        }
    }

    fn class(&mut self, class: &Class, from: Distances) -> Distances {
        // By length of the character and place in it.
        let mut by_length = [[Bytes::default(); 4]; 4];
        match class {
            Class::Bytes(class) => {
                class.iter().for_each(|range| by_length[0][0].insert(range.start(), range.end()));
            }
            Class::Unicode(class) => {
                let sequences = class.iter().flat_map(|range| Utf8Sequences::new(range.start(), range.end()));
                for sequence in sequences {
                    let ranges = sequence.as_slice();
                    for (nth, range) in ranges.iter().enumerate() {
                        by_length[ranges.len() - 1][nth].insert(range.start, range.end);
                    }
                }
            }
        }
        let mut ends = 0;
        for (length, sets) in by_length.iter().enumerate().filter(|(_, sets)| **sets != [Bytes::default(); 4])
        {
            let sets = &sets[..=length];
            ends |= match self.direction {
                Direction::Forward => sets.iter().fold(from, |at, set| self.byte(at, set)),
                Direction::Backward => sets.iter().rev().fold(from, |at, set| self.byte(at, set)),
            };
        }
        ends
    }

    fn byte(&mut self, at: Distances, byte: &Bytes) -> Distances {
        for (distance, set) in self.sets.iter_mut().enumerate() {
            if at & 1 << distance != 0 {
                set.insert_all(byte);
            }
        }
        at << 1 & FAR
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::parse;

    fn filter(pattern: &str) -> Filter {
        Filter::of(&parse(pattern).expect("a pattern"), Borders::Word)
    }

    /// The bytes of each place ahead, as text.
    fn shown(window: &Window) -> Vec<String> {
        window.ahead.iter().map(|bytes| bytes.iter().map(char::from).collect()).collect()
    }

    #[test]
    fn a_window_holds_what_each_place_can_hold() {
        let filter = filter("(?:AB|C)D?[0-3]{2}");
        assert!(matches!(filter.place, Place::Start));
        let mut windows: Vec<_> = filter.windows.iter().map(shown).map(|sets| sets.join(" ")).collect();
        windows.sort();
        assert_eq!(windows, ["A B 0123D 0123", "C 0123D 0123"]);
    }

    #[test]
    fn what_stands_behind_a_number_is_told_by_how_long_it_is() {
        let filter = filter("[1-9][0-9]{0,2} x");
        let mut windows: Vec<_> = filter.windows.iter().map(|window| window.ahead.len()).collect();
        windows.sort_unstable();
        assert_eq!(windows, [3, 4, 5]);
        assert!(filter.windows.iter().all(|window| shown(window).ends_with(&[" ".into(), "x".into()])));
    }

    #[test]
    fn a_rare_sign_inside_is_worth_the_way_back() {
        let filter = filter("[a-z0-9]{1,64}@[a-z0-9]{1,63}(?:[.][a-z]{2,9}){1,3}");
        assert!(matches!(filter.place, Place::Inside { .. }));
        assert_eq!(filter.windows.len(), 1);
        assert_eq!(shown(&filter.windows[0])[..2], ["0123456789abcdefghijklmnopqrstuvwxyz", "@"]);
    }

    #[test]
    fn a_shape_of_anything_has_a_filter_that_keeps_nothing_out() {
        assert!(filter(r"\PC{3,9}").share > 0.1);
    }

    #[test]
    fn the_first_digit_is_no_farther_than_the_shape_lets_it_be() {
        let before = |pattern: &str| before_digit(&parse(pattern).expect("a pattern"));
        assert_eq!(before("[0-9]{3}"), Some(0));
        assert_eq!(before("(?:[A-Z]{0,3}-?)[0-9]+x"), Some(4));
        assert_eq!(before("(?:ab|c1)[a-z0-9](?:x|é)7"), Some(5), "é takes two bytes");
        assert_eq!(before("(?:x?1)+|no 2"), Some(3));
        for none in ["[a-z0-9]{9}", "[0-9]?x", "[a-z]+1", "a|1", r"\d"] {
            assert_eq!(before(none), None, "{none}");
        }
    }

    #[test]
    fn longer_characters_take_their_places() {
        let filter = filter("[é가]x");
        let shown: Vec<_> = filter.windows[0].ahead.iter().map(|set| set.iter().count()).collect();
        assert_eq!(shown, [2, 2, 2], "é is two bytes, so x or the last byte of 가 is third");
    }
}
