//! Output of any size and shape, and input that nobody reads.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::time::{Duration, Instant};

use restic_cli_wrap::commands::*;
use restic_cli_wrap::types::{BackupMessage, LsMessage};
use restic_cli_wrap::{Command, Error, ErrorKind, NoticeSource, Outcome, Restic, Scripted};

use crate::support::{Alone, alone, kind, on_each, within};
use restic_test_support::fake::{Fake, STATUS, SUMMARY};

const SECOND: Duration = Duration::from_secs(1);

fn backup() -> Backup {
    Backup::new(["/data"])
}

#[test]
fn what_went_well_is_distinguished_from_what_did_not() {
    const NAME: &str = "output::what_went_well_is_distinguished_from_what_did_not";
    alone(NAME, || {
        on_each(NAME, |bench| {
            fs::write(bench.path("data/good"), "good").unwrap();
            let good = Backup::new([bench.path("data")]);
            assert!(bench.restic().run(good).unwrap().is_complete());
            // Reading it fails, even for root.
            let bad = Backup::new([bench.path("data"), "/proc/self/mem".into()]);
            let Outcome::Incomplete(partial) = bench.restic().run(bad).unwrap() else {
                panic!("complete")
            };
            // restic 0.11 may forget its summary then.
            let id = partial.summary.and_then(|summary| summary.snapshot_id);
            assert!(id.is_some() || bench.minor < 12);
            assert!(partial.errors[0].path.ends_with("/mem"));
            assert_eq!(bench.restic().run(Snapshots::new()).unwrap().len(), 2);
        });
    });
}

/// What a command makes of a restic that ends well after printing this.
fn after<C: Command>(command: C, stdout: &str) -> Result<C::Output, Error> {
    let script = Scripted::new().stdout(stdout);
    let restic = Restic::builder().executor(Scripted::executor([script]));
    restic.build().run(command)
}

#[test]
fn a_good_end_without_its_document_is_no_success() {
    alone(
        "output::a_good_end_without_its_document_is_no_success",
        || {
            let half = r#"{"message_type":"summary","files_n"#;
            let html = "<html>\n<h1>502 Bad Gateway</h1>\n</html>\n";
            let status = format!("{STATUS}\n");
            for text in ["", "\n", half, html, "[", "[{\"id\":", &status, "null"] {
                let kinds = [
                    kind(after(backup(), text)),
                    kind(after(Check::new(), text)),
                    kind(after(Init::new(), text)),
                    kind(after(Ls::new("latest"), text)),
                    kind(after(Restore::new("latest").target("/t"), text)),
                    kind(after(SnapshotGroups::new("host"), text)),
                    kind(after(Snapshots::new(), text)),
                    kind(after(Stats::new(), text)),
                    kind(after(Version::new(), text)),
                ];
                assert!(
                    kinds.iter().all(|kind| *kind == ErrorKind::BadOutput),
                    "{text:?}: {kinds:?}"
                );
            }
        },
    );
}

#[test]
fn streams_that_fill_by_turns_are_read_together() {
    alone(
        "output::streams_that_fill_by_turns_are_read_together",
        || {
            let script = format!(
                "for turn in 1 2 3 4 5; do yes '{STATUS}' | head -n 3000; \
             yes 'a warning' | head -n 30000 >&2; done; echo '{SUMMARY}'"
            );
            let fake = Fake::new(&script);
            let mut run = fake.restic().start(backup()).unwrap();
            assert_eq!(run.by_ref().map(Result::unwrap).count(), 15_001);
            let (outcome, notices) = run.finish_with_notices().unwrap();
            assert!(outcome.is_complete());
            let last = &notices.last().unwrap().text;
            assert_eq!(last, "and 149000 more lines, which were not kept");
        },
    );
}

