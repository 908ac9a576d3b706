//! Where candidates can be: the windows of all shapes in one pass of the kernel, then, at its hits alone, each group of
//! shapes by itself. What passes is an [`Anchor`].

use crate::filter::{AHEAD, Filter, Window};
use crate::kernel::{BLOCK, BUCKETS, Bucket, Kernel, Masks, Path};
use crate::letters::{self, LONG_KEY};
use crate::words::{NEAR, Words};

/// A place in scanned bytes where a candidate or a label may be. Where a cell has none, no detector finds anything in
/// it, but by the name of its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    at: u32,
    /// Bits of the groups of shapes that have a window here, and [`LABEL`].
    groups: u64,
}

impl Anchor {
    /// The offset in bytes.
    pub const fn at(self) -> usize {
        self.at as usize
    }

    /// The same, seen from a text that begins so many bytes further on.
    #[must_use]
    pub const fn within(self, start: usize) -> Self {
        Self { at: self.at - start as u32, groups: self.groups }
    }

    pub(crate) const fn is_label(self) -> bool {
        self.groups & LABEL != 0
    }

    /// The groups of shapes, by number.
    pub(crate) fn groups(self) -> impl Iterator<Item = usize> {
        let mut bits = self.groups & !LABEL;
        std::iter::from_fn(move || {
            let next = (bits != 0).then(|| bits.trailing_zeros() as usize);
            bits &= bits.wrapping_sub(1);
            next
        })
    }
}

/// A label may begin here.
const LABEL: u64 = 1 << 63;

/// How many groups of shapes have a bit.
pub(crate) const MOST_GROUPS: usize = 63;

/// The places that are asked about at a hit, counted from the byte before it, the most telling first.
const ASKED: [usize; 12] = [0, 1, 2, 3, 4, 16, 12, 5, 6, 7, 8, 20];

/// The places that are asked about at once.
const AT_ONCE: usize = 4;

/// As many bytes as they are in.
const SPAN: usize = AHEAD + 1;

/// Windows of one group that are alike.
struct Cluster {
    group: usize,
    lead: Lead,
    window: Window,
}

/// What shows the places of a window before anything is compared with it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lead {
    /// A word of characters of keys that is longer than words are.
    LongKey,
    /// A digit behind none.
    Number,
    /// Nothing: the kernel compares.
    Other,
}

impl Lead {
    fn of(window: &Window) -> Self {
        let all = |ahead: usize, holds: fn(u8) -> bool| window.at(ahead).iter().all(holds);
        let after = |holds: fn(&u8) -> bool| window.behind.iter().any(|byte| holds(&byte));
        if !after(u8::is_ascii_alphanumeric) && (0..LONG_KEY).all(|ahead| all(ahead, letters::is_key)) {
            Self::LongKey
        } else if !after(u8::is_ascii_digit) && all(0, |byte| byte.is_ascii_digit()) {
            Self::Number
        } else {
            Self::Other
        }
    }

    /// The share of places in a usual text that have to be compared with such a window.
    fn share(self, window: &Window) -> f64 {
        match self {
            Self::LongKey | Self::Number => window.share(),
            Self::Other => Bucket::of(window).share(),
        }
    }
}

/// How many clusters have a bit.
const MOST_CLUSTERS: usize = 128;

/// The windows of all groups.
pub(crate) struct Sieve {
    kernel: Kernel,
    /// By place of [`ASKED`] and byte: the clusters that may have it there.
    asked: Box<[[u128; 256]; ASKED.len()]>,
    /// By cluster: the bit of its group, and all clusters of that group.
    groups: Vec<(u64, u128)>,
}

/// What one pass has left: the masks of the kernel, and the anchors by place.
#[derive(Debug, Default)]
pub(crate) struct Sieved {
    pub(crate) masks: Vec<Masks>,
    pub(crate) anchors: Vec<Anchor>,
}

