//! Standard input of programs: long, short, and not read to its end.

use std::fs;

use crate::{Place, stderr};

/// Reads its input to the end.
const READING: &str =
    "#!/bin/sh\n[ \"$1\" = version ] && echo 'restic 0.19.1 x' && exit\ncksum > /dev/null\n";

/// Reads a little of it, and fails.
const CUTTING: &str = "#!/bin/sh\n[ \"$1\" = version ] && echo 'restic 0.19.1 x' && exit\n\
                       head -c 10 > /dev/null\nexit 1\n";

const BACKUP: &str = "restic --repo=/r backup --stdin";

/// The names of the files of a recording that begin like this.
fn kept(place: &Place, beginning: &str) -> Vec<String> {
    let files = fs::read_dir(place.path("scenario")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with(beginning)).collect()
}

#[test]
fn long_input_is_known_by_its_digest() {
    let place = Place::new();
    let restic = place.program("real", READING);
    fs::write(place.path("same"), vec![0; 2_000_000]).unwrap();
    let mut other = vec![0; 2_000_000];
    other[1_999_999] = 1;
    fs::write(place.path("other"), other).unwrap();
    let [same, other] = ["same", "other"].map(|name| place.path(name).display().to_string());
    for script in [
        format!("cat {same} | {BACKUP}"),
        format!("{BACKUP} < {same}"),
    ] {
        drop(fs::remove_dir_all(place.path("scenario")));
        place
            .record(&restic, &["sh", "-c", &script])
            .assert()
            .success();
        assert!(kept(&place, "01-backup.stdin").is_empty());
        for again in [
            format!("cat {same} | {BACKUP}"),
            format!("{BACKUP} < {same}"),
        ] {
            place.replay(&["sh", "-c", &again]).assert().success();
        }
        let wrong = format!("cat {other} | {BACKUP}; true");
        let text = stderr(&place.replay(&["sh", "-c", &wrong]).assert().code(97));
        assert!(
            text.contains("2000000 bytes with the digest") && text.contains("and 2000000 with"),
            "{text}"
        );
    }
}

#[test]
fn short_input_is_kept() {
    let place = Place::new();
    let restic = place.program("real", READING);
    let script = |text: &str| format!("printf '{text}' | {BACKUP}; true");
    place
        .record(&restic, &["sh", "-c", &script("a few words")])
        .assert()
        .success();
    assert_eq!(kept(&place, "01-backup.stdin"), ["01-backup.stdin.txt"]);
    let same = script("a few words");
    place.replay(&["sh", "-c", &same]).assert().success();
    let text = stderr(
        &place
            .replay(&["sh", "-c", &script("a few")])
            .assert()
            .code(97),
    );
    assert!(
        text.contains("11 bytes were recorded and 5 given"),
        "{text}"
    );
    let nothing = format!("{BACKUP} < /dev/null; true");
    place.replay(&["sh", "-c", &nothing]).assert().code(97);
}

#[test]
fn input_that_restic_did_not_read_to_its_end_is_not_compared() {
    let place = Place::new();
    let restic = place.program("real", CUTTING);
    fs::write(place.path("long"), vec![0; 3_000_000]).unwrap();
    let long = place.path("long").display().to_string();
    for script in [
        format!("cat {long} | {BACKUP}; true"),
        format!("{BACKUP} < {long}; true"),
    ] {
        drop(fs::remove_dir_all(place.path("scenario")));
        place
            .record(&restic, &["sh", "-c", &script])
            .assert()
            .success();
        assert!(kept(&place, "01-backup.stdin").is_empty());
        place.replay(&["sh", "-c", &script]).assert().success();
        let other = format!("printf words | {BACKUP}; true");
        place.replay(&["sh", "-c", &other]).assert().success();
    }
}
