//! Built-in and custom detectors lowered into one private form. What a pattern must not hold is refused here.

use std::borrow::Cow;

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Hir, HirKind, Look};

use crate::automaton::check;
use crate::detector::alphanumeric;
use crate::filter::before_digit;
use crate::words::expression;
use crate::{Borders, Candidate, Category, CustomDetector, Detector, Error, Region, Verdict};

/// How far context may reach, in bytes.
pub(crate) const MOST_REACH: u16 = 1000;

/// A detector as the scanner keeps it.
pub(crate) struct Compiled {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) placeholder: String,
    pub(crate) category: Category,
    pub(crate) chance: f64,
    pub(crate) reach: usize,
    pub(crate) needs_context: bool,
    pub(crate) validate: fn(&Candidate<'_>) -> Verdict,
    pub(crate) normalize: fn(&str) -> Cow<'_, str>,
}

impl Compiled {
    /// Whether what was led to so is dropped where nothing speaks for it. A region of the field may do without.
    pub(crate) fn waits(&self, led: Led, regions: &[Region]) -> bool {
        match led {
            Led::Label => false,
            Led::Pattern => self.needs_context,
            Led::Context => self.needs_context || regions.is_empty(),
        }
    }
}

/// One automaton's worth of a detector: a shape and what must not touch it.
pub(crate) struct Shape {
    pub(crate) detector: u16,
    pub(crate) hir: Hir,
    pub(crate) left: Borders,
    pub(crate) right: Borders,
    pub(crate) led: Led,
}

/// What leads to the candidates of a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Led {
    /// The shape alone, where its detector needs no context.
    Pattern,
    /// The shape, where something speaks for it.
    Context,
    /// A label stands right before it, or names the field.
    Label,
}

impl Led {
    /// All, in order.
    pub(crate) const ALL: [Self; 3] = [Self::Pattern, Self::Context, Self::Label];
}

/// What the words of a detector are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    Label,
    Context,
    Negative,
}

/// All detectors, taken apart by what finds them.
#[derive(Default)]
pub(crate) struct Parts {
    pub(crate) detectors: Vec<Compiled>,
    pub(crate) patterns: Vec<Shape>,
    /// Shapes that are tried behind labels alone; a detector without one has its pattern there.
    pub(crate) labelled: Vec<Shape>,
    pub(crate) words: Vec<(String, u16, Role)>,
}

