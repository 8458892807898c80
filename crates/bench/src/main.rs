//! Reads an output of restic in one way: `restic-bench LISTING CONSUMER FILE`, to be watched
//! by a profiler; `restic-bench ls CONSUMER RESTIC REPOSITORY` reads from a real restic, and
//! `restic-bench LISTING print ROWS` makes an output.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for people at a terminal"
)]

use std::env;
use std::error::Error;
use std::io::{self, BufWriter, Write as _};
use std::process::ExitCode;

use restic_bench::{Consumer, Listing, Source};

const USAGE: &str = "usage: restic-bench LISTING CONSUMER FILE
       restic-bench ls CONSUMER RESTIC REPOSITORY
       restic-bench LISTING print ROWS";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [listing, consumer, what, repository @ ..] = &arguments[..] else {
        return Err(USAGE.into());
    };
    let listing: Listing = listing.parse()?;
    if consumer == "print" {
        return Ok(print(listing, what.parse()?)?);
    }
    let consumer: Consumer = consumer.parse()?;
    let source = match repository {
        [] => Source::File(what.into()),
        [repository] => Source::Restic {
            binary: what.into(),
            repository: repository.clone(),
        },
        _ => return Err(USAGE.into()),
    };
    match consumer.read(listing, &source)? {
        Some(tally) => println!("{} rows, sum {}", tally.rows, tally.sum),
        None => return Err("there is no such way to read this".into()),
    }
    Ok(())
}

/// Prints an output of any length without having it in memory.
fn print(listing: Listing, rows: u64) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    let mut text = listing.head().to_owned();
    for row in 0..rows {
        if row > 0 {
            text += listing.separator();
        }
        listing.print_row(row, &mut text);
        out.write_all(text.as_bytes())?;
        text.clear();
    }
    text += &listing.tail(rows);
    out.write_all(text.as_bytes())?;
    out.flush()
}
