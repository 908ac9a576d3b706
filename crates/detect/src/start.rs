//! Where candidates can start at all, judged by a few bytes and by what must follow: read off the shapes themselves,
//! so that nothing is missed.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use aho_corasick::{AhoCorasick, Input, MatchKind};
use regex_automata::nfa::thompson::{NFA, State};
use regex_automata::util::primitives::StateID;
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Hir, HirKind};

use crate::Borders;
use crate::automaton::LONGEST;
use crate::border::before;
use crate::compile::Shape;

/// How many bytes are looked at.
const DEPTH: usize = 8;

/// The bytes that a shape can hold at each of its first places, as far as its shortest text goes.
pub(crate) struct Prefix(Vec<[bool; 256]>);

impl Prefix {
    pub(crate) fn of(nfa: &NFA) -> Self {
        let mut places: Vec<[bool; 256]> = Vec::new();
        let mut level = BTreeSet::from([nfa.start_anchored()]);
        while places.len() < DEPTH {
            let mut bytes = [false; 256];
            let mut next = BTreeSet::new();
            let mut stack: Vec<StateID> = level.iter().copied().collect();
            while let Some(state) = stack.pop() {
                let mut step = |range: RangeInclusive<u8>, to: StateID| {
                    bytes[usize::from(*range.start())..=usize::from(*range.end())].fill(true);
                    next.insert(to);
                };
                let free: &[StateID] = match nfa.state(state) {
                    State::ByteRange { trans } => {
                        step(trans.start..=trans.end, trans.next);
                        &[]
                    }
                    State::Sparse(sparse) => {
                        for trans in &sparse.transitions {
                            step(trans.start..=trans.end, trans.next);
                        }
                        &[]
                    }
                    State::Dense(dense) => {
                        for byte in 0..=u8::MAX {
                            if let Some(to) = dense.matches_byte(byte) {
                                step(byte..=byte, to);
                            }
                        }
                        &[]
                    }
                    State::Look { next, .. } | State::Capture { next, .. } => &[*next],
                    State::Union { alternates } => alternates,
                    State::BinaryUnion { alt1, alt2 } => &[*alt1, *alt2],
                    State::Fail => &[],
                    State::Match { .. } => return Self(places),
                };
                stack.extend(free.iter().copied().filter(|to| level.insert(*to)));
            }
            places.push(bytes);
            level = next;
        }
        Self(places)
    }

    /// The share of places in a usual text that start so.
    fn share(&self) -> f64 {
        self.0
            .iter()
            .map(|bytes| (0..=255).filter(|byte| bytes[usize::from(*byte)]).map(usual).sum::<f64>())
            .product()
    }

    /// Which shapes are walked together: prose, numbers, or neither.
    fn kind(&self) -> Kind {
        let first = self.first();
        if first.iter().filter(|byte| byte.is_ascii_lowercase()).count() > 12 {
            Kind::Prose
        } else if first.iter().filter(|byte| byte.is_ascii_digit()).count() > 4 {
            Kind::Numbers
        } else {
            Kind::Rare
        }
    }

