//! The built-in detectors, one file each, by country; the id of a detector is its path below `detectors/`.
//!
//! To add one, copy the file of its nearest relative and run `cargo test -p sievert-registry`.

mod detectors;
mod numbering;
mod secrecy;
mod shape;

use sievert_detect::Detector;

/// Every built-in detector, sorted by id.
pub fn all() -> &'static [&'static Detector] {
    detectors::ALL
}

/// The detector of this id or alias (`global.email`, `EMAIL_ADDRESS`), in any case.
pub fn get(name: &str) -> Option<&'static Detector> {
    let named = |d: &&&Detector| {
        d.id.eq_ignore_ascii_case(name) || d.aliases.iter().any(|a| a.eq_ignore_ascii_case(name))
    };
    all().iter().find(named).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detector_is_found_by_id_and_alias_in_any_case() {
        for name in ["global.email", "EMAIL_ADDRESS", "email_address"] {
            assert_eq!(get(name).map(|d| d.id), Some("global.email"));
        }
        assert!(get("global.e-mail").is_none());
    }

    #[test]
    fn no_two_detectors_answer_to_one_name() {
        let mut names: Vec<_> = all()
            .iter()
            .flat_map(|d| d.aliases.iter().chain([&d.id]))
            .map(|name| name.to_lowercase())
            .collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