impl Sieve {
    /// Of the filters of each group, at most [`MOST_GROUPS`].
    pub(crate) fn new(groups: &[&[Filter]], path: Path) -> Self {
        const { assert!(ASKED[ASKED.len() - 1] < SPAN) };
        let clusters = clustered(groups);
        let mates = |one: &Cluster| {
            let same = clusters.iter().enumerate().filter(|(_, other)| other.group == one.group);
            same.fold(0, |mates, (nth, _)| mates | 1 << nth)
        };
        let mut it = Self {
            kernel: Kernel::new(&bucketed(&clusters), path),
            asked: vec![[0; 256]; ASKED.len()].try_into().expect("a row for each place"),
            groups: clusters.iter().map(|cluster| (1 << cluster.group, mates(cluster))).collect(),
        };
        for (nth, Cluster { window, .. }) in clusters.iter().enumerate() {
            for (place, row) in ASKED.iter().zip(it.asked.iter_mut()) {
                let bytes = place.checked_sub(1).map_or(window.behind, |ahead| window.at(ahead));
                bytes.iter().for_each(|byte| row[usize::from(byte)] |= 1 << nth);
            }
        }
        it
    }

    /// All anchors of some bytes. By block, `fresh` has a bit where a cell begins.
    pub(crate) fn pass(&self, words: &Words, text: &[u8], fresh: &[u64], out: &mut Sieved) {
        let Sieved { masks, anchors } = out;
        masks.clear();
        anchors.clear();
        self.kernel.run(text, fresh, masks);
        let begins = |block: usize| fresh.get(block).copied().unwrap_or(0);
        for block in 0..masks.len() {
            let at = block * BLOCK;
            let fresh = begins(block);
            let cells = u128::from(fresh) | u128::from(begins(block + 1)) << BLOCK;
            let mut labels = 0;
            let starts = letters::starts(masks, block, fresh);
            let humps = letters::humps(masks, block, starts);
            let mut near = masks[block..].iter().take(1 + NEAR.div_ceil(BLOCK));
            let keys = words.labels(near.any(|masks| masks.digits != 0));
            letters::each_start(
                masks,
                block,
                (starts | humps, fresh),
                text,
                &keys.alone.heads,
                |bit, start| {
                    let keys = if humps >> bit & 1 != 0 { &keys.in_names } else { &keys.alone };
                    labels |= u64::from(keys.may_begin(start)) << bit;
                },
            );
            let hits = masks[block].hits
                | letters::long_keys(masks, block, fresh)
                | letters::numbers(masks, block, fresh);
            let mut all = hits | labels;
            while all != 0 {
                let bit = all.trailing_zeros() as usize;
                all &= all - 1;
                let mut groups = if labels >> bit & 1 != 0 { LABEL } else { 0 };
                if hits >> bit & 1 != 0 {
                    groups |= self.groups(text, at + bit, cells >> bit);
                }
                if groups != 0 {
                    anchors.push(Anchor { at: (at + bit) as u32, groups });
                }
            }
        }
    }

    /// Appends the kernel's masks of a text, for its letters.
    pub(crate) fn masks(&self, text: &[u8], out: &mut Vec<Masks>) {
        self.kernel.run(text, &[], out);
    }

    /// The groups that have a window here. Bit `n` of `cells` says whether a cell begins `n` bytes further on.
    fn groups(&self, text: &[u8], at: usize, cells: u128) -> u64 {
        let mut clusters = self.clusters(&around(text, at, cells));
        let mut groups = 0;
        while let Some((group, mates)) = self.groups.get(clusters.trailing_zeros() as usize) {
            groups |= group;
            clusters &= !mates;
        }
        groups
    }

    /// The clusters that have a window in these bytes, which begin right before it.
    fn clusters(&self, bytes: &[u8; SPAN]) -> u128 {
        let allowed = |nth: usize| self.asked[nth][usize::from(bytes[ASKED[nth]])];
        let mut clusters = (0..AT_ONCE).fold(u128::MAX, |clusters, nth| clusters & allowed(nth));
        for nth in AT_ONCE..ASKED.len() {
            if clusters == 0 {
                break;
            }
            clusters &= allowed(nth);
        }
        clusters
    }
}

/// Stands where there is no byte. None of a text is like it, and of a window only places where anything may stand hold
/// it: before a candidate, and behind the shortest.
const NO_BYTE: u8 = 0xFF;

