//! What restic refuses, misses and finds damaged, in its own sentences.

use restic_cli_wrap::commands::Backup;
use restic_cli_wrap::{ErrorKind, Restic, Scripted};

use super::failure;

fn check(kind: ErrorKind, sentences: &[&str]) {
    for words in sentences {
        let quoted = words.replace('"', "\\\"").replace('\n', "\\n");
        // What has more lines than one begins with `Fatal: ` in any release.
        let begin = if words.contains('\n') { "Fatal: " } else { "" };
        for stderr in [
            format!("{begin}{words}\n"),
            format!("Fatal: {words}\n"),
            format!("Fatal: Fatal: {words}\n"),
            format!(
                "{{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"Fatal: {quoted}\\n\"}}\n"
            ),
        ] {
            let error = failure(&stderr, 1);
            assert_eq!(error.kind(), kind, "{stderr}");
            assert!(!error.is_retryable());
            assert!(
                error.message().contains(words),
                "{}: {words}",
                error.message()
            );
        }
    }
}

#[test]
fn an_unreadable_snapshot_that_stays_fails_as_the_attempt_to_remove_it() {
    let attempt =
        "Remove(<snapshot/751e3eda17>) failed: unexpected HTTP response (403): 403 Forbidden";
    for fatal in ["", "Fatal: ", "Fatal: Fatal: "] {
        let words = format!("{fatal}unable to remove unreadable snapshot file 751e3eda");
        let error = failure(&format!("{attempt}\n{words}\n"), 1);
        assert_eq!(error.kind(), ErrorKind::AccessDenied, "{error}");
    }
}

#[test]
fn arguments_that_restic_refuses() {
    check(
        ErrorKind::Usage,
        &[
            "--include: invalid pattern(s) provided:\na[",
            "/etc/restic/repository does not exist",
            "failed to read patterns from file \"/nope\": open /nope: no such file or directory",
            "failed to read patterns from file \"/tmp\": read /tmp: is a directory",
            "unable to read root certificate: open /nope: no such file or directory",
            "ReadFile: open /nope: no such file or directory",
            "name for exclusion tagfile is empty",
            "unable to open repo at /srv/repo: unknown backend layout string \"x\", may be one of: default, s3legacy",
            "unable to open repository at /srv/repo: capacity must be a positive number",
            "unable to open repository at rest:http://h:99999/: dial tcp: address 99999: invalid port",
            "Cannot read from a repository having size 0",
            "local repository directory /srv/repo is inside the mountpoint /srv",
            "--exclude-file: invalid pattern(s) provided:\na[\nb[",
            "All path filters must be absolute, starting with a forward slash '/'",
            "check flag --read-data-subset=n/t values must be positive integers, and n <= t, e.g. --read-data-subset=1/2",
            "check flag --read-data-subset has invalid value, please see documentation",
            "check flags --read-data and --read-data-subset cannot be used together",
            "--quiet and --verbose cannot be specified at the same time",
            "--set and --add/--remove cannot be given at the same time",
            "--stdin and --files-from cannot be used together",
            "--stdin was specified and files/dirs were listed as arguments",
            "--dry-run and --verify are mutually exclusive",
            "'--target / --delete' must be combined with an include or exclude filter",
            "--no-lock is only applicable in combination with --dry-run for forget command",
            "--unsafe-allow-remove-all is not allowed unless a snapshot filter option is specified",
            "--oldest must specify a time before --newest",
            "--repack-smaller-than must be larger than zero",
            "exclude and include patterns are mutually exclusive",
            "cannot have several ID types",
            "error in time option: parsing time \"bogus\" as \"2006-01-02 15:04:05\": cannot parse \"bogus\" as \"2006\"",
            "unable to parse time: \"x\"",
            "percentage for --max-unused must be below 100%",
            "invalid number of bytes \"abc\" for --repack-smaller-than: strconv.ParseInt: parsing \"abc\": invalid syntax",
            "negative values other than -1 are not allowed for --keep-*",
            "durations containing negative values are not allowed for --keep-within*",
            "type not specified, usage: list [flags] [blobs|packs|index|snapshots|keys|locks]",
            "type or ID not specified",
            "too many parameters or type not specified. Must be one of [blobs|packs|index|snapshots|keys|locks] or 'packs snapshotID'",
            "invalid type \"nosuch\", must be one of [config|index|snapshot|key|masterkey|lock|pack|blob|tree]",
            "accepts 1 arg(s), received 0",
            "invalid argument \"foo\" for \"restic list\"",
            "specify two snapshot IDs",
            "no snapshot ID specified, specify snapshot ID or use special ID 'latest'",
            "the check command expects no arguments, only options - please see `restic help check` for usage and flags",
            "the feature command expects no arguments",
            "wrong number of parameters",
            "Password file and command are mutually exclusive options",
            "invalid value for RESTIC_PACK_SIZE \"x\": strconv.ParseUint: parsing \"x\": invalid syntax",
            "refusing to delete last snapshot of snapshot group \"host srv1, path /data\"",
            "unable to open S3 backend: Key ID ($AWS_ACCESS_KEY_ID) is empty",
            "unable to open B2 backend: Account ID ($B2_ACCOUNT_ID) is empty",
            "no credentials found. $AWS_ACCESS_KEY_ID is set but $AWS_SECRET_ACCESS_KEY is empty",
            "mountpoint /mnt is inside the local repository directory /srv/repo",
            "time template string cannot be empty",
            "--files-from-raw: trailing zero byte missing",
        ],
    );
}

