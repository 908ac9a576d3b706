//! Many shapes as one lazy automaton, walked from one place until nothing can follow.

use std::ops::{ControlFlow, Range};
use std::sync::OnceLock;

use regex_automata::Anchored;
use regex_automata::MatchKind;
use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};
use regex_automata::util::start;
use regex_syntax::hir::{Class, Hir, HirKind};

use crate::Borders;
use crate::filter::Bytes;

/// A candidate is at most this long, in bytes: longer ones are cut by policy of the engine, so that one pattern
/// without a bound cannot hold the whole text.
pub(crate) const LONGEST: usize = 16 * 1024;

/// What the states of one automaton may take in one scratch, in bytes; a full cache is cleared and refilled.
const CACHE: usize = 1 << 20;

/// The states of one shape may take this much, in bytes.
const LARGEST: usize = 32 << 20;

/// Shapes to be walked together; made ready at the first walk.
pub(crate) struct Automaton {
    shapes: Vec<Hir>,
    backwards: bool,
    /// What may stand right behind a match, as the automaton walks.
    next: Bytes,
    dfa: OnceLock<DFA>,
}

/// The part of an automaton that grows while it walks.
#[derive(Debug, Default)]
pub(crate) struct Walker {
    cache: Option<Cache>,
    /// The state that walks begin in, and how often the cache was cleared before it was made.
    start: Option<(LazyStateID, usize)>,
    trail: Trail,
    fresh: Trail,
    told: Told,
    text: u64,
    /// Bytes walked so far.
    pub(crate) steps: u64,
}

/// The last stretch that was walked in vain: from each of its marks on, nothing was found up to its end. A walk that
/// comes to a mark in the same state goes on from the end, so that a text of many starts and one long tail is walked
/// once, not once for each start.
#[derive(Debug, Default)]
struct Trail {
    /// States at multiples of [`MARK`], without a gap, in the order of the walk.
    marks: Vec<(usize, LazyStateID)>,
    end: usize,
    /// The state at the end; none where nothing can follow.
    state: Option<LazyStateID>,
    /// States are numbered anew each time the cache is cleared.
    clears: usize,
}

impl Trail {
    fn mark(&mut self, at: usize, state: LazyStateID, clears: usize) {
        if self.clears != clears {
            self.marks.clear();
            self.clears = clears;
        }
        self.marks.push((at, state));
    }

    fn passes(&self, at: usize, state: LazyStateID, clears: usize) -> bool {
        let nth = self.marks.first().map(|(first, _)| at.abs_diff(*first) / MARK);
        self.clears == clears && nth.is_some_and(|nth| self.marks.get(nth) == Some(&(at, state)))
    }
}

/// What walks back have passed: the state of the last one at each multiple of [`MARK`]. One that comes there in the same
/// state would only tell the same starts again.
#[derive(Debug, Default)]
struct Told {
    states: Vec<Option<LazyStateID>>,
    /// As in [`Trail`].
    clears: usize,
}

impl Told {
    /// Notes the state at a mark, and says whether it was noted before.
    fn before(&mut self, at: usize, state: LazyStateID, clears: usize) -> bool {
        if self.clears != clears {
            self.states.clear();
            self.clears = clears;
        }
        let mark = at / MARK;
        if mark >= self.states.len() {
            self.states.resize(mark + 1, None);
        }
        self.states[mark].replace(state) == Some(state)
    }
}

impl Walker {
    /// Forgets what it knows of another text than this.
    fn turn_to(&mut self, text: Numbered<'_>) {
        if self.text != text.number {
            self.text = text.number;
            self.trail.marks.clear();
            self.told.states.clear();
        }
    }
}

/// The shapes that match up to one place.
pub(crate) struct Matches<'w> {
    of: &'w Automaton,
    dfa: &'w DFA,
    cache: &'w Cache,
    state: LazyStateID,
}

impl Matches<'_> {
    /// Their numbers.
    pub(crate) fn shapes(&self) -> impl Iterator<Item = usize> {
        let Self { of, dfa, cache, state } = *self;
        let one = of.shapes.len() == 1;
        let count = if one { 1 } else { dfa.match_len(cache, state) };
        (0..count).map(move |nth| if one { 0 } else { dfa.match_pattern(cache, state, nth).as_usize() })
    }
}

/// How far a walk over a part of a text has come.
struct Stretch {
    at: usize,
    /// None where nothing can follow, or nothing more is asked for.
    state: Option<LazyStateID>,
    /// Something was found.
    told: bool,
}

/// A text, and its number among all that a walker comes to see.
#[derive(Clone, Copy)]
pub(crate) struct Numbered<'t> {
    pub(crate) bytes: &'t [u8],
    pub(crate) number: u64,
}

/// How far apart marks are, in bytes.
const MARK: usize = 16;

