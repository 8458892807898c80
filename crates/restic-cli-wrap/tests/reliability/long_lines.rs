//! Lines and documents of any length: what they cost, and what is said of those that are too long.

use std::fs;

use restic_cli_wrap::commands::*;
use restic_cli_wrap::{Error, ErrorKind, Restic};

use crate::support::{Alone, status};
use restic_test_support::fake::{Fake, SUMMARY};

/// How long a line is, in MiB, and how much it may cost. Ratios are the same for longer ones.
const LENGTH: u64 = 24;
const COST: u64 = LENGTH * 5 / 2;

/// A restic that prints this on one of its streams, with very many letters in the place of `LONG`.
fn fake(stdout: &str, stderr: &str, mebibytes: u64, exit: i32) -> Fake {
    let print = |text: &str| {
        let (before, after) = text.split_once("LONG").unwrap_or((text, ""));
        let long = text
            .contains("LONG")
            .then(|| format!("head -c {} /dev/zero | tr '\\0' x\n", mebibytes << 20));
        format!(
            "printf '%s' '{before}'\n{}printf '%s\\n' '{after}'\n",
            long.unwrap_or_default()
        )
    };
    let (stdout, stderr) = (print(stdout), print(stderr));
    Fake::new(&format!("{stdout}\n( {stderr} ) >&2\nexit {exit}"))
}

/// How much memory this takes at its peak, in MiB.
fn peak<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let before = status("VmRSS:");
    // Forgets the peak so far.
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let result = work();
    (result, status("VmHWM:").saturating_sub(before) / 1024)
}

#[test]
fn a_line_costs_two_and_a_half_times_its_length_at_most() {
    const NAME: &str = "long_lines::a_line_costs_two_and_a_half_times_its_length_at_most";
    let summary = SUMMARY;
    let snapshot = r#"[{"time":"2026-11-28T06:00:00Z","tree":"ab","paths":["/LONG"],"hostname":"h","id":"1cfe4abd","short_id":"1cfe4abd"}]"#;
    let node = r#"{"struct_type":"node","name":"LONG","type":"file","path":"/x"}"#;
    let found = r#"[{"matches":[{"path":"/LONG","type":"file"}],"hits":1,"snapshot":"1cfe4abd"}]"#;
    let status = r#"{"message_type":"status","percent_done":0.5,"current_files":["LONG"]}"#;
    let head = r#"{"struct_type":"snapshot","id":"1cfe4abd","time":"2026-11-28T06:00:00Z","paths":["LONG"]}"#;
    let exit_error = r#"{"message_type":"exit_error","code":1,"message":"Fatal: LONG"}"#;
    type Run<'a> = &'a dyn Fn(&Restic) -> bool;
    let backup: Run<'_> = &|restic| restic.run(Backup::new(["/data"])).is_ok();
    let ls: Run<'_> = &|restic| restic.run(Ls::new("latest")).is_ok();
    let listing: Run<'_> = &|restic| {
        let mut run = restic.start(Ls::new("latest")).unwrap();
        run.for_each_row(|_| {}).unwrap();
        run.finish().is_ok()
    };
    let snapshots: Run<'_> = &|restic| restic.run(Snapshots::new()).is_ok();
    let asynchronous: Run<'_> =
        &|restic| futures_executor::block_on(restic.run_async(Snapshots::new())).is_ok();
    let find: Run<'_> = &|restic| restic.run(Find::new(["x"])).is_ok();
    let unlock: Run<'_> = &|restic| restic.run(Unlock::new()).is_ok();
    let cases: [(&str, String, &str, Run<'_>); 12] = [
        // What is freed by one case may hide what the next one takes: the dearest is first.
        ("an exit_error", String::new(), exit_error, snapshots),
        ("a text", format!("LONG\n{summary}"), "", backup),
        ("a message", format!("{status}\n{summary}"), "", backup),
        ("a text on stderr", summary.to_owned(), "LONG", backup),
        ("a last word", String::new(), "Fatal: LONG", backup),
        ("a row", node.to_owned(), "", ls),
        ("a row that is shown", node.to_owned(), "", listing),
        ("a snapshot in a listing", head.to_owned(), "", ls),
        ("a document", snapshot.to_owned(), "", snapshots),
        ("a document", snapshot.to_owned(), "", asynchronous),
        ("a match", found.to_owned(), "", find),
        ("a text of a text", "LONG".to_owned(), "", unlock),
    ];
    Alone::new(NAME).memory(COST + 64).run(|| {
        for (what, stdout, stderr, run) in &cases {
            let fake = fake(stdout, stderr, LENGTH, 0);
            let restic = fake
                .builder()
                .password("own-password")
                .restic_version("0.19.1")
                .build();
            let (_, cost) = peak(|| run(&restic));
            println!("{what}: {cost} MiB");
            assert!(cost <= COST, "{what}: {cost} MiB");
        }
    });
}

/// What is over the limit is not kept; that it is, is said with the limit, whatever else is missing
/// because of it.
#[test]
fn the_limit_is_named_when_something_is_over_it() {
    const NAME: &str = "long_lines::the_limit_is_named_when_something_is_over_it";
    let summary = r#"{"message_type":"summary","of":"LONG"}"#;
    let document = r#"[{"paths":["LONG"]}]"#;
    let value = r#"{"total_size":"LONG"}"#;
    let exit_error = r#"{"message_type":"exit_error","code":1,"message":"LONG"}"#;
    type Run<'a> = &'a dyn Fn(&Restic) -> Error;
    let backup: Run<'_> = &|restic| restic.run(Backup::new(["/data"])).map(drop).unwrap_err();
    let snapshots: Run<'_> = &|restic| restic.run(Snapshots::new()).map(drop).unwrap_err();
    let stats: Run<'_> = &|restic| restic.run(Stats::new()).map(drop).unwrap_err();
    let ls: Run<'_> = &|restic| restic.run(Ls::new("latest")).map(drop).unwrap_err();
    let cases: [(&str, &str, i32, Run<'_>); 6] = [
        (summary, "", 0, backup),
        (document, "", 0, snapshots),
        (value, "", 0, stats),
        ("LONG", "", 0, ls),
        ("", exit_error, 1, snapshots),
        ("", exit_error, 1, backup),
    ];
    Alone::new(NAME).memory(256).run(|| {
        for (stdout, stderr, exit, run) in &cases {
            let fake = fake(stdout, stderr, 129, *exit);
            let restic = fake.builder().restic_version("0.19.1").build();
            let error = run(&restic);
            let expected = match exit {
                0 => ErrorKind::BadOutput,
                _ => ErrorKind::Failed,
            };
            assert_eq!(error.kind(), expected, "{stdout} {stderr}: {error}");
            let message = error.message();
            assert!(
                message.contains("limit of 134217728 bytes"),
                "{stdout} {stderr}: {message}"
            );
            assert!(
                message.contains("line 1 of restic's standard "),
                "{message}"
            );
        }
    });
}