#[test]
fn a_gigabyte_of_standard_error_takes_no_memory() {
    alone(
        "output::a_gigabyte_of_standard_error_takes_no_memory",
        || {
            let script = format!(
                "yes \"$(head -c 60000 /dev/zero | tr '\\0' x)\" | head -c 1G >&2; echo '{SUMMARY}'"
            );
            let fake = Fake::new(&script);
            let outcome = within(60 * SECOND, || fake.restic().run(backup()).unwrap());
            assert!(outcome.is_complete());
        },
    );
}

const NODE: &str = r#"{"name":"a.txt","type":"file","path":"/data/a.txt","uid":0,"gid":0,"size":6,"mode":420,"permissions":"-rw-r--r--","mtime":"2026-01-01T00:00:00Z","atime":"2026-01-01T00:00:00Z","ctime":"2026-01-01T00:00:00Z","inode":7,"message_type":"node","struct_type":"node"}"#;

const SNAPSHOT: &str = r#"{"time":"2026-01-01T00:00:00Z","tree":"a3a41cf6a3a41cf6a3a41cf6a3a41cf6a3a41cf6a3a41cf6a3a41cf6a3a41cf6","paths":["/data"],"hostname":"srv1","id":"a3a41cf6a3a41cf6a3a41cf6a3a41cf6a3a41cf6a3a41cf6a3a41cf6a3a41cf6","short_id":"a3a41cf6","message_type":"snapshot","struct_type":"snapshot"}"#;

/// What a listing may take, in MiB: less than the 60 MB that it prints.
const LISTING: u64 = 32;

#[test]
fn a_listing_of_many_files_takes_no_memory() {
    let test = Alone::new("output::a_listing_of_many_files_takes_no_memory");
    test.memory(LISTING).run(|| {
        let script = format!("echo '{SNAPSHOT}'; yes '{NODE}' | head -n 200000");
        let fake = Fake::new(&script);
        let mut run = fake.restic().start(Ls::new("latest")).unwrap();
        let nodes = run
            .by_ref()
            .filter(|event| matches!(event.as_ref().unwrap(), LsMessage::Node(_)));
        assert_eq!(nodes.count(), 200_000);
        assert!(run.finish().unwrap().nodes.is_empty());
    });
}

/// As above, asynchronously, and with a taker that is slower than restic.
/// All of them are on one line.
#[test]
fn many_matches_take_no_memory() {
    alone("output::many_matches_take_no_memory", || {
        let script = format!(
            "printf '[{{\"matches\":['; yes '{NODE},' | head -n 200000 | tr -d '\\n'; printf '{NODE}],\"hits\":200001,\"snapshot\":\"aa\"}}]'"
        );
        let fake = Fake::new(&script);
        let mut run = fake.restic().start(Find::new(["*"])).unwrap();
        let matches = run
            .by_ref()
            .filter(|event| matches!(event.as_ref().unwrap(), FindEvent::Match(_)));
        assert_eq!(matches.count(), 200_001);
        assert!(run.finish().unwrap().is_empty());
    });
}

#[test]
fn a_gigabyte_is_dumped_in_no_memory() {
    alone("output::a_gigabyte_is_dumped_in_no_memory", || {
        let fake = Fake::new("head -c 1G /dev/zero");
        let dump = Dump::new("latest", "/zero");
        let written = within(60 * SECOND, || {
            fake.restic().dump_to(dump, &mut std::io::sink()).unwrap()
        });
        assert_eq!(written, 1 << 30);
    });
}

#[test]
fn a_listing_of_many_files_takes_no_memory_asynchronously() {
    Alone::new("output::a_listing_of_many_files_takes_no_memory_asynchronously")
        .memory(LISTING)
        .run(|| {
            let script = format!("echo '{SNAPSHOT}'; yes '{NODE}' | head -n 200000");
            let fake = Fake::new(&script);
            let runtime = tokio::runtime::Builder::new_current_thread();
            let runtime = { runtime }.enable_time().build().unwrap();
            runtime.block_on(async {
                let mut run = fake.restic().start_async(Ls::new("latest"));
                run.next().await.unwrap().unwrap();
                // Time enough to print all of it, if somebody took it.
                tokio::time::sleep(SECOND).await;
                let mut count = 0;
                while let Some(event) = run.next().await {
                    event.unwrap();
                    count += 1;
                }
                assert_eq!(count, 200_000);
                assert!(run.finish().await.unwrap().nodes.is_empty());
            });
        });
}

