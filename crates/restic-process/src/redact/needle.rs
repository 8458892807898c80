//! Secrets, and what is left of them when they are quoted.

use super::pattern::Pattern;
use super::quoted::Bare;

/// The shortest secret that is looked for, in bytes. A shorter one is in too many words by
/// chance that masking it would hide more than itself, and show where it is.
pub(super) const SHORTEST: usize = 4;

/// A secret to look for.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it is a secret")]
pub struct Needle {
    pub(super) plain: Pattern,
    /// As it is in quotes of quotes.
    pub(super) bare: Pattern,
    /// As it is in those when percent signs are read.
    pub(super) bare_in_url: Pattern,
    /// It is a word of restic's own, which is only sought where a name or a password stands.
    pub(super) is_word: bool,
}

impl Needle {
    /// Looks for these bytes, which are some.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self {
            bare: bare(&bytes, false),
            bare_in_url: bare(&bytes, true),
            plain: Pattern::new(bytes),
            is_word: false,
        }
    }
}

/// What is left of a secret when all is taken away that quoting may add; nothing when that is so
/// little that it may be anywhere by chance.
fn bare(secret: &[u8], percent: bool) -> Pattern {
    // What stands before it may make something else of its beginning.
    let lead = beginning(secret, percent);
    let end = secret.len() - if percent { half_of_code(secret) } else { 0 };
    let (mut bytes, mut backslashes) = (Vec::new(), 0);
    let mut bare = Bare::new(secret.get(lead..end).unwrap_or_default(), percent);
    while let Some(placed) = bare.next() {
        bytes.push(placed.byte);
        backslashes = placed.backslashes;
    }
    if bytes.is_empty() || bytes.len() + backslashes < SHORTEST {
        return Pattern::default();
    }
    let mut pattern = Pattern::new(bytes);
    pattern.lead = lead;
    // However it is quoted, it has no fewer.
    pattern.backslashes = backslashes;
    pattern
}

/// How much of a secret's beginning is read as something else behind a percent sign or a
/// backslash, of which there may be one before it.
fn beginning(secret: &[u8], percent: bool) -> usize {
    let digits = |from: usize| {
        let rest = secret[from..].iter();
        rest.take_while(|byte| byte.is_ascii_hexdigit()).count()
    };
    let escape = match secret.first() {
        Some(b'x') => 2,
        Some(b'u') => 4,
        Some(b'U') => 8,
        _ => 0,
    };
    if escape > 0 && digits(1) >= escape {
        return escape + 1;
    }
    if !percent {
        return 0;
    }
    let mut length = 0;
    while secret[length..].starts_with(b"25") {
        length += 2;
    }
    length + digits(length).min(2)
}

/// How much of a secret's end may be read as something else together with what stands behind it:
/// `%` and `%4`.
fn half_of_code(secret: &[u8]) -> usize {
    let end = &secret[secret.len().saturating_sub(2)..];
    let percent = end.iter().position(|byte| *byte == b'%');
    percent.map_or(0, |percent| end.len() - percent)
}
