//! What is measured from outside, each in a process of its own: see [`USAGE`].
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for people at a terminal"
)]

use std::env;
use std::error::Error;
use std::fs;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;
use std::process::ExitCode;

use restic_bench::{Consumer, Listing, Replayed, Source, progress, starting, timing};

const USAGE: &str = "\
usage: restic-bench LISTING CONSUMER FILE
       restic-bench ls CONSUMER RESTIC REPOSITORY    the output of a program
       restic-bench LISTING print ROWS               makes an output
       restic-bench replay WHAT ROUNDS DIRECTORY     answers from a recording, in microseconds
       restic-bench start PROGRAM ROUNDS             one call, in microseconds
       restic-bench host small|large PROGRAM ROUNDS  the same, by the memory of the caller
       restic-bench progress CONSUMER PROGRAM        CPU for each second of a backup's progress
       restic-bench status SECONDS                   acts like a backup that reports progress";

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
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["replay", what, rounds, directory] => replay(what.parse()?, rounds.parse()?, directory),
        ["start", program, rounds] => {
            let [output, file, password] = starting::above_output(program, rounds.parse()?)?;
            report(&[
                ("output", output),
                ("password-file", file),
                ("password", password),
            ]);
            Ok(())
        }
        ["host", size, program, rounds] => {
            let call = starting::from_host(size == "large", program, rounds.parse()?)?;
            report(&[("call", call)]);
            Ok(())
        }
        ["progress", consumer, program] => follow(consumer.parse()?, program),
        ["status", seconds] => Ok(progress::print(seconds.parse()?, &mut io::stdout().lock())?),
        [listing, "print", rows] => Ok(print(listing.parse()?, rows.parse()?)?),
        [listing, consumer, file] => read(listing, consumer, &Source::File(file.into())),
        [listing, consumer, restic, repository] => {
            let source = Source::Restic {
                binary: restic.into(),
                repository: repository.to_owned(),
            };
            read(listing, consumer, &source)
        }
        _ => Err(USAGE.into()),
    }
}

/// Prints what was measured, for the program that compares it.
fn report(measured: &[(&str, f64)]) {
    for (name, number) in measured {
        println!("{name} {number}");
    }
}

fn read(listing: &str, consumer: &str, source: &Source) -> Result<(), Box<dyn Error>> {
    let consumer: Consumer = consumer.parse()?;
    let tally = consumer.read(listing.parse()?, source)?;
    let tally = tally.ok_or("there is no such way to read this")?;
    println!("{} rows, sum {}", tally.rows, tally.sum);
    // Where Linux says how much memory this program ever had.
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    if let Some(peak) = status.lines().find(|line| line.starts_with("VmHWM:")) {
        println!("{peak}");
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

fn replay(what: Replayed, rounds: usize, directory: &str) -> Result<(), Box<dyn Error>> {
    let [replay, parse] = what.pair(Path::new(directory))?.measure(rounds)?;
    report(&[("replay", replay * 1e6), ("parse", parse * 1e6)]);
    Ok(())
}

fn follow(consumer: Consumer, program: &str) -> Result<(), Box<dyn Error>> {
    let before = timing::cpu().ok_or("this system does not say what CPU a program takes")?;
    let lines = progress::follow(consumer, program)?;
    let cpu = timing::cpu().unwrap_or(before).saturating_sub(before);
    report(&[("lines", lines as f64), ("cpu", cpu.as_secs_f64())]);
    Ok(())
}
