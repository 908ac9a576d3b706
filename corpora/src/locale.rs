//! The template files, and what can be drawn from them: a message, a note, harmless noise, prose.

use serde::Deserialize;
use sievert_detect::{Detector, Draw};

use crate::template::{Passage, Template, value};

/// The files, in the order in which they are drawn from.
const FILES: &[&str] = &[
    include_str!("../templates/en-us.toml"),
    include_str!("../templates/en-gb.toml"),
    include_str!("../templates/de-de.toml"),
    include_str!("../templates/fr-fr.toml"),
    include_str!("../templates/es-es.toml"),
    include_str!("../templates/it-it.toml"),
    include_str!("../templates/nl-nl.toml"),
    include_str!("../templates/pl-pl.toml"),
    include_str!("../templates/pt-br.toml"),
    include_str!("../templates/zh-cn.toml"),
    include_str!("../templates/ko-kr.toml"),
];

/// Texts for every language.
const ANY: &str = include_str!("../templates/any.toml");

/// One file: a language as it is written in one country.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Locale {
    pub(crate) language: String,
    /// ISO 3166 alpha-2, lower case.
    pub(crate) country: String,
    pub(crate) given: Vec<String>,
    pub(crate) family: Vec<String>,
    pub(crate) cities: Vec<String>,
    pub(crate) streets: Vec<String>,
    /// Whether the family's name comes first, without a blank.
    #[serde(default)]
    family_first: bool,
    address: String,
    /// The detector whose values stand in tables as the number of a person.
    national_id: String,
    /// The detector whose values stand in tables as the number of an insured person.
    health_id: String,
    /// What a customer writes.
    chat: Vec<String>,
    /// What is written back.
    plain: Vec<String>,
    /// What stands in a file about a patient.
    notes: Vec<String>,
    /// Sentences about nothing in particular.
    prose: Vec<String>,
}

impl Locale {
    pub(crate) fn person(&self, draw: &mut Draw) -> String {
        let (given, family) = (draw.pick(&self.given), draw.pick(&self.family));
        if self.family_first { format!("{family}{given}") } else { format!("{given} {family}") }
    }
}

/// Texts for every language.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Any {
    labelled: Vec<String>,
    noise: Vec<String>,
}

/// A locale with its templates read.
pub(crate) struct Speaker {
    pub(crate) locale: Locale,
    address: Template,
    national_id: Option<&'static Detector>,
    health_id: Option<&'static Detector>,
    chat: Vec<Template>,
    plain: Vec<Template>,
    notes: Vec<Template>,
    prose: Vec<Template>,
}

