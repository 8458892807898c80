//! Numbers as restic prints them in text: digits, where Rust's own parsers also take signs and words.

/// A whole number.
pub(crate) fn whole(text: &str) -> Option<u64> {
    is_digits(text).then(|| text.parse().ok())?
}

/// A number with or without decimals.
pub(crate) fn fraction(text: &str) -> Option<f64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    if !is_digits(whole) || !is_digits(decimals) {
        return None;
    }
    // A number with enough digits to be infinite is not one of restic's.
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