#[test]
fn input_that_nobody_reads_blocks_nobody() {
    alone("output::input_that_nobody_reads_blocks_nobody", || {
        let bytes = vec![b'x'; 4_000_000];
        for reading in [
            // Never, and not closed.
            "sleep 0.2",
            // Closed at once, so that writing is a broken pipe.
            "exec <&-; sleep 0.2",
            // A little.
            "head -c 10 > /dev/null",
            // While both pipes fill up.
            "yes warning | head -n 100000 >&2; cat > /dev/null",
        ] {
            let fake = Fake::new(&format!("{reading}; echo '{SUMMARY}'"));
            let command = Backup::stdin(bytes.as_slice());
            let restic = fake.builder().password("secret").build();
            let outcome = within(2 * SECOND, || restic.run(command).unwrap());
            assert!(outcome.is_complete(), "{reading}");
        }
    });
}

#[test]
fn a_missing_password_is_asked_of_nobody() {
    const NAME: &str = "output::a_missing_password_is_asked_of_nobody";
    let test = Alone::new(NAME).env("RESTIC_PASSWORD", "secret");
    test.run(|| {
        on_each(NAME, |bench| {
            let restic = bench.locked_out().build();
            let error = within(2 * SECOND, || restic.run(Snapshots::new()).unwrap_err());
            assert_eq!(error.kind(), ErrorKind::NoPassword, "{error:?}");
            // restic before 0.15 would take the first line for it, and save the rest.
            let input = "secret\ncontent";
            let bytes = restic.run(Backup::stdin(input.as_bytes())).map(drop);
            let reader = restic.start_with_input(Backup::from_input(), input.as_bytes());
            for error in [bytes.unwrap_err(), reader.map(drop).unwrap_err()] {
                assert_eq!(
                    (error.kind(), error.exit()),
                    (ErrorKind::NoPassword, None),
                    "{error:?}"
                );
            }
            // What is given in another way is seen.
            fs::write(bench.path("password"), "secret").unwrap();
            let file = bench.path("password").into_os_string();
            let mut word = std::ffi::OsString::from("--password-file=");
            word.push(&file);
            for builder in [
                bench.builder(),
                bench.locked_out().env("RESTIC_PASSWORD", "secret"),
                bench.locked_out().env("RESTIC_PASSWORD_FILE", file),
                bench.locked_out().inherit_env("RESTIC_PASSWORD"),
                bench.locked_out().arg(word),
            ] {
                let backup = Backup::stdin(input.as_bytes());
                assert!(builder.build().run(backup).unwrap().is_complete());
            }
        });
    });
}

#[test]
fn a_long_line_is_read_whole() {
    alone("output::a_long_line_is_read_whole", || {
        let script = format!(
            "printf '{{\"message_type\":\"status\",\"percent_done\":0.5,\"current_files\":[\"'; \
             head -c 300000 /dev/zero | tr '\\0' x; echo '\"]}}'; echo '{SUMMARY}'"
        );
        let fake = Fake::new(&script);
        let mut run = fake.restic().start(backup()).unwrap();
        let Some(Ok(BackupMessage::Status(status))) = run.next() else {
            panic!("no status")
        };
        assert_eq!(status.current_files[0].len(), 300_000);
        assert!(run.finish().unwrap().is_complete());
    });
}

