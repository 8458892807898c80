//! What commands about keys, tags, copies and their surroundings make of what restic prints.
//! The texts are recorded: by restic 0.11.0, 0.14.0, 0.18.0 and 0.19.1.

use std::fmt::Debug;

use restic_cli_wrap::commands::*;
use restic_cli_wrap::types::{FeatureStage, serde_json};
use restic_cli_wrap::{Command, ErrorKind, Repository, Restic, Result, Scripted, Stop};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::decoding::{self, fails, restic, script};

/// The result, which is the same when it was serialised and read again.
fn run<C>(command: C, exit: i32, stdout: &str, stderr: &str) -> Result<C::Output>
where
    C: Command<Output: Serialize + DeserializeOwned + PartialEq + Debug>,
{
    let output = decoding::run(command, exit, stdout, stderr)?;
    let json = serde_json::to_string(&output).unwrap();
    assert_eq!(serde_json::from_str::<C::Output>(&json).unwrap(), output);
    Ok(output)
}

const IGNORED_0_11: &str = "Ignoring \"deadbeef\", it is not a snapshot id\n";
const IGNORED: &str = "Ignoring \"deadbeef\": no matching ID found for prefix \"deadbeef\"\n";

mod keys {
    use super::*;

    #[test]
    fn a_new_key_is_told_by_its_id_or_by_all_the_rest() {
        let old = "saved new key as <Key of bob@other, created on 2026-11-22 11:17:45.755427739 +0100 CET m=+5.191230121>\n";
        let new = "saved new key with ID 951d1eca00461a0b1f1ca65732dfa59d392c94ce3a939d3bd9c2d197460f36e2\n";
        let key = run(KeyAdd::new("x"), 0, old, "").unwrap();
        assert_eq!(key.username.as_deref(), Some("bob"));
        assert_eq!(key.hostname.as_deref(), Some("other"));
        let created = key.created.unwrap().to_string();
        assert_eq!(created, "2026-11-22T11:17:45.755427739+01:00");
        assert_eq!((key.id, key.text.len()), (None, 1));
        let key = run(KeyPasswd::new("x"), 0, new, "").unwrap();
        assert_eq!(key.id.unwrap().short(), "951d1eca");
        for cut in ["", "saved new key with ID 951d1eca0046", "saved new key\n"] {
            fails(KeyAdd::new("x"), 0, cut, "", ErrorKind::BadOutput);
        }
    }

    #[test]
    fn keys_are_a_document() {
        let listed = r#"[{"current":true,"id":"c9f2f054","userName":"alice","hostName":"srv1","created":"2026-11-22 11:16:07"}]"#;
        let keys = run(KeyList::new(), 0, &format!("{listed}\n"), "").unwrap();
        assert_eq!(keys[0].user_name, "alice");
        fails(KeyList::new(), 0, &listed[..80], "", ErrorKind::BadOutput);
        fails(KeyList::new(), 0, "", "", ErrorKind::BadOutput);
    }

    #[test]
    fn a_key_is_removed_and_restic_may_say_so() {
        let told = "removed key 9c53ac9c2e4d58bc479e67e8246b2e3547e8a4c02a90e06808d4b75c66f2fb44\n";
        let removed = run(KeyRemove::new("9c53"), 0, told, "").unwrap();
        assert_eq!(removed.id.unwrap().short(), "9c53ac9c");
        assert_eq!(run(KeyRemove::new("9c53"), 0, "", "").unwrap().id, None);
        for (stderr, kind) in [
            (
                "Fatal: refusing to remove key currently used to access repository\n",
                ErrorKind::Usage,
            ),
            (
                "no matching ID found\ngithub.com/restic/restic/internal/restic.init\n",
                ErrorKind::NotFound,
            ),
            (
                "{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"no matching ID found for prefix \\\"deadbeef\\\"\"}\n",
                ErrorKind::NotFound,
            ),
        ] {
            fails(KeyRemove::new("deadbeef"), 1, "", stderr, kind);
        }
    }
}

mod tag {
    use super::*;

    const CHANGED: &str = r#"{"message_type":"changed","old_snapshot_id":"21ae3fde022725c22bd32ccab718128de8850287111e25325b8cd01daf71684a","new_snapshot_id":"48bc3a9acfbbd1c0f9db63bc56f26e16307031ff1eb7113594a0843e53f30717"}
"#;

    fn tag() -> Tag {
        Tag::new().add("x")
    }

