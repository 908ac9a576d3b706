//! How a telephone number is written, read once: its digits, its groups, its signs. Knows no plan.

/// A number without its extension.
pub(crate) struct Written<'t> {
    pub(crate) text: &'t str,
    /// The runs of digits; of more than there is room for, the first.
    groups: [&'t str; MOST],
    count: usize,
    /// How many digits there are.
    pub(crate) digits: usize,
    /// The signs that stand in it, as bits by place in [`SIGNS`].
    signs: u8,
    /// Each parenthesis is closed before the next one opens.
    pub(crate) balanced: bool,
}

/// More groups than any number has.
const MOST: usize = 8;

const SIGNS: &[u8; 7] = b"+ -./()";

/// The bit of a blank.
const BLANK: u8 = 1 << 1;

const OTHER: u8 = u8::MAX;

const DIGIT: u8 = 1 << SIGNS.len();

/// By byte: [`DIGIT`], the bit of a sign, or [`OTHER`].
const KINDS: [u8; 256] = {
    let mut kinds = [OTHER; 256];
    let mut digit = b'0';
    while digit <= b'9' {
        kinds[digit as usize] = DIGIT;
        digit += 1;
    }
    let mut nth = 0;
    while nth < SIGNS.len() {
        kinds[SIGNS[nth] as usize] = 1 << nth;
        nth += 1;
    }
    kinds
};

impl<'t> Written<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        let mut it = Self { text: "", groups: [""; MOST], count: 0, digits: 0, signs: 0, balanced: true };
        let bytes = text.as_bytes();
        let (mut at, mut open, mut seen) = (0, false, 0);
        while let Some(kind) =
            bytes.get(at).map(|byte| KINDS[usize::from(*byte)]).filter(|kind| *kind != OTHER)
        {
            // A blank counts where something follows it.
            seen |= kind;
            if kind != BLANK {
                it.signs = seen;
            }
            if kind == DIGIT {
                let start = at;
                while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                    at += 1;
                }
                let group = &text[start..at];
                it.digits += group.len();
                if let Some(place) = it.groups.get_mut(it.count) {
                    *place = group;
                }
                it.count += 1;
                continue;
            }
            if let parenthesis @ (b'(' | b')') = bytes[at] {
                it.balanced &= open != (parenthesis == b'(');
                open = parenthesis == b'(';
            }
            at += 1;
        }
        it.balanced &= !open;
        it.text = text[..at].trim_ascii_end();
        it
    }

    pub(crate) fn groups(&self) -> &[&'t str] {
        &self.groups[..self.count.min(MOST)]
    }

    /// One digit all the way.
    pub(crate) fn is_monotonous(&self) -> bool {
        let mut digits = self.text.bytes().filter(u8::is_ascii_digit);
        digits.next().is_none_or(|first| digits.all(|digit| digit == first))
    }

    /// Nothing but digits.
    pub(crate) fn is_bare(&self) -> bool {
        self.digits == self.text.len()
    }

    /// Whether one of these signs stands in it.
    pub(crate) fn has(&self, signs: &[u8]) -> bool {
        signs.iter().any(|sign| self.signs & KINDS[usize::from(*sign)] != 0)
    }
}
