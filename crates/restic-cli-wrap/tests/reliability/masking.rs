//! Secrets in texts that restic, or anybody else, has quoted, cut and passed on.

use std::thread;
use std::time::Duration;

use restic_cli_wrap::commands::{Backup, Check, Snapshots, Unlock};
use restic_cli_wrap::{Error, ErrorKind};

use crate::support::{Alone, alone, kill, on_each};
use restic_test_support::fake::Fake;
use restic_test_support::leftovers::children;

/// How many bytes of a secret are a part of it that says something.
const PART: usize = 8;

/// Everything that an error shows.
fn texts(error: &Error) -> String {
    format!(
        "{error} {error:?} {} {} {:?} {:?}",
        error.message(),
        error.stderr_tail(),
        error.notices(),
        error.lock()
    )
}

#[track_caller]
fn assert_no_part(of: &str, what: &str, text: &str) {
    let chars: Vec<char> = of.chars().collect();
    for part in chars.windows(PART) {
        let part: String = part.iter().collect();
        assert!(!text.contains(&part), "{part} of {what} in {text}");
    }
}

/// Go gives up at the first character that it does not expect, and names all that it has read
/// until then. What is no URL for it is none for its masking either.
#[test]
fn no_part_of_a_location_that_restic_cannot_read_is_shown() {
    const NAME: &str = "masking::no_part_of_a_location_that_restic_cannot_read_is_shown";
    alone(NAME, || {
        on_each(NAME, |bench| {
            for (location, shown) in [
                ("rest:http://alice:S3cr3tFirst/0therHalf-1234@bad host/", ""),
                ("rest:http://alice:S3cr3tFirst?0therHalf-1234@bad host/", ""),
                ("rest:http://alice:S3cr3tFirst#0therHalf-1234@bad host/", ""),
                (
                    "rest:http://alice:S3cr3tFirst#0ther/Half?X-1234@bad host/",
                    "",
                ),
                (
                    "rest:http://alice:a/0therHalf-1234@bad host/",
                    "\":a\" after host",
                ),
                (
                    "rest:http://alice:123/0therHalf-1234@bad host/",
                    "\":123\" after host",
                ),
                ("rest:http://alice:x:S3cr3tPort/0therHalf@bad host/", ""),
                ("rest:http://alice:S3cr3t\"quo\\ted/0therHalf@bad host/", ""),
                ("rest:http://alice:S3cr3t\"quo\\ted-1234@bad host/", ""),
                ("rest:http://alice:S3cr3t%zz-12345678@host/", "%zz"),
                ("rest:http://alice:S3cr3t\tqux\u{1}quux-1234@host/", ""),
                ("rest:http://alice:S3cr3t-ümläut\u{200b}-😀😀@bad host/", ""),
                ("rest:http://alice:S3cr3t\\x41\\u0041-1234@bad host/", ""),
                ("rest:http://alice:S3cr3tFirst@[::1/", ""),
                ("rest:alice:S3cr3tFirst@host/", ""),
                ("sftp://alice:S3cr3tFirst/0therHalf-1234@host/x", ""),
                ("s3:http://alice:S3cr3tFirst/0therHalf-1234@bad host/b", ""),
            ] {
                let restic = bench.builder().repository(location);
                let restic = restic.total_deadline(Duration::from_millis(500)).build();
                let error = restic.run(Snapshots::new()).unwrap_err();
                let text = texts(&error);
                let (_, secret) = location.split_once("alice:").unwrap();
                let (secret, _) = secret.rsplit_once('@').unwrap();
                assert_no_part(secret, location, &text);
                // Beginnings are shorter than what is asked of a part.
                for part in secret.split(|c: char| !c.is_ascii_alphanumeric()) {
                    assert!(part.len() < 4 || !text.contains(part), "{part}: {text}");
                }
                assert!(shown.is_empty() || !text.contains(shown), "{text}");
            }
        });
    });
}

