//! `cargo bench`: every way to read every output, beside the plain loop in the same run.

use divan::Bencher;
use divan::counter::ItemsCount;
use restic_bench::{Consumer, Listing, Source};

/// As many as `find` had on the tree that all of this was first measured with.
const ROWS: u64 = 13_523;

fn main() {
    divan::main();
}

fn read(bencher: Bencher<'_, '_>, listing: Listing, consumer: Consumer) {
    let source = Source::Text(listing.print(ROWS).into_bytes().into());
    bencher.counter(ItemsCount::new(ROWS)).bench_local(|| {
        let tally = consumer.read(listing, &source);
        assert!(tally.is_ok_and(|tally| tally.is_some()), "it is read");
    });
}

/// One group a listing, with those consumers that can read it.
macro_rules! group {
    ($name:ident, $listing:expr, [$($consumer:ident),+]) => {
        #[divan::bench(args = [$(Consumer::$consumer),+])]
        fn $name(bencher: Bencher<'_, '_>, consumer: &Consumer) {
            read(bencher, $listing, *consumer);
        }
    };
}

group!(
    ls,
    Listing::Ls,
    [Baseline, BaselineKept, Iterator, Visitor, Async, Collected]
);
group!(diff, Listing::Diff, [Baseline, Iterator, Collected]);
group!(backup, Listing::Backup, [Baseline, Iterator]);
group!(restore, Listing::Restore, [Baseline, Iterator]);
group!(find, Listing::Find, [Baseline, Iterator, Async, Collected]);
group!(snapshots, Listing::Snapshots, [Baseline, Collected]);
