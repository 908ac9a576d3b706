//! Numbers and times as people write them: what typed columns are looked at as, in Parquet files and in frames alike.

use std::fmt::Write;

use jiff::civil::Time;
use jiff::tz::Offset;

/// How much of a value its text is.
#[derive(Clone, Copy)]
pub(crate) enum Text {
    /// All of it.
    Whole,
    /// Stretches that are not UTF-8 show as U+FFFD.
    Lossy,
    /// There is none.
    None,
    /// The value stands for none, as not-a-number does.
    Null,
}

/// Appends the value as it shows itself.
pub(crate) fn show(out: &mut String, value: impl std::fmt::Display) -> Text {
    write!(out, "{value}").expect("a String takes everything");
    Text::Whole
}

/// A day, in days since 1970-01-01.
pub(crate) fn date(days: i64, out: &mut String) -> Text {
    let day = days.checked_mul(86_400).and_then(|second| jiff::Timestamp::from_second(second).ok());
    match day {
        Some(day) => show(out, Offset::UTC.to_datetime(day).date()),
        None => show(out, days),
    }
}

/// A time of day, in units since midnight, this many a second.
pub(crate) fn time(units: i64, per_second: i64, out: &mut String) -> Text {
    let seconds = units.div_euclid(per_second);
    let nanos = units.rem_euclid(per_second) * (1_000_000_000 / per_second);
    let hour = i8::try_from(seconds / 3600).ok();
    let time = hour
        .and_then(|hour| Time::new(hour, (seconds / 60 % 60) as i8, (seconds % 60) as i8, nanos as i32).ok());
    match time {
        Some(time) => show(out, time),
        None => show(out, units),
    }
}

/// A moment, in units since 1970-01-01, this many a second.
pub(crate) fn instant(units: i64, per_second: i64, out: &mut String) -> Text {
    let nanos = units.rem_euclid(per_second) * (1_000_000_000 / per_second);
    timestamp(units.div_euclid(per_second), nanos, out)
}

/// A timestamp; one beyond the years that have an ISO form shows its seconds.
pub(crate) fn timestamp(second: i64, nanos: i64, out: &mut String) -> Text {
    match jiff::Timestamp::from_second(second) {
        Ok(whole) => {
            let exact = jiff::Timestamp::new(second, nanos as i32).unwrap_or(whole);
            show(out, Offset::UTC.to_datetime(exact))
        }
        Err(_) => show(out, second),
    }
}

/// A number with decimal places, of an integer of any width; a whole one as an integer.
pub(crate) fn decimal(unscaled: impl std::fmt::Display, scale: i32, out: &mut String) -> Text {
    let unscaled = unscaled.to_string();
    let (sign, size) = unscaled.strip_prefix('-').map_or(("", &*unscaled), |size| ("-", size));
    let places = usize::try_from(scale).unwrap_or(0);
    let mut digits = format!("{size:0>width$}", width = places + 1);
    if scale < 0 && size != "0" {
        digits.extend(std::iter::repeat_n('0', scale.unsigned_abs() as usize));
    }
    let (whole, part) = digits.split_at(digits.len() - places);
    let part = part.trim_end_matches('0');
    show(out, format_args!("{sign}{whole}{}{part}", if part.is_empty() { "" } else { "." }))
}

/// A UUID as people write it.
pub(crate) fn uuid(bytes: &[u8], out: &mut String) -> Text {
    for (at, byte) in bytes.iter().enumerate() {
        let dash = if matches!(at, 4 | 6 | 8 | 10) { "-" } else { "" };
        show(out, format_args!("{dash}{byte:02x}"));
    }
    Text::Whole
}

/// Bytes that are not said to be text: in UTF-8, or in another encoding where nothing else in them speaks against text.
/// Of images, archives and the like nothing is shown.
pub(crate) fn bytes(bytes: &[u8], out: &mut String) -> Text {
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            out.push_str(text);
            Text::Whole
        }
        Err(_) if bytes.iter().all(|byte| *byte >= b' ' || b"\t\n\r".contains(byte)) => lossy(bytes, out),
        Err(_) => Text::None,
    }
}

/// Text that is looked at even where it is damaged.
pub(crate) fn lossy(bytes: &[u8], out: &mut String) -> Text {
    if let Ok(text) = std::str::from_utf8(bytes) {
        out.push_str(text);
        return Text::Whole;
    }
    out.push_str(&String::from_utf8_lossy(bytes));
    Text::Lossy
}

/// Digits as far as they say something: no identifier is written in exponents, and not-a-number holds none.
pub(crate) fn float(size: f64, value: impl std::fmt::Display + std::fmt::LowerExp, out: &mut String) -> Text {
    match size.abs() {
        size if !size.is_finite() => Text::Null,
        size if size != 0.0 && !(1e-9..1e21).contains(&size) => show(out, format_args!("{value:e}")),
        _ => show(out, value),
    }
}
