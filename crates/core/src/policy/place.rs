//! Where things stand in a policy file, so that a problem found later can still name its line.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use crate::error::Problem;

/// The file's name, and the line of each key by its path: `redact[1].detectors`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    file: String,
    lines: BTreeMap<String, usize>,
}

impl Places {
    /// Of a text that is TOML; for another the lines stay unknown.
    pub(crate) fn new(file: &str, text: &str) -> Self {
        let mut lines = BTreeMap::new();
        if let Ok(table) = DeTable::parse(text) {
            walk_table(table.get_ref(), "", text, &mut lines);
        }
        Self { file: file.to_owned(), lines }
    }

    /// A problem at a path, such as `redact[1].detectors`.
    pub(crate) fn problem(&self, path: &str, what: impl Into<String>, hint: impl Into<String>) -> Problem {
        // An entry has a line even where the key in it was left out.
        let entry = path.rsplit_once('.').map_or(path, |(entry, _)| entry);
        let line = self.lines.get(path).or_else(|| self.lines.get(entry));
        let place = match (self.file.as_str(), line) {
            ("", _) | (_, None) => path.to_owned(),
            (file, Some(line)) => format!("{file}:{line}, {path}"),
        };
        Problem { place, what: what.into(), hint: hint.into() }
    }
}

/// The 1-based line of a byte.
pub(super) fn line_of(text: &str, at: usize) -> usize {
    text[..text.floor_char_boundary(at)].matches('\n').count() + 1
}

/// The path of the innermost value in which a byte of a text stands, if that is TOML.
pub(super) fn path_at(text: &str, at: usize) -> Option<String> {
    let table = DeTable::parse(text).ok()?;
    let mut found = None;
    let mut tables = vec![(String::new(), table.get_ref())];
    while let Some((parent, table)) = tables.pop() {
        for (key, value) in table {
            let dot = if parent.is_empty() { "" } else { "." };
            let mut values = vec![(format!("{parent}{dot}{}", key.get_ref()), value)];
            while let Some((path, value)) = values.pop() {
                let inside = value.span().contains(&at);
                match value.get_ref() {
                    DeValue::Table(inner) => tables.push((path.clone(), inner)),
                    DeValue::Array(items) => {
                        let items = items.iter().enumerate();
                        values.extend(items.map(|(nth, item)| (format!("{path}[{nth}]"), item)));
                    }
                    _ => {}
                }
                let deeper = |known: &String| known.len() < path.len();
                if inside && found.as_ref().is_none_or(deeper) {
                    found = Some(path);
                }
            }
        }
    }
    found
}

fn walk_table(table: &DeTable<'_>, path: &str, text: &str, lines: &mut BTreeMap<String, usize>) {
    for (key, value) in table {
        let path =
            if path.is_empty() { key.get_ref().to_string() } else { format!("{path}.{}", key.get_ref()) };
        lines.insert(path.clone(), line_of(text, key.span().start));
        match value.get_ref() {
            DeValue::Table(inner) => walk_table(inner, &path, text, lines),
            DeValue::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    let path = format!("{path}[{at}]");
                    lines.insert(path.clone(), line_of(text, item.span().start));
                    if let DeValue::Table(inner) = item.get_ref() {
                        walk_table(inner, &path, text, lines);
                    }
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_names_file_line_and_entry() {
        let text = "version = 1\n\n[[redact]]\ndetectors = [\n  \"a\",\n  \"b\",\n]\n\n[[redact]]\naction = \"keep\"\n";
        let places = Places::new("p.toml", text);
        for (path, place) in [
            ("redact[0].detectors[1]", "p.toml:6, redact[0].detectors[1]"),
            ("redact[1].action", "p.toml:10, redact[1].action"),
            ("redact[1].fields", "p.toml:9, redact[1].fields"),
            ("scan.detectors", "scan.detectors"),
        ] {
            assert_eq!(places.problem(path, "", "").place, place);
        }
        assert_eq!(
            Places::default().problem("redact[0]", "is odd", "mend it").to_string(),
            "redact[0]: is odd; mend it"
        );
    }
}
