//! The shape of a value, for reports: enough to see what kind of thing was found, too little to know which.

use sievert_detect::Category;

/// Characters of a shape, at most.
const LONGEST: usize = 32;

/// `999-99-9999` for a number, `aaa@aaa.aaa` for an address. Digits become `9`, small letters `a`, capital ones `A`;
/// of separators only the common ones stay, alone or in pairs; long runs are cut short, so that the length of a name
/// does not show. A credential has no shape: even its punctuation is part of the secret.
pub fn shape(text: &str, category: Category) -> String {
    if category == Category::Credential {
        return "*".repeat(12);
    }
    let mut shape = String::new();
    let mut run = 0;
    let mut last = None;
    for class in text.chars().map(class) {
        run = if last == Some(class) { run + 1 } else { 1 };
        last = Some(class);
        let shown = match class {
            'a' => 3,
            'A' => 4,
            '9' => 16,
            _ => 1,
        };
        if run > shown {
            continue;
        }
        if shape.chars().count() == LONGEST {
            shape.push('…');
            break;
        }
        shape.push(class);
    }
    shape
}

/// What is shown for a character.
fn class(c: char) -> char {
    match c {
        '-' | '.' | '/' | ':' | '@' | '+' | ',' | '(' | ')' | ' ' => c,
        _ if c.is_numeric() => '9',
        _ if c.is_lowercase() => 'a',
        _ if c.is_alphabetic() => 'A',
        _ => '?',
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn shapes_show_the_kind_and_not_the_value() {
        for (text, expected) in [
            ("078-05-1120", "999-99-9999"),
            ("anna.berg@example.com", "aaa.aaa@aaa.aaa"),
            ("(555) 123-4567", "(999) 999-9999"),
            ("UCLA-12345", "AAAA-99999"),
            ("Zoë", "Aaa"),
            ("王小明", "AAA"),
            ("a____b", "a?a"),
            ("", ""),
        ] {
            assert_eq!(shape(text, Category::Contact), expected);
        }
        assert_eq!(shape("p@ss", Category::Credential), "************");
        assert_eq!(shape(&"1-".repeat(40), Category::Other).chars().count(), LONGEST + 1);
    }

    proptest! {
        #[test]
        fn a_shape_is_made_of_classes_alone(text in any::<String>()) {
            let shape = shape(&text, Category::Other);
            prop_assert!(shape.chars().all(|c| "9aA?-./:@+,() …".contains(c)));
            prop_assert!(shape.chars().count() <= LONGEST + 1);
        }
    }
}
