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
    let alone = if detector.pattern.is_empty() {
        "never: only behind a label, or in a field named by one"
    } else if detector.needs_context {
        "never: a label, a context word, the field's name or its column must speak for it"
    } else if detector.in_context.is_empty() {
        "yes"
    } else {
        "in its strictest spellings; others where a context word, the field's name, its column or a region speaks for it"
    };
    line("alone", alone.to_owned());
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
