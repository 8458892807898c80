//! Copying between repositories.

use restic_cli_wrap::commands::*;
use restic_cli_wrap::{ErrorKind, Repository};

use super::{IGNORED, fails, restic, run_and_reread as run, script};

fn copy() -> Copy {
    Copy::from(Repository::new("/srv/other"))
}

#[test]
fn each_snapshot_finds_its_copy() {
    let old = "\nsnapshot f620f386 of [/data/src] at 2026-11-22 11:16:16.490998516 +0100 CET)\n  copy started, this may take a while...\nsnapshot 59435271 saved\n\
        \nsnapshot a76d291f of [/a] at b] at 2026-11-22 11:27:29.281373573 +0100 CET)\nskipping source snapshot a76d291f, was already copied to snapshot 22c1b470\n";
    let new = "\nsnapshot 94962cfc of [/a] at 2026-11-25 09:08:03.219084544 +0000 UTC by root@vm\n  copy started, this may take a while...\n[0:00] 100.00%  2 / 2 packs copied\n\
        \nsnapshot 2e92906e of [/b] at 2026-11-25 09:08:02.423535815 +0000 UTC by a@b@vm\n  copy started, this may take a while...\n[0:00] 100.00%  2 / 2 packs copied\n\
        \nsnapshot 69340295 saved, copied from source snapshot 94962cfc\nsnapshot 94836f0a saved, copied from source snapshot 2e92906e\n";
    let pairs = |text: &str| {
        let report = run(copy(), 0, text, "").unwrap();
        let entries = report.snapshots.iter();
        let pair = |entry: &CopiedSnapshot| {
            let new = entry.new_id.as_ref().unwrap();
            (format!("{} {new}", entry.source.id), entry.already_there)
        };
        let pairs: Vec<_> = entries.map(pair).collect();
        (pairs, report)
    };
    let (found, report) = pairs(old);
    assert_eq!(
        found,
        [
            ("f620f386 59435271".into(), false),
            ("a76d291f 22c1b470".into(), true)
        ]
    );
    assert_eq!(report.snapshots[1].source.paths, "/a] at b");
    assert_eq!(report.snapshots[0].source.username, None);
    let (found, report) = pairs(new);
    assert_eq!(
        found,
        [
            ("94962cfc 69340295".into(), false),
            ("2e92906e 94836f0a".into(), false)
        ]
    );
    let source = &report.snapshots[1].source;
    assert_eq!(source.username.as_deref(), Some("a@b"));
    assert_eq!(source.hostname.as_deref(), Some("vm"));
    assert_eq!(
        source.time.unwrap().to_string(),
        "2026-11-25T09:08:02.423535815Z"
    );
    assert!(!report.text.iter().any(|line| line.contains('%')));

    let events = restic(script(0, new, "")).start(copy()).unwrap();
    let counted: Vec<_> = events.map(|event| event.unwrap().what).collect();
    assert_eq!(counted, ["packs copied", "packs copied"]);
}

#[test]
fn a_copy_without_an_end_is_not_complete() {
    let begun = "\nsnapshot f620f386 of [/data/src] at 2026-11-22 11:16:16.490998516 +0100 CET)\n  copy started, this may take a while...\n";
    for cut in ["", "snapshot 594352"] {
        let error = fails(
            copy(),
            0,
            &format!("{begun}{cut}"),
            "",
            ErrorKind::BadOutput,
        );
        assert_eq!(error.partial::<Copy>().unwrap().snapshots.len(), 1);
    }
    assert!(run(copy(), 0, "", "").unwrap().snapshots.is_empty());
    fails(copy(), 0, "", IGNORED, ErrorKind::NotFound);
}

/// Paths have newlines in them, and restic prints them as they are.
#[test]
fn a_path_of_several_lines_is_one_snapshot() {
    let made = "2026-11-25 09:08:03.219084544 +0000 UTC";
    let plain = format!(
        "\nsnapshot 94962cfc of [/plain] at {made} by root@vm\n  copy started, this may take a while...\nsnapshot 69340295 saved\n"
    );
    let odd = format!(
        "\nsnapshot 2e92906e of [/da\n\nta] at {made} by root@vm\n  copy started, this may take a while...\nsnapshot 94836f0a saved\n"
    );
    for text in [format!("{plain}{odd}"), format!("{odd}{plain}")] {
        let report = run(copy(), 0, &text, "").unwrap();
        assert!(!report.garbled);
        let mut found: Vec<_> = report
            .snapshots
            .iter()
            .map(|entry| {
                (
                    entry.source.paths.as_str(),
                    entry.new_id.as_ref().unwrap().as_str(),
                )
            })
            .collect();
        found.sort_unstable();
        assert_eq!(found, [("/da\n\nta", "94836f0a"), ("/plain", "69340295")]);
    }
    // A host of two lines is not cut in two, but left out.
    let host = plain.replace("root@vm", "root@v\nm");
    let report = run(copy(), 0, &host, "").unwrap();
    assert_eq!(report.snapshots[0].source.hostname, None);
    assert!(report.snapshots[0].new_id.is_some());
}

/// Nothing that is made to look like another entry is taken for one, where ids were asked for.
#[test]
fn a_path_that_looks_like_a_report_garbles_it() {
    let made = "2026-11-25 09:08:03.219084544 +0000 UTC";
    let path = format!(
        "/x] at {made} by root@vm\n  copy started, this may take a while...\nsnapshot eeeeeeee saved\n\nsnapshot dddddddd of [/y"
    );
    let text = format!(
        "\nsnapshot 94962cfc of [{path}] at {made} by root@vm\n  copy started, this may take a while...\nsnapshot 69340295 saved\n"
    );
    let report = run(copy().snapshot("94962cfc"), 0, &text, "").unwrap();
    assert!(report.garbled && report.snapshots.is_empty(), "{report:?}");
    // A rest that nothing begins is seen without ids.
    let path = format!("{path}] at {made} by root@vm\nz");
    let text = format!(
        "\nsnapshot 94962cfc of [{path}] at {made} by root@vm\n  copy started, this may take a while...\nsnapshot 69340295 saved\n"
    );
    let report = run(copy(), 0, &text, "").unwrap();
    assert!(report.garbled && report.snapshots.is_empty(), "{report:?}");
}
