//! Saving data.

use std::fs;

use restic_cli_wrap::commands::*;
use restic_cli_wrap::types::RestoreMessage;
use restic_cli_wrap::{ErrorKind, FailedItem, Outcome};

use super::{noise, on_each};

#[test]
fn what_was_saved_is_listed_counted_and_restored() {
    on_each("what_was_saved_is_listed_counted_and_restored", |bench| {
        let restic = &bench.restic;
        let id = bench.backup();
        let listing = restic.run(Ls::new(&id)).unwrap();
        assert!(listing.nodes.iter().any(|node| node.name == "b.bin"));
        assert!(listing.snapshot.unwrap().id.as_str().starts_with(&id));
        let docs = Ls::new("latest").directory(bench.path("data/docs"));
        assert_eq!(restic.run(docs).unwrap().nodes.len(), 2);
        assert_eq!(bench.kind(Ls::new("deadbeef")), ErrorKind::NotFound);

        assert_eq!(restic.run(Stats::new()).unwrap().total_size, 5006);
        let raw = Stats::new().snapshot("latest").mode(StatsMode::RawData);
        assert!(restic.run(raw).unwrap().total_blob_count > 2);
        match restic.run(StatsDebug::new()) {
            Ok(text) => assert!(text.to_string().contains("File Type: data")),
            Err(error) => assert!(bench.is_older_than(16), "{error}"),
        }

        let target = bench.path("restored");
        let restore = Restore::new(&id).target(&target);
        let mut run = restic.start(restore.clone().verify(true)).unwrap();
        let errors = run
            .by_ref()
            .filter(|event| matches!(event.as_ref().unwrap(), RestoreMessage::Error(_)));
        assert_eq!(errors.count(), 0);
        let Outcome::Complete(restored) = run.finish().unwrap() else {
            panic!("incomplete")
        };
        assert_eq!(restored.summary.is_none(), bench.is_older_than(16));
        let inside = bench
            .path("data")
            .strip_prefix("/")
            .unwrap()
            .join("docs/b.bin");
        assert_eq!(fs::read(target.join(&inside)).unwrap(), noise());

        // A link that is there already is an error for an old restic, and a directory in the
        // place of a file for a new one.
        fs::remove_file(target.join(&inside)).unwrap();
        fs::create_dir_all(target.join(&inside).join("in/the/way")).unwrap();
        let Outcome::Incomplete(partial) = restic.run(restore).unwrap() else {
            panic!("{}: complete", bench.version)
        };
        let name = if bench.is_older_than(16) {
            "/link"
        } else {
            "/docs/b.bin"
        };
        let failed = |item: &FailedItem| item.path.ends_with(name);
        assert!(partial.errors.iter().any(failed), "{partial:?}");
        assert!(partial.message.contains("There were"), "{partial:?}");

        let unknown = Restore::new("deadbeef").target(bench.path("x"));
        assert_eq!(bench.kind(unknown), ErrorKind::NotFound);
        assert_eq!(bench.kind(Restore::new(&id)), ErrorKind::Usage);
    });
}