impl Parts {
    pub(crate) fn new(detectors: &[&'static Detector], custom: &[CustomDetector]) -> Result<Self, Error> {
        let count = detectors.len() + custom.len();
        if count > usize::from(u16::MAX) {
            return Err(Error::TooMany { count });
        }
        let mut parts = Self::default();
        for detector in detectors {
            parts.add(Compiled {
                id: detector.id.to_owned(),
                title: detector.title.to_owned(),
                placeholder: detector.placeholder.to_owned(),
                category: detector.category,
                chance: detector.chance,
                reach: detector.reach.into(),
                needs_context: detector.needs_context,
                validate: detector.validate,
                normalize: detector.normalize,
            })?;
            parts.shape("pattern", detector.pattern, detector.borders, Led::Pattern)?;
            parts.shape("in_context", detector.in_context, detector.borders, Led::Context)?;
            parts.shape("labelled", detector.labelled, detector.borders, Led::Label)?;
            parts.any_shape()?;
            parts.words(detector.labels, Role::Label);
            parts.words(detector.context, Role::Context);
            parts.words(detector.negative_context, Role::Negative);
        }
        for detector in custom {
            parts.add(Compiled {
                id: detector.id.clone(),
                title: detector.title.clone(),
                placeholder: detector.placeholder.clone(),
                category: detector.category,
                chance: detector.chance,
                reach: detector.reach.into(),
                needs_context: detector.needs_context,
                validate: detector.validate,
                normalize: alphanumeric,
            })?;
            if !detector.recognized {
                let words: Vec<_> = detector.words.iter().map(|word| expression(word)).collect();
                parts.shape("pattern", &detector.pattern, detector.borders, Led::Pattern)?;
                parts.shape("words", &words.join("|"), Borders::Word, Led::Pattern)?;
                parts.shape("labelled", &detector.labelled, detector.borders, Led::Label)?;
                parts.any_shape()?;
            }
            parts.words(&detector.labels, Role::Label);
            parts.words(&detector.context, Role::Context);
            parts.words(&detector.negative_context, Role::Negative);
        }
        Ok(parts)
    }

    fn add(&mut self, detector: Compiled) -> Result<(), Error> {
        if self.detectors.iter().any(|other| other.id == detector.id) {
            return Err(Error::Twice { id: detector.id });
        }
        if detector.reach > MOST_REACH.into() {
            return Err(Error::Reach { id: detector.id, reach: detector.reach as u16, most: MOST_REACH });
        }
        self.detectors.push(detector);
        Ok(())
    }

    /// A shape of the detector that was added last, if there is one.
    fn shape(&mut self, part: &'static str, pattern: &str, borders: Borders, led: Led) -> Result<(), Error> {
        if pattern.is_empty() {
            return Ok(());
        }
        let detector = self.detectors.len() as u16 - 1;
        let refuse =
            |problem| Error::Pattern { id: self.detectors[usize::from(detector)].id.clone(), part, problem };
        let shape = Shape::new(detector, pattern, borders, led).map_err(refuse)?;
        let shapes = if led == Led::Label { &mut self.labelled } else { &mut self.patterns };
        shapes.push(shape);
        Ok(())
    }

    /// Fails where the detector that was added last has no shape.
    fn any_shape(&self) -> Result<(), Error> {
        let last = self.detectors.len() - 1;
        let own = |shapes: &[Shape]| shapes.last().is_some_and(|shape| usize::from(shape.detector) == last);
        let any = own(&self.patterns) || own(&self.labelled);
        if any { Ok(()) } else { Err(Error::Empty { id: self.detectors[last].id.clone() }) }
    }

    /// By detector, how many bytes of a value can stand before its first digit; `None` where it needs none.
    pub(crate) fn first_digits(&self) -> Vec<Option<usize>> {
        let first = |detector| {
            let own = self.patterns.iter().chain(&self.labelled).filter(|shape| shape.detector == detector);
            let digits: Option<Vec<_>> = own.map(|shape| before_digit(&shape.hir)).collect();
            digits?.into_iter().max()
        };
        (0..self.detectors.len() as u16).map(first).collect()
    }

    fn words(&mut self, words: &[impl AsRef<str>], role: Role) {
        let detector = self.detectors.len() as u16 - 1;
        self.words.extend(words.iter().map(|word| (word.as_ref().to_owned(), detector, role)));
    }
}

impl Shape {
    fn new(detector: u16, pattern: &str, borders: Borders, led: Led) -> Result<Self, String> {
        let hir = parse(pattern)?;
        let (hir, left) = strip(hir, Side::Left);
        let (hir, right) = strip(hir, Side::Right);
        if !hir.properties().look_set().is_empty() {
            let hint =
                "it asks what stands beside it (`^`, `$`, `\\b` inside); leave that out, borders decide it";
            return Err(hint.to_owned());
        }
        match hir.properties().minimum_len() {
            None => return Err("no text can have this shape".to_owned()),
            Some(0) => return Err("it also takes the empty text; make one character necessary".to_owned()),
            Some(_) => {}
        }
        check(&hir)?;
        let side = |stripped| if stripped { Borders::Word } else { borders };
        let (left, right) = (side(left), side(right));
        Ok(Self { detector, hir, left, right, led })
    }
}

/// Parses in the syntax of the regex crate.
pub(crate) fn parse(pattern: &str) -> Result<Hir, String> {
    ParserBuilder::new().build().parse(pattern).map_err(|error| error.to_string())
}

#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
}

/// Takes `\b` off one side of a shape and says whether it stood there, in every branch.
fn strip(hir: Hir, side: Side) -> (Hir, bool) {
    match hir.into_kind() {
        HirKind::Look(Look::WordAscii | Look::WordUnicode) => (Hir::empty(), true),
        HirKind::Capture(mut capture) => {
            let (inner, stripped) = strip(*capture.sub, side);
            capture.sub = Box::new(inner);
            (Hir::capture(capture), stripped)
        }
        HirKind::Concat(mut parts) => {
            let edge = match side {
                Side::Left => 0,
                Side::Right => parts.len() - 1,
            };
            let (inner, stripped) = strip(std::mem::replace(&mut parts[edge], Hir::empty()), side);
            parts[edge] = inner;
            (Hir::concat(parts), stripped)
        }
        HirKind::Alternation(branches) => {
            let stripped: Vec<_> = branches.iter().map(|branch| strip(branch.clone(), side)).collect();
            if stripped.iter().all(|(_, stripped)| *stripped) {
                (Hir::alternation(stripped.into_iter().map(|(branch, _)| branch).collect()), true)
            } else {
                (Hir::alternation(branches), false)
            }
        }
        HirKind::Empty => (Hir::empty(), false),
        HirKind::Literal(literal) => (Hir::literal(literal.0), false),
        HirKind::Class(class) => (Hir::class(class), false),
        HirKind::Look(look) => (Hir::look(look), false),
        HirKind::Repetition(repetition) => (Hir::repetition(repetition), false),
    }
}