#[test]
fn what_the_installed_restic_or_the_system_lacks() {
    check(
        ErrorKind::Unsupported,
        &[
            "unknown command \"rewrite\" for \"restic\"",
            "This command is experimental and may change/be removed without notice between restic versions. Set the environment variable 'RESTIC_FEATURES=repair-packs-v1' to enable it.",
            "exclude-cloud-files is only supported on Windows",
        ],
    );
}

#[test]
fn what_is_not_there() {
    check(
        ErrorKind::NotFound,
        &[
            "path nope: not found",
            "failed to find snapshot: no matching ID found for prefix \"ab\"",
            "no snapshot matched given filter (Paths:[] Tags:[] Hosts:[nobody])",
            "failed to find snapshot: snapshot filter (Paths:[] Tags:[] Hosts:[]): no snapshot found",
            "unable to find pack(s): map[ab:{}]",
            "unable to find all specified pack(s)",
            "all source directories/files do not exist",
            "multiple IDs with prefix \"\" found",
            "cannot dump file: path \"/permission denied\" not found in snapshot",
        ],
    );
}

#[test]
fn what_is_damaged() {
    check(
        ErrorKind::Damaged,
        &[
            "index is not complete",
            "pack size does not match calculated size from index",
            "config cannot be loaded: invalid data in config file, too short",
            "config cannot be loaded: ciphertext verification failed",
            "config cannot be loaded: unexpected end of JSON input",
            "config or key 4fb4c2a8 is damaged: hash does not match",
            "config file has zero size, invalid repository?",
            "failed to load snapshot 4fb4c2a8: LoadRaw(<snapshot/4fb4c2a8b1>): invalid data returned",
            "snapshot file 4fb4c2a8 is unreadable, use `restic repair snapshots --forget 4fb4c2a8` to remove it. Original error: x",
            "pack 4fb4c2a8: calculated size 5 does not match real size 6\nRun 'restic rebuild-index'.",
            "invalid key file, data too short",
            "packs from index missing in repo",
        ],
    );
}

#[test]
fn a_repository_that_is_newer_than_restic_is_unsupported() {
    check(
        ErrorKind::Unsupported,
        &["config cannot be loaded: unsupported repository version"],
    );
}

#[test]
fn passwords_that_are_not_given() {
    check(
        ErrorKind::NoPassword,
        &[
            "an empty password is not a password",
            "unable to read password from stdin when data is to be read from stdin, use --password-file or $RESTIC_PASSWORD",
            "cannot read both password and data from stdin",
            "Resolving password failed: Fatal: /srv/nopass does not exist",
            "Resolving password failed: Fatal: Password file and command are mutually exclusive options",
        ],
    );
}

/// Of the first keys none fits, and restic looks at no more.
#[test]
fn a_password_that_fits_none_of_twenty_keys_is_wrong() {
    check(
        ErrorKind::WrongPassword,
        &["maximum number of keys reached"],
    );
}

#[test]
fn directories_that_nothing_can_be_mounted_on() {
    check(
        ErrorKind::AccessDenied,
        &[
            "inaccessible mountpoint",
            "mountpoint /mnt is not writeable or not executable",
            "mountpoint /mnt is inaccessible: stat /mnt: permission denied",
        ],
    );
    check(ErrorKind::NotFound, &["mountpoint /nope does not exist"]);
}

#[test]
fn a_lock_or_an_index_that_cannot_be_read_is_damage() {
    check(
        ErrorKind::Damaged,
        &[
            "invalid lock file: unexpected end of JSON input\nthe `unlock --remove-all` command can be used to remove invalid locks. Make sure that no other restic process is accessing the repository when running the command",
            "index uses feature not supported by repository version 1",
        ],
    );
}

/// Several causes stand in brackets, and the last of them counts.
#[test]
fn causes_in_brackets_are_causes() {
    check(
        ErrorKind::NoSpace,
        &[
            "multiple errors occurred: [context canceled: x write /srv/repo/data/aa: no space left on device]",
        ],
    );
    check(
        ErrorKind::AccessDenied,
        &[
            "unable to save: multiple errors occurred: [first, open /srv/repo/index: permission denied]",
        ],
    );
}

/// restic 0.17.0 gives up when the lock of another one is gone before it was read.
#[test]
fn a_lock_that_vanished_is_one_to_wait_for() {
    let words = "unable to create lock in backend: circuit breaker open for file <lock/1234567890>";
    let error = failure(&format!("{words}\n"), 1);
    assert_eq!(error.kind(), ErrorKind::Locked);
    assert!(error.is_retryable());
}

/// What a step of restic's failed with stands above its stack, in a line of its own.
#[test]
fn the_cause_of_a_step_is_a_part_of_the_reason() {
    let stderr = "something on the way\n\
        open /nope: no such file or directory\n\
        ReadFile\n\
        github.com/restic/restic/internal/backend.readPEMCertKey\n\
        \tgithub.com/restic/restic/internal/backend/http_transport.go:32\n\
        main.open\n\
        \tgithub.com/restic/restic/cmd/restic/global.go:679\n";
    let error = failure(stderr, 1);
    assert_eq!(error.kind(), ErrorKind::Usage);
    let reason = "ReadFile: open /nope: no such file or directory";
    assert_eq!(error.message(), reason);
}

/// A backup says no more than this of a list that it cannot read.
#[test]
fn lists_of_a_backup_that_cannot_be_read() {
    for words in [
        "open /list: no such file or directory",
        "read /list: is a directory",
    ] {
        let script = Scripted::new().stderr(format!("{words}\n")).exit(1);
        let restic = Restic::builder().executor(Scripted::executor([script]));
        let error = restic.build().run(Backup::listed_in("/list")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage, "{words}");
    }
}
