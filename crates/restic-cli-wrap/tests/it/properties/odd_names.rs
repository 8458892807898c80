//! Names that look like a part of restic's reports, which prints them as they are.

use std::fmt::Write as _;

use proptest::prelude::*;
use restic_cli_wrap::commands::*;
use restic_cli_wrap::{Command, Error, Outcome, Repository, Restic, Scripted};

fn run<C: Command>(command: C, exit: i32, stdout: &str, stderr: &str) -> Result<C::Output, Error> {
    let script = Scripted::new().stdout(stdout).stderr(stderr).exit(exit);
    Restic::builder()
        .executor(Scripted::executor([script]))
        .restic_version("0.19.1")
        .build()
        .run(command)
}

/// The ids of the snapshots that there are, and of what is made of them.
const OLD: [&str; 3] = ["aaaaaaaa", "bbbbbbbb", "cccccccc"];
const NEW: [&str; 3] = ["a0a0a0a0", "b0b0b0b0", "c0c0c0c0"];
const MADE: &str = "2026-11-22 11:16:21.373349854 +0100 CET";

/// Pieces of names: lines of reports, about other snapshots.
fn name() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("plain".to_owned()),
        Just("Episode 1: The start.txt".to_owned()),
        Just("\n".to_owned()),
        Just("\n\n".to_owned()),
        Just("\r".to_owned()),
        Just(format!("] at {MADE} by eve@evil")),
        Just(format!("] at {MADE})")),
        Just(format!(
            "\nsnapshot bbbbbbbb of [/x] at {MADE} by eve@evil\n"
        )),
        Just(format!(
            "\nsnapshot dddddddd of [/x] at {MADE} by eve@evil\n"
        )),
        Just("\nsnapshot bbbbbbbb of [/x".to_owned()),
        Just("\nsnapshot eeeeeeee saved\n".to_owned()),
        Just("\nsnapshot eeeeeeee saved, copied from source snapshot bbbbbbbb\n".to_owned()),
        Just("\n  copy started, this may take a while...\n".to_owned()),
        Just(
            "\nskipping source snapshot aaaaaaaa, was already copied to snapshot eeeeeeee\n"
                .to_owned()
        ),
        Just("\nsaved new snapshot eeeeeeee\n".to_owned()),
        Just("\nwould save new snapshot\n".to_owned()),
        Just("\nremoved old snapshot aaaaaaaa\n".to_owned()),
        Just("\nremoved unreadable snapshot eeeeeeee\n".to_owned()),
        Just("\nexcluding /other\n".to_owned()),
        Just("\nmodified 1 snapshots\n".to_owned()),
        Just("\nno snapshots were modified\n".to_owned()),
        Just("\n[0:00] 100.00%  1 / 1 snapshots\n".to_owned()),
        Just("\nThere were 3 errors\n".to_owned()),
        Just("\nignoring error for /other: permission denied\n".to_owned()),
        Just("\nFatal: wrong password or no key found\n".to_owned()),
    ];
    proptest::collection::vec(piece, 0..4).prop_map(|pieces| format!("/{}", pieces.concat()))
}

fn names() -> impl Strategy<Value = [String; 3]> {
    [name(), name(), name()]
}

/// As restic before 0.17 and since prints it.
fn heading(id: &str, path: &str, is_old: bool) -> String {
    let by = if is_old { ")" } else { " by alice@srv1" };
    format!("\nsnapshot {id} of [{path}] at {MADE}{by}\n")
}

