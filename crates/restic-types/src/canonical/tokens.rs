//! Ids, times and names in a text.

/// Digits of a long id.
pub(super) const LONG: usize = 64;

/// What stands before a short id whose long form nobody printed.
const BEFORE_SHORT_IDS: [&str; 12] = [
    "as [",
    "repository ",
    "snapshot ",
    "Snapshot ",
    "key ",
    "keyID ",
    "key with ID ",
    "storage ID ",
    "got ",
    "\"short_id\":\"",
    "\"snapshot_id\":\"",
    "\"id\":\"",
];

/// The runs of hexadecimal digits that are words of their own.
pub(super) fn hex_tokens(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() {
            let start = at;
            while at < bytes.len() && is_word(bytes[at]) {
                at += 1;
            }
            let token = &bytes[start..at];
            at += usize::from(start == at);
            let is_id = [8, 10, LONG].contains(&token.len());
            if is_id && token.iter().copied().all(is_hex) {
                return Some((start, &text[start..start + token.len()]));
            }
        }
        None
    })
}

pub(super) fn is_short_id(text: &str, at: usize, token: &str) -> bool {
    token.len() < LONG
        && BEFORE_SHORT_IDS
            .iter()
            .any(|before| text[..at].ends_with(before))
}

/// The times in a text, without their zones: where each is, and what separates its date.
pub(super) fn time_tokens(text: &str) -> impl Iterator<Item = (usize, &str, char)> {
    let bytes = text.as_bytes();
    let mut from = 0;
    std::iter::from_fn(move || {
        while let Some(found) = memchr::memchr(b':', &bytes[from.min(bytes.len())..]) {
            let colon = from + found;
            from = colon + 1;
            let Some(at) = colon.checked_sub(13) else {
                continue;
            };
            let Some(time) = text
                .get(at..at + 19)
                .filter(|time| is_time(time.as_bytes()))
            else {
                continue;
            };
            let mut end = at + 19;
            if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
                end += 1;
                while bytes.get(end).is_some_and(u8::is_ascii_digit) {
                    end += 1;
                }
            }
            from = end;
            return Some((at, &text[at..end], char::from(time.as_bytes()[10])));
        }
        None
    })
}

/// Whether it looks like `2026-11-28T05:45:48`.
fn is_time(bytes: &[u8]) -> bool {
    let fits = |(byte, wanted): (&u8, &u8)| match wanted {
        b'0' => byte.is_ascii_digit(),
        b'T' => b"T ".contains(byte),
        wanted => byte == wanted,
    };
    bytes.len() == 19 && bytes.iter().zip(b"0000-00-00T00:00:00").all(fits)
}

/// Whether a time has a fraction, as the ones of restic's clock have.
pub(super) fn is_exact(time: &str) -> bool {
    time.len() > 19
}

/// A time as it is compared with others, to the nanosecond.
pub(super) fn time_key(time: &str) -> String {
    let (seconds, fraction) = time.split_once('.').unwrap_or((time, ""));
    format!("{}.{fraction:0<9}", seconds.replace('T', " "))
}

/// Replaces a directory or name where it is not a part of a longer one.
pub(super) fn replace_word(text: &str, name: &str, with: &str) -> String {
    if name.is_empty() {
        return text.to_owned();
    }
    let (mut replaced, mut end) = (String::with_capacity(text.len()), 0);
    for (at, _) in text.match_indices(name) {
        let next = text[at + name.len()..].chars().next();
        if next.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        replaced += &text[end..at];
        replaced += with;
        end = at + name.len();
    }
    replaced + &text[end..]
}
