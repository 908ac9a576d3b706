//! Many shapes as one lazy automaton, walked forward from one place until nothing can follow.

use regex_automata::Anchored;
use regex_automata::MatchKind;
use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};
use regex_automata::util::start;
use regex_syntax::hir::Hir;

/// A candidate is at most this long, in bytes: longer ones are cut by policy of the engine, so that one pattern
/// without a bound cannot hold the whole text.
pub(crate) const LONGEST: usize = 16 * 1024;

/// What the states of one automaton may take in one scratch, in bytes; a full cache is cleared and refilled.
pub(crate) const CACHE: usize = 1 << 20;

/// The states of one shape may take this much, in bytes.
const LARGEST: usize = 32 << 20;

pub(crate) struct Automaton {
    dfa: DFA,
}

/// The part of an automaton that grows while it walks.
#[derive(Debug)]
pub(crate) struct Walker {
    cache: Cache,
    trail: Trail,
    fresh: Trail,
    /// Bytes walked so far.
    pub(crate) steps: u64,
}

/// The last stretch that was walked in vain: from each of its marks on, nothing was found up to its end. A walk that
/// comes to a mark in the same state goes on from the end, so that a text of many starts and one long tail is walked
/// once, not once for each start.
#[derive(Debug, Default)]
struct Trail {
    /// States at multiples of [`MARK`], without a gap.
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
        let nth = self.marks.first().and_then(|(first, _)| Some(at.checked_sub(*first)? / MARK));
        self.clears == clears && nth.is_some_and(|nth| self.marks.get(nth) == Some(&(at, state)))
    }
}

impl Walker {
    /// Makes ready for another text.
    pub(crate) fn forget(&mut self) {
        self.trail.marks.clear();
    }
}

/// How far apart marks are, in bytes.
const MARK: usize = 16;

/// The automaton's states before they are made deterministic. Fails where they are too many.
pub(crate) fn lower(shapes: &[Hir]) -> Result<NFA, String> {
    let limit = LARGEST.saturating_mul(shapes.len().max(1));
    let config = thompson::Config::new().which_captures(WhichCaptures::None).nfa_size_limit(Some(limit));
    let nfa = thompson::Compiler::new().configure(config).build_many_from_hir(shapes);
    nfa.map_err(|error| error.to_string())
}

impl Automaton {
    /// With a cache of so many bytes. Fails where the shapes are too large.
    pub(crate) fn new(shapes: &[Hir], cache: usize) -> Result<Self, String> {
        let config =
            DFA::config().match_kind(MatchKind::All).cache_capacity(cache).skip_cache_capacity_check(true);
        let dfa = DFA::builder().configure(config).build_from_nfa(lower(shapes)?);
        Ok(Self { dfa: dfa.map_err(|error| error.to_string())? })
    }

    pub(crate) fn walker(&self) -> Walker {
        Walker { cache: self.dfa.create_cache(), trail: Trail::default(), fresh: Trail::default(), steps: 0 }
    }

    fn start(&self, cache: &mut Cache) -> LazyStateID {
        let from = start::Config::new().anchored(Anchored::Yes);
        self.dfa.start_state(cache, &from).expect("anchored starts are always built")
    }

    fn step(&self, cache: &mut Cache, state: LazyStateID, byte: u8) -> LazyStateID {
        self.dfa.next_state(cache, state, byte).expect("the cache is cleared, never given up")
    }

    /// Tells every shape and end of what matches from `start` on. Call [`Walker::forget`] before another text.
    pub(crate) fn walk(
        &self,
        walker: &mut Walker,
        text: &[u8],
        start: usize,
        mut found: impl FnMut(usize, usize),
    ) {
        let Walker { cache, trail, fresh, steps } = walker;
        let limit = text.len().min(start + LONGEST);
        let mut tell = |cache: &Cache, state, at| {
            for nth in 0..self.dfa.match_len(cache, state) {
                found(self.dfa.match_pattern(cache, state, nth).as_usize(), at);
            }
        };
        fresh.marks.clear();
        let mut state = self.start(cache);
        let mut at = start;
        let mut count = 0;
        while at < limit {
            if at.is_multiple_of(MARK) && at > start {
                if trail.passes(at, state, cache.clear_count()) {
                    let Some(then) = trail.state else {
                        *steps += count;
                        return;
                    };
                    (at, state) = (trail.end, then);
                    std::mem::swap(trail, fresh);
                    trail.marks.clear();
                    continue;
                }
                fresh.mark(at, state, cache.clear_count());
            }
            state = self.step(cache, state, text[at]);
            count += 1;
            if state.is_tagged() {
                if state.is_dead() {
                    break;
                }
                if state.is_match() {
                    tell(cache, state, at);
                    fresh.marks.clear();
                }
            }
            at += 1;
        }
        *steps += count + 1;
        if !state.is_dead() && at >= limit {
            let last = self.dfa.next_eoi_state(cache, state).expect("the cache is cleared, never given up");
            if last.is_match() {
                tell(cache, last, limit);
                fresh.marks.clear();
            }
        }
        if !fresh.marks.is_empty() && fresh.clears == cache.clear_count() {
            fresh.end = at;
            fresh.state = (!state.is_dead() && at < text.len()).then_some(state);
            std::mem::swap(trail, fresh);
        }
    }

    /// Calls `each` with the first three bytes of whatever can match, whatever stands behind a shorter one.
    pub(crate) fn prefixes(&self, mut each: impl FnMut([u8; 3])) {
        let cache = &mut self.dfa.create_cache();
        for first in 0..=u8::MAX {
            for second in 0..=u8::MAX {
                let start = self.start(cache);
                let state = self.step(cache, start, first);
                if state.is_dead() {
                    break;
                }
                let state = self.step(cache, state, second);
                let short = state.is_match();
                for third in 0..=u8::MAX {
                    let start = self.start(cache);
                    let state = self.step(cache, start, first);
                    let state = self.step(cache, state, second);
                    if short || !state.is_dead() && !self.step(cache, state, third).is_dead() {
                        each([first, second, third]);
                    } else if state.is_dead() {
                        break;
                    }
                }
            }
        }
    }
}