/// 100 MB and less than the limit, over the limit, and without end.
#[test]
fn a_line_of_any_length_is_read_or_reported() {
    let cases = [
        ("head -c 100000000 /dev/zero | tr '\\0' x; echo", None),
        (
            "head -c 200000000 /dev/zero | tr '\\0' x; echo",
            Some("longer than"),
        ),
        (
            "head -c 500000000 /dev/zero | tr '\\0' x",
            Some("longer than"),
        ),
    ];
    Alone::new("output::a_line_of_any_length_is_read_or_reported")
        .memory(256)
        .run(|| {
            for (printing, problem) in cases {
                let script = format!("echo '{SUMMARY}'; {printing}");
                let result = Fake::new(&script).restic().run(backup());
                match problem {
                    None => assert!(result.unwrap().is_complete()),
                    Some(problem) => {
                        let error = result.unwrap_err();
                        assert_eq!(error.kind(), ErrorKind::BadOutput);
                        assert!(error.message().contains(problem), "{error}");
                        assert!(error.partial::<Backup>().unwrap().is_complete());
                    }
                }
            }
        });
}

#[test]
fn names_that_are_no_text_are_marked() {
    const NAME: &str = "output::names_that_are_no_text_are_marked";
    alone(NAME, || {
        let names: [&[u8]; 7] = [
            b"bad\xff\xfe",
            b"bad\xfe\xff",
            b"line\nbreak",
            b"\x1b[2Kescape\r",
            b"bell\x07\x01\x7f",
            b"quote\"back\\slash{}",
            "\u{e9}\u{1f980}\u{2028}".as_bytes(),
        ];
        on_each(NAME, |bench| {
            for name in names {
                fs::write(bench.path("data").join(OsStr::from_bytes(name)), name).unwrap();
            }
            let restic = bench.builder().verbose(2_u32).build();
            let data = Backup::new([bench.path("data")]);
            assert!(restic.run(data).unwrap().is_complete());
            let listing = restic.run(Ls::new("latest")).unwrap();
            for name in names {
                let expected = String::from_utf8_lossy(name);
                let found = listing.nodes.iter().find(|node| node.name == expected);
                let found = found.unwrap_or_else(|| panic!("{expected:?}: {listing:?}"));
                assert!(found.path.ends_with(&*expected));
                // What was read can be written and read again.
                let json = serde_json::to_string(found).unwrap();
                let again: restic_cli_wrap::types::Node = serde_json::from_str(&json).unwrap();
                assert_eq!(&again, found);
            }
            // With the bytes themselves they can be restored.
            let target = bench.path("restored");
            let restore = Restore::new("latest").target(&target);
            assert!(restic.run(restore).unwrap().is_complete());
            let inside = target.join(bench.path("data").strip_prefix("/").unwrap());
            for name in names {
                let restored = fs::read(inside.join(OsStr::from_bytes(name))).unwrap();
                assert_eq!(restored, name);
            }
        });
    });
}

#[test]
fn bytes_of_all_kinds_between_messages_are_notices() {
    alone(
        "output::bytes_of_all_kinds_between_messages_are_notices",
        || {
            let (first, second) = STATUS.split_at(30);
            let script = format!(
                "printf '\\357\\273\\277'; echo '{STATUS}'; \
                 printf '\\377\\376 \\000 \\033[2K\\r\\007\\n'; \
                 printf 'a warning\\r\\n'; \
                 printf '%s\\r\\n' '{STATUS}'; \
                 echo; echo '  '; \
                 printf '%s' '{first}'; echo 'not on this stream' >&2; sleep 0.1; echo '{second}'; \
                 echo '<html><body>502</body></html>'; \
                 printf '%s' '{SUMMARY}'"
            );
            let fake = Fake::new(&script);
            let mut run = fake.restic().start(backup()).unwrap();
            let events: Vec<_> = run.by_ref().map(Result::unwrap).collect();
            let is_status = |event: &&BackupMessage| matches!(event, BackupMessage::Status(_));
            assert_eq!(events.iter().filter(is_status).count(), 3, "{events:?}");
            assert!(matches!(events.last(), Some(BackupMessage::Summary(_))));
            assert_eq!(events.len(), 4);
            let (outcome, notices) = run.finish_with_notices().unwrap();
            assert!(outcome.is_complete());
            let on = |stream| {
                let notices = notices.iter().filter(move |notice| notice.source == stream);
                notices
                    .map(|notice| notice.text.as_str())
                    .collect::<Vec<_>>()
            };
            let expected = [
                "\u{fffd}\u{fffd} \0 \u{7}",
                "a warning",
                "<html><body>502</body></html>",
            ];
            assert_eq!(on(NoticeSource::Stdout), expected);
            assert_eq!(on(NoticeSource::Stderr), ["not on this stream"]);
        },
    );
}