/// The byte before a place and those from there on, as far as the cell goes. Bit `n` of `cells` says whether a cell
/// begins `n` bytes further on.
#[inline]
fn around(text: &[u8], at: usize, cells: u128) -> [u8; SPAN] {
    let whole = at.checked_sub(1).and_then(|from| text[from..].first_chunk());
    let mut bytes = whole.copied().unwrap_or_else(|| {
        let mut bytes = [NO_BYTE; SPAN];
        let from = at.saturating_sub(1);
        bytes[from + 1 - at..].iter_mut().zip(&text[from..]).for_each(|(byte, own)| *byte = *own);
        bytes
    });
    if cells & ((1 << AHEAD) - 1) != 0 {
        if cells & 1 != 0 {
            bytes[0] = NO_BYTE;
        }
        let end = SPAN.min(2 + (cells >> 1).trailing_zeros() as usize);
        let beyond = EDGE[SPAN - end..].first_chunk::<SPAN>().expect("it is twice as long");
        bytes.iter_mut().zip(beyond).for_each(|(byte, beyond)| *byte |= beyond);
    }
    bytes
}

/// Nothing, then [`NO_BYTE`].
const EDGE: [u8; 2 * SPAN] = {
    let mut edge = [0; 2 * SPAN];
    let mut nth = SPAN;
    while nth < edge.len() {
        edge[nth] = NO_BYTE;
        nth += 1;
    }
    edge
};

/// The windows of each group, those that are alike as one.
fn clustered(groups: &[&[Filter]]) -> Vec<Cluster> {
    let mut windows: Vec<_> = groups
        .iter()
        .enumerate()
        .flat_map(|(group, filters)| {
            filters.iter().flat_map(move |filter| filter.windows.iter().map(move |w| (group, w)))
        })
        .map(|(group, window)| {
            let lead = Lead::of(window);
            (lead.share(window), group, lead, window)
        })
        .collect();
    windows.sort_by(|(one, ..), (other, ..)| other.total_cmp(one));
    // What a cluster may take for a window that is none, as a share of all places.
    let mut slack = 1e-7;
    loop {
        let mut clusters: Vec<(f64, Cluster)> = Vec::new();
        for (own, group, lead, window) in &windows {
            // In the end, all windows of a group are one cluster.
            let alike = |it: &Cluster| it.group == *group && (it.lead == *lead || slack > 1.0);
            let joined = clusters.iter_mut().filter(|(_, it)| alike(it)).find_map(|it| {
                let both = it.1.window.or(window);
                let share = lead.share(&both);
                (share <= it.0 + own + slack).then_some((it, share, both))
            });
            match joined {
                Some((it, share, both)) => {
                    let lead = if it.1.lead == *lead { *lead } else { Lead::Other };
                    *it = (share, Cluster { group: *group, lead, window: both });
                }
                None => {
                    clusters.push((*own, Cluster { group: *group, lead: *lead, window: (*window).clone() }));
                }
            }
        }
        if clusters.len() <= MOST_CLUSTERS {
            return clusters.into_iter().map(|(_, cluster)| cluster).collect();
        }
        slack *= 8.0;
    }
}

/// The clusters in few buckets, so that what the kernel takes for one of them is little more than what they are: each,
/// the commonest first, where it adds the least, and then to a better place as long as there is one.
fn bucketed(clusters: &[Cluster]) -> Vec<Bucket> {
    let other = clusters.iter().filter(|cluster| cluster.lead == Lead::Other);
    let alone: Vec<_> = other.map(|cluster| Bucket::of(&cluster.window)).collect();
    let mut places = vec![None; alone.len()];
    let joined = |places: &[Option<usize>], bucket: usize| {
        let members = places.iter().zip(&alone).filter(|(place, _)| **place == Some(bucket));
        members.map(|(_, one)| *one).reduce(|one, other| one.or(&other))
    };
    let share = |bucket: Option<Bucket>| bucket.map_or(0.0, |bucket| bucket.share());
    let mut buckets = [(None, 0.0); BUCKETS];
    loop {
        let mut moved = false;
        for nth in 0..alone.len() {
            let old = places[nth].take();
            if let Some(old) = old {
                let without = joined(&places, old);
                buckets[old] = (without, share(without));
            }
            let grown = buckets.map(|(bucket, before)| {
                let with = bucket.map_or(alone[nth], |bucket| bucket.or(&alone[nth]));
                with.share() - before
            });
            let best = (0..BUCKETS).min_by(|one, other| grown[*one].total_cmp(&grown[*other])).unwrap_or(0);
            let place = old.filter(|old| grown[best] >= grown[*old] - 1e-6).unwrap_or(best);
            places[nth] = Some(place);
            let with = joined(&places, place);
            buckets[place] = (with, share(with));
            moved |= places[nth] != old;
        }
        if !moved {
            return buckets.into_iter().filter_map(|(bucket, _)| bucket).collect();
        }
    }
}
