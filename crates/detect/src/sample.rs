//! A small seeded source of choices, so that samples and corpora are the same on every machine and in every version.

/// Draws for making fakes. The sequence for a seed never changes (`SplitMix64`, Steele, Lea and Flood 2014).
#[derive(Clone, Debug)]
pub struct Draw(u64);

impl Draw {
    /// The sequence of this seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 bits.
    pub const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub fn number(&mut self, low: u64, high: u64) -> u64 {
        low + self.bits() % (high - low + 1)
    }

    /// True `percent` times in a hundred.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.number(1, 100) <= percent
    }

    /// One of the items, which must not be empty.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.number(0, items.len() as u64 - 1) as usize]
    }

    /// One byte of an ASCII alphabet, as a character.
    pub fn letter(&mut self, alphabet: &str) -> char {
        char::from(*self.pick(alphabet.as_bytes()))
    }

    /// `count` characters of an ASCII alphabet.
    pub fn letters(&mut self, alphabet: &str, count: usize) -> String {
        (0..count).map(|_| self.letter(alphabet)).collect()
    }

    /// `count` decimal digits.
    pub fn digits(&mut self, count: usize) -> String {
        self.letters("0123456789", count)
    }

    /// Fills a template: `#` becomes a digit, `@` an upper-case letter, all else stays.
    pub fn fill(&mut self, template: &str) -> String {
        template
            .chars()
            .map(|c| match c {
                '#' => self.letter("0123456789"),
                '@' => self.letter("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
                other => other,
            })
            .collect()
    }

    /// Fills a template, as [`fill`](Self::fill), until the result holds: the check digit found by trying. The
    /// template must be able to hold.
    pub fn fill_until(&mut self, template: &str, holds: impl Fn(&str) -> bool) -> String {
        loop {
            let text = self.fill(template);
            if holds(&text) {
                return text;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_means_the_same_sequence_for_ever() {
        let mut draw = Draw::new(1);
        assert_eq!(draw.bits(), 0x910A_2DEC_8902_5CC1);
        assert_eq!(Draw::new(7).fill("@@-##"), Draw::new(7).fill("@@-##"));
    }
}
