//! No secret is left in a text, however it is spelt, and nothing else is taken out of it.

use restic_core::{Argument, Invocation, Redactor};

/// Masks a secret between two texts, in every way to write it.
pub fn check(secret: &str, before: &str, after: &str) {
    let secret = secret.trim_matches(|c: char| c.is_ascii_whitespace());
    let invocation =
        Invocation::new(["snapshots"]).argument(Argument::secret_file("--password-file", secret));
    let redactor = Redactor::of(&invocation);
    for text in [before, after] {
        let redacted = redactor.redact(text);
        if !has(text, secret) {
            assert_eq!(redacted, text, "nothing of {secret:?} is in it");
        }
    }
    if secret.len() < 4 {
        return;
    }
    let json = serde_json::Value::from(secret).to_string();
    let json = json[1..json.len() - 1].to_owned();
    let go = json
        .replace('&', "\\u0026")
        .replace('<', "\\u003c")
        .replace('>', "\\u003e");
    let encoded: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let go_url = go_url(secret);
    let lower = encoded.to_lowercase();
    for spelt in [secret, &json, &go, &encoded, &lower, &go_url] {
        // Behind the half of an escape it would be spelt in another way.
        let end: String = before.chars().rev().take(6).collect();
        let border = if end.contains(['%', '\\']) { " " } else { "" };
        let spelt = match may_be_word(secret) {
            true => format!(":{spelt}@"),
            false => spelt.to_owned(),
        };
        let text = format!("{before}{border}{spelt}{after}");
        let redacted = redactor.redact(&text);
        assert!(redacted.contains("***"), "{secret:?} in {text:?}");
        // Of the mask and what is around it, a new one may come to be.
        let left: Vec<_> = redacted.split("***").collect();
        assert!(
            left.iter().all(|left| !left.contains(&spelt)),
            "{redacted:?}"
        );
    }
}

/// Whether a secret may be a word of restic's own, which is masked in URLs only.
fn may_be_word(secret: &str) -> bool {
    let is_of_word = |c: char| c.is_ascii_alphanumeric() || " :\n".contains(c);
    secret.chars().all(is_of_word)
}

/// Whether any part of a text may be the secret, in whatever spelling.
fn has(text: &str, secret: &str) -> bool {
    secret.len() < 4 && text.is_empty()
        || text.contains(['%', '\\', '+'])
        || secret.lines().any(|line| text.contains(line.trim_ascii()))
}

/// What Go makes of a password in a URL.
fn go_url(secret: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~$&+,;=".contains(&byte);
    let encode = |byte: u8| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    secret.bytes().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;
    use crate::config;

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn no_secret_is_left(
            secret in any::<String>(),
            before in text(),
            after in text(),
        ) {
            check(&secret, &before, &after);
        }

        #[test]
        fn secrets_of_few_letters_are_no_problem(
            secret in "[a%\\\\]{4,8}",
            before in "[a%\\\\]{0,12}",
            after in "[a%\\\\]{0,12}",
        ) {
            check(&secret, &before, &after);
        }
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![any::<String>(), "(%|\\\\|u0026|\"|\\*|@|[a-f0-9]){0,20}",]
    }

    /// A text that is nearly the secret everywhere takes no longer than others: with time by
    /// the square of the length these would be hours.
    #[test]
    fn time_grows_with_the_length_only() {
        let secret = format!("{}b", "a".repeat(20_000));
        let invocation = Invocation::new(["snapshots"])
            .argument(Argument::secret_file("--password-file", secret.clone()));
        let redactor = Redactor::of(&invocation);
        for near in ["a", "%61", "\\u0061", "%61\\u0061"] {
            let text = near.repeat((1 << 18) / near.len());
            let begin = Instant::now();
            assert_eq!(redactor.redact(&text), text);
            assert!(begin.elapsed() < Duration::from_secs(20), "{near}");
            let hidden = text + &secret;
            assert!(redactor.redact(&hidden).ends_with("***"), "{near}");
        }
    }
}