    #[test]
    fn messages_and_texts_become_one_type() {
        let json = format!(
            "create exclusive lock for repository\n{CHANGED}{{\"message_type\":\"summary\",\"changed_snapshots\":1}}\n"
        );
        let report = run(tag(), 0, &json, "").unwrap();
        assert_eq!(report.changed[0].new_snapshot_id.short(), "48bc3a9a");
        assert_eq!(report.changed_snapshots, Some(1));
        assert_eq!(report.text, ["create exclusive lock for repository"]);
        for (text, count) in [
            ("modified tags on 12 snapshots\n", 12),
            ("modified 1 snapshots\n", 1),
            ("no snapshots were modified\n", 0),
        ] {
            let report = run(tag(), 0, text, "").unwrap();
            assert_eq!(report.changed_snapshots, Some(count), "{text}");
        }
    }

    #[test]
    fn without_the_number_at_its_end_it_is_not_complete() {
        for text in ["", CHANGED, "modified tags on 1 snap", "modified 12"] {
            fails(tag(), 0, text, "", ErrorKind::BadOutput);
        }
        let quiet = |text: &str| {
            let builder = Restic::builder().quiet(true).restic_version("0.11.0");
            let executor = Scripted::executor([script(0, text, "")]);
            builder.executor(executor).build().run(tag())
        };
        assert_eq!(quiet("").unwrap().changed_snapshots, None);
        assert_eq!(quiet(CHANGED).unwrap_err().kind(), ErrorKind::BadOutput);
    }

    #[test]
    fn an_id_that_is_not_there_is_not_found() {
        let summary = "{\"message_type\":\"summary\",\"changed_snapshots\":1}\n";
        for (stdout, stderr) in [
            ("modified tags on 1 snapshots\n", IGNORED_0_11),
            (summary, IGNORED),
        ] {
            let error = fails(tag(), 0, stdout, stderr, ErrorKind::NotFound);
            let partial = error.partial::<Tag>().unwrap();
            assert_eq!(partial.changed_snapshots, Some(1));
        }
        fails(
            Tag::new(),
            1,
            "",
            "Fatal: nothing to do!\n",
            ErrorKind::Usage,
        );
    }
}

mod copy {
    use super::*;

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
}

mod rewrite {
    use super::*;

    fn rewrite() -> Rewrite {
        Rewrite::new().exclude("*.md")
    }

    #[test]
    fn each_snapshot_has_its_entry() {
        let text = "create exclusive lock for repository\n\
            \nsnapshot c1c54175 of [/data/src] at 2026-11-22 11:26:51.40927834 +0100 CET by alice@srv1\nexcluding /data/src/b.bin\nsaved new snapshot bb446de5\nremoved old snapshot c1c54175\n\
            \nsnapshot 25663a9c of [/out.txt] at 2026-11-22 11:27:05.102848083 +0100 CET by alice@srv1\n\nmodified 1 snapshots\n";
        let report = run(rewrite(), 0, text, "").unwrap();
        let [first, second] = &report.snapshots[..] else {
            panic!("{report:?}")
        };
        assert!(first.modified && first.removed && !report.dry_run);
        assert_eq!(first.new_id.as_ref().unwrap().as_str(), "bb446de5");
        assert_eq!(first.excluded, ["/data/src/b.bin"]);
        assert!(!second.modified && !second.removed && second.new_id.is_none());
        assert_eq!(report.modified, Some(1));
    }

    #[test]
    fn a_dry_run_is_a_plan() {
        let text = "\nsnapshot d1f2d6bb of [/data/src] at 2026-11-22 11:16:20.079243599 +0100 CET by alice@srv1\nwould save new snapshot\nwould remove old snapshot\n\nwould modify 1 snapshots\n";
        let report = run(rewrite().dry_run(true), 0, text, "").unwrap();
        let entry = &report.snapshots[0];
        assert!(report.dry_run && entry.modified && entry.removed);
        assert_eq!((&entry.new_id, report.modified), (&None, Some(1)));
    }

    #[test]
    fn what_went_wrong() {
        let end = "no snapshots were modified\n";
        let error = fails(rewrite(), 0, end, IGNORED, ErrorKind::NotFound);
        assert_eq!(error.partial::<Rewrite>().unwrap().modified, Some(0));
        for cut in ["", "modified 1 snap", "\n"] {
            fails(rewrite(), 0, cut, "", ErrorKind::BadOutput);
        }
        for stderr in [
            "Fatal: Nothing to do: no excludes provided and no new metadata provided\n",
            "{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"Fatal: Nothing to do: no excludes/includes provided and no new metadata provided\"}\n",
        ] {
            fails(Rewrite::new(), 1, "", stderr, ErrorKind::Usage);
        }
    }
}

