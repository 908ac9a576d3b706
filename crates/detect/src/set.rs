//! A set of detectors, as bits.

use crate::DetectorIndex;

/// A set of a scanner's detectors: a mask, or those that something vouches for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct DetectorSet(Vec<u64>);

impl DetectorSet {
    /// The first `count` detectors.
    pub fn all(count: usize) -> Self {
        let mut set = Self::none(count);
        (0..count).for_each(|index| set.insert(DetectorIndex(index as u16)));
        set
    }

    /// No detector, with room for `count`.
    pub fn none(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)])
    }

    /// Adds a detector; one that is beyond the room grows the set.
    pub fn insert(&mut self, detector: DetectorIndex) {
        let (word, bit) = Self::place(detector);
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= bit;
    }

    /// Adds the detectors of another set.
    pub fn insert_all(&mut self, other: &Self) {
        self.0.resize(self.0.len().max(other.0.len()), 0);
        self.0.iter_mut().zip(&other.0).for_each(|(bits, more)| *bits |= more);
    }

    /// Takes a detector out.
    pub fn remove(&mut self, detector: DetectorIndex) {
        let (word, bit) = Self::place(detector);
        if let Some(bits) = self.0.get_mut(word) {
            *bits &= !bit;
        }
    }

    /// Takes all detectors out.
    pub(crate) fn clear(&mut self) {
        self.0.fill(0);
    }

    /// Whether the detector is in the set.
    pub fn contains(&self, detector: DetectorIndex) -> bool {
        let (word, bit) = Self::place(detector);
        self.0.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// The detectors in the set, rising.
    pub fn iter(&self) -> impl Iterator<Item = DetectorIndex> {
        self.0.iter().enumerate().flat_map(|(nth, bits)| {
            let mut bits = *bits;
            std::iter::from_fn(move || {
                let next = (bits != 0).then(|| DetectorIndex(nth as u16 * 64 + bits.trailing_zeros() as u16));
                bits &= bits.wrapping_sub(1);
                next
            })
        })
    }

    /// Whether the set is empty.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|bits| *bits == 0)
    }

    const fn place(DetectorIndex(index): DetectorIndex) -> (usize, u64) {
        (index as usize / 64, 1 << (index % 64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in() {
        let mut set = DetectorSet::none(3);
        assert!(set.is_empty());
        set.insert(DetectorIndex(70));
        assert!(set.contains(DetectorIndex(70)) && !set.contains(DetectorIndex(6)));
        let mut more = DetectorSet::none(3);
        more.insert_all(&set);
        assert_eq!(more, set);
        set.remove(DetectorIndex(70));
        set.remove(DetectorIndex(1000));
        assert!(set.is_empty());
        let all = DetectorSet::all(65);
        assert!(all.contains(DetectorIndex(64)) && !all.contains(DetectorIndex(65)));
    }
}
