//! Numbers as people read them.

/// A count with commas: `1,204,113`.
pub(crate) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A decimal unit of bytes that fits a number well.
#[derive(Clone, Copy)]
pub(crate) struct Unit {
    pub(crate) name: &'static str,
    bytes: u64,
}

impl Unit {
    /// The largest unit of which `bytes` holds at least one.
    pub(crate) fn of(bytes: u64) -> Self {
        [("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)]
            .into_iter()
            .find(|(_, size)| bytes >= *size)
            .map_or(Self { name: "B", bytes: 1 }, |(name, bytes)| Self { name, bytes })
    }

    /// `bytes` in this unit, without the unit's name; never 0.00 for what is not nothing.
    pub(crate) fn show(self, bytes: u64) -> String {
        let value = bytes as f64 / self.bytes as f64;
        match bytes {
            0 => "0".into(),
            _ if self.bytes == 1 => count(bytes),
            _ if value < 0.005 => "<0.01".into(),
            _ => format!("{value:.2}"),
        }
    }
}

/// Bytes with their unit: `41.30 GB`.
pub(crate) fn size(bytes: u64) -> String {
    let unit = Unit::of(bytes);
    format!("{} {}", unit.show(bytes), unit.name)
}

/// `1 file`, `2 files`.
pub(crate) fn plural(n: u64, word: &str) -> String {
    format!("{} {word}{}", count(n), if n == 1 { "" } else { "s" })
}

/// Seconds without false precision: `0.4 s`, `58 s`.
pub(crate) fn seconds(s: f64) -> String {
    if s < 10.0 { format!("{s:.1} s") } else { format!("{s:.0} s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(1_204_113), "1,204,113");
        assert_eq!(count(12), "12");
        assert_eq!(size(41_300_000_000), "41.30 GB");
        assert_eq!(size(999), "999 B");
        assert_eq!(Unit::of(41_300_000_000).show(1), "<0.01", "something is never shown as nothing");
        assert_eq!(plural(1, "file"), "1 file");
        assert_eq!(seconds(0.44), "0.4 s");
    }
}
