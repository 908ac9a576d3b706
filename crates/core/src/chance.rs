//! What chance explains of a column, and what it does not.

/// How much less than once chance may make a column agree: a million fields of noise hold no such one.
const ONCE_IN: f64 = 1e9;

/// Texts that as a whole have the shape of a detector with a checksum.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    /// How many there are.
    pub(crate) tried: u64,
    /// How many of these the validator takes.
    pub(crate) passed: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, other: Self) {
        self.tried += other.tried;
        self.passed += other.passed;
    }
}

/// Whether a field agrees on a type: twenty cells or more have its shape, four fifths of them pass the checksum, and
/// chance does not explain that. Only different texts are draws of chance: a number that stands in every cell proves as
/// much as one cell with it.
pub(crate) fn agree(cells: Tally, texts: Tally, chance: f64) -> bool {
    chance > 0.0
        && cells.tried >= 20
        && cells.passed * 5 >= cells.tried * 4
        && texts.passed as f64 > texts.tried as f64 * chance
        && against(texts.passed, texts.tried, chance) > ONCE_IN.ln()
}

/// Whether the cells of a field pass the checksum no more often than random numbers would: findings there are noise.
pub(crate) fn alone(tried: u64, passed: u64, chance: f64) -> bool {
    let n = tried as f64;
    chance > 0.0
        && chance < 1.0
        && tried >= 50
        && passed > 0
        && (passed as f64 - n * chance).abs() <= 3.0 * (n * chance * (1.0 - chance)).sqrt()
}

/// How strongly `held` of `drawn` speak against a `chance`: had each held by it, the probability of so many, or so few,
/// would be at most `exp` of minus this. Chernoff's bound on the binomial tail, `exp(-n KL(k/n || p))` (Hoeffding 1963,
/// theorem 1; it holds for draws without replacement too, section 6).
pub(crate) fn against(held: u64, drawn: u64, chance: f64) -> f64 {
    let (n, seen) = (drawn as f64, held as f64 / drawn as f64);
    let part = |p: f64, q: f64| if p > 0.0 { p * (p / q).ln() } else { 0.0 };
    n * (part(seen, chance) + part(1.0 - seen, 1.0 - chance))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LUHN: f64 = 0.1;

    #[test]
    fn a_column_agrees_only_far_above_chance() {
        let agrees = |tally| agree(tally, tally, LUHN);
        assert!(agrees(Tally { tried: 10_000, passed: 9_800 }));
        assert!(!agrees(Tally { tried: 10_000, passed: 1_000 }), "what chance gives");
        assert!(!agrees(Tally { tried: 10, passed: 10 }), "too few to say");
        assert!(alone(10_000, 990, LUHN));
        assert!(!alone(10_000, 9_800, LUHN));
        let all = Tally { tried: 10_000, passed: 10_000 };
        assert!(!agree(all, all, 0.0), "no checksum, nothing to agree on");
    }

    #[test]
    fn copies_of_a_number_prove_no_more_than_it_does() {
        let cells = Tally { tried: 10_000, passed: 10_000 };
        let texts = |count| Tally { tried: count, passed: count };
        assert!(!agree(cells, texts(1), LUHN), "one in ten columns of one number would");
        assert!(
            !agree(cells, texts(8), LUHN) && agree(cells, texts(10), LUHN),
            "a billionth: nine times a tenth"
        );
    }

    #[test]
    fn what_stands_against_chance_is_the_bound_on_its_tail() {
        assert!((against(9, 9, 0.1) - 1e9_f64.ln()).abs() < 1e-9, "nine of nine: a tenth, nine times");
        assert!((against(0, 9, 0.1) + 9.0 * 0.9_f64.ln()).abs() < 1e-9);
        assert!(against(1, 10, 0.1).abs() < 1e-9, "what chance gives");
    }
}