    fn first(&self) -> Vec<u8> {
        (0..=255).filter(|byte| self.0[0][usize::from(*byte)]).collect()
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Prose,
    Numbers,
    Rare,
}

/// About how often a byte stands in text. A guess that decides on speed alone.
fn usual(byte: u8) -> f64 {
    match byte {
        b'a'..=b'z' => 1.0 / 35.0,
        b' ' => 1.0 / 7.0,
        b'0'..=b'9' => 1.0 / 200.0,
        _ => 1.0 / 400.0,
    }
}

/// Strings of which one must stand in every text of a shape, and how far behind its start.
pub(crate) struct Inner {
    literals: Vec<Vec<u8>>,
    least: usize,
    most: usize,
}

impl Inner {
    /// Looks among the parts of a sequence for the one that is rarest in text; `None` where all are common.
    fn of(hir: &Hir) -> Option<Self> {
        let HirKind::Concat(parts) = hir.kind() else { return None };
        let (mut least, mut most) = (0, 0);
        let mut best: Option<(f64, Self)> = None;
        for part in parts {
            let properties = part.properties();
            let literals = Extractor::new().extract(part);
            if let Some(literals) = literals.literals().filter(|_| least > 0) {
                let literals: Vec<_> = literals.iter().map(|literal| literal.as_bytes().to_vec()).collect();
                let share =
                    literals.iter().map(|literal| literal.iter().map(|byte| usual(*byte)).product::<f64>());
                let share = share.sum::<f64>();
                let empty = literals.iter().any(Vec::is_empty);
                if !empty && share < 1.0 / 50.0 && best.as_ref().is_none_or(|(other, _)| share < *other) {
                    best = Some((share, Self { literals, least, most }));
                }
            }
            least += properties.minimum_len()?;
            most = LONGEST.min(most + properties.maximum_len().unwrap_or(LONGEST));
        }
        best.map(|(_, inner)| inner)
    }
}

/// What the walk over a text asks at each place: which shapes can have a candidate there. A bit stands for one shape,
/// or for a few where there are more than bits.
#[derive(Default)]
pub(crate) struct Starts {
    /// By offset and byte: the bits that can have the byte there.
    places: Vec<[u64; 256]>,
    /// By offset: the bits that may have ended there.
    ended: [u64; DEPTH],
    /// By kind of border: the bits that have it on their left.
    left: [u64; BORDERS.len()],
    gates: Vec<Gate>,
    /// The bits that no gate holds back.
    free: u64,
    /// By the byte before: the bits whose left border allows it, as far as one byte tells.
    before: Vec<u64>,
}

const BORDERS: [Borders; 3] = [Borders::Word, Borders::Digit, Borders::None];

/// Shapes that can only start before certain strings, which are looked for far faster.
struct Gate {
    bits: u64,
    inner: Inner,
    finder: AhoCorasick,
}

impl Gate {
    fn new(bits: u64, inner: Inner) -> Option<Self> {
        let finder = AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(&inner.literals);
        Some(Self { bits, inner, finder: finder.ok()? })
    }
}

/// Which gates are open over the next bytes of one text.
#[derive(Debug, Default)]
pub(crate) struct Open {
    live: u64,
    until: usize,
    /// By gate: where its next string stands.
    next: Vec<usize>,
}

/// Shapes that are walked as one automaton, and their bits.
pub(crate) struct Together {
    pub(crate) shapes: Vec<Shape>,
    pub(crate) bits: u64,
}

impl Starts {
    /// Parts the shapes into groups that are alike, so that few of them are walked at one place.
    pub(crate) fn new(shapes: Vec<Shape>) -> (Self, Vec<Together>) {
        let mut starts = Self { places: vec![[0; 256]; DEPTH], before: vec![0; 256], ..Self::default() };
        let mut groups: BTreeMap<_, Vec<Shape>> = BTreeMap::new();
        let mut alone = Vec::new();
        for shape in shapes {
            let inner = (shape.prefix.share() > COMMON).then(|| Inner::of(&shape.hir)).flatten();
            let long = shape.hir.properties().maximum_len().is_none_or(|length| length > LONG);
            if alone.len() < MOST_ALONE && (long || inner.is_some()) {
                alone.push((shape, inner));
            } else {
                groups.entry((shape.left as u8, shape.prefix.kind())).or_default().push(shape);
            }
        }
        let room = u64::BITS as usize - alone.len();
        let bits = |chunk: usize| groups.values().map(|group| group.len().div_ceil(chunk)).sum::<usize>();
        let chunk = (1..=usize::from(u16::MAX)).find(|chunk| bits(*chunk) <= room);
        let mut together = Vec::new();
        let mut bit = 0;
        for mut shapes in groups.into_values() {
            shapes.sort_by_cached_key(|shape| shape.prefix.first());
            let mut bits = 0;
            for alike in shapes.chunks(chunk.expect("one bit a group is enough")) {
                for shape in alike {
                    starts.add(shape, 1 << bit);
                }
                bits |= 1 << bit;
                bit += 1;
            }
            starts.free |= bits;
            together.push(Together { shapes, bits });
        }
        for (shape, inner) in alone {
            starts.add(&shape, 1 << bit);
            let gate = inner.and_then(|inner| Gate::new(1 << bit, inner));
            starts.free |= if gate.is_none() { 1 << bit } else { 0 };
            starts.gates.extend(gate);
            together.push(Together { shapes: vec![shape], bits: 1 << bit });
            bit += 1;
        }
        (starts, together)
    }

