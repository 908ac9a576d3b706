//! Detectors of a policy that are found by a function of Python.

use std::fmt;

use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::PyList;
use sievert::{Evidence, Failure, Recognized, Recognizer};

/// A function of Python in the name of one detector. `call` takes a list of texts and raises no `Exception`: what it gives for each
/// is a list of findings (`sievert._function` makes it so) or, as a text, why there is none.
pub(crate) struct Function {
    id: String,
    call: Py<PyAny>,
}

#[derive(FromPyObject)]
enum Answer {
    /// Start and end in code points, and what it claims to be: possible, likely or certain.
    Seen(Vec<(usize, usize, String)>),
    Failed(String),
}

impl Function {
    pub(crate) fn new(id: String, call: Py<PyAny>) -> Self {
        Self { id, call }
    }

    /// `None` where it was interrupted, or is not what it should be.
    fn answers(&self, texts: &[&str]) -> Option<Vec<Answer>> {
        Python::attach(|py| {
            let called = PyList::new(py, texts).and_then(|texts| self.call.call1(py, (texts,)));
            if let Err(error) = &called
                && !error.is_instance_of::<PyException>(py)
            {
                // Ctrl-C: the call that waits for all this asks for signals, and must still see it.
                let again = py.import("_thread").and_then(|thread| thread.call_method0("interrupt_main"));
                again.ok()?;
            }
            called.ok()?.extract(py).ok()
        })
    }
}

/// Shows what it is for; a function may hold anything.
impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Function").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Recognizer for Function {
    fn detectors(&self) -> Vec<&str> {
        vec![&self.id]
    }

    fn recognize(&self, texts: &[&str]) -> Vec<Result<Vec<Recognized>, Failure>> {
        let Some(answers) = self.answers(texts) else {
            let failure = Failure(format!("{}: its function was interrupted", self.id));
            return texts.iter().map(|_| Err(failure.clone())).collect();
        };
        let convert = |(text, answer): (&&str, Answer)| match answer {
            Answer::Seen(seen) => Ok(recognized(text, &seen)),
            Answer::Failed(why) => Err(Failure(format!("{}: {why}", self.id))),
        };
        texts.iter().zip(answers).map(convert).collect()
    }
}

/// With bytes instead of code points. What lies outside of the text stays so.
fn recognized(text: &str, seen: &[(usize, usize, String)]) -> Vec<Recognized> {
    let bytes: Vec<usize> = match text.is_ascii() {
        true => Vec::new(),
        false => text.char_indices().map(|(at, _)| at).chain([text.len()]).collect(),
    };
    let byte = |point: usize| match text.is_ascii() {
        true => point,
        false => bytes.get(point).copied().unwrap_or(usize::MAX),
    };
    seen.iter()
        .map(|(start, end, claim)| Recognized {
            detector: 0,
            span: byte(*start)..byte(*end),
            evidence: if claim == "certain" { Evidence::UNMISTAKABLE } else { Evidence::NONE },
        })
        .collect()
}
