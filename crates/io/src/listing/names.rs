//! Names that are wanted and names that are not: globs, hidden names, and the share of one machine.

use globset::{Glob, GlobSet, GlobSetBuilder};

use super::{ListOptions, Reason};
use crate::{Cause, Error, Place};

/// What makes a name a glob.
pub(super) const SPECIAL: [char; 4] = ['*', '?', '[', '{'];

/// Globs over names; with `anywhere`, one without `/` looks at the last part of a name.
pub(super) fn globs(patterns: &[String], anywhere: bool) -> Result<GlobSet, Error> {
    let mut set = GlobSetBuilder::new();
    let bad = |pattern: &String| {
        Cause::Unsupported("not a glob; see the syntax of --include").at(Place::object(pattern))
    };
    for pattern in patterns {
        let glob =
            globset::GlobBuilder::new(pattern).literal_separator(true).build().map_err(|_| bad(pattern))?;
        set.add(glob);
        if anywhere && !pattern.contains('/') {
            set.add(Glob::new(&format!("**/{pattern}")).map_err(|_| bad(pattern))?);
        }
    }
    set.build().map_err(|_| Cause::Unsupported("globs too large together; use fewer").at(Place::default()))
}

/// What `--include` and `--exclude` come to.
pub(super) struct Filter {
    include: Option<GlobSet>,
    exclude: GlobSet,
}

impl Filter {
    pub(super) fn new(options: &ListOptions) -> Result<Self, Error> {
        let include = (!options.include.is_empty()).then(|| globs(&options.include, true)).transpose()?;
        Ok(Self { include, exclude: globs(&options.exclude, true)? })
    }

    pub(super) fn wants(&self, name: &str) -> bool {
        !self.exclude.is_match(name) && self.include.as_ref().is_none_or(|include| include.is_match(name))
    }
}

/// Why what has such a name is no data: by the convention of data folders, or because it tells of data.
pub(super) fn no_data(part: &str) -> Option<Reason> {
    match part {
        _ if part.starts_with(['_', '.']) => Some(Reason::Hidden),
        _ if part.ends_with(".sievert") => Some(Reason::OfARun),
        _ => None,
    }
}

/// A machine's share of the objects: which it is depends on an object's name alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    index: u32,
    of: u32,
}

impl Shard {
    /// The share `index` of `of`, counted from 1; `None` if there is no such share.
    pub fn new(index: u32, of: u32) -> Option<Self> {
        (index >= 1 && index <= of).then_some(Self { index, of })
    }

    /// `3/16`.
    pub fn parse(text: &str) -> Option<Self> {
        let (index, of) = text.split_once('/')?;
        Self::new(index.parse().ok()?, of.parse().ok()?)
    }

    /// Which share it is, counted from 1.
    pub fn index(self) -> u32 {
        self.index
    }

    /// How many shares there are.
    pub fn of(self) -> u32 {
        self.of
    }

    /// Whether the object of this name belongs to it. FNV-1a (RFC 9923), so that the shares of any build agree.
    pub(super) fn holds(self, name: &str) -> bool {
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        // The high half: names that differ in their last letter differ little in the low one.
        (hash >> 32) % u64::from(self.of) == u64::from(self.index - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_in_one_share_and_shares_are_alike() {
        let shards: Vec<_> = (1..=16).filter_map(|index| Shard::new(index, 16)).collect();
        let mut held = [0; 16];
        for name in (0..16_000).map(|at| format!("logs/part-{at:05}.jsonl")) {
            let of: Vec<_> = shards.iter().filter(|shard| shard.holds(&name)).collect();
            assert_eq!(of.len(), 1, "{name}");
            held[of[0].index() as usize - 1] += 1;
        }
        assert!(held.iter().all(|held| (850..1150).contains(held)), "{held:?}");
    }

    #[test]
    fn shares_that_do_not_exist_are_refused() {
        for text in ["0/4", "5/4", "1/0", "1", "a/b", "-1/2"] {
            assert_eq!(Shard::parse(text), None, "{text}");
        }
        assert_eq!(Shard::parse("3/16"), Shard::new(3, 16));
    }
}
