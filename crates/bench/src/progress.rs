//! The progress of a backup, as fast as restic ever reports it.

use std::error::Error;
use std::io::{self, Write};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use futures_executor::block_on;
use restic_cli_wrap::Restic;
use restic_cli_wrap::commands::Backup;
use restic_types::{BackupMessage, BackupStatus};

use crate::baseline;
use crate::consumer::Consumer;
use crate::listing::Listing;

/// How many lines of progress there are in a second: restic prints no more.
pub const RATE: u32 = 60;

/// Prints progress for a number of seconds, then the summary.
///
/// # Errors
///
/// When nobody reads it.
pub fn print(seconds: u32, out: &mut impl Write) -> io::Result<()> {
    let (begin, lines) = (Instant::now(), seconds * RATE);
    for line in 0..lines {
        let due = Duration::from_secs(1) * line / RATE;
        thread::sleep(due.saturating_sub(begin.elapsed()));
        let percent = f64::from(line) / f64::from(lines);
        // One write, as restic does.
        let text = format!(
            r#"{{"message_type":"status","seconds_elapsed":{},"seconds_remaining":{},"percent_done":{percent},"total_files":51204,"files_done":{line},"total_bytes":1610612736,"bytes_done":{},"current_files":["/data/src/department-{line:02}/report-{line:06}.data"]}}"#,
            line / RATE,
            seconds - line / RATE,
            u64::from(line) * 1_048_576,
        );
        out.write_all((text + "\n").as_bytes())?;
        out.flush()?;
    }
    out.write_all(Listing::Backup.tail(0).trim_start().as_bytes())
}

/// Reads the progress of this program's backup, and returns how many lines there were.
///
/// # Errors
///
/// When the program fails, or nobody reads progress in this way.
pub fn follow(consumer: Consumer, program: &str) -> Result<u64, Box<dyn Error>> {
    let restic = Restic::builder().binary(program).repository("/nowhere");
    let restic = restic.password_file("/etc/restic/password").build();
    let backup = Backup::new(["/data"]);
    let mut lines = 0;
    let mut count = |message: BackupMessage| {
        if let BackupMessage::Status(_) = message {
            lines += 1;
        }
    };
    match consumer {
        Consumer::Baseline => return by_hand(program),
        Consumer::Iterator => {
            let mut run = restic.start(backup)?;
            for message in &mut run {
                count(message?);
            }
            drop(run.finish()?);
        }
        Consumer::Async => block_on(async {
            let mut run = restic.start_async(backup);
            while let Some(message) = run.next().await {
                count(message?);
            }
            run.finish().await.map(drop)
        })?,
        _ => return Err("nobody reads progress in this way".into()),
    }
    Ok(lines)
}

/// The plain loop.
fn by_hand(program: &str) -> Result<u64, Box<dyn Error>> {
    let mut child = Command::new(program)
        .args(["--json", "--repo=/nowhere", "backup", "--", "/data"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let stdout = child.stdout.take().ok_or("there is no pipe")?;
    let mut lines = 0;
    let is_status = |line: &str| line.starts_with(r#"{"message_type":"status""#);
    baseline::each(stdout, is_status, |_: BackupStatus| lines += 1)?;
    match child.wait()? {
        status if status.success() => Ok(lines),
        status => Err(format!("{program} failed: {status}").into()),
    }
}