#[test]
fn text_around_a_document_is_no_part_of_it() {
    alone("output::text_around_a_document_is_no_part_of_it", || {
        let row = SNAPSHOT;
        for text in [
            format!("[{row}]\r\n"),
            format!("\u{feff}[{row}]\n"),
            format!("a warning\n[{row}]\nanother\n"),
            format!("[0:00] 100.00%  1 / 1 index files\n[{row}]"),
        ] {
            let snapshots = after(Snapshots::new(), &text).unwrap();
            assert_eq!(snapshots[0].hostname, "srv1", "{text:?}");
        }
        let version = "\u{feff}{\"message_type\":\"version\",\"version\":\"0.19.1\",\
            \"go_version\":\"go1.25\",\"go_os\":\"linux\",\"go_arch\":\"amd64\"}\r\n";
        assert_eq!(after(Version::new(), version).unwrap().version, "0.19.1");
    });
}

#[test]
fn what_is_new_is_kept() {
    alone("output::what_is_new_is_kept", || {
        let max = u64::MAX;
        let news = r#"{"message_type":"weather","sky":{"clouds":[1,2,3]}}"#;
        let status = format!(
            r#"{{"message_type":"status","percent_done":1e-7,"total_bytes":{max},"new":{{"a":[]}}}}"#
        );
        let script = Scripted::new().stdout(format!("{news}\n{status}\n{SUMMARY}\n"));
        let restic = Restic::builder().executor(Scripted::executor([script]));
        let mut run = restic.build().start(backup()).unwrap();
        let events: Vec<_> = run.by_ref().map(Result::unwrap).collect();
        assert!(matches!(&events[0], BackupMessage::Unknown(unknown) if unknown.raw == news));
        assert!(
            matches!(&events[1], BackupMessage::Status(status) if status.total_bytes == max),
            "{events:?}"
        );
        assert!(run.finish().unwrap().is_complete());
    });
}

/// A backup that prints this is complete, and its first line is a notice.
#[track_caller]
fn assert_notice(stdout: &str) {
    let script = Scripted::new().stdout(stdout);
    let restic = Restic::builder().executor(Scripted::executor([script]));
    let run = restic.build().start(backup()).unwrap();
    let (outcome, notices) = run.finish_with_notices().unwrap();
    assert!(outcome.is_complete());
    let begin = "line 1 of restic's standard output cannot be read: ";
    assert!(notices[0].text.starts_with(begin), "{notices:?}");
}

