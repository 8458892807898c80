//! Texts as parts of URLs.

/// Bytes as a part of a URL: all but letters, digits and `-._~` as `%` and two hexadecimal
/// digits.
#[must_use]
pub fn percent_encoded(bytes: &[u8]) -> String {
    let mut encoded = String::with_capacity(bytes.len());
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let digits = b"0123456789ABCDEF";
            let [high, low] = [byte >> 4, byte & 15].map(|digit| digits[usize::from(digit)]);
            encoded.extend(['%', high.into(), low.into()]);
        }
    }
    encoded
}

/// What is written in a part of a URL. A `%` without its two digits is only itself.
pub fn percent_decoded(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        match percent_code(rest) {
            Some(decoded) => {
                bytes.push(decoded);
                rest = &rest[3..];
            }
            None => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    bytes
}

/// The byte that `%40` at the beginning stands for.
pub(crate) fn percent_code(text: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = text else {
        return None;
    };
    u8::try_from(hexadecimal(&[*high, *low])?).ok()
}

/// The number that some hexadecimal digits are.
pub(crate) fn hexadecimal(digits: &[u8]) -> Option<u32> {
    let mut number = 0;
    for digit in digits {
        number = number * 16 + char::from(*digit).to_digit(16)?;
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_can_be_decoded() {
        for (text, encoded) in [
            ("alice", "alice"),
            ("a@b/c:d% e", "a%40b%2Fc%3Ad%25%20e"),
            ("\u{e9}\0~", "%C3%A9%00~"),
            ("", ""),
        ] {
            assert_eq!(percent_encoded(text.as_bytes()), encoded);
            assert_eq!(percent_decoded(encoded.as_bytes()), text.as_bytes());
        }
        for text in ["%", "%4", "%zz", "%+4", "\u{e9}%\u{e9}"] {
            assert_eq!(percent_decoded(text.as_bytes()), text.as_bytes());
        }
    }
}
