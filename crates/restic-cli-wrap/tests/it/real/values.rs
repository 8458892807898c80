//! What real restics make of values of flags.

use std::fs;
use std::path::Path;

use restic_cli_wrap::commands::*;
use restic_cli_wrap::types::ResticVersion;
use restic_cli_wrap::values::*;
use restic_cli_wrap::{ErrorKind, Restic};
use tempfile::TempDir;

use restic_test_support::binaries::binaries;
use restic_test_support::cheap_repository;

/// A repository with a snapshot of tags a and b, one of tag a, and one without, of two hosts.
struct Bench {
    directory: TempDir,
    restic: Restic,
    version: ResticVersion,
}

impl Bench {
    fn new(binary: &Path) -> Self {
        let directory = TempDir::new().unwrap();
        let data = directory.path().join("data");
        fs::create_dir_all(data.join("docs")).unwrap();
        fs::write(data.join("docs/small"), [0; 2048]).unwrap();
        fs::write(data.join("large"), [1; 2049]).unwrap();
        let restic = Restic::builder()
            .binary(binary)
            .repository(directory.path().join("repo"))
            .password("secret")
            .no_cache(true)
            .build();
        let version = restic.run(Version::new()).unwrap();
        let version = version.restic_version().unwrap();
        cheap_repository::make(&directory.path().join("repo")).unwrap();
        if version >= ResticVersion::new(0, 14, 0) {
            // Compression is for the second format.
            restic.run(Migrate::new("upgrade_repo_v2")).unwrap();
        }
        let backup = Backup::new([data]);
        for (tags, host) in [(&["a", "b"][..], "one"), (&["a"], "one"), (&[], "two")] {
            let outcome = restic.run(backup.clone().tags(tags).host(host)).unwrap();
            assert!(outcome.is_complete());
        }
        Self {
            version,
            directory,
            restic,
        }
    }

    fn has(&self, minor: u16) -> bool {
        self.version >= ResticVersion::new(0, minor, 0)
    }

    fn found(&self, tags: &[TagList]) -> usize {
        let command = Snapshots::new().tags(tags.iter().cloned());
        self.restic.run(command).unwrap().len()
    }

    /// How many groups there are, and how many snapshots are removed.
    fn plan(&self, policy: Forget) -> (usize, usize) {
        let plan = self.restic.run(policy.dry_run(true)).unwrap();
        (
            plan.len(),
            plan.iter().map(|group| group.remove.len()).sum(),
        )
    }

    fn check_filters_and_policies(&self) {
        let a = || TagList::new("a");
        let b = || TagList::new("b");
        assert_eq!(self.found(&[a()]), 2);
        assert_eq!(self.found(&[a().and("b")]), 1);
        assert_eq!(self.found(&[b(), a()]), 2);
        let untagged = usize::from(self.has(12));
        assert_eq!(self.found(&[TagList::untagged()]), untagged);

        let all = GroupBy::nothing;
        let last = || Forget::new().keep_last(1);
        assert_eq!(self.plan(last().group_by(all())), (1, 2));
        assert_eq!(self.plan(last().group_by(all().host())), (2, 1));
        let most = all().host().paths().tags();
        assert_eq!(self.plan(last().group_by(most)), (3, 0));
        let kept = last().group_by(all()).keep_tag(a().and("b"));
        assert_eq!(self.plan(kept), (1, 1));
        let within = CalendarDuration::new().years(2).months(5).days(7).hours(3);
        assert_eq!(self.plan(Forget::new().keep_within(within)), (2, 0));
    }

    fn check_sizes(&self) {
        for (size, files) in [(Size::bytes(2048), 1), (Size::kib(2), 1), (Size::tib(1), 2)] {
            let backup = Backup::new([self.directory.path().join("data")]);
            let backup = backup.exclude_larger_than(size).force(true);
            let outcome = self.restic.run(backup).unwrap();
            let summary = outcome.summary().unwrap();
            assert_eq!(summary.total_files_processed, files);
        }
        let prune = Forget::new().keep_last(9).prune(true);
        let sizes = prune.max_unused(Size::mib(1)).max_repack_size(Size::gib(1));
        let parts = [MaxUnused::percent(0.5), MaxUnused::unlimited()];
        let mut policies = vec![sizes];
        policies.extend(parts.map(|part| Forget::new().keep_last(1).max_unused(part)));
        for policy in policies {
            let result = self.restic.run(policy.dry_run(true));
            let kind = result.err().map(|error| error.kind());
            assert_eq!(kind, (!self.has(12)).then_some(ErrorKind::Unsupported));
        }
    }

    fn check_subsets(&self) {
        let old = [Subset::part(1, 2)];
        let new = [Subset::percent(5), Size::bytes(4096).into()];
        let cases = old.map(|it| (it, true)).into_iter();
        for (subset, known) in cases.chain(new.map(|it| (it, self.has(13)))) {
            let check = Check::new().read_data_subset(subset.clone());
            let done = self.restic.run(check);
            assert_eq!(done.is_ok_and(|report| report.is_ok()), known, "{subset:?}");
        }
    }

    fn check_references(&self) {
        let target = self.directory.path().join("restored");
        let data = self.directory.path().join("data");
        let directory = SnapshotRef::latest().directory(&data);
        if self.has(16) {
            let restore = Restore::new(directory).target(&target);
            assert!(self.restic.run(restore).unwrap().is_complete());
            assert!(target.join("large").is_file());
        }
        let snapshots = self.restic.run(Snapshots::new()).unwrap();
        let one = Snapshots::new().snapshot(&snapshots[1].id);
        assert_eq!(self.restic.run(one).unwrap()[..], snapshots[1..2]);
    }
}

#[test]
fn real_restics_read_values() {
    for binary in binaries("real_restics_read_values") {
        println!("with {}", binary.display());
        let bench = Bench::new(&binary);
        bench.check_filters_and_policies();
        bench.check_references();
        bench.check_subsets();
        bench.check_sizes();
    }
}

#[test]
fn real_restics_read_compression() {
    let known = [Compression::Auto, Compression::Off, Compression::Max];
    let newer = [Compression::Fastest, Compression::Better];
    for binary in binaries("real_restics_read_compression") {
        println!("with {}", binary.display());
        let restic = Restic::builder().binary(&binary);
        let version = restic.clone().build().run(Version::new()).unwrap();
        let version = version.restic_version().unwrap();
        let has = |minor| version >= ResticVersion::new(0, minor, 0);
        let cases = known.iter().map(|word| (word, has(14)));
        for (word, known) in cases.chain(newer.iter().map(|word| (word, has(19)))) {
            let restic = restic.clone().compression(word.clone()).build();
            let done = restic.run(Version::new());
            assert_eq!(done.is_ok(), known, "{word:?} {version}");
        }
    }
}
