//! What restic says of locks, keys and retries, in text and inside of JSON.

/// Gives processes, users, machines and pauses in such sentences fixed names and values.
pub(super) fn masked(line: &str) -> String {
    let mut masked = line.to_owned();
    for (before, after, value) in [
        // A lock's holder: "by PID 4711 on host by user (UID 0, GID 0)".
        ("locked by PID ", " on ", "1"),
        ("locked exclusively by PID ", " on ", "1"),
        (" by PID 1 on ", " by ", "host"),
        (" by PID 1 on host by ", " (UID ", "user"),
        (" (UID ", ", GID ", "1000"),
        (", GID ", ")", "1000"),
        // Since when it is: "lock was created at 2026-11-28 08:48:24 (1.2s ago)".
        (" (", " ago)", "1s"),
        // A snapshot: "<Snapshot 0123abcd of [/data] at … by user@host>".
        (" by ", "@", "user"),
        // A key: "<Key of user@host, created on … m=+1.939653637>".
        ("<Key of ", ", created", "user@host"),
        (" m=+", ">", "1"),
        ("retrying after ", ": ", "1s"),
        // The field of a list of keys.
        ("\"userName\":\"", "\"", "user"),
        ("\"hostName\":\"", "\"", "host"),
    ] {
        masked = between(&masked, before, after, value);
    }
    masked
}

/// Puts a value between two texts, wherever there is one short word now.
fn between(text: &str, before: &str, after: &str, value: &str) -> String {
    let (mut replaced, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((head, tail)) = rest.split_once(before) {
        replaced += head;
        replaced += before;
        rest = tail;
        let end = tail.find(after).filter(|end| is_word(&tail[..*end]));
        if let Some(end) = end {
            replaced += value;
            rest = &tail[end..];
        }
    }
    replaced + rest
}

/// Whether it is one word, and not something that happens to stand between.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.len() <= 64 && !text.contains([' ', '"', '(', ')', '\\'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_and_when_is_masked_in_text_and_in_json() {
        let lock = "unable to create lock in backend: repository is already locked by PID 4125 on \
                    vm by root (UID 0, GID 0)\\nlock was created at 2020-01-01 00:00:00 \
                    (102.540663ms ago)\\nstorage ID a38c9e12";
        let expected = "unable to create lock in backend: repository is already locked by PID 1 on \
                        host by user (UID 1000, GID 1000)\\nlock was created at 2020-01-01 \
                        00:00:00 (1s ago)\\nstorage ID a38c9e12";
        assert_eq!(masked(lock), expected);
        assert_eq!(
            masked("saved new key as <Key of root@vm, created on X +0000 UTC m=+1.93>"),
            "saved new key as <Key of user@host, created on X +0000 UTC m=+1>"
        );
        assert_eq!(
            masked("Stat(<config/>) returned error, retrying after 1.26s: Head"),
            "Stat(<config/>) returned error, retrying after 1s: Head"
        );
        assert_eq!(
            masked("restoring <Snapshot X of [/data] at X +0100 CET by alice@host> to /out"),
            "restoring <Snapshot X of [/data] at X +0100 CET by user@host> to /out"
        );
        let other = "it was (a long time ago), retrying after a while: no";
        assert_eq!(masked(other), other);
    }
}