/// Fails where the automaton of one shape would be too large.
pub(crate) fn check(shape: &Hir) -> Result<(), String> {
    // To build it takes time, and it is thrown away.
    if most_states(shape) <= LARGEST / LARGEST_STATE {
        return Ok(());
    }
    lower(std::slice::from_ref(shape), false, Some(LARGEST)).map(drop)
}

/// What a state takes at most, with what leads to the next ones, in bytes.
const LARGEST_STATE: usize = 64;

/// A bound on the states of a shape before they are determined: it has no more than these.
fn most_states(shape: &Hir) -> usize {
    let all = |shapes: &[Hir]| shapes.iter().map(most_states).fold(1, usize::saturating_add);
    match shape.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Class(Class::Bytes(_)) => 1,
        HirKind::Literal(literal) => literal.0.len(),
        // UTF-8 spells a range of characters in at most nine sequences of up to four bytes.
        HirKind::Class(Class::Unicode(class)) => 1 + 36 * class.ranges().len(),
        HirKind::Capture(capture) => 2 + most_states(&capture.sub),
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min).max(1) as usize;
            (1 + most_states(&repetition.sub)).saturating_mul(times)
        }
        HirKind::Concat(parts) | HirKind::Alternation(parts) => all(parts),
    }
}

fn lower(shapes: &[Hir], backwards: bool, limit: Option<usize>) -> Result<NFA, String> {
    let config =
        thompson::Config::new().which_captures(WhichCaptures::None).nfa_size_limit(limit).reverse(backwards);
    let nfa = thompson::Compiler::new().configure(config).build_many_from_hir(shapes);
    nfa.map_err(|error| error.to_string())
}

impl Automaton {
    /// Of shapes that [`check`] has passed. Nothing matches before an ASCII character that this border does not allow.
    pub(crate) fn new(shapes: Vec<Hir>, right: Borders) -> Self {
        Self { shapes, backwards: false, next: Bytes::beside(right), dfa: OnceLock::new() }
    }

    /// As [`new`](Self::new), for walks towards the start of the text: nothing matches behind such a character.
    pub(crate) fn backwards(shape: Hir, left: Borders) -> Self {
        Self { shapes: vec![shape], backwards: true, next: Bytes::beside(left), dfa: OnceLock::new() }
    }

    fn dfa(&self) -> &DFA {
        self.dfa.get_or_init(|| {
            let nfa = lower(&self.shapes, self.backwards, None).expect("`check` has passed each shape");
            let config = DFA::config()
                .match_kind(MatchKind::All)
                .cache_capacity(CACHE)
                .skip_cache_capacity_check(true);
            DFA::builder().configure(config).build_from_nfa(nfa).expect("there is no limit but the cache's")
        })
    }

    #[inline]
    fn step(dfa: &DFA, cache: &mut Cache, state: LazyStateID, byte: u8) -> LazyStateID {
        // What the last line does for all states, for most of them in fewer steps.
        if !state.is_tagged() {
            let next = dfa.next_state_untagged(cache, state, byte);
            if !next.is_tagged() || !next.is_unknown() {
                return next;
            }
        }
        dfa.next_state(cache, state, byte).expect("the cache is cleared, never given up")
    }

    /// Goes on through states that are known and of which there is nothing to say. A loop of its own, in which nothing is
    /// written to: most steps are made here.
    #[inline]
    fn plain_steps(
        dfa: &DFA,
        cache: &Cache,
        mut state: LazyStateID,
        text: &[u8],
        part: Range<usize>,
    ) -> (usize, LazyStateID) {
        let mut at = part.start;
        if !state.is_tagged() {
            for byte in &text[part] {
                let next = dfa.next_state_untagged(cache, state, *byte);
                if next.is_tagged() {
                    break;
                }
                state = next;
                at += 1;
            }
        }
        (at, state)
    }

    /// The state in which every walk begins.
    fn start(dfa: &DFA, cache: &mut Cache, start: &mut Option<(LazyStateID, usize)>) -> LazyStateID {
        match *start {
            Some((state, clears)) if clears == cache.clear_count() => state,
            _ => {
                let from = start::Config::new().anchored(Anchored::Yes);
                let state = dfa.start_state(cache, &from).expect("anchored starts are always built");
                *start = Some((state, cache.clear_count()));
                state
            }
        }
    }

