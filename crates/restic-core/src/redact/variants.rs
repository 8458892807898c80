//! What becomes of a secret on its way through restic.

use super::needle::SHORTEST;

/// What is to be looked for, each once. They are few.
pub(super) type Secrets = Vec<Vec<u8>>;

/// Adds a secret as restic or a helper program may see it.
pub(super) fn add_variants(secret: &[u8], secrets: &mut Secrets) {
    let mut add = |secret: &[u8]| {
        if secret.len() >= SHORTEST && !secrets.iter().any(|known| known == secret) {
            secrets.push(secret.to_vec());
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
