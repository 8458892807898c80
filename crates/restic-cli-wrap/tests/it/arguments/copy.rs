//! Copying between repositories.

use restic_cli_wrap::commands::*;
use restic_cli_wrap::{Repository, Restic};

use super::{client, line};

#[test]
fn copy() {
    let source = Repository::new("/srv/other")
        .password_file("/etc/other")
        .key_hint("ab");
    let command = Copy::from(source)
        .snapshot("latest")
        .snapshot("-x")
        .host("srv1")
        .tag("nightly")
        .path("/data");
    insta::assert_snapshot!(line(command), @r"
    restic
    --json copy
    --from-repo=/srv/other
    --from-password-file=/etc/other
    --from-key-hint=ab
    --host=srv1
    --tag=nightly
    --path=/data
    -- latest -x
    ");
}

#[test]
fn before_0_14_the_repositories_of_a_copy_change_places() {
    let source = Repository::new("/srv/other").password_file("/etc/other");
    let command = Copy::from(source).snapshot("latest");
    let check = |version: &str, expected: &str| {
        let invocation = client(version).build().invocation(&command);
        assert_eq!(invocation.to_string(), expected, "{version}");
    };
    check(
        "0.14.0",
        "restic --json --repo=/srv/own '--password-file={{secret}}' --key-hint=cd \
         copy --from-repo=/srv/other --from-password-file=/etc/other -- latest",
    );
    check(
        "0.11.0",
        "restic --json --repo=/srv/other --password-file=/etc/other \
         copy --repo2=/srv/own '--password-file2={{secret}}' --key-hint2=cd -- latest",
    );
}

#[test]
fn secrets_and_the_environment_change_places_too() {
    let url = "rest:https://alice:hunter2@backup.example/own";
    let copy = Copy::from(Repository::new(
        "rest:https://bob:hunter3@backup.example/other",
    ));
    let restic = |version: &str| {
        let builder = Restic::builder().repository(url).restic_version(version);
        let builder = builder.env("RESTIC_PASSWORD", "own password");
        builder
            .env("RESTIC_FROM_PASSWORD", "other password")
            .build()
    };
    let value = |version: &str, name: &str| {
        let invocation = restic(version).invocation(&copy);
        let text = format!("{invocation} {invocation:?}");
        assert!(
            !text.contains("hunter") && !text.contains(" password"),
            "{text}"
        );
        let secret = invocation.environment.get(std::ffi::OsStr::new(name));
        secret.map(|secret| String::from_utf8_lossy(secret.expose()).into_owned())
    };
    let check = |version: &str, name: &str, expected: Option<&str>| {
        assert_eq!(
            value(version, name).as_deref(),
            expected,
            "{version} {name}"
        );
    };
    check("0.14.0", "RESTIC_PASSWORD", Some("own password"));
    check("0.14.0", "RESTIC_FROM_PASSWORD", Some("other password"));
    check("0.14.0", "RESTIC_REPOSITORY2", None);
    check("0.11.0", "RESTIC_PASSWORD", Some("other password"));
    check("0.11.0", "RESTIC_PASSWORD2", Some("own password"));
    check("0.11.0", "RESTIC_FROM_PASSWORD", None);
    check("0.11.0", "RESTIC_REPOSITORY2", Some(url));
    let other = "rest:https://bob:hunter3@backup.example/other";
    check("0.11.0", "RESTIC_REPOSITORY", Some(other));
}

#[test]
fn the_oldest_restic_cannot_read_a_second_place_from_a_file() {
    let check = |version: &str, command: Copy, own: Repository, refused: bool| {
        let executor = restic_cli_wrap::Scripted::executor([]);
        let builder = Restic::builder().executor(executor.clone());
        let restic = builder.repository(own).restic_version(version).build();
        let error = restic.run(command).unwrap_err();
        let needs = error
            .message()
            .contains("--repository-file2 needs restic 0.12.1");
        assert_eq!(needs, refused, "{version}: {error}");
        assert_eq!(executor.calls().is_empty(), refused, "{version}");
    };
    let file = || Repository::from_file("/etc/place");
    let plain = || Repository::new("/srv/repo");
    check("0.11.0", Copy::from(plain()), file(), true);
    check("0.11.0", Copy::from(file()), plain(), true);
    check("0.11.0", Copy::from(plain()), plain(), false);
    check("0.13.0", Copy::from(plain()), file(), false);
    check("0.19.1", Copy::from(file()), file(), false);
}