mod surroundings {
    use super::*;

    #[test]
    fn cache_folders_are_rows_of_a_table() {
        let table = "Repo ID     Last Used    Old  Size\n-----------------------------------------\n\
            0123456789  40 days ago  yes          1 B\n34ccf79e49  0 days ago        11.283 KiB\n\
            -----------------------------------------\n2 cache dirs in /home/alice/my cache dirs/restic\n";
        let report = run(Cache::new(), 0, table, "").unwrap();
        let [old, new] = &report.folders[..] else {
            panic!("{report:?}")
        };
        assert!(old.is_old && !new.is_old);
        assert_eq!((old.unused_days, new.unused_days), (40, 0));
        let (small, large) = (old.size.unwrap(), new.size.unwrap());
        assert_eq!((small.bytes, small.rounded), (1, false));
        assert_eq!((large.bytes, large.rounded), (11_553, true));
        assert_eq!(
            report.place.as_deref(),
            Some("/home/alice/my cache dirs/restic")
        );
        let none = "no cache dirs found, basedir is /home/alice/.cache/restic\n";
        let report = run(Cache::new(), 0, none, "").unwrap();
        assert_eq!(report.place.as_deref(), Some("/home/alice/.cache/restic"));
        fails(Cache::new(), 0, &table[..120], "", ErrorKind::BadOutput);
    }

    #[test]
    fn old_cache_folders_are_removed() {
        let check = |stdout: &str, expected: u64| {
            let report = run(Cache::new().cleanup(true), 0, stdout, "").unwrap();
            assert_eq!(report.removed, Some(expected));
        };
        check("no old cache dirs found\n", 0);
        check("remove 12 old cache directories\n", 12);
        // restic calls it a success.
        let stderr = "unable to remove /home/alice/.cache/restic/0123: unlinkat /home/alice/.cache/restic/0123: permission denied\n";
        let cleanup = Cache::new().cleanup(true);
        let stdout = "remove 1 old cache directories\n";
        let error = fails(cleanup, 0, stdout, stderr, ErrorKind::AccessDenied);
        assert_eq!(error.message(), stderr.trim_end());
        let stderr = "Fatal: Refusing to do anything, the cache is disabled\n";
        fails(Cache::new(), 1, "", stderr, ErrorKind::Usage);
    }

    #[test]
    fn options_have_defaults() {
        let text = "All Extended Options:\n  b2.connections            set a limit for the number of concurrent connections (default: 5)\n  \
            s3.bucket-lookup          bucket lookup style: 'auto', 'dns', or 'path'\n  \
            s3.enable-restore         restore objects from GLACIER or DEEP_ARCHIVE storage classes (default: false, requires \"s3-restore\" feature flag)\n  \
            s3.layout                 use this backend layout (default: auto-detect) (deprecated)\n  \
            rclone.args       arguments for running rclone (default: serve restic --stdio --b2-hard-delete)\n";
        let options = run(Options::new(), 0, text, "").unwrap().options;
        let defaults: Vec<_> = options
            .iter()
            .map(|option| option.default.as_deref())
            .collect();
        let args = "serve restic --stdio --b2-hard-delete";
        assert_eq!(
            defaults,
            [
                Some("5"),
                None,
                Some("false"),
                Some("auto-detect"),
                Some(args)
            ]
        );
        assert_eq!(options[1].name, "s3.bucket-lookup");
        assert_eq!(
            options[1].description,
            "bucket lookup style: 'auto', 'dns', or 'path'"
        );
        fails(Options::new(), 0, "", "", ErrorKind::BadOutput);
    }

    #[test]
    fn features_are_rows_of_a_table() {
        let table = "All Feature Flags:\nName                        Type    Default  Description\n-----\n\
            s3-restore                  alpha   false    restore S3 objects from cold storage classes when `-o s3.enable-restore=true` is set\n-----\n";
        let features = run(Features::new(), 0, table, "").unwrap().features;
        assert_eq!(features[0].stage, FeatureStage::Alpha);
        fails(Features::new(), 0, &table[..90], "", ErrorKind::BadOutput);
        let old = "unknown command \"features\" for \"restic\"\n";
        fails(Features::new(), 1, "", old, ErrorKind::Unsupported);
    }
}

mod mount {
    use super::*;

