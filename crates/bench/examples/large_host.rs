//! What a call costs a program that holds much memory, beside one that holds little:
//! `cargo run --release -p restic-bench --example large_host -- PROGRAM [CALLS]`, where the program
//! is a restic, or anything else that prints `[]`.
#![allow(clippy::print_stdout, reason = "a program for people at a terminal")]

use std::env;
use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use restic_cli_wrap::Restic;
use restic_cli_wrap::commands::Snapshots;

/// How much memory the larger host has touched, in bytes.
const HEAP: usize = 1 << 30;

/// How many calls are measured unless said otherwise.
const CALLS: usize = 200;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let program = arguments
        .next()
        .ok_or("usage: large_host PROGRAM [CALLS]")?;
    let calls = arguments.next().map_or(Ok(CALLS), |calls| calls.parse())?;
    let restic = Restic::builder()
        .binary(program)
        .repository("/nowhere")
        .password("a password")
        .build();
    // Where the program is, is found once.
    let _ = restic.run(Snapshots::new());
    let small = median(&restic, calls.max(1));
    let heap = black_box(vec![1_u8; HEAP]);
    let large = median(&restic, calls.max(1));
    drop(heap);
    println!("a call from a small host: {small:?}");
    println!("a call from one with 1 GiB of memory: {large:?}");
    println!("ratio: {:.2}", large.as_secs_f64() / small.as_secs_f64());
    Ok(())
}

/// The time in the middle of those that calls take.
fn median(restic: &Restic, calls: usize) -> Duration {
    let mut times: Vec<Duration> = (0..calls)
        .map(|_| {
            let begin = Instant::now();
            // A failure costs the same.
            let _ = black_box(restic.run(Snapshots::new()));
            begin.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[calls / 2]
}