    /// Tells every end of what matches from `start` on, and which shapes do, until told to stop.
    #[inline]
    pub(crate) fn walk(
        &self,
        walker: &mut Walker,
        text: Numbered<'_>,
        start: usize,
        mut found: impl FnMut(Matches<'_>, usize) -> ControlFlow<()>,
    ) {
        let limit = text.bytes.len().min(start + LONGEST);
        // Most walks are over before a mark would be worth it.
        let near = limit.min((start / MARK + 3) * MARK);
        let dfa = self.dfa();
        let cache = walker.cache.get_or_insert_with(|| dfa.create_cache());
        let first = Self::start(dfa, cache, &mut walker.start);
        let Stretch { at, state, .. } = self.stretch(dfa, cache, first, text.bytes, start..near, &mut found);
        walker.steps += (at - start) as u64 + 1;
        let Some(state) = state else { return };
        if at < limit {
            self.walk_far(walker, text, (at, state), limit, found);
        } else {
            self.finish(dfa, cache, state, limit, &mut found);
        }
    }

    /// The rest of a walk that leaves marks.
    fn walk_far(
        &self,
        walker: &mut Walker,
        text: Numbered<'_>,
        (mut at, mut state): (usize, LazyStateID),
        limit: usize,
        mut found: impl FnMut(Matches<'_>, usize) -> ControlFlow<()>,
    ) {
        walker.turn_to(text);
        let dfa = self.dfa();
        let Walker { cache, trail, fresh, steps, .. } = walker;
        let cache = cache.get_or_insert_with(|| dfa.create_cache());
        fresh.marks.clear();
        let dead = loop {
            if at >= limit {
                if self.finish(dfa, cache, state, limit, &mut found) {
                    fresh.marks.clear();
                }
                break false;
            }
            if at.is_multiple_of(MARK) {
                if trail.passes(at, state, cache.clear_count()) {
                    let Some(then) = trail.state else { return };
                    (at, state) = (trail.end, then);
                    std::mem::swap(trail, fresh);
                    trail.marks.clear();
                    continue;
                }
                fresh.mark(at, state, cache.clear_count());
            }
            let until = limit.min((at / MARK + 1) * MARK);
            let stretch = self.stretch(dfa, cache, state, text.bytes, at..until, &mut found);
            *steps += (stretch.at - at) as u64;
            at = stretch.at;
            if stretch.told {
                fresh.marks.clear();
            }
            match stretch.state {
                Some(next) => state = next,
                None => break true,
            }
        };
        if !fresh.marks.is_empty() && fresh.clears == cache.clear_count() {
            fresh.end = at;
            fresh.state = (!dead && at < text.bytes.len()).then_some(state);
            std::mem::swap(trail, fresh);
        }
    }

    /// Walks over a part of the text.
    #[inline]
    fn stretch(
        &self,
        dfa: &DFA,
        cache: &mut Cache,
        mut state: LazyStateID,
        text: &[u8],
        part: Range<usize>,
        found: &mut impl FnMut(Matches<'_>, usize) -> ControlFlow<()>,
    ) -> Stretch {
        let Range { start: mut at, end } = part;
        let mut told = false;
        loop {
            (at, state) = Self::plain_steps(dfa, cache, state, text, at..end);
            let Some(byte) = text[..end].get(at) else { return Stretch { at, state: Some(state), told } };
            state = dfa.next_state(cache, state, *byte).expect("the cache is cleared, never given up");
            if state.is_dead() {
                return Stretch { at, state: None, told };
            }
            // A match is told one byte late, by what follows it.
            if state.is_match() && self.next.contains(*byte) {
                told = true;
                if found(Matches { of: self, dfa, cache, state }, at).is_break() {
                    return Stretch { at, state: None, told };
                }
            }
            at += 1;
        }
    }

    /// Tells what matches up to the end of a text, and says whether anything does.
    fn finish(
        &self,
        dfa: &DFA,
        cache: &mut Cache,
        state: LazyStateID,
        at: usize,
        found: &mut impl FnMut(Matches<'_>, usize) -> ControlFlow<()>,
    ) -> bool {
        let state = dfa.next_eoi_state(cache, state).expect("the cache is cleared, never given up");
        if state.is_match() {
            let _ = found(Matches { of: self, dfa, cache, state }, at);
        }
        state.is_match()
    }

    /// Tells every start of what matches up to `end`, the nearest first. Starts that such a walk over this text has told
    /// before may be left out.
    pub(crate) fn walk_back(
        &self,
        walker: &mut Walker,
        text: Numbered<'_>,
        end: usize,
        mut found: impl FnMut(usize),
    ) {
        walker.turn_to(text);
        let text = text.bytes;
        let dfa = self.dfa();
        let Walker { cache, start: first, told, steps, .. } = walker;
        let cache = cache.get_or_insert_with(|| dfa.create_cache());
        let limit = end.saturating_sub(LONGEST);
        let mut state = Self::start(dfa, cache, first);
        let mut at = end;
        while at > limit {
            if at.is_multiple_of(MARK) && told.before(at, state, cache.clear_count()) {
                return;
            }
            at -= 1;
            *steps += 1;
            state = Self::step(dfa, cache, state, text[at]);
            if state.is_tagged() {
                if state.is_dead() {
                    return;
                }
                if state.is_match() && self.next.contains(text[at]) {
                    found(at + 1);
                }
            }
        }
        let last = dfa.next_eoi_state(cache, state).expect("the cache is cleared, never given up");
        if last.is_match() {
            found(limit);
        }
    }
}
