//! Texts with slots, and what they become: a passage, and where in it values are planted.

use sievert_detect::{Detector, Draw};

use crate::filler::{FILLERS, Fill};
use crate::locale::Locale;

/// A text and what is planted in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passage {
    /// The text.
    pub text: String,
    /// The values in it, in order.
    pub planted: Vec<Planted>,
    /// Code points of `text`.
    length: u32,
}

/// One value in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planted {
    /// The id of the detector that made it.
    pub detector: &'static str,
    /// Where it starts, in code points.
    pub start: u32,
    /// Where it ends, in code points.
    pub end: u32,
}

impl Passage {
    /// A text with nothing planted in it.
    pub(crate) fn plain(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { length: text.chars().count() as u32, text, planted: Vec::new() }
    }

    /// One value and nothing else.
    pub(crate) fn planted(detector: &'static str, text: String) -> Self {
        let mut value = Self::plain(text);
        value.planted.push(Planted { detector, start: 0, end: value.length });
        value
    }

    pub(crate) fn append(&mut self, other: &Self) {
        self.text.push_str(&other.text);
        self.planted.extend(other.planted.iter().map(|planted| Planted {
            start: planted.start + self.length,
            end: planted.end + self.length,
            ..*planted
        }));
        self.length += other.length;
    }
}

/// A template, read once and filled many times.
#[derive(Debug)]
pub(crate) struct Template(Vec<Part>);

#[derive(Debug)]
enum Part {
    Text(String),
    /// One value of this detector.
    Value(&'static Detector),
    /// One value of whichever detector is drawn for the passage.
    Any,
    /// A label of that detector.
    Label,
    Filler(Fill),
    /// A small number.
    Number,
    /// A word of the locale.
    Word(fn(&Locale) -> &[String]),
    /// A person of the locale.
    Name,
}

impl Template {
    /// Reads a template; `None` where it has a slot for a detector that is not there.
    pub(crate) fn parse(text: &str, detectors: &[&'static Detector]) -> Option<Self> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, slot, after)) = rest
            .split_once('{')
            .and_then(|(before, tail)| tail.split_once('}').map(|(slot, after)| (before, slot, after)))
        {
            parts.push(Part::Text(before.to_owned()));
            parts.push(Part::parse(slot, detectors)?);
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        Some(Self(parts))
    }

    /// The template with its slots filled. `any` is the detector for `{any}` and `{label}`.
    pub(crate) fn fill(&self, locale: &Locale, any: Option<&Detector>, draw: &mut Draw) -> Passage {
        let mut passage = Passage::default();
        for part in &self.0 {
            passage.append(&match part {
                Part::Text(text) => Passage::plain(text.as_str()),
                Part::Value(detector) => value(detector, draw),
                Part::Any => any.map_or_else(Passage::default, |detector| value(detector, draw)),
                Part::Label => Passage::plain(any.map_or("", label)),
                Part::Filler(fill) => Passage::plain(fill(draw)),
                Part::Number => Passage::plain(draw.number(2, 60).to_string()),
                Part::Word(list) => Passage::plain(draw.pick(list(locale)).as_str()),
                Part::Name => Passage::plain(locale.person(draw)),
            });
        }
        passage
    }
}

impl Part {
    fn parse(slot: &str, detectors: &[&'static Detector]) -> Option<Self> {
        match slot {
            "any" => Some(Self::Any),
            "label" => Some(Self::Label),
            "n" => Some(Self::Number),
            "name" => Some(Self::Name),
            "given" => Some(Self::Word(|locale| &locale.given)),
            "family" => Some(Self::Word(|locale| &locale.family)),
            "city" => Some(Self::Word(|locale| &locale.cities)),
            "street" => Some(Self::Word(|locale| &locale.streets)),
            _ => match slot.strip_prefix('~') {
                Some(name) => {
                    FILLERS.iter().find(|(known, _)| *known == name).map(|(_, fill)| Self::Filler(*fill))
                }
                None => detectors.iter().find(|detector| detector.id == slot).map(|found| Self::Value(found)),
            },
        }
    }
}

/// A fresh value. It is drawn from a sequence of its own, so that a detector that learns to draw more choices does not
/// change the rest of the sample.
pub(crate) fn value(detector: &Detector, draw: &mut Draw) -> Passage {
    Passage::planted(detector.id, (detector.sample)(&mut Draw::new(draw.bits())))
}

/// What people write before such a value.
fn label(detector: &Detector) -> &'static str {
    detector.labels.first().copied().unwrap_or(detector.title)
}

#[cfg(test)]
mod tests {
    use super::*;

    static BADGE: Detector = Detector {
        id: "acme.badge",
        labels: &["badge"],
        sample: |draw| draw.fill("BD-####"),
        ..Detector::BLANK
    };

    #[test]
    fn offsets_count_code_points() {
        let template =
            Template::parse("Ünal's 工牌 {acme.badge}, {label}: {any}", &[&BADGE]).expect("known slots");
        let passage = template.fill(&Locale::default(), Some(&BADGE), &mut Draw::new(1));
        let found: Vec<String> = passage
            .planted
            .iter()
            .map(|planted| {
                passage
                    .text
                    .chars()
                    .skip(planted.start as usize)
                    .take((planted.end - planted.start) as usize)
                    .collect()
            })
            .collect();
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|value| value.starts_with("BD-") && value.len() == 7), "{found:?}");
        assert!(passage.text.contains("badge: BD-"));
    }

    #[test]
    fn a_template_waits_for_its_detector() {
        assert!(Template::parse("{acme.badge}", &[]).is_none());
        assert!(Template::parse("{~uuid} {n}", &[]).is_some());
        assert!(Template::parse("{~unheard of}", &[]).is_none());
    }
}
