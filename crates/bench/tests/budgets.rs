//! What a row may cost in memory, counted and not timed.
#![allow(missing_docs, reason = "a test crate has no public interface")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]
#![allow(unsafe_code, reason = "an allocator cannot be counted without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::io::Read as _;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use restic_bench::{Consumer, Listing, Source};
use restic_cli_wrap::commands::{Find, FindEvent};
use restic_cli_wrap::{Exit, Restic, Scripted};

#[global_allocator]
static COUNTED: Counted = Counted;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);
static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

/// One measurement at a time.
static TURN: Mutex<()> = Mutex::new(());

/// The system's allocator, and what it was asked for.
struct Counted;

fn grown(size: usize) {
    ALLOCATIONS.fetch_add(1, Relaxed);
    let held = HELD.fetch_add(size, Relaxed) + size;
    PEAK.fetch_max(held, Relaxed);
}

// SAFETY: every call is passed on as it is.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grown(layout.size());
        // SAFETY: as promised to this.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as promised to this.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        grown(size);
        HELD.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as promised to this.
        unsafe { System.realloc(memory, layout, size) }
    }
}

/// What reading an output has taken.
#[derive(Debug)]
struct Cost {
    allocations: usize,
    /// Bytes that were held at once, beside what was there before.
    peak: usize,
}

fn cost(read: impl FnOnce()) -> Cost {
    let (allocations, held) = (ALLOCATIONS.load(Relaxed), HELD.load(Relaxed));
    PEAK.store(held, Relaxed);
    read();
    Cost {
        allocations: ALLOCATIONS.load(Relaxed) - allocations,
        peak: PEAK.load(Relaxed).saturating_sub(held),
    }
}

/// The cost of a number of rows.
fn cost_of(listing: Listing, consumer: Consumer, rows: u64) -> Cost {
    let source = Source::Text(listing.print(rows).into_bytes().into());
    cost(|| {
        let tally = consumer.read(listing, &source).unwrap();
        assert_eq!(tally.map(|tally| tally.rows), Some(rows));
    })
}

/// Allocations a row: those of its texts, and few beside.
#[test]
fn a_row_allocates_its_texts_alone() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    for (listing, consumer, texts) in [
        (Listing::Ls, Consumer::Iterator, 3.0),
        (Listing::Ls, Consumer::Async, 3.0),
        (Listing::Ls, Consumer::Collected, 3.0),
        (Listing::Ls, Consumer::Visitor, 0.0),
        (Listing::Diff, Consumer::Iterator, 2.0),
        (Listing::Backup, Consumer::Iterator, 1.0),
        (Listing::Restore, Consumer::Iterator, 1.0),
        // And the box that a match comes in.
        (Listing::Find, Consumer::Iterator, 5.0),
    ] {
        let (few, many) = (
            cost_of(listing, consumer, 2000),
            cost_of(listing, consumer, 12_000),
        );
        let each = (many.allocations - few.allocations) as f64 / 10_000.0;
        // Those that lie across two chunks, and names with escapes.
        let limit = texts + 0.25;
        assert!(
            each <= limit,
            "{listing:?}, {consumer:?}: {each} allocations a row, {limit} are allowed"
        );
    }
}

/// However many rows there are, a stream holds no more than a few chunks.
#[test]
fn a_stream_of_any_length_holds_little() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    for (listing, consumer, chunks) in [
        (Listing::Ls, Consumer::Iterator, 4),
        (Listing::Ls, Consumer::Visitor, 4),
        // Four may wait for the asynchronous side.
        (Listing::Ls, Consumer::Async, 10),
        (Listing::Diff, Consumer::Iterator, 4),
        (Listing::Backup, Consumer::Iterator, 4),
        (Listing::Restore, Consumer::Iterator, 4),
        (Listing::Find, Consumer::Iterator, 4),
    ] {
        let Cost { peak, .. } = cost_of(listing, consumer, 20_000);
        let limit = chunks * 64 * 1024;
        assert!(
            peak <= limit,
            "{listing:?}, {consumer:?}: {peak} bytes held, {limit} are allowed"
        );
    }
}

#[test]
fn the_first_match_of_find_comes_with_the_first_chunk() {
    // What this allocates would count elsewhere.
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut chunk = Vec::new();
    let document = Listing::Find.print(13_523);
    let mut document = document.as_bytes().take(64 * 1024);
    document.read_to_end(&mut chunk).unwrap();
    // It prints no more than the beginning of a document.
    let script = Scripted::new().stdout(chunk).exits(Exit::Signal(9));
    let restic = Restic::builder()
        .executor(Scripted::executor([script]))
        .repository("/srv/repo")
        .password("secret")
        .restic_version("0.19.1")
        .build();
    let mut run = restic.start(Find::new(["*"])).unwrap();
    let first = run.next().unwrap().unwrap();
    assert!(matches!(first, FindEvent::Match(_)), "{first:?}");
    let matches = run.by_ref().filter(|event| event.is_ok()).count();
    assert!(matches > 100, "{matches} more in the same chunk");
    // It has not ended well, and says so.
    assert!(run.finish().is_err());
}
