//! What becomes of a secret on its way through restic.

use std::collections::BTreeSet;

use super::needle::SHORTEST;

/// Adds a secret as restic or a helper program may see it.
pub(super) fn add_variants(secret: &[u8], secrets: &mut BTreeSet<Vec<u8>>) {
    let mut add = |secret: &[u8]| {
        if secret.len() >= SHORTEST {
            secrets.insert(secret.to_vec());
        }
    };
    add(secret);
    // What is no text is read with U+FFFD in its place.
    let text = String::from_utf8_lossy(secret);
    add(text.as_bytes());
    // As in a form of HTML.
    add(text.replace(' ', "+").as_bytes());
    // What moves a cursor is taken out of what is shown.
    add(text.replace("\u{1b}[2K", "").replace('\r', "").as_bytes());
    // Output is read by line.
    for line in secret.split(|byte| *byte == b'\n') {
        add(line.trim_ascii());
    }
}
