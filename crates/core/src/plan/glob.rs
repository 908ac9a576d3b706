//! Names with `*` for any run of characters; everything else, `[]` and `.` too, stands for itself.

/// Whether the glob stands for the whole name.
pub(crate) fn fits(glob: &str, name: &str) -> bool {
    let (glob, name) = (glob.as_bytes(), name.as_bytes());
    let (mut g, mut n) = (0, 0);
    // Where the last `*` stands, and up to where it reaches so far.
    let mut star = None;
    while n < name.len() {
        match glob.get(g) {
            Some(b'*') => {
                star = Some((g, n));
                g += 1;
            }
            Some(byte) if *byte == name[n] => {
                g += 1;
                n += 1;
            }
            _ => {
                let Some((at, reached)) = star else { return false };
                star = Some((at, reached + 1));
                g = at + 1;
                n = reached + 1;
            }
        }
    }
    glob[g..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_star_is_any_run_and_the_rest_itself() {
        for (glob, name, expected) in [
            ("*", "", true),
            ("*", "a.b", true),
            ("messages[].content", "messages[].content", true),
            ("messages[].*", "messages[].content", true),
            ("*.email", "users[].email", true),
            ("us.*", "us.ssn", true),
            ("us.*", "ruus.x", false),
            ("a*b*c", "a-bb-c", true),
            ("a*b*c", "a-bb-", false),
            ("", "a", false),
            ("A", "a", false),
            ("**", "a", true),
        ] {
            assert_eq!(fits(glob, name), expected, "{glob} {name}");
        }
    }

    /// The slow definition: a star takes nothing, or one character and goes on.
    fn plain(glob: &[u8], name: &[u8]) -> bool {
        match (glob.split_first(), name.split_first()) {
            (Some((b'*', glob_rest)), name_parts) => {
                plain(glob_rest, name) || name_parts.is_some_and(|(_, name_rest)| plain(glob, name_rest))
            }
            (Some((g, glob_rest)), Some((n, name_rest))) => g == n && plain(glob_rest, name_rest),
            (None, None) => true,
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn fits_is_its_definition(glob in "[ab*]{0,6}", name in "[ab*]{0,8}") {
            prop_assert_eq!(fits(&glob, &name), plain(glob.as_bytes(), name.as_bytes()));
        }
    }
}
