//! Words that restic says by itself.

use restic_types::search::{contains, find};

/// The words that results and failures are read from where restic prints text, in lower case,
/// each between blanks.
const WORDS: &str = " \
    a additional after ago already an any applying argument at blob blobs by bytes cache \
    check checking ciphertext cleaning client collecting command compiled config connection \
    copied copying counting created damaged data deleted deleting denied device dial \
    directory do does empty error errors exclusively exist exists exit failed fatal fetching \
    file files finished flag forbidden found freed frees gid grouping host http id ids \
    ignoring in index indexes initialize invalid is keep kept key keys latest left loaded \
    loading lock locked locks login masterkey matching migration mode modifications modified \
    multiple needs network new no not nothing on open opening option or pack packs password \
    paths peer permission pid please policy prefix prune pruning reached read rebuild \
    rebuilding rebuilt referenced refused remaining remove removed removing repack repacking \
    repaired repairing repo repository reset resolving response restic restored restoring \
    retrying returned rewriting rewritten saved saving searching server shorthand skipped \
    skipping snapshot snapshots source space specified specify stale storage successfully \
    such summary tags target tcp the there time timeout to total tree trees uid unable \
    unauthorized unexpected unknown unlock unused used verification version warning was were \
    with would write writing wrong ";

/// How many digits a number has that stands in texts by chance.
const DIGITS: usize = 5;

/// Whether a secret is a word that restic says by itself, or a part of one, or several, or a
/// short number.
pub fn are_all_of(secret: &str) -> bool {
    let secret = secret.to_ascii_lowercase();
    let is_word = |word: &[u8]| {
        let mut word = word;
        while let Some(begin) = word.strip_suffix(b":") {
            word = begin;
        }
        find(WORDS.as_bytes(), &[b" ", word, b" "].concat()).is_some()
    };
    let is_part = !contains(&secret, " ") && contains(WORDS, &secret);
    let is_number = secret.len() <= DIGITS && secret.bytes().all(|byte| byte.is_ascii_digit());
    let mut words = secret.as_bytes().split(|byte| *byte == b' ');
    is_part || is_number || words.all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_distinguished_from_secrets() {
        for own in [
            "password",
            "Restic",
            "pass",
            "wrong password",
            "1234",
            "no key found",
        ] {
            assert!(are_all_of(own), "{own}");
        }
        for secret in [
            "own-pass\"word",
            "new@pass/word",
            "123456",
            "hunter2",
            "p@ssw0rd",
            "wonderland",
            "correct horse",
            "pässword",
        ] {
            assert!(!are_all_of(secret), "{secret}");
        }
    }
}