/// A number that does not fit is reported, and never becomes another one.
#[test]
fn odd_numbers_are_reported() {
    alone("output::odd_numbers_are_reported", || {
        for number in [
            "18446744073709551616",
            "-1",
            "1.5",
            "1e400",
            "\"7\"",
            "null",
        ] {
            let status =
                format!(r#"{{"message_type":"status","percent_done":0.5,"total_bytes":{number}}}"#);
            assert_notice(&format!("{status}\n{SUMMARY}\n"));
        }
    });
}

/// Nothing of the result rests on progress: what cannot be read of it is said with its place, and
/// the backup is what its summary says.
#[test]
fn progress_that_cannot_be_read_is_a_notice() {
    alone("output::progress_that_cannot_be_read_is_a_notice", || {
        for (broken, problem) in [
            (r#""total_files":2"#, "missing field"),
            (r#""percent_done":null"#, "invalid type"),
            (r#""percent_done":1e400"#, "out of range"),
            (r#""percent_done":0.5,"files_done":-1"#, "invalid value"),
            (r#""percent_done":0.5,"total_files"#, "EOF"),
        ] {
            let broken = match problem {
                "EOF" => format!(r#"{{"message_type":"status",{broken}"#),
                _ => format!(r#"{{"message_type":"status",{broken}}}"#),
            };
            let lines = [STATUS, STATUS, &broken, STATUS, SUMMARY].join("\n");
            let fake = Fake::new(&format!("cat <<'END'\n{lines}\nEND"));
            let run = fake.restic().start(backup()).unwrap();
            let (outcome, notices) = run.finish_with_notices().unwrap();
            assert!(outcome.is_complete(), "{broken}: {outcome:?}");
            let [notice] = &notices[..] else {
                panic!("{broken}: {notices:?}")
            };
            let place = "line 3 of restic's standard output cannot be read: ";
            assert!(notice.text.starts_with(place), "{notice:?}");
            assert!(notice.text.contains(problem), "{notice:?}");
        }
    });
}

#[test]
fn deep_nesting_is_reported() {
    alone("output::deep_nesting_is_reported", || {
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
            let deep = |depth: usize| format!("{}0{}", open.repeat(depth), close.repeat(depth));
            let whole = deep(100_000);
            let status = r#"{"message_type":"status","percent_done":"#;
            for skipped in [
                format!(r#"{status}0.5,"news":{whole}}}"#),
                format!(r#"{{"message_type":"weather","news":{whole}}}"#),
            ] {
                let outcome = after(backup(), &format!("{skipped}\n{SUMMARY}\n"));
                assert!(outcome.unwrap().is_complete());
            }
            let known = format!("{status}{whole}}}\n{SUMMARY}\n");
            assert_notice(&known);
            assert_eq!(kind(after(Snapshots::new(), &whole)), ErrorKind::BadOutput);
            let _ = kind(after(Ls::new("latest"), &whole));
        }
    });
}

#[test]
fn unknown_exit_codes_are_failures() {
    alone("output::unknown_exit_codes_are_failures", || {
        for code in [1, 2, 4, 13, 99, 255] {
            let exits = |command: Backup| {
                let script = Scripted::new().stdout(format!("{SUMMARY}\n")).exit(code);
                let restic = Restic::builder().executor(Scripted::executor([script]));
                restic.build().run(command)
            };
            let error = exits(backup()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Failed, "{code}");
            assert_eq!(error.exit().unwrap().code(), Some(code));
            assert!(error.partial::<Backup>().is_some());
        }
    });
}

/// Ten thousand lines of any kind are read in no time: nothing is quadratic.
#[test]
fn many_short_chunks_are_read_in_time() {
    alone("output::many_short_chunks_are_read_in_time", || {
        let mut script = Scripted::new();
        for _ in 0..20_000 {
            script = script.stdout("x").stderr("y");
        }
        let script = script.stdout(format!("\n{SUMMARY}\n"));
        let restic = Restic::builder().executor(Scripted::executor([script]));
        let begin = Instant::now();
        assert!(restic.build().run(backup()).unwrap().is_complete());
        assert!(begin.elapsed() < 5 * SECOND, "{:?}", begin.elapsed());
    });
}

/// What was read until then is a part, which nobody may take for the whole.
#[test]
fn a_reader_that_panics_saves_nothing() {
    const NAME: &str = "output::a_reader_that_panics_saves_nothing";
    struct Half(usize);
    impl std::io::Read for Half {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            assert!(self.0 > 0, "on purpose");
            self.0 -= 1;
            buffer.fill(b'x');
            Ok(buffer.len())
        }
    }
    alone(NAME, || {
        on_each(NAME, |bench| {
            let restic = bench.restic();
            let backup = Backup::from_input().stdin_filename("half.sql");
            let run = restic.start_with_input(backup, Half(40)).unwrap();
            let error = run.finish().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Io, "{error:?}");
            let cause = std::error::Error::source(&error).unwrap().to_string();
            assert!(cause.contains("panicked"), "{cause}");
            let snapshots = restic.run(Snapshots::new()).unwrap();
            assert!(snapshots.is_empty(), "{snapshots:?}");
            assert!(bench.locks().is_empty());
        });
    });
}
