//! One word of a command line, which need not be Unicode.

use std::ffi::{OsStr, OsString};

/// What a word looks like.
pub(super) enum Word<'a> {
    /// Not a flag. A single dash and the empty word are none either.
    Plain,
    /// Two dashes and nothing else.
    End,
    /// Two dashes, a name, and where in the word the value begins when there is an `=`.
    Long {
        name: &'a [u8],
        value: Option<usize>,
    },
    /// One dash and what follows.
    Short(&'a [u8]),
}

pub(super) fn split(word: &OsStr) -> Word<'_> {
    match word.as_encoded_bytes() {
        b"--" => Word::End,
        [b'-', b'-', rest @ ..] => match rest.iter().position(|byte| *byte == b'=') {
            Some(at) => Word::Long {
                name: &rest[..at],
                value: Some(at + 3),
            },
            None => Word::Long {
                name: rest,
                value: None,
            },
        },
        [b'-', letters @ ..] if !letters.is_empty() => Word::Short(letters),
        _ => Word::Plain,
    }
}

/// The word without its first `at` bytes. They are known to be ASCII: dashes, the name of a flag, an `=`.
#[cfg(unix)]
pub(super) fn tail(word: &OsStr, at: usize) -> OsString {
    use std::os::unix::ffi::OsStrExt as _;
    OsStr::from_bytes(&word.as_bytes()[at..]).to_owned()
}

/// The word without its first `at` bytes. They are known to be ASCII: dashes, the name of a flag, an `=`.
#[cfg(windows)]
pub(super) fn tail(word: &OsStr, at: usize) -> OsString {
    use std::os::windows::ffi::{OsStrExt as _, OsStringExt as _};
    OsString::from_wide(&word.encode_wide().skip(at).collect::<Vec<_>>())
}

/// The word without its first `at` bytes. Where words are Unicode in any case, nothing is lost.
#[cfg(not(any(unix, windows)))]
pub(super) fn tail(word: &OsStr, at: usize) -> OsString {
    word.to_string_lossy()[at..].into()
}

/// The word for an error message, when it can only be meant as a command: anything else may be a repository's URL
/// with its password.
pub(super) fn shown(word: &OsStr) -> String {
    match word.to_str() {
        Some(word)
            if word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') =>
        {
            format!(" `{word}`")
        }
        _ => String::new(),
    }
}
