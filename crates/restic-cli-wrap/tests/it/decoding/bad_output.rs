//! Output that no restic should print.

use restic_cli_wrap::commands::*;
use restic_cli_wrap::{Error, ErrorKind, Exit, Result, Scripted};

use super::{fails, restic, run, script};

/// A stack of Go functions follows the reason, and none of it is the reason.
#[test]
fn the_reason_is_found_before_a_stack() {
    let stderr = "Error loading snapshot 4d7edc80: load <snapshot/4d7edc802c>: invalid data returned\n\
        github.com/restic/restic/internal/restic.FindLatestSnapshot.func1\n\
        \tgithub.com/restic/restic/internal/restic/snapshot_find.go:39\n\
        path/filepath.walk\n\
        \tpath/filepath/path.go:360\n";
    let error = fails(Backup::new(["/data"]), 1, "", stderr, ErrorKind::Damaged);
    assert!(
        error.message().starts_with("Error loading snapshot"),
        "{error}"
    );
}

#[test]
fn a_text_without_a_line_end_hides_no_message_and_no_document() {
    let row = r#"{"name":"a","type":"file","path":"/a","uid":0,"gid":0,"size":5,"mode":420,"mtime":"2026-11-22T11:16:15Z","atime":"2026-11-22T11:16:15Z","ctime":"2026-11-22T11:16:15Z","struct_type":"node"}"#;
    let snapshot = r#"{"time":"2026-11-22T11:16:15Z","tree":"be2e","paths":["/a"],"id":"8763","short_id":"8763","struct_type":"snapshot"}"#;
    let printed = format!("{snapshot}\n\u{1b}[2K{row}\na helper: {row}\n");
    let (listing, notices) = restic(script(0, &printed, ""))
        .start(Ls::new("latest"))
        .and_then(restic_cli_wrap::Run::finish_with_notices)
        .unwrap();
    assert_eq!((listing.nodes.len(), notices.len()), (2, 1), "{notices:?}");
    assert_eq!(notices[0].text, "a helper:");

    let plan = "a helper: [{\"tags\":null,\"host\":\"srv1\",\"keep\":[]}]\n";
    let forget = Forget::new().keep_last(1);
    fails(forget, 0, plan, "", ErrorKind::BadOutput);
}

#[test]
fn half_a_line_of_text_is_no_success() {
    let bad = ErrorKind::BadOutput;
    let created = "created restic repository 1cfe4abd33 at /srv/re";
    fails(Init::new(), 0, created, "", bad);
    let version = "restic 0.14.0 compiled with go1.19.8 on linux/am";
    fails(Version::new(), 0, version, "", bad);
    let restoring = "restoring <Snapshot 9bd5b1f4 of [/da";
    fails(Restore::new("latest"), 0, restoring, "", bad);
}

const HTML: &str = "<html><body>502 Bad Gateway</body></html>\n";

#[test]
fn what_is_no_json_is_no_success() {
    let bad = |kind: ErrorKind| assert_eq!(kind, ErrorKind::BadOutput);
    let kind = |error: Option<Error>| error.expect("a failure").kind();
    bad(kind(run(Snapshots::new(), 0, HTML, "").err()));
    bad(kind(run(SnapshotGroups::new("host"), 0, HTML, "").err()));
    bad(kind(run(Stats::new(), 0, HTML, "").err()));
    bad(kind(run(Ls::new("latest"), 0, HTML, "").err()));
    bad(kind(run(Check::new(), 0, HTML, "").err()));
    bad(kind(run(Restore::new("latest"), 0, HTML, "").err()));
    bad(kind(run(Backup::new(["/data"]), 0, HTML, "").err()));
    bad(kind(run(Init::new(), 0, HTML, "").err()));
    bad(kind(run(Version::new(), 0, HTML, "").err()));
}

#[test]
fn a_line_that_is_cut_in_half_is_no_success() {
    let bad = |kind: ErrorKind| assert_eq!(kind, ErrorKind::BadOutput);
    let kind = |error: Option<Error>| error.expect("a failure").kind();
    let list = r#"[{"time":"2026-11-22T11:16:15.849"#;
    bad(kind(run(Snapshots::new(), 0, list, "").err()));
    bad(kind(run(SnapshotGroups::new("host"), 0, list, "").err()));
    bad(kind(run(Forget::new().keep_last(1), 0, list, "").err()));
    let summary = r#"{"message_type":"summary","num_err"#;
    bad(kind(run(Check::new(), 0, summary, "").err()));
    bad(kind(run(Restore::new("latest"), 0, summary, "").err()));
    bad(kind(
        run(Ls::new("latest"), 0, r#"{"time":"2026-11-22T11:1"#, "").err(),
    ));
    bad(kind(run(Stats::new(), 0, r#"{"total_size":561"#, "").err()));
}

#[test]
fn a_signal_comes_after_the_events_until_then() {
    let status = "{\"message_type\":\"status\",\"percent_done\":0.5}\n";
    let killed = Scripted::new()
        .stdout(status)
        .stdout(status)
        .exits(Exit::Signal(9));
    let mut run = restic(killed.in_chunks_of(7))
        .start(Restore::new("latest").target("/r"))
        .unwrap();
    assert_eq!(run.by_ref().filter(Result::is_ok).count(), 2);
    let error = run.finish().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Killed);
    assert!(error.lock_may_remain());
}
