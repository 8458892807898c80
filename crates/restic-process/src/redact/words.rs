//! The strings of JSON in which restic says something.

use std::borrow::Cow;

use restic_types::search::contains;

/// What stands before a text of restic's own.
pub(super) const KEYS: &[&str] = &["\"message\":", "\"repository\":"];

/// Whether there may be a text of restic's own in a message. There are millions of messages in
/// which there is none.
pub(super) fn may_be_in(json: &str) -> bool {
    // The ends of the keys, as their letters are rarer in restic's messages.
    ["age\":", "ory\":"].iter().any(|end| contains(json, end))
}

/// Changes those strings that have one of these before them.
pub(super) fn change<'a>(
    json: &'a str,
    keys: &[&str],
    changed: &dyn Fn(&'a str) -> Cow<'a, str>,
) -> Cow<'a, str> {
    let (mut text, mut copied, mut at) = (String::new(), 0, 0);
    while let Some(quote) = memchr::memchr(b'"', &json.as_bytes()[at..]) {
        let begin = at + quote + 1;
        let end = begin + string_length(&json.as_bytes()[begin..]);
        let before = &json[..begin - 1];
        if keys.iter().any(|key| before.ends_with(key))
            && let Cow::Owned(string) = changed(&json[begin..end])
        {
            text += &json[copied..begin];
            text += &string;
            copied = end;
        }
        at = (end + 1).min(json.len());
    }
    if copied == 0 {
        return json.into();
    }
    text += &json[copied..];
    text.into()
}

/// The length of a JSON string without its quotes; all that is there when it does not end.
fn string_length(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += match byte {
            b'"' => return at,
            // What is escaped, a quote perhaps, is no end.
            b'\\' => 2,
            _ => 1,
        };
    }
    bytes.len()
}
