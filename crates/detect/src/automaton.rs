//! Many shapes as one lazy automaton, walked forward from one place until nothing can follow.

use regex_automata::Anchored;
use regex_automata::MatchKind;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::util::start;
use regex_syntax::hir::Hir;

/// A candidate is at most this long, in bytes: longer ones are cut by policy of the engine, so that one pattern
/// without a bound cannot hold the whole text.
pub(crate) const LONGEST: usize = 16 * 1024;

/// What all automata of one scratch may hold is a multiple of this, in bytes; a full cache is cleared and refilled.
const CACHE: usize = 1 << 20;

/// The states of one pattern may take this much, in bytes, before they are called too large.
const PATTERN: usize = 32 << 20;

pub(crate) struct Automaton {
    dfa: DFA,
}

/// The part of an automaton that grows while it walks.
#[derive(Debug)]
pub(crate) struct Walker {
    cache: Cache,
    /// Bytes walked so far.
    pub(crate) steps: u64,
}

impl Automaton {
    /// Fails where the shapes are too large.
    pub(crate) fn new(shapes: &[Hir]) -> Result<Self, String> {
        let limit = PATTERN.saturating_mul(shapes.len().max(1));
        let config = thompson::Config::new().which_captures(WhichCaptures::None).nfa_size_limit(Some(limit));
        let nfa = thompson::Compiler::new()
            .configure(config)
            .build_many_from_hir(shapes)
            .map_err(|error| error.to_string())?;
        let config =
            DFA::config().match_kind(MatchKind::All).cache_capacity(CACHE).skip_cache_capacity_check(true);
        let dfa = DFA::builder().configure(config).build_from_nfa(nfa).map_err(|error| error.to_string())?;
        Ok(Self { dfa })
    }

    pub(crate) fn walker(&self) -> Walker {
        Walker { cache: self.dfa.create_cache(), steps: 0 }
    }

    /// Tells every shape and end of what matches from `start` on.
    pub(crate) fn walk(
        &self,
        walker: &mut Walker,
        text: &[u8],
        start: usize,
        mut found: impl FnMut(usize, usize),
    ) {
        let Walker { cache, steps } = walker;
        let from = start::Config::new().anchored(Anchored::Yes);
        let mut state = self.dfa.start_state(cache, &from).expect("anchored starts are always built");
        let text = &text[..text.len().min(start + LONGEST)];
        for (at, byte) in text.iter().enumerate().skip(start) {
            state = self.dfa.next_state(cache, state, *byte).expect("the cache is cleared, never given up");
            if state.is_tagged() {
                if state.is_dead() {
                    *steps += (at - start) as u64 + 1;
                    return;
                }
                if state.is_match() {
                    for nth in 0..self.dfa.match_len(cache, state) {
                        found(self.dfa.match_pattern(cache, state, nth).as_usize(), at);
                    }
                }
            }
        }
        *steps += (text.len() - start) as u64 + 1;
        state = self.dfa.next_eoi_state(cache, state).expect("the cache is cleared, never given up");
        if state.is_match() {
            for nth in 0..self.dfa.match_len(cache, state) {
                found(self.dfa.match_pattern(cache, state, nth).as_usize(), text.len());
            }
        }
    }

    /// Calls `each` with every pair of bytes that something can start with; a single byte at the end of a text can
    /// start with whatever any pair starts with.
    pub(crate) fn starts(&self, mut each: impl FnMut(u8, u8)) {
        let cache = &mut self.dfa.create_cache();
        let from = start::Config::new().anchored(Anchored::Yes);
        for first in 0..=u8::MAX {
            for second in 0..=u8::MAX {
                let start = self.dfa.start_state(cache, &from).expect("anchored starts are always built");
                let state = self.dfa.next_state(cache, start, first).expect("never given up");
                if state.is_dead() {
                    break;
                }
                if !self.dfa.next_state(cache, state, second).expect("never given up").is_dead() {
                    each(first, second);
                }
            }
        }
    }
}
