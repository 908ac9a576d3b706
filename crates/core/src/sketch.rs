//! How many distinct values a field holds, in fixed memory: a `HyperLogLog` (Flajolet and others 2007) keyed for one
//! run. The registers never leave the process: with them, and the key, one could test a guess.

use std::hash::{BuildHasher, RandomState};

const BITS: u32 = 10;
const REGISTERS: usize = 1 << BITS;

/// A sketch of a set of values; about 3 % off above a few thousand, nearly exact below a few hundred.
#[derive(Clone, Debug)]
pub(crate) struct Sketch(Vec<u8>);

impl Default for Sketch {
    fn default() -> Self {
        Self(vec![0; REGISTERS])
    }
}

impl Sketch {
    /// Adds a value under the key of this run.
    pub(crate) fn add(&mut self, key: &RandomState, value: &str) {
        let hash = key.hash_one(value);
        let register = &mut self.0[(hash >> (64 - BITS)) as usize];
        let rank = (hash << BITS | 1 << (BITS - 1)).leading_zeros() as u8 + 1;
        *register = rank.max(*register);
    }

    /// The union with another sketch of the same run.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine = (*mine).max(*theirs);
        }
    }

    /// The estimated number of distinct values.
    pub(crate) fn estimate(&self) -> u64 {
        let m = REGISTERS as f64;
        let raw = 0.7213 / (1.0 + 1.079 / m) * m * m
            / self.0.iter().map(|&rank| 0.5_f64.powi(i32::from(rank))).sum::<f64>();
        let empty = self.0.iter().map(|&rank| usize::from(rank == 0)).sum::<usize>();
        let estimate = if raw <= 2.5 * m && empty > 0 { m * (m / empty as f64).ln() } else { raw };
        estimate.round() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_stay_within_a_tenth_and_merging_is_a_union() {
        let key = RandomState::new();
        let (mut low, mut high) = (Sketch::default(), Sketch::default());
        for n in 0..60_000 {
            low.add(&key, &n.to_string());
            high.add(&key, &(n + 30_000).to_string());
        }
        assert!((54_000..66_000).contains(&low.estimate()), "{}", low.estimate());
        low.merge(&high);
        assert!((81_000..99_000).contains(&low.estimate()), "{}", low.estimate());
    }

    #[test]
    fn a_repeated_value_counts_once() {
        let key = RandomState::new();
        let mut sketch = Sketch::default();
        for _ in 0..1_000 {
            sketch.add(&key, "same");
        }
        assert_eq!(sketch.estimate(), 1);
    }
}
