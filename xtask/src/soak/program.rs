//! Programs that return from `main` while a backup runs: this program, started again.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::bench::{Bench, MARK};
use super::future;
use crate::task::{Outcome, Result};

/// The task of this program that is such a program.
pub(crate) const TASK: &str = "soak-program";

/// What such a program says before it returns.
const AT_WORK: &str = "at work";

/// Longer than the stop policy takes.
const LIMIT: Duration = Duration::from_secs(30);

pub(super) fn blocking(bench: &Bench, moment: Duration) -> Result<Duration> {
    start(bench, "blocking", moment)
}

pub(super) fn asynchronous(bench: &Bench, moment: Duration) -> Result<Duration> {
    start(bench, "async", moment)
}

/// Lets such a program run, and returns how long it took to its end when it had begun to return.
fn start(bench: &Bench, kind: &str, moment: Duration) -> Result<Duration> {
    let child = Command::new(env::current_exe()?)
        .args([TASK, kind, &moment.as_millis().to_string()])
        .args([&bench.binary, &bench.directory])
        .env(MARK, &bench.mark)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut program = Program(child);
    let mut line = String::new();
    // Its backup has a deadline, and with it what is waited for here.
    if let Some(stdout) = program.0.stdout.take() {
        BufReader::new(stdout).read_line(&mut line)?;
    }
    let begin = Instant::now();
    loop {
        match program.0.try_wait()? {
            Some(status) if status.success() && line.trim() == AT_WORK => {
                return Ok(begin.elapsed());
            }
            Some(status) => return Err(format!("the program ended with {status}").into()),
            None if begin.elapsed() >= LIMIT => return Err("the program does not end".into()),
            None => thread::sleep(Duration::from_millis(5)),
        }
    }
}

/// Ends when this is dropped.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        // One that has ended already has nothing to be killed, and no more to wait for.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Is such a program: what follows this is the return from `main`.
pub(crate) fn run(mut arguments: impl Iterator<Item = String>) -> Outcome {
    let mut next = || arguments.next().ok_or("a program needs arguments");
    let (kind, moment) = (next()?, Duration::from_millis(next()?.parse()?));
    let (binary, directory) = (next()?, next()?);
    let bench = Bench::at(Path::new(&binary), Path::new(&directory));
    if kind == "blocking" {
        return_while_at_work(&bench, moment)
    } else {
        future::runtime()?.block_on(settle_and_return(&bench, moment))
    }
}

fn return_while_at_work(bench: &Bench, moment: Duration) -> Outcome {
    let _run = bench.at_work(&bench.client().build(), moment)?;
    println!("{AT_WORK}");
    Ok(())
}

async fn settle_and_return(bench: &Bench, moment: Duration) -> Outcome {
    let restic = bench.client().build();
    future::drop_future_at_work(bench, &restic, moment).await?;
    println!("{AT_WORK}");
    restic.settle_async().await;
    Ok(())
}
