//! `[[detector]]`: the user's own detectors, lowered to what the scanner takes.

use serde::Deserialize;
use sievert_detect::{Borders, Candidate, Category, CustomDetector, Verdict, checksum};

use super::place::Places;
use super::read::unknown;
use crate::error::Problem;

/// A detector as the policy spells it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnDetector {
    /// `place.name`: `acme.customer`.
    pub id: String,
    /// What it is called; the id when left out.
    #[serde(default)]
    pub title: String,
    /// What stands in `<...>`; when left out, the id's last part in capitals.
    #[serde(default)]
    pub placeholder: String,
    /// The group, `other` when left out.
    #[serde(default)]
    pub category: String,
    /// A regular expression for the value where it stands alone.
    #[serde(default)]
    pub pattern: String,
    /// A looser one for the value right behind a label.
    #[serde(default)]
    pub labelled: String,
    /// Unambiguous names of the value.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Literal words to find, any case.
    #[serde(default)]
    pub words: Vec<String>,
    /// The name of the function that finds it, where no pattern does: for reports and the plan's hash. The function itself
    /// is handed in by the program that has it.
    #[serde(default)]
    pub function: String,
    /// Fields that it takes whole: each of their values is one, whatever it is. `*` stands for any characters.
    #[serde(default)]
    pub whole_fields: Vec<String>,
    /// What must not touch the value: `word`, `digit` or `none`.
    #[serde(default)]
    pub borders: OwnBorders,
    /// Words near the value that speak for it.
    #[serde(default)]
    pub context: Vec<String>,
    /// Words near the value that speak against it.
    #[serde(default)]
    pub negative_context: Vec<String>,
    /// How near, in bytes.
    #[serde(default = "usual_reach")]
    pub reach: u16,
    /// Whether the value counts only where a label, context, the field or the column vouches for it.
    #[serde(default)]
    pub needs_context: bool,
    /// The checksum that the value's digits or characters must pass, by name.
    #[serde(default)]
    pub validator: String,
    /// Texts in which it must find something: the whole text, or what stands in `[[...]]`.
    #[serde(default)]
    pub examples: Vec<String>,
    /// Texts in which it must find nothing.
    #[serde(default)]
    pub counter_examples: Vec<String>,
}

/// [`Borders`], as a policy names them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OwnBorders {
    /// No letter, digit or underscore.
    #[default]
    Word,
    /// As `word`, and it is no part of a longer number: of a date, a version, a fraction.
    Number,
    /// No digit.
    Digit,
    /// Anything may.
    None,
}

fn usual_reach() -> u16 {
    sievert_detect::Detector::BLANK.reach
}

/// A checksum that a policy may name.
struct Validator {
    name: &'static str,
    /// The share of random candidates that pass.
    chance: f64,
    validate: fn(&Candidate<'_>) -> Verdict,
}

static VALIDATORS: &[Validator] = &[
    Validator { name: "luhn", chance: 0.1, validate: |c| Verdict::checked(checksum::luhn(c.digits())) },
    Validator {
        name: "verhoeff",
        chance: 0.1,
        validate: |c| Verdict::checked(checksum::verhoeff(c.digits())),
    },
    Validator {
        name: "mod11-10",
        chance: 0.1,
        validate: |c| Verdict::checked(checksum::mod11_10(c.digits())),
    },
    Validator {
        name: "mod11-2",
        chance: 1.0 / 11.0,
        validate: |c| {
            let characters = c.text.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_uppercase());
            Verdict::checked(checksum::mod11_2(characters))
        },
    },
    Validator {
        name: "mod97",
        chance: 1.0 / 97.0,
        validate: |c| Verdict::checked(checksum::mod97_10(c.text.bytes()) == 1),
    },
];

