//! What it costs to start a program, however little that prints.

use std::error::Error;
use std::hint::black_box;
use std::process::{Command, Stdio};
use std::time::Instant;

use restic_cli_wrap::Restic;
use restic_cli_wrap::commands::Snapshots;

use crate::timing::{Task, median};

/// How much memory a large host has touched, in bytes.
const HEAP: usize = 1 << 30;

/// Microseconds of `Command::output`, and how many more a call takes: with its password in a
/// file of the user, and with one that was given to the client. The program is anything that prints
/// `[]`.
///
/// Each round makes each call once, and compares within the round: what else the machine does meets
/// all of them.
///
/// # Errors
///
/// When a call fails.
pub fn above_output(program: &str, rounds: usize) -> Result<[f64; 3], Box<dyn Error>> {
    let restic = || Restic::builder().binary(program).repository("/nowhere");
    let file = restic().password_file("/etc/restic/password").build();
    let password = restic().password("correct horse battery staple").build();
    let mut calls: [Task<'_>; 3] = [
        Box::new(|| bare(program)),
        Box::new(|| snapshots(&file)),
        Box::new(|| snapshots(&password)),
    ];
    for call in &mut calls {
        // Where the program is, is found once.
        call()?;
    }
    let mut found = [const { Vec::new() }; 3];
    for round in 0..rounds.max(1) {
        let mut taken = [0.0; 3];
        for turn in 0..3 {
            // Nobody is always the first, or behind the same one.
            let index = (round + turn) % 3;
            taken[index] = microseconds(&mut calls[index])?;
        }
        let [output, file, password] = taken;
        for (found, value) in found
            .iter_mut()
            .zip([output, file - output, password - output])
        {
            found.push(value);
        }
    }
    Ok(found.map(median))
}

/// Microseconds of a call, by a program with a gigabyte of memory when it is to be large.
///
/// # Errors
///
/// When a call fails.
pub fn from_host(is_large: bool, program: &str, rounds: usize) -> Result<f64, Box<dyn Error>> {
    let restic = Restic::builder().binary(program).repository("/nowhere");
    let restic = restic.password("correct horse battery staple").build();
    let heap = black_box(vec![1_u8; if is_large { HEAP } else { 0 }]);
    let mut call: Task<'_> = Box::new(|| snapshots(&restic));
    // Where the program is, is found once.
    call()?;
    let times: Result<_, _> = (0..rounds.max(1))
        .map(|_| microseconds(&mut call))
        .collect();
    drop(heap);
    times.map(median)
}

/// What anybody would write, with the arguments that restic needs.
fn bare(program: &str) -> Result<(), Box<dyn Error>> {
    let output = Command::new(program)
        .args(["--json", "--repo=/nowhere", "snapshots"])
        .arg("--password-file=/etc/restic/password")
        .stdin(Stdio::null())
        .output()?;
    if output.status.success() && !black_box(output.stdout).is_empty() {
        Ok(())
    } else {
        Err(format!("{program} failed: {}", output.status).into())
    }
}

fn snapshots(restic: &Restic) -> Result<(), Box<dyn Error>> {
    black_box(restic.run(Snapshots::new())?);
    Ok(())
}

fn microseconds(call: &mut Task<'_>) -> Result<f64, Box<dyn Error>> {
    let begin = Instant::now();
    call()?;
    Ok(begin.elapsed().as_secs_f64() * 1e6)
}
