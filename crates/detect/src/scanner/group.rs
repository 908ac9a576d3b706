//! Shapes that are looked for together: one bit of the sieve, one automaton.

use crate::Borders;
use crate::automaton::{Automaton, Walker};
use crate::compile::Shape;
use crate::filter::{Filter, Place};
use crate::sieve::MOST_GROUPS;

pub(super) struct Group {
    /// Those that wait for a word to speak for them stand last.
    pub(super) shapes: Vec<Shape>,
    /// What leads to each shape.
    pub(super) filters: Vec<Filter>,
    /// Walks from the start of a candidate.
    pub(super) automaton: Automaton,
    /// The same where no word can stand near.
    wordless: Wordless,
    /// Where the windows stand inside the candidates: what stands before and behind them.
    pub(super) inside: Option<Inside>,
}

/// What is walked in a text without words, where nothing speaks for the shapes that wait for one.
enum Wordless {
    /// All shapes: none waits.
    All,
    /// Those that do not wait, which are so many.
    Some(usize, Box<Automaton>),
    /// None: all wait.
    None,
}

pub(super) struct Inside {
    pub(super) left: Automaton,
    pub(super) right: Automaton,
}

/// The walkers of one group.
#[derive(Default)]
pub(super) struct Walkers {
    pub(super) whole: Walker,
    pub(super) wordless: Walker,
    pub(super) left: Walker,
    pub(super) right: Walker,
}

impl Walkers {
    pub(super) fn all(&self) -> [&Walker; 4] {
        [&self.whole, &self.wordless, &self.left, &self.right]
    }
}

impl Group {
    fn new(mut members: Vec<(Shape, Filter)>, waits: &impl Fn(&Shape) -> bool) -> Self {
        members.sort_by_key(|(shape, _)| waits(shape));
        let (shapes, filters): (Vec<_>, Vec<_>) = members.into_iter().unzip();
        let loosest = shapes.iter().map(|shape| shape.right).min().unwrap_or(Borders::None);
        let automaton = |shapes: &[Shape]| {
            Automaton::new(shapes.iter().map(|shape| shape.hir.clone()).collect(), loosest)
        };
        let wordless = match shapes.partition_point(|shape| !waits(shape)) {
            0 => Wordless::None,
            count if count == shapes.len() => Wordless::All,
            count => Wordless::Some(count, Box::new(automaton(&shapes[..count]))),
        };
        let automaton = automaton(&shapes);
        let inside = match (&shapes[..], &filters[..]) {
            ([shape], [Filter { place: Place::Inside { left, right }, .. }]) => {
                let right = Automaton::new(vec![right.clone()], loosest);
                Some(Inside { left: Automaton::backwards(left.clone(), shape.left), right })
            }
            _ => None,
        };
        Self { shapes, filters, automaton, wordless, inside }
    }

    /// The automaton that is walked from the start of a candidate, and what walks it; none where nothing is looked for.
    #[inline]
    pub(super) fn walked<'g>(
        &'g self,
        walkers: &'g mut Walkers,
        wordless: bool,
    ) -> Option<(&'g Automaton, &'g mut Walker)> {
        match &self.wordless {
            Wordless::Some(_, fewer) if wordless => Some((fewer, &mut walkers.wordless)),
            Wordless::None if wordless => None,
            _ => Some((&self.automaton, &mut walkers.whole)),
        }
    }

    /// The shapes that wait for a word.
    pub(super) fn waiting(&self) -> &[Shape] {
        match self.wordless {
            Wordless::All => &[],
            Wordless::Some(count, _) => &self.shapes[count..],
            Wordless::None => &self.shapes,
        }
    }
}

/// A shape that can be longer than this, in bytes, is walked alone: a walk that its last finding makes needless is then
/// not made.
const LONG: usize = 300;

/// Shapes of digits are walked as one, since most numbers have the shape of several. Others have a group of their own as
/// long as there are any. `waits` tells which ones wait for a word.
pub(super) fn grouped(shapes: Vec<Shape>, waits: impl Fn(&Shape) -> bool) -> Vec<Group> {
    // A detector's candidates are judged in the order of their starts, which only shapes of one kind keep.
    let owners: Vec<_> = shapes.iter().map(|shape| shape.detector).collect();
    let alone = |shape: &Shape| owners.iter().filter(|owner| **owner == shape.detector).count() == 1;
    let at_start = |shape: &Shape| Filter::at_start(&shape.hir, shape.left);
    let filtered = shapes.into_iter().map(|shape| {
        let filter = if alone(&shape) { Filter::of(&shape.hir, shape.left) } else { at_start(&shape) };
        (shape, filter)
    });
    let (numbers, others): (Vec<_>, Vec<_>) = filtered.partition(|(shape, filter)| is_number(shape, filter));
    let mut groups = if numbers.is_empty() { Vec::new() } else { vec![numbers] };
    let mut rest = Vec::new();
    for (shape, filter) in others {
        if groups.len() < MOST_GROUPS - 1 {
            groups.push(vec![(shape, filter)]);
        } else {
            let filter = at_start(&shape);
            rest.push((shape, filter));
        }
    }
    groups.extend((!rest.is_empty()).then_some(rest));
    groups.into_iter().map(|members| Group::new(members, &waits)).collect()
}

fn is_number(shape: &Shape, filter: &Filter) -> bool {
    let begins = |byte| filter.windows.iter().any(|window| window.at(0).contains(byte));
    let short = shape.hir.properties().maximum_len().is_some_and(|most| most <= LONG);
    matches!(filter.place, Place::Start) && short && (begins(b'5') || begins(b'1')) && !begins(b'e')
}
