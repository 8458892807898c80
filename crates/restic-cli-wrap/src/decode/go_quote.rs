//! Texts that Go wrote between quotes.

/// What stands between the quotes, read back. Bytes that are not UTF-8 become U+FFFD.
pub(crate) fn unquoted(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        bytes.extend_from_slice(before.as_bytes());
        rest = unescaped(escape, &mut bytes);
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads what follows a backslash, and returns what follows.
fn unescaped<'a>(escape: &'a str, bytes: &mut Vec<u8>) -> &'a str {
    let mut chars = escape.chars();
    let (letter, behind) = (chars.next(), chars.as_str());
    let digits = match letter {
        Some('x') => 2,
        Some('u') => 4,
        Some('U') => 8,
        _ => 0,
    };
    let code = behind.get(..digits).filter(|_| digits > 0);
    let code = code.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    match code {
        // A byte of what is not UTF-8.
        Some(code) if digits == 2 => bytes.extend(u8::try_from(code)),
        Some(code) => push(bytes, char::from_u32(code)),
        None => push(bytes, letter.map(control)),
    }
    if code.is_some() {
        &behind[digits..]
    } else {
        behind
    }
}

fn push(bytes: &mut Vec<u8>, char: Option<char>) {
    let char = char.unwrap_or(char::REPLACEMENT_CHARACTER);
    bytes.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
}

/// The character that Go writes as a backslash and this letter.
fn control(letter: char) -> char {
    match letter {
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        other => other,
    }
}

#[test]
fn what_go_quotes_is_read_back() {
    for (text, meaning) in [
        ("/data/a b", "/data/a b"),
        (r#"/a\\n\n\"\t\a"#, "/a\\n\n\"\t\u{7}"),
        (r"/\u00adé\U0001f600", "/\u{ad}é\u{1f600}"),
        (r"/\xc3\xbc\xff", "/ü\u{fffd}"),
        (r"/half\", "/half\u{fffd}"),
        (r"/half\u12", "/halfu12"),
    ] {
        assert_eq!(unquoted(text), meaning);
    }
}
