//! Locations with a password in them, and what restic shows of one that is not what it seems.

use std::ops::Range;

use restic_types::search::find;

use super::needle::SHORTEST;
use super::variants::{Secrets, add_variants};
use crate::percent_encoding::{percent_code, percent_decoded};

/// Adds the secrets in a location, if it has any. Where it stands with its password, restic could
/// not read it as it is meant, so that no part of it is safe to show.
pub(super) fn add(location: &[u8], secrets: &mut Secrets) {
    let Some(place) = place_of_password(location) else {
        return;
    };
    let password = &location[place.clone()];
    for spelt in [password.to_vec(), percent_decoded(password)] {
        add_variants(&spelt, secrets);
        add_parts(&spelt, secrets);
    }
    add_sentences(password, secrets);
    // What Go reads is what stands behind restic's own `rest:`.
    let begin = find(location, b":")
        .map_or(0, |colon| colon + 1)
        .min(place.start);
    for end in [b"/", b"?", b"#"] {
        if let Some(end) = find(password, end) {
            add_variants(&location[begin..place.start + end], secrets);
        }
    }
    add_variants(&location[begin..trimmed(location)], secrets);
}

/// The parts of a password that Go takes for the end of a host, a host, a port, a path.
fn add_parts(password: &[u8], secrets: &mut Secrets) {
    for separators in [b"/?#".as_slice(), b"/?#:@"] {
        for part in password.split(|byte| separators.contains(byte)) {
            add_variants(part, secrets);
        }
    }
}

/// What Go says of parts that are too short to be looked for.
fn add_sentences(password: &[u8], secrets: &mut Secrets) {
    let mut say = |before: &str, part: &[u8], after: &str| {
        let mut sentence = before.as_bytes().to_vec();
        sentence.extend_from_slice(part);
        sentence.extend_from_slice(after.as_bytes());
        add_variants(&sentence, secrets);
    };
    let end = password.iter().position(|byte| b"/?#".contains(byte));
    let port = end.and_then(|end| password[..end].rsplit(|byte| *byte == b':').next());
    if let Some(port) = port.filter(|port| !port.is_empty() && port.len() < SHORTEST) {
        say("\":", port, "\" after host");
        say("address ", port, ": invalid port");
    }
    for (at, byte) in password.iter().enumerate().take(256) {
        if *byte == b'%' && percent_code(&password[at..]).is_none() {
            let escape = &password[at..password.len().min(at + 3)];
            say("invalid URL escape \"", escape, "");
        }
    }
}

/// Where the slashes at the end begin, which restic adds and takes away.
fn trimmed(location: &[u8]) -> usize {
    let last = location.iter().rposition(|byte| *byte != b'/');
    last.map_or(0, |last| last + 1)
}

/// The password in `rest:http://user:password@host/`, and in what is nearly that.
pub fn password_of(location: &[u8]) -> Option<&[u8]> {
    place_of_password(location).map(|place| &location[place])
}

fn place_of_password(location: &[u8]) -> Option<Range<usize>> {
    let end = location.iter().rposition(|byte| *byte == b'@')?;
    let user = match find(&location[..end], b"://") {
        Some(scheme) => scheme + 3,
        // `rest:user:password@host`
        None => behind_colon(location, 0, end)?,
    };
    Some(behind_colon(location, user, end)?..end)
}

fn behind_colon(bytes: &[u8], begin: usize, end: usize) -> Option<usize> {
    let colon = find(&bytes[begin..end], b":")?;
    Some(begin + colon + 1)
}