proptest! {
    #![proptest_config(super::config())]

    #[test]
    fn copies(paths in names(), is_old: bool, saves_last: bool) {
        let mut stdout = String::new();
        for ((id, copy), path) in OLD.iter().zip(NEW).zip(&paths) {
            stdout += &heading(id, path, is_old);
            stdout += "  copy started, this may take a while...\n";
            if !saves_last {
                let _ = writeln!(stdout, "snapshot {copy} saved");
            }
        }
        for (id, copy) in OLD.iter().zip(NEW).filter(|_| saves_last) {
            let _ = writeln!(stdout, "snapshot {copy} saved, copied from source snapshot {id}");
        }
        let copy = OLD.iter().fold(Copy::from(Repository::new("/srv/other")), |copy, id| copy.snapshot(*id));
        let report = run(copy.clone(), 0, &stdout, "").expect("a success");
        prop_assert!(report.garbled || report.snapshots.len() == 3, "{report:?}");
        check_copies(&report)?;
        let error = run(copy, 1, &stdout, "Fatal: unable to save snapshot: EOF\n").expect_err("a failure");
        check_copies(error.partial::<Copy>().expect("a report"))?;
    }

    #[test]
    fn rewrites(paths in names(), left_out in names(), is_old: bool, forget: bool) {
        let mut stdout = String::new();
        for (place, (id, new)) in OLD.iter().zip(NEW).enumerate() {
            stdout += &heading(id, &paths[place], is_old);
            // The last one stays as it is.
            if place < 2 {
                let _ = writeln!(stdout, "excluding {}\nsaved new snapshot {new}", left_out[place]);
                if forget {
                    let _ = writeln!(stdout, "removed old snapshot {id}");
                }
            }
        }
        let whole = format!("{stdout}\nmodified 2 snapshots\n");
        let rewrite = Rewrite::new().exclude("*.tmp").forget(forget);
        let rewrite = OLD.iter().fold(rewrite, |rewrite, id| rewrite.snapshot(*id));
        let report = run(rewrite.clone(), 0, &whole, "").expect("a success");
        prop_assert_eq!(report.modified, Some(2));
        prop_assert!(report.garbled || report.snapshots.len() == 3, "{:?}", report);
        check_rewrites(&report, forget)?;
        // Two lines that restic prints as two.
        let is_split = left_out.iter().any(|name| name.contains("\nexcluding "));
        if !report.garbled && !is_split {
            // A carriage return before a newline is a part of the line's end.
            let shown = |names: &[String]| names.concat().replace('\r', "");
            for (entry, name) in report.snapshots.iter().zip(&left_out).take(2) {
                prop_assert_eq!(shown(&entry.excluded), shown(std::slice::from_ref(name)));
            }
        }
        let error = run(rewrite.clone(), 1, &stdout, "no matching ID found for prefix \"d\"\n");
        check_rewrites(error.expect_err("a failure").partial::<Rewrite>().expect("a report"), forget)?;
        // What restic did not say at its end, no name says.
        let unfinished = run(rewrite, 0, &stdout, "");
        prop_assert!(unfinished.is_err(), "{:?}", unfinished);
    }

    #[test]
    fn repairs(paths in names(), is_old: bool, forget: bool) {
        let mut stdout = String::new();
        for (place, (id, new)) in OLD.iter().zip(NEW).enumerate() {
            stdout += &heading(id, &paths[place], is_old);
            if place < 2 {
                let _ = writeln!(stdout, "  file {:?}: removed missing content\nsaved new snapshot {new}", "/a");
                if forget {
                    let _ = writeln!(stdout, "removed old snapshot {id}");
                }
            }
        }
        stdout += "\nmodified 2 snapshots\n";
        let repair = RepairSnapshots::new().forget(forget).snapshots(OLD);
        let report = run(repair, 0, &stdout, "").expect("a success");
        prop_assert_eq!(report.modified, Some(2));
        prop_assert!(report.garbled || report.snapshots.len() == 3, "{:?}", report);
        for repair in &report.snapshots {
            let place = OLD.iter().position(|id| *id == repair.id.as_str()).expect("an id");
            let new = repair.new_id.as_ref().map(|id| id.as_str());
            prop_assert!(new.is_none_or(|id| id == NEW[place]), "{:?}", report);
            prop_assert!(!repair.removed || forget && place < 2);
        }
    }

    #[test]
    fn tags(path in name()) {
        // restic names no path there, but it may stand in what it says on standard error.
        let stderr = format!("unable to modify the tags for snapshot ID \"bbbbbbbb\", ignoring: open {path}: permission denied\n");
        for stdout in ["modified tags on 1 snapshots\n", "no snapshots were modified\n"] {
            let error = run(Tag::new().add("x"), 0, stdout, &stderr).expect_err("a failure");
            prop_assert!(error.partial::<Tag>().expect("a report").changed.is_empty());
        }
    }

    #[test]
    fn forgets(path in name()) {
        let stderr = format!("unable to remove snapshot/bbbbbbbb from the repository: {path}\n");
        for exit in [0, 3] {
            prop_assert!(run(ForgetSnapshots::new(["bbbbbbbb"]), exit, "", &stderr).is_err());
        }
    }

    #[test]
    fn restores(path in name(), item in name(), counts: bool) {
        let begin = format!("restoring <Snapshot aaaaaaaa of [{path}] at {MADE} by alice@srv1> to /srv/out\n");
        let restore = || Restore::new("aaaaaaaa").target("/srv/out");
        let outcome = run(restore(), 0, &begin, "").expect("a success");
        prop_assert!(matches!(outcome, Outcome::Complete(_)), "{:?}", outcome);
        // 0.11 calls it a success; since 0.12 it is a failure.
        let stderr = format!("ignoring error for {item}: permission denied\n");
        let stdout = format!("{begin}There were 1 errors\n");
        let outcome = if counts {
            run(restore(), 0, &stdout, &stderr)
        } else {
            run(restore(), 1, &begin, &format!("{stderr}Fatal: There were 1 errors\n"))
        };
        let outcome = outcome.expect("an outcome");
        prop_assert!(!outcome.is_complete(), "{:?}", outcome);
        let failed = run(restore(), 1, &begin, &format!("{stderr}Fatal: unable to load index: EOF\n"));
        prop_assert!(failed.is_err());
    }
}

fn check_copies(report: &CopyReport) -> Result<(), TestCaseError> {
    for entry in &report.snapshots {
        let id = entry.source.id.as_str();
        let place = OLD.iter().position(|old| *old == id);
        let Some(place) = place else {
            return Err(TestCaseError::fail(format!("{report:?}")));
        };
        let new = entry.new_id.as_ref().map(|id| id.as_str());
        prop_assert!(new.is_none_or(|id| id == NEW[place]), "{report:?}");
        prop_assert!(!entry.already_there, "{report:?}");
    }
    Ok(())
}

fn check_rewrites(report: &RewriteReport, forget: bool) -> Result<(), TestCaseError> {
    for entry in &report.snapshots {
        let id = entry.snapshot.id.as_str();
        let Some(place) = OLD.iter().position(|old| *old == id) else {
            return Err(TestCaseError::fail(format!("{report:?}")));
        };
        let new = entry.new_id.as_ref().map(|id| id.as_str());
        prop_assert!(new.is_none_or(|id| id == NEW[place]), "{report:?}");
        prop_assert!(!entry.removed || forget && place < 2, "{report:?}");
    }
    Ok(())
}
