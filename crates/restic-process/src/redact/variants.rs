//! What becomes of a secret on its way through restic.

use super::needle::SHORTEST;

/// What is to be looked for, each once. They are few.
pub(super) type Secrets = Vec<Vec<u8>>;

/// Adds a secret as restic or a helper program may see it.
pub(super) fn add_variants(secret: &[u8], secrets: &mut Secrets) {
    add(secret, secrets);
    // What is no text is read with U+FFFD in its place.
    let mut text = String::from_utf8_lossy(secret).into_owned().into_bytes();
    add(&text, secrets);
    add(&shown(&text), secrets);
    // As in a form of HTML.
    for byte in &mut text {
        if *byte == b' ' {
            *byte = b'+';
        }
    }
    add(&text, secrets);
    // Output is read by line.
    for line in secret.split(|byte| *byte == b'\n') {
        add(line.trim_ascii(), secrets);
    }
}

/// A text without what moves a cursor, which is taken out of what is shown.
fn shown(text: &[u8]) -> Vec<u8> {
    let mut shown = Vec::new();
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        let erased = rest.strip_prefix(b"\x1b[2K");
        if erased.is_none() && byte != b'\r' {
            shown.push(byte);
        }
        rest = erased.unwrap_or(tail);
    }
    shown
}

#[inline(never)] // Called from many places, for few secrets.
fn add(secret: &[u8], secrets: &mut Secrets) {
    if secret.len() >= SHORTEST && !secrets.iter().any(|known| known == secret) {
        secrets.push(secret.to_vec());
    }
}
