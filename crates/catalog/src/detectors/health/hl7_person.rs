//! Segments of HL7 version 2 messages that are about a person.

use sievert_detect::{Borders, Candidate, Category, Detector, Draw, Verdict};

pub static DETECTOR: Detector = Detector {
    id: "health.hl7_person",
    title: "Person in an HL7 v2 message",
    about: "A segment with the patient (PID), the next of kin (NK1), the guarantor (GT1) or the insured (IN1) as a whole: its \
            fields are names, numbers, addresses and days, told by their place alone.",
    sources: &["HL7 version 2.5.1, chapters 3.4 and 6.5", "45 CFR 164.514(b)(2)(i)"],
    aliases: &["HL7_PID"],
    category: Category::Health,
    placeholder: "HL7_PERSON",
    pattern: r"(?:PID|NK1|GT1|IN1)\|[0-9]{0,4}\|[^\r\n]{12,}",
    borders: Borders::Word,
    validate,
    normalize: |text| text.into(),
    sample,
    examples: &[
        "[[PID|1||PATID1234^5^M11^ADT1^MR^MCM||DOE^JANE^A||19610615|F||2106-3|12 ELM STREET^^SPRINGFIELD]]\rPV1|1|I",
        "[[NK1|1|DOE^JOHN^K|SPO^SPOUSE||(212)555-0123|||NK]]\rPV1|1|I|2000^2012^01",
    ],
    counter_examples: &[
        "PID|PPID|CMD|TIME|RSS|VSZ|STAT|USER",
        "PID|1||short",
        "| PID | 1 | 2 | 3 | 4 | 5 | 6 | 7 |",
        "IN1|3|low voltage input of the second board|12 V|0.5 A|ok|left|right",
    ],
    ..Detector::BLANK
};

/// The parts of a field are parted by `^`; tables of programs have none.
fn validate(c: &Candidate<'_>) -> Verdict {
    let whole = c.after().is_empty() || c.after().starts_with(['\r', '\n']);
    let fields = || c.text.matches('|').count() >= 5 && c.text.matches('^').count() >= 2;
    if whole && fields() { Verdict::Unmistakable } else { Verdict::No }
}

fn sample(draw: &mut Draw) -> String {
    let number = draw.digits(7);
    format!("PID|1||{number}^^^ADT1^MR||DOE^JANE^A||19{}0615|F", 40 + draw.pick(&[1, 12, 23, 34, 45]))
}
