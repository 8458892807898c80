use restic_cli_wrap::commands::{Backup, Init, Snapshots};
use restic_cli_wrap::{ErrorKind, Repository};

use crate::fake::{Fake, SUMMARY};

/// A restic that knows its version and makes backups.
fn restic(version: &str) -> String {
    format!(
        "case \"$*\" in *' version') echo 'restic {version} compiled with go1.19.8 on linux/amd64';; \
         *) echo '{SUMMARY}';; esac"
    )
}

#[test]
fn what_restic_does_not_have_is_refused_before_it_is_started() {
    let fake = Fake::new(&restic("0.14.0"));
    let backup = Backup::new(["/data"]).skip_if_unchanged(true);
    let error = fake.restic().run(backup).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(
        error.to_string(),
        "--skip-if-unchanged needs restic 0.17.0, this is 0.14.0"
    );
    assert_eq!(fake.calls(), ["--json --repo=/srv/repo version"]);
}

#[test]
fn global_flags_and_missing_passwords_are_checked_too() {
    let fake = Fake::new(&restic("0.14.0"));
    let old = fake
        .builder()
        .retry_lock(std::time::Duration::from_secs(2))
        .build();
    let error = old.run(Backup::new(["/data"])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "--retry-lock needs restic 0.16.0, this is 0.14.0"
    );
    let open = fake.builder().no_password().build();
    let error = open.run(Backup::new(["/data"])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "--insecure-no-password needs restic 0.17.0, this is 0.14.0"
    );
}

#[test]
fn the_version_is_asked_for_once_and_only_when_it_matters() {
    let fake = Fake::new(&restic("0.18.0"));
    let restic_ = fake.restic();
    let asked = || {
        fake.calls()
            .iter()
            .filter(|call| call.ends_with(" version"))
            .count()
    };
    let _ = restic_.run(Backup::new(["/data"])).unwrap();
    assert_eq!(asked(), 0);
    for _ in 0..3 {
        let _ = restic_
            .run(Backup::new(["/data"]).skip_if_unchanged(true))
            .unwrap();
    }
    assert_eq!(asked(), 1);
    // An update of the program.
    fake.becomes(&restic("0.14.0-dev (compiled manually)"));
    let error = restic_
        .run(Backup::new(["/data"]).skip_if_unchanged(true))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(asked(), 2);
}

#[test]
fn a_trusted_version_is_not_asked_for() {
    let fake = Fake::new(&restic("0.11.0"));
    let trusting = fake.builder().restic_version("0.19.1").build();
    let _ = trusting
        .run(Backup::new(["/data"]).skip_if_unchanged(true))
        .unwrap();
    assert_eq!(
        fake.calls(),
        ["--json --repo=/srv/repo backup --skip-if-unchanged -- /data"]
    );
    let wrong = fake.builder().restic_version("new").build();
    let error = wrong
        .run(Backup::new(["/data"]).skip_if_unchanged(true))
        .unwrap_err();
    assert!(error.to_string().contains("\"new\""), "{error}");
}

#[test]
fn a_restic_that_does_not_tell_its_version_is_an_error() {
    let fake = Fake::new("echo hello");
    let error = fake
        .restic()
        .run(Backup::new(["/data"]).no_scan(true))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadOutput, "{error}");
}

#[test]
fn a_second_repository_is_named_as_the_version_wants_it() {
    let created = "created restic repository 1cfe4abd33 at /srv/repo";
    let cases = [
        (
            "0.11.0",
            "--repo2=/srv/other --password-file2=/etc/other --key-hint2=ab",
        ),
        (
            "0.14.0",
            "--from-repo=/srv/other --from-password-file=/etc/other --from-key-hint=ab",
        ),
    ];
    for (version, expected) in cases {
        let fake = Fake::new(&format!(
            "case \"$*\" in *' version') echo 'restic {version} compiled with go1.15 on linux/amd64';; \
             *) echo '{created}';; esac"
        ));
        let other = Repository::new("/srv/other")
            .password_file("/etc/other")
            .key_hint("ab");
        fake.restic()
            .run(Init::new().from(other).copy_chunker_params(true))
            .unwrap();
        let wanted = format!("--json --repo=/srv/repo init {expected} --copy-chunker-params");
        assert_eq!(fake.calls().last(), Some(&wanted));
    }
}

#[test]
fn nothing_is_asked_of_a_plain_call() {
    let fake = Fake::new("echo '[]'");
    assert_eq!(fake.restic().run(Snapshots::new()).unwrap(), []);
    assert_eq!(fake.calls(), ["--json --repo=/srv/repo snapshots"]);
}