/// What is wrong with an entry: the key, what, and what to do.
type Wrong = (&'static str, String, String);

impl OwnDetector {
    /// The detector as the scanner takes it. Its patterns are the scanner's to judge.
    pub(crate) fn lower(&self, path: &str, places: &Places) -> Result<CustomDetector, Problem> {
        let problem = |(key, what, hint): Wrong| places.problem(&format!("{path}.{key}"), what, hint);
        self.check_kind().map_err(problem)?;
        let placeholder = self.checked_placeholder().map_err(problem)?;
        let category = self.known_category().map_err(problem)?;
        let validator = self.known_validator().map_err(problem)?;
        Ok(CustomDetector {
            id: self.id.clone(),
            title: if self.title.is_empty() { self.id.clone() } else { self.title.clone() },
            placeholder,
            category,
            pattern: self.pattern.clone(),
            labelled: self.labelled.clone(),
            labels: self.labels.clone(),
            words: self.words.clone(),
            borders: match self.borders {
                OwnBorders::Word => Borders::Word,
                OwnBorders::Number => Borders::Number,
                OwnBorders::Digit => Borders::Digit,
                OwnBorders::None => Borders::None,
            },
            context: self.context.clone(),
            negative_context: self.negative_context.clone(),
            reach: self.reach,
            needs_context: self.needs_context,
            validate: validator.map_or(|_| Verdict::Plain, |validator| validator.validate),
            chance: validator.map_or(0.0, |validator| validator.chance),
            recognized: !self.has_pattern(),
            examples: self.examples.clone(),
            counter_examples: self.counter_examples.clone(),
        })
    }

    /// Whether it has an id, and one way to find something.
    fn check_kind(&self) -> Result<(), Wrong> {
        let wrong = |key, what, hint: &str| Err((key, what, hint.to_owned()));
        if !is_id(&self.id) {
            let hint =
                "write two words joined by a dot, such as `acme.customer`: small letters, digits and `_`";
            return wrong("id", format!("`{}` is no detector id", self.id), hint);
        }
        let has_function = !self.function.is_empty();
        let patterns = [&self.pattern, &self.labelled, &self.validator].map(|text| !text.is_empty());
        if has_function && (patterns.contains(&true) || !self.words.is_empty() || !self.labels.is_empty()) {
            let hint = "write two detectors, one with the function (and `context`), one with the pattern";
            return wrong("function", format!("{} has a function and a pattern", self.id), hint);
        }
        if !has_function && !self.has_pattern() && self.whole_fields.is_empty() {
            let hint = "give it `pattern`, `words`, `labelled` with `labels`, or `whole_fields`";
            return wrong("pattern", format!("{} finds nothing", self.id), hint);
        }
        if !self.labelled.is_empty() && self.labels.is_empty() {
            let hint = "name the labels it may stand behind in `labels`";
            return wrong("labelled", format!("{} has no labels", self.id), hint);
        }
        Ok(())
    }

    /// Whether a scanner finds it by itself.
    fn has_pattern(&self) -> bool {
        !(self.pattern.is_empty() && self.words.is_empty() && self.labelled.is_empty())
    }

    /// What stands in `<...>`: as written, else the last word of the id.
    fn checked_placeholder(&self) -> Result<String, Wrong> {
        let name = self.id.rsplit('.').next().unwrap_or_default();
        let placeholder =
            if self.placeholder.is_empty() { name.to_ascii_uppercase() } else { self.placeholder.clone() };
        if !placeholder.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_') {
            let what = format!("`{placeholder}` cannot stand in <...>");
            return Err(("placeholder", what, "write capital letters, digits and `_`".to_owned()));
        }
        Ok(placeholder)
    }

    fn known_category(&self) -> Result<Category, Wrong> {
        let word = self.category.as_str();
        if word.is_empty() {
            return Ok(Category::Other);
        }
        Category::ALL.into_iter().find(|category| category.name() == word).ok_or_else(|| {
            let known = Category::ALL.map(Category::name);
            let (what, hint) = unknown("category", word, &known);
            ("category", what, hint)
        })
    }

    /// The validator that it names, if it names one.
    fn known_validator(&self) -> Result<Option<&'static Validator>, Wrong> {
        let name = self.validator.as_str();
        let known = VALIDATORS.iter().find(|validator| validator.name == name);
        if known.is_some() || name.is_empty() {
            return Ok(known);
        }
        let names: Vec<_> = VALIDATORS.iter().map(|validator| validator.name).collect();
        let (what, hint) = unknown("validator", name, &names);
        Err(("validator", what, hint))
    }
}

fn is_id(id: &str) -> bool {
    let word = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    id.contains('.') && id.split('.').all(word)
}

#[cfg(test)]
mod tests {
    use sievert_detect::Anchored;

    use super::*;

    fn own(keys: &str) -> Result<CustomDetector, Problem> {
        toml::from_str::<OwnDetector>(keys).expect("known keys").lower("detector[0]", &Places::default())
    }

    #[test]
    fn what_is_left_out_follows_from_the_id() {
        let detector = own("id = \"acme.client_no\"\npattern = \"AC-[0-9]+\"").expect("a detector");
        assert_eq!((detector.placeholder.as_str(), detector.title.as_str()), ("CLIENT_NO", "acme.client_no"));
        assert_eq!(
            (detector.borders, detector.category, detector.reach),
            (Borders::Word, Category::Other, 50)
        );
    }

    #[test]
    fn borders_are_named() {
        for (name, borders) in [
            ("word", Borders::Word),
            ("number", Borders::Number),
            ("digit", Borders::Digit),
            ("none", Borders::None),
        ] {
            let detector =
                own(&format!("id = \"a.b\"\npattern = \"x\"\nborders = \"{name}\"")).expect("a detector");
            assert_eq!(detector.borders, borders, "{name}");
        }
    }

    #[test]
    fn validators_are_named() {
        let candidate = |text: &'static str| Candidate {
            text,
            around: text,
            start: 0,
            regions: &[],
            anchored: Anchored::Alone,
        };
        for (name, good, bad) in [
            ("luhn", "4111 1111 1111 1111", "4111 1111 1111 1112"),
            ("verhoeff", "2363", "2364"),
            ("mod97", "3214282912345698765432161182", "3214282912345698765432161183"),
            ("mod11-2", "079X", "0790"),
            ("mod11-10", "07945", "07946"),
        ] {
            let detector =
                own(&format!("id = \"a.b\"\npattern = \"x\"\nvalidator = \"{name}\"")).expect("a detector");
            assert_eq!((detector.validate)(&candidate(good)), Verdict::Checked, "{name}");
            assert_eq!((detector.validate)(&candidate(bad)), Verdict::Failed, "{name}");
            assert!(detector.chance > 0.0);
        }
    }

    #[test]
    fn a_detector_that_cannot_work_is_refused() {
        for (keys, expected) in [
            ("id = \"Acme\"\npattern = \"x\"", "detector[0].id: `Acme` is no detector id"),
            ("id = \"a.b\"", "a.b finds nothing"),
            ("id = \"a.b\"\nlabelled = \"x\"", "a.b has no labels"),
            ("id = \"a.b\"\nfunction = \"f\"\npattern = \"x\"", "a.b has a function and a pattern"),
            ("id = \"a.b\"\npattern = \"x\"\nvalidator = \"lun\"", "did you mean `luhn`?"),
            ("id = \"a.b\"\npattern = \"x\"\ncategory = \"finance\"", "unknown category `finance`"),
            ("id = \"a.b\"\npattern = \"x\"\nplaceholder = \"a b\"", "cannot stand in <...>"),
        ] {
            let said = own(keys).expect_err(keys).to_string();
            assert!(said.contains(expected), "{said}");
        }
    }
}
