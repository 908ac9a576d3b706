//! What a detector says of itself, for people to read: the same text on every door.

use std::fmt::Write as _;

use sievert_detect::Detector;

/// How a detector decides, as text.
pub fn explain(detector: &Detector) -> String {
    let mut text = format!("{}  {}\n\n{}\n\n", detector.id, detector.title, detector.about);
    let mut line = |name: &str, value: String| {
        if !value.is_empty() {
            let _ = writeln!(text, "{name:<17}{value}");
        }
    };
    line("category", detector.category.name().to_owned());
    line("replaced by", format!("<{}>", detector.placeholder));
    line(
        "alone",
        match (detector.pattern.is_empty(), detector.needs_context) {
            (true, _) => "never: only behind a label, or in a field named by one".into(),
            (false, true) => {
                "never: a label, a context word, the field's name or its column must speak for it".into()
            }
            (false, false) => "yes".into(),
        },
    );
    if detector.chance > 0.0 {
        line("checksum", format!("random digits pass {:.2} % of the time", detector.chance * 100.0));
    }
    line("labels", detector.labels.join(", "));
    line("context", detector.context.join(", "));
    line("against", detector.negative_context.join(", "));
    line("also called", detector.aliases.join(", "));
    line("found", detector.examples.join("  |  "));
    line("not found", detector.counter_examples.join("  |  "));
    line("sources", detector.sources.join("\n                 "));
    text
}
