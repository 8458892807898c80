//! The restic program itself.

use std::ffi::OsStr;
use std::fs;
use std::time::{Duration, SystemTime};

use restic_cli_wrap::commands::*;
use restic_cli_wrap::{ErrorKind, Restic};

use super::{builder, on_each};

#[test]
fn caches_are_listed_and_cleaned() {
    on_each("caches_are_listed_and_cleaned", |bench| {
        let place = bench.path("cache");
        fs::create_dir(&place).unwrap();
        let restic = builder(&bench.binary, bench.directory.path())
            .no_cache(false)
            .cache_dir(place.as_os_str())
            .build();
        let report = restic.run(Cache::new()).unwrap();
        assert!(report.directories.is_empty(), "{report:?}");
        assert_eq!(
            report.place.as_deref().map(OsStr::new),
            Some(place.as_os_str())
        );

        restic.run(Snapshots::new()).unwrap();
        let old = place.join("0123456789".repeat(7).split_off(6));
        fs::create_dir(&old).unwrap();
        fs::write(old.join("version"), "1").unwrap();
        let before = SystemTime::now() - Duration::from_secs(40 * 86_400);
        fs::File::open(&old).unwrap().set_modified(before).unwrap();

        let report = restic.run(Cache::new()).unwrap();
        assert_eq!(report.directories.len(), 2);
        let directory = report
            .directories
            .iter()
            .find(|directory| directory.is_old)
            .unwrap();
        assert_eq!(directory.repository.as_str(), "6789012345");
        assert_eq!(directory.unused_days, 40);
        assert_eq!(directory.size.unwrap().bytes, 1);
        assert!(!directory.size.unwrap().rounded);
        let short = restic.run(Cache::new().no_size(true)).unwrap();
        assert!(
            short
                .directories
                .iter()
                .all(|directory| directory.size.is_none())
        );

        let cleaned = restic.run(Cache::new().cleanup(true)).unwrap();
        assert_eq!(cleaned.removed, Some(1));
        assert!(!old.exists());
        let again = Cache::new().cleanup(true).max_age(10_u32);
        assert_eq!(restic.run(again).unwrap().removed, Some(0));
        assert_eq!(bench.kind(Cache::new()), ErrorKind::Usage);
    });
}

#[test]
fn options_and_features_are_listed() {
    on_each("options_and_features_are_listed", |bench| {
        // Without a repository.
        let restic = Restic::builder().binary(&bench.binary).build();
        let options = restic.run(Options::new()).unwrap().options;
        let rclone = options
            .iter()
            .find(|option| option.name == "rclone.program");
        assert_eq!(rclone.unwrap().default.as_deref(), Some("rclone"));
        assert!(options.len() > 10 && options.iter().all(|option| !option.description.is_empty()));
        if bench.is_older_than(17) {
            assert_eq!(bench.kind(Features::new()), ErrorKind::Unsupported);
        } else {
            let features = restic.run(Features::new()).unwrap().features;
            let found = features
                .iter()
                .find(|feature| feature.name == "safe-forget-keep-tags");
            assert!(found.unwrap().default);
        }
    });
}