/// The password of a repository, said by a helper that restic starts: in the words of a shell, in
/// JSON, in Go's quotes, in parts of a URL.
#[test]
fn what_a_helper_says_of_a_secret_is_masked() {
    const NAME: &str = "masking::what_a_helper_says_of_a_secret_is_masked";
    alone(NAME, || {
        let secret = "S3c\"r\\et&<w>örd%41+😀";
        let json = serde_json::to_string(secret).unwrap();
        let nested = serde_json::to_string(&json).unwrap();
        let deep = serde_json::to_string(&format!("{{\"of\":{nested}}}")).unwrap();
        let url: String = secret.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let in_url = url.replace('%', "%25");
        on_each(NAME, |bench| {
            let said = [secret, &json, &nested, &deep, &url, &in_url].join("\n");
            std::fs::write(bench.path("said"), said).unwrap();
            let helper = format!("sh -c 'cat {} >&2; exit 1'", bench.path("said").display());
            let restic = bench.locked_out().password_command(helper);
            let restic = restic.env("AWS_SECRET_ACCESS_KEY", secret).build();
            let error = restic.run(Snapshots::new()).unwrap_err();
            let text = texts(&error);
            assert!(text.contains("***"), "{text}");
            assert_no_part(secret, "the secret", &text);
            assert_no_part(&url, "the secret", &text);
            for part in ["S3c", "et&", "örd", "0026", "00f6", "%c3"] {
                assert!(!text.contains(part), "{part} in {text}");
            }
        });
    });
}

/// A lock of somebody whose name, or that of whose machine, is a secret of this run.
#[test]
fn the_holder_of_a_lock_is_masked_when_its_name_is_a_secret() {
    const NAME: &str = "masking::the_holder_of_a_lock_is_masked_when_its_name_is_a_secret";
    const RENAMED: [&str; 5] = [
        "unshare",
        "--uts",
        "sh",
        "-c",
        "hostname srv-storage && exec \"$0\" \"$@\"",
    ];
    Alone::new(NAME).through(&RENAMED).run(|| {
        let lines = "Fatal: unable to create lock in backend: repository is already locked by PID 42 on srv-storage by alice-backup (UID 1, GID 1)\n";
        for (secret, host, user) in [
            ("alice-backup", "srv-storage", "***"),
            ("srv-storage", "***", "alice-backup"),
            ("storage by alice", "srv-***", "***-backup"),
            ("srv-storage by alice-backup", "***", "***"),
        ] {
            let fake = Fake::new(&format!("printf '%s' '{lines}' >&2; exit 1"));
            let restic = fake.builder().password(secret).build();
            let error = restic.run(Check::new()).unwrap_err();
            let holder = error.lock().unwrap();
            assert_eq!((&*holder.host, &*holder.user, holder.pid), (host, user, 42));
            assert!(!texts(&error).contains(secret), "{error:?}");
            assert_no_part(secret, "a name", &texts(&error));
        }
        // A name that is a word of restic's own.
        let lines = lines.replace("alice-backup", "restic");
        let fake = Fake::new(&format!("printf '%s' '{lines}' >&2; exit 1"));
        let restic = fake.builder().password("restic").build();
        let error = restic.run(Check::new()).unwrap_err();
        assert_eq!(error.lock().unwrap().user, "***");
        assert!(!texts(&error).contains("by restic"), "{error:?}");

        on_each(NAME, |bench| {
            let restic = bench.restic();
            let run = bench.at_work(&restic);
            let [pid] = children().unwrap()[..] else {
                panic!("{:?}", children().unwrap())
            };
            kill(pid);
            drop(run);
            thread::sleep(Duration::from_millis(50));
            let error = restic.run(Check::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Locked, "{error:?}");
            assert_eq!(error.lock().unwrap().host, "srv-storage");
            let knows = bench
                .builder()
                .env("AWS_SECRET_ACCESS_KEY", "srv-storage");
            let error = knows.build().run(Check::new()).unwrap_err();
            let holder = error.lock().unwrap();
            assert_eq!((&*holder.host, holder.pid), ("***", pid));
            let text = texts(&error);
            assert!(!text.contains("srv-storage"), "{text}");
            restic.run(Unlock::new()).unwrap();
            drop(restic.run(Backup::new([bench.path("data")])).unwrap());
        });
    });
}