    fn add(&mut self, shape: &Shape, bit: u64) {
        let prefix = &shape.prefix.0;
        for (offset, place) in self.places.iter_mut().enumerate() {
            for (byte, bits) in place.iter_mut().enumerate() {
                if prefix.get(offset).is_none_or(|bytes| bytes[byte]) {
                    *bits |= bit;
                }
            }
            if offset >= prefix.len() {
                self.ended[offset] |= bit;
            }
        }
        for (border, bits) in BORDERS.iter().zip(&mut self.left) {
            if *border == shape.left {
                *bits |= bit;
            }
        }
        for (byte, bits) in self.before.iter_mut().enumerate() {
            let byte = byte as u8;
            if !byte.is_ascii() || shape.left.allow(Some(char::from(byte))) {
                *bits |= bit;
            }
        }
    }

    pub(crate) fn reset(&self, open: &mut Open) {
        *open = Open { next: std::mem::take(&mut open.next), ..Open::default() };
        open.next.clear();
        open.next.resize(self.gates.len(), 0);
    }

    /// The next place from `at` on where shapes can have a candidate, and their bits. Places must be asked for in
    /// rising order.
    pub(crate) fn next(&self, open: &mut Open, text: &str, mut at: usize) -> Option<(usize, u64)> {
        let bytes = text.as_bytes();
        let mut last = at.checked_sub(1).map_or(b' ', |last| bytes[last]);
        while at < bytes.len() {
            if at >= open.until {
                self.look_ahead(open, bytes, at);
            }
            // Nearly all places end here.
            let byte = bytes[at];
            let bits = open.live & self.before[usize::from(last)] & self.places[0][usize::from(byte)];
            if bits != 0 {
                let bits = self.judge(bits, text, at);
                if bits != 0 {
                    return Some((at, bits));
                }
            }
            last = byte;
            at += 1;
        }
        None
    }

    fn judge(&self, mut bits: u64, text: &str, at: usize) -> u64 {
        for (offset, place) in self.places.iter().enumerate().skip(1) {
            bits &= match text.as_bytes().get(at + offset) {
                Some(byte) => place[usize::from(*byte)],
                None => self.ended[offset],
            };
            if bits == 0 {
                return 0;
            }
        }
        let last = before(text, at).filter(|last| !last.is_ascii());
        let barred = BORDERS.iter().zip(&self.left).filter(|(border, _)| !border.allow(last));
        bits & !barred.fold(0, |barred, (_, bits)| barred | bits)
    }

    fn look_ahead(&self, open: &mut Open, text: &[u8], at: usize) {
        open.live = self.free;
        open.until = usize::MAX;
        for (Gate { bits, inner, finder }, next) in self.gates.iter().zip(&mut open.next) {
            let from = at + inner.least;
            if *next < from {
                let ahead = Input::new(text).span(from.min(text.len())..text.len());
                *next = finder.find(ahead).map_or(usize::MAX, |found| found.start());
            }
            let opens = next.saturating_sub(inner.most);
            if opens <= at {
                open.live |= bits;
            }
            open.until = open.until.min(if opens <= at { *next - inner.least + 1 } else { opens });
        }
    }
}

/// A shape that can start at more places than this share of a text is worth a gate.
const COMMON: f64 = 1.0 / 100.0;

/// A shape that can be longer than this, in bytes, is walked alone: a walk that its last finding makes needless is then
/// not made.
const LONG: usize = 300;

/// The bits for shapes that have a gate or are long; the others share what is left.
const MOST_ALONE: usize = 40;