    const SERVED: &str = "Now serving the repository at /srv/tmp/mnt\n\
        Use another terminal or tool to browse the contents of this folder.\n\
        When finished, quit with Ctrl-c here or umount the mountpoint.\n";
    const CLEANING: &str = "\u{1b}[2Ksignal interrupt received, cleaning up\n";
    const IN_USE: &str = "unable to umount (maybe already umounted or still in use?): exit status 1: fusermount: failed to unmount /srv/tmp/mnt: Device or resource busy\n";

    fn mount() -> Mount {
        Mount::new("/srv/tmp/mnt")
    }

    /// A restic that serves until it is interrupted.
    fn served(exit: i32, stderr: &str) -> Restic {
        let end = Scripted::new().stderr(stderr).exit(exit);
        restic(Scripted::new().stdout(SERVED).hang().on_interrupt(end))
    }

    #[test]
    fn stopping_it_is_how_it_ends_well() {
        for exit in [0, 130] {
            let mounted = served(exit, CLEANING).mount(mount()).unwrap();
            assert_eq!(mounted.path(), "/srv/tmp/mnt");
            assert!(mounted.is_served());
            mounted.unmount().unwrap();

            let mut run = served(exit, CLEANING).start(mount()).unwrap();
            let ready = MountEvent::Ready("/srv/tmp/mnt".into());
            assert_eq!(run.next().unwrap().unwrap(), ready);
            run.stop();
            let unmounted = run.finish().unwrap();
            assert_eq!(unmounted.folder.as_deref(), Some("/srv/tmp/mnt"));
            assert_eq!(unmounted.text.len(), 3);
        }
        let mounted = served(130, IN_USE).mount(mount()).unwrap();
        let error = mounted.unmount().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Failed, "{error}");
        let mounted = served(1, "oops\n").mount(mount()).unwrap();
        let error = mounted.unmount().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}");
    }

    #[test]
    fn somebody_else_may_unmount_it() {
        assert!(run(mount(), 0, SERVED, "").is_ok());
        fails(mount(), 130, SERVED, CLEANING, ErrorKind::Interrupted);
        fails(mount(), 0, SERVED, IN_USE, ErrorKind::Failed);
        let mounted = restic(script(0, SERVED, "")).mount(mount()).unwrap();
        mounted.unmount().unwrap();
    }

    #[test]
    fn a_stop_before_it_is_served_is_a_cancel() {
        let script = Scripted::new()
            .hang()
            .on_interrupt(Scripted::new().exit(130));
        let run = restic(script).start(mount()).unwrap();
        run.stop();
        assert_eq!(run.finish().unwrap_err().kind(), ErrorKind::Cancelled);
        let stop = Stop::new();
        stop.stop();
        let error = served(0, "").with_stop(&stop).mount(mount()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled);
    }

    #[test]
    fn what_cannot_be_mounted() {
        let missing = "Mountpoint /srv/tmp/mnt doesn't exist\n";
        let stat = "stat /srv/tmp/mnt: no such file or directory\n";
        let denied = "fusermount: exit status 1\nalso, the following messages were logged by a library:\n\
            2026/11/22 11:26:30 mount helper error: fusermount: failed to open /dev/fuse: Permission denied\n\
            unable to umount (maybe already umounted or still in use?): exit status 1: fusermount: entry for /srv/tmp/mnt not found in /etc/mtab\n";
        let json = |words: &str| {
            format!("{{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"{words}\"}}\n")
        };
        let check = |stdout: &str, stderr: &str, kind: ErrorKind| {
            fails(mount(), 1, stdout, stderr, kind);
            let error = restic(script(1, stdout, stderr))
                .mount(mount())
                .unwrap_err();
            assert_eq!(error.kind(), kind, "{error}");
        };
        check(missing, stat, ErrorKind::NotFound);
        check(missing, &json(stat.trim_end()), ErrorKind::NotFound);
        check(
            "",
            &json("Fatal: mountpoint /srv/tmp/mnt does not exist"),
            ErrorKind::NotFound,
        );
        check("", denied, ErrorKind::AccessDenied);
        let denied = "fusermount: exit status 1 also, the following messages were logged by a library:\\n2026/11/22 11:27:13 mount helper error: fusermount: failed to open /dev/fuse: Permission denied\\n";
        check("", &json(denied), ErrorKind::AccessDenied);
        let without = "fusermount: exec: \\\"fusermount\\\": executable file not found in $PATH";
        check("", &json(without), ErrorKind::Unsupported);
        fails(mount(), 0, "", "", ErrorKind::BadOutput);
        let error = restic(script(0, "", "")).mount(mount()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadOutput);
    }
}
