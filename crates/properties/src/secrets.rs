//! No secret in what an error says, however restic's output is cut.

use restic_cli_wrap::commands::Backup;
use restic_cli_wrap::{Error, Restic, Scripted};

/// Lets restic say a secret, as it is and encoded, with this text around it, in chunks of so
/// many bytes.
pub fn check(secret: &str, text: &str, chunk: usize) {
    let secret = secret.trim();
    // What is shorter is not looked for, what may be a word of restic's own is in URLs only,
    // and a line end makes two of it.
    let may_be_word = secret
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || " :".contains(c));
    if secret.len() < 4 || may_be_word || secret.contains(['\n', '\r', '\u{1b}']) {
        return;
    }
    let spelt = [
        secret.to_owned(),
        percent_encoded(secret),
        serde_json::Value::from(secret).to_string(),
        text.to_owned(),
    ];
    // What an error says of itself may have the secret in it by chance.
    let silent = texts(&fail(secret, "", "", 1));
    if spelt.iter().any(|secret| silent.contains(secret)) {
        return;
    }
    for spelt in &spelt {
        let line = format!("{text}{spelt}{text}\n{spelt}\n");
        let shown = texts(&fail(secret, "", &line, chunk));
        assert!(!shown.contains(secret), "{secret:?} is in {shown}");
        let shown = texts(&fail(secret, &line, &line, chunk));
        assert!(!shown.contains(secret), "{secret:?} is in {shown}");
    }
}

fn percent_encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

fn fail(secret: &str, stdout: &str, stderr: &str, chunk: usize) -> Error {
    let script = Scripted::new()
        .stdout(stdout)
        .stderr(stderr)
        .in_chunks_of(chunk)
        .exit(1);
    let restic = Restic::builder()
        .executor(Scripted::executor([script]))
        .repository("/srv/repo")
        .password(secret)
        .restic_version("0.19.1")
        .build();
    let run = restic.run(Backup::new(["/data"]));
    run.expect_err("the exit code says so")
}

/// All that an error says.
fn texts(error: &Error) -> String {
    let notices: Vec<_> = error
        .notices()
        .iter()
        .map(|notice| notice.text.as_str())
        .collect();
    [
        error.to_string(),
        error.message().to_owned(),
        error.stderr_tail().to_owned(),
        notices.join("\n"),
    ]
    .join("\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config;

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn no_secret_is_shown(
            secret in "[^\\s]{4}.{0,12}",
            text in "(.|\n|\r|\u{1b}\\[2K|%|\\\\|\"|\\{\"){0,12}",
            chunk in 1..64_usize,
        ) {
            check(&secret, &text, chunk);
        }
    }
}
