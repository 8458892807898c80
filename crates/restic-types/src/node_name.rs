//! Names in trees, as Go quotes them.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A name in a tree, which keeps every byte of it.
///
/// restic writes names there as Go quotes text, without the quotes: `\xff` is a byte that is not UTF-8, `\n` a
/// newline, `\\` a backslash. [`to_bytes`](NodeName::to_bytes) returns the name itself; `Display` shows it with U+FFFD in
/// place of what is not UTF-8; serialised, it is the quoted text again.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeName(String);

impl NodeName {
    /// A name from the text that is in the tree.
    pub fn from_quoted(quoted: impl Into<String>) -> Self {
        Self(quoted.into())
    }

    /// The text that is in the tree.
    #[must_use]
    pub fn as_quoted(&self) -> &str {
        &self.0
    }

    /// The name, byte for byte. A backslash that begins nothing Go knows stands for itself.
    #[must_use]
    pub fn to_bytes(&self) -> Cow<'_, [u8]> {
        if self.0.contains('\\') {
            Cow::Owned(unquoted(&self.0))
        } else {
            Cow::Borrowed(self.0.as_bytes())
        }
    }
}

impl fmt::Display for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&String::from_utf8_lossy(&self.to_bytes()))
    }
}

impl fmt::Debug for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NodeName(\"{}\")", self.0)
    }
}

fn unquoted(quoted: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(quoted.len());
    let mut rest = quoted;
    while let Some(at) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at + 1..];
        match escape(rest, &mut bytes) {
            Some(length) => rest = &rest[length..],
            None => bytes.push(b'\\'),
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}

/// Adds what the escape behind a backslash stands for, and returns its length.
fn escape(text: &str, bytes: &mut Vec<u8>) -> Option<usize> {
    let letter = *text.as_bytes().first()?;
    let digits = |count: usize, radix: u32| {
        let digits = text.get(1..=count)?;
        // `from_str_radix` takes a sign, too.
        let all = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        u32::from_str_radix(digits, radix).ok().filter(|_| all)
    };
    let simple = match letter {
        b'a' => 0x07,
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        b'\\' | b'"' => letter,
        b'x' => {
            bytes.push(u8::try_from(digits(2, 16)?).ok()?);
            return Some(3);
        }
        b'u' | b'U' => {
            let count = if letter == b'u' { 4 } else { 8 };
            let character = char::from_u32(digits(count, 16)?)?;
            bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            return Some(1 + count);
        }
        _ => return None,
    };
    bytes.push(simple);
    Some(1)
}
