//! The peak of a program's memory while it lists very many files, by what Linux says of it.

use std::path::Path;
use std::process::Command;

use super::programs::{Programs, example};
use super::table::{Goal, Table};
use crate::task::{Result, skip};

/// Rows for 111 MiB of lines, and for ten times as many.
const ROWS: [u64; 2] = [263_000, 2_630_000];

/// KiB at most for a stream, and how much of that the longer one may be above the shorter one.
const STREAM: f64 = 4096.0;
const GROWTH: f64 = 256.0;

/// KiB at most for all rows of the shorter one in a list.
const COLLECTED: f64 = 110.0 * 1024.0;

pub(super) fn measure(programs: &Programs) -> Result<Vec<Table>> {
    if !Path::new("/proc/self/status").exists() {
        skip("this system does not say how much memory a program had")?;
        return Ok(Vec::new());
    }
    let lists = ROWS.map(|rows| {
        // It is made while it is read.
        let prints = format!("'{}' ls print {rows}", programs.bench.display());
        programs.fake_restic(&format!("ls-{rows}"), &prints)
    });
    let [short, long] = lists;
    let (short, long) = (short?, long?);
    Ok(vec![
        streams(programs, &short, &long)?,
        collected(programs, &short)?,
    ])
}

fn streams(programs: &Programs, short: &Path, long: &Path) -> Result<Table> {
    let ls_stream = example("restic-cli-wrap", "ls_stream")?;
    let by_hand = |restic| peak(&mut programs.reads("baseline", restic, Path::new("/nowhere")));
    let by_us = |mode: Option<&str>, restic: &Path| {
        let mut command = Command::new(&ls_stream);
        // The password is not read: no restic is asked for it.
        let password = "/etc/restic/password";
        command.args(mode).arg(restic).args(["/nowhere", password]);
        peak(&mut command)
    };
    let mut table = Table::new("peak of a stream of ls", "KiB");
    let baseline = [by_hand(short)?, by_hand(long)?];
    table.add("plain loop, 111 MiB", baseline[0], None);
    table.add_beside("plain loop, 1.1 GiB", baseline[1], baseline[0], None);
    let growth = "growth from 111 MiB to 1.1 GiB";
    for (name, mode) in [
        ("blocking", None),
        ("borrowed", Some("--borrowed")),
        ("async", Some("--async")),
    ] {
        let peaks = [by_us(mode, short)?, by_us(mode, long)?];
        for (size, (peak, baseline)) in ["111 MiB", "1.1 GiB"]
            .iter()
            .zip(peaks.iter().zip(baseline))
        {
            let goal = Some(Goal::value(STREAM));
            table.add_beside(format!("{name}, {size}"), *peak, baseline, goal);
        }
        let grown = peaks[1] - peaks[0];
        table.add_beside(
            format!("{name}, {growth}"),
            grown,
            peaks[0],
            Some(Goal::value(GROWTH)),
        );
    }
    Ok(table)
}

fn collected(programs: &Programs, restic: &Path) -> Result<Table> {
    let nowhere = Path::new("/nowhere");
    let peak = |way| peak(&mut programs.reads(way, restic, nowhere));
    let mut table = Table::new(format!("peak of ls of {} files in a list", ROWS[0]), "KiB");
    table.add("plain loop", peak("baseline-kept")?, None);
    let goal = Some(Goal::value(COLLECTED));
    table.add("collected", peak("collected")?, goal);
    Ok(table)
}

/// KiB, as the program says at its end.
fn peak(command: &mut Command) -> Result<f64> {
    let output = command.output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    match line.and_then(|line| line.split_whitespace().next()) {
        Some(peak) if output.status.success() => Ok(peak.parse()?),
        _ => Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into()),
    }
}
