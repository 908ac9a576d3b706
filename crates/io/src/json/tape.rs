//! A walk over a record written down: nothing of a record is collected before all of it is known to be good, and what was
//! walked once need not be walked again.

use super::token::{Quoted, Visit, walk};

/// What the last walk has met.
#[derive(Default)]
pub(super) struct Tape {
    events: Vec<Event>,
    /// There was more than it holds.
    full: bool,
}

/// More, and the text is walked again: only a huge record has them.
const EVENTS: usize = 1 << 16;

enum Event {
    Open { list: bool },
    Close,
    Key { at: u32, end: u32, escaped: bool },
    String { at: u32, end: u32, escaped: bool },
    Number { at: u32, end: u32, integer: bool },
}

impl Tape {
    /// Walks over the text, shorter than 4 GiB, and forgets the one before.
    ///
    /// # Errors
    /// As [`walk`].
    pub(super) fn record(&mut self, text: &str) -> Result<(), &'static str> {
        self.events.clear();
        self.full = false;
        walk(text, self)
    }

    /// Tells what the last walk has met, which was over this text.
    pub(super) fn play<'t>(&self, text: &'t str, visit: &mut impl Visit<'t>) {
        if self.full {
            return walk(text, visit).expect("the last walk has accepted it");
        }
        let part = |at: u32, end: u32| &text[at as usize..end as usize];
        let quoted = |at, end, escaped| Quoted { at: at as usize, raw: part(at + 1, end), escaped };
        for event in &self.events {
            match *event {
                Event::Open { list } => visit.open(list),
                Event::Close => visit.close(),
                Event::Key { at, end, escaped } => visit.key(quoted(at, end, escaped)),
                Event::String { at, end, escaped } => visit.string(quoted(at, end, escaped)),
                Event::Number { at, end, integer } => visit.number(at as usize, part(at, end), integer),
            }
        }
    }

    fn push(&mut self, event: Event) {
        if self.events.len() < EVENTS {
            self.events.push(event);
        } else {
            self.full = true;
        }
    }
}

impl<'t> Visit<'t> for Tape {
    fn open(&mut self, list: bool) {
        self.push(Event::Open { list });
    }

    fn close(&mut self) {
        self.push(Event::Close);
    }

    fn key(&mut self, key: Quoted<'t>) {
        self.push(Event::Key { at: key.at as u32, end: key.end() as u32, escaped: key.escaped });
    }

    fn string(&mut self, value: Quoted<'t>) {
        self.push(Event::String { at: value.at as u32, end: value.end() as u32, escaped: value.escaped });
    }

    fn number(&mut self, at: usize, raw: &'t str, integer: bool) {
        self.push(Event::Number { at: at as u32, end: (at + raw.len()) as u32, integer });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::token::tests::noise;
    use proptest::prelude::*;

    /// Writes down what it is told.
    #[derive(Default)]
    struct Told(Vec<String>);

    impl<'t> Visit<'t> for Told {
        fn open(&mut self, list: bool) {
            self.0.push(format!("open {list}"));
        }
        fn close(&mut self) {
            self.0.push("close".into());
        }
        fn key(&mut self, key: Quoted<'t>) {
            self.0.push(format!("key {} {} {};", key.at, key.raw, key.escaped));
        }
        fn string(&mut self, value: Quoted<'t>) {
            self.0.push(format!("string {} {} {};", value.at, value.raw, value.escaped));
        }
        fn number(&mut self, at: usize, raw: &'t str, integer: bool) {
            self.0.push(format!("number {at} {raw} {integer}"));
        }
    }

    #[test]
    fn a_tape_that_is_full_tells_all_the_same() {
        let text = format!("[{}0]", "\"a\",".repeat(EVENTS));
        let mut tape = Tape::default();
        assert_eq!(tape.record(&text), Ok(()));
        assert!(tape.full && tape.events.len() == EVENTS);
        let mut told = Told::default();
        tape.play(&text, &mut told);
        assert_eq!(told.0.iter().filter(|told| told.starts_with("string")).count(), EVENTS);
    }

    proptest! {
        #[test]
        fn a_tape_tells_what_a_walk_meets(text in noise(), over in any::<bool>()) {
            let mut tape = Tape::default();
            if tape.record(&text).is_ok() {
                tape.full = over;
                let (mut walked, mut played) = (Told::default(), Told::default());
                walk(&text, &mut walked).expect("the tape has accepted it");
                tape.play(&text, &mut played);
                prop_assert_eq!(played.0, walked.0);
            }
        }
    }
}