impl Speaker {
    fn new(file: &str, detectors: &[&'static Detector]) -> Self {
        let locale: Locale = toml::from_str(file).expect("the files are part of the program, and tested");
        let read = |texts| templates(texts, detectors);
        let find = |id: &str| detectors.iter().copied().find(|detector| detector.id == id);
        Self {
            address: Template::parse(&locale.address, detectors)
                .or_else(|| Template::parse("{street} {n}\n{city}", &[]))
                .expect("the second has no slot for a detector"),
            national_id: find(&locale.national_id),
            health_id: find(&locale.health_id),
            chat: read(&locale.chat),
            plain: read(&locale.plain),
            notes: read(&locale.notes),
            prose: read(&locale.prose),
            locale,
        }
    }

    /// What is written back: nothing sensitive.
    pub(crate) fn answer(&self, draw: &mut Draw) -> Passage {
        self.one(&self.plain, draw)
    }

    pub(crate) fn note(&self, draw: &mut Draw) -> Passage {
        self.one(if self.notes.is_empty() { &self.plain } else { &self.notes }, draw)
    }

    pub(crate) fn address(&self, draw: &mut Draw) -> Passage {
        self.address.fill(&self.locale, None, draw)
    }

    pub(crate) fn national_id(&self, draw: &mut Draw) -> Passage {
        self.national_id.map_or_else(Passage::default, |detector| value(detector, draw))
    }

    pub(crate) fn health_id(&self, draw: &mut Draw) -> Passage {
        self.health_id.map_or_else(Passage::default, |detector| value(detector, draw))
    }

    fn one(&self, templates: &[Template], draw: &mut Draw) -> Passage {
        draw.pick(templates).fill(&self.locale, None, draw)
    }
}

/// All that can be drawn from: the files, and the detectors that fill their slots.
pub(crate) struct World {
    detectors: Vec<&'static Detector>,
    speakers: Vec<Speaker>,
    labelled: Vec<Template>,
    noise: Vec<Template>,
}

impl World {
    /// Detectors that make no samples are left out.
    pub(crate) fn new(detectors: &[&'static Detector]) -> Self {
        let any: Any = toml::from_str(ANY).expect("the file is part of the program, and tested");
        let detectors: Vec<_> = detectors
            .iter()
            .copied()
            .filter(|detector| !(detector.sample)(&mut Draw::new(0)).is_empty())
            .collect();
        Self {
            speakers: FILES.iter().map(|file| Speaker::new(file, &detectors)).collect(),
            labelled: templates(&any.labelled, &detectors),
            noise: templates(&any.noise, &detectors),
            detectors,
        }
    }

    pub(crate) fn speaker(&self, draw: &mut Draw) -> &Speaker {
        draw.pick(&self.speakers)
    }

    /// Somebody who writes English.
    pub(crate) fn english(&self, draw: &mut Draw) -> &Speaker {
        let english: Vec<_> =
            self.speakers.iter().filter(|speaker| speaker.locale.language == "en").collect();
        draw.pick::<&Speaker>(&english)
    }

    /// What a customer writes, with a value in it: of any detector, one time in three.
    pub(crate) fn message_of(&self, speaker: &Speaker, draw: &mut Draw) -> Passage {
        if self.detectors.is_empty() {
            speaker.answer(draw)
        } else if speaker.chat.is_empty() || draw.chance(33) {
            let any = *draw.pick(&self.detectors);
            draw.pick(&self.labelled).fill(&speaker.locale, Some(any), draw)
        } else {
            speaker.one(&speaker.chat, draw)
        }
    }

    /// A message in any language.
    pub(crate) fn message(&self, draw: &mut Draw) -> Passage {
        self.message_of(self.speaker(draw), draw)
    }

    /// Harmless numbers of many shapes.
    pub(crate) fn noise(&self, draw: &mut Draw) -> Passage {
        let speaker = self.speaker(draw);
        speaker.one(&self.noise, draw)
    }

    /// A sentence in any language.
    pub(crate) fn prose(&self, draw: &mut Draw) -> Passage {
        let speaker = self.speaker(draw);
        speaker.one(&speaker.prose, draw)
    }

    /// A value of the detector with this id; nothing, where it is not there.
    pub(crate) fn value(&self, id: &str, draw: &mut Draw) -> Passage {
        let found = self.detectors.iter().find(|detector| detector.id == id);
        found.map_or_else(Passage::default, |detector| value(detector, draw))
    }
}

fn templates(texts: &[String], detectors: &[&'static Detector]) -> Vec<Template> {
    texts.iter().filter_map(|text| Template::parse(text, detectors)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every slot is known and every detector that a file names is built in: nothing is left out in silence.
    #[test]
    fn all_templates_can_be_filled() {
        let detectors = sievert_catalog::all();
        for file in FILES {
            let speaker = Speaker::new(file, detectors);
            let locale = &speaker.locale;
            let place = format!("{}-{}", locale.language, locale.country);
            for text in [&locale.chat, &locale.plain, &locale.notes, &locale.prose].into_iter().flatten() {
                assert!(Template::parse(text, detectors).is_some(), "{place}: {text}");
            }
            assert!(Template::parse(&locale.address, detectors).is_some(), "{place}: {}", locale.address);
            assert!(speaker.national_id.is_some(), "{place}: {}", locale.national_id);
            assert!(speaker.health_id.is_some(), "{place}: {}", locale.health_id);
        }
        let any: Any = toml::from_str(ANY).expect("well formed");
        for text in any.labelled.iter().chain(&any.noise) {
            assert!(Template::parse(text, detectors).is_some(), "{text}");
        }
    }

    #[test]
    fn harmless_texts_hold_nothing() {
        let world = World::new(sievert_catalog::all());
        let mut draw = Draw::new(1);
        for _ in 0..100 {
            assert_eq!(world.noise(&mut draw).planted, []);
            assert_eq!(world.prose(&mut draw).planted, []);
            assert_eq!(world.speaker(&mut draw).answer(&mut draw).planted, []);
        }
    }
}
