//! What commands about keys, tags, copies and their surroundings put on the command line.
//! Every setter is called once.

use restic_cli_wrap::commands::*;
use restic_cli_wrap::{Command, Repository, Restic, ResticBuilder};

use crate::arguments::line;

#[test]
fn cache() {
    let command = Cache::new().cleanup(true).max_age(7_u32).no_size(true);
    insta::assert_snapshot!(line(command), @r"
    restic
    --json cache
    --cleanup
    --max-age=7
    --no-size
    ");
}

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
fn features_and_options() {
    insta::assert_snapshot!(line(Features::new()), @r"
    restic
    --json features
    ");
    insta::assert_snapshot!(line(Options::new()), @r"
    restic
    --json options
    ");
}

#[test]
fn key_add() {
    let command = KeyAdd::password_file("/etc/new").host("srv1").user("bob");
    insta::assert_snapshot!(line(command), @r"
    restic
    --json key add
    --new-password-file=/etc/new
    --host=srv1
    --user=bob
    ");
    insta::assert_snapshot!(line(KeyAdd::new("hunter2")), @r"
    restic
    --json key add
    '--new-password-file={{secret}}'
    ");
    insta::assert_snapshot!(line(KeyAdd::no_password()), @r"
    restic
    --json key add
    --new-insecure-no-password
    ");
}

#[test]
fn key_passwd() {
    let command = KeyPasswd::password_file("/etc/new")
        .host("srv1")
        .user("bob");
    insta::assert_snapshot!(line(command), @r"
    restic
    --json key passwd
    --new-password-file=/etc/new
    --host=srv1
    --user=bob
    ");
    insta::assert_snapshot!(line(KeyPasswd::new("hunter2")), @r"
    restic
    --json key passwd
    '--new-password-file={{secret}}'
    ");
    insta::assert_snapshot!(line(KeyPasswd::no_password()), @r"
    restic
    --json key passwd
    --new-insecure-no-password
    ");
}

#[test]
fn key_list_and_remove() {
    insta::assert_snapshot!(line(KeyList::new()), @r"
    restic
    --json key list
    ");
    insta::assert_snapshot!(line(KeyRemove::new("-951d1eca")), @r"
    restic
    --json key remove
    -- -951d1eca
    ");
}

#[test]
fn mount() {
    let command = Mount::new("/mnt/-x")
        .allow_other(true)
        .no_default_permissions(true)
        .owner_root(true)
        .snapshot_template("2006")
        .time_template("2006-01")
        .path_template("ids/%i")
        .host("srv1")
        .tag("nightly")
        .path("/data");
    insta::assert_snapshot!(line(command), @r"
    restic
    --json mount
    --allow-other
    --no-default-permissions
    --owner-root
    --snapshot-template=2006
    --time-template=2006-01
    --path-template=ids/%i
    --host=srv1
    --tag=nightly
    --path=/data
    -- /mnt/-x
    ");
}

#[test]
fn rewrite() {
    let command = Rewrite::new()
        .snapshot("latest")
        .dry_run(true)
        .exclude("a")
        .exclude_file("/etc/a")
        .iexclude("b")
        .iexclude_file("/etc/b")
        .include("c")
        .include_file("/etc/c")
        .iinclude("d")
        .iinclude_file("/etc/d")
        .forget(true)
        .new_host("srv2")
        .new_time("2012-11-01 22:08:41")
        .snapshot_summary(true)
        .host("srv1")
        .tag("nightly")
        .path("/data");
    insta::assert_snapshot!(line(command), @r"
    restic
    --json rewrite
    --dry-run
    --exclude=a
    --exclude-file=/etc/a
    --iexclude=b
    --iexclude-file=/etc/b
    --include=c
    --include-file=/etc/c
    --iinclude=d
    --iinclude-file=/etc/d
    --forget
    --new-host=srv2
    '--new-time=2012-11-01 22:08:41'
    --snapshot-summary
    --host=srv1
    --tag=nightly
    --path=/data
    -- latest
    ");
}

#[test]
fn tag() {
    let command = Tag::new()
        .snapshot("1cfe4abd")
        .add("a,b")
        .add_all(["c", "d"])
        .remove("e")
        .set("f")
        .host("srv1")
        .tag("nightly")
        .path("/data");
    insta::assert_snapshot!(line(command), @r"
    restic
    --json tag
    --add=a,b
    --add=c
    --add=d
    --remove=e
    --set=f
    --host=srv1
    --tag=nightly
    --path=/data
    -- 1cfe4abd
    ");
}

/// A client of this version, on a repository that is opened in all the ways there are.
fn client(version: &str) -> ResticBuilder {
    let own = Repository::new("/srv/own")
        .password("own password")
        .key_hint("cd");
    Restic::builder().repository(own).restic_version(version)
}

#[test]
fn before_0_14_the_repositories_of_a_copy_change_places() {
    let source = Repository::new("/srv/other").password_file("/etc/other");
    let command = Copy::from(source).snapshot("latest");
    let check = |version: &str, expected: &str| {
        let invocation = command.invocation(&client(version).build());
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
        let invocation = copy.invocation(&restic(version));
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

#[test]
fn a_new_password_is_in_no_text() {
    for command in [KeyAdd::new("hunter2"), KeyAdd::new(String::from("hunter2"))] {
        let invocation = command.invocation(&client("0.19.1").build());
        let text = format!("{command:?} {invocation} {invocation:?}");
        assert!(!text.contains("hunter2"), "{text}");
    }
    let text = format!("{:?}", KeyPasswd::new("hunter2"));
    assert!(!text.contains("hunter2"), "{text}");
}
