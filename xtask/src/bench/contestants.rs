//! Whole programs in turn, in one run: wall time and CPU, that of their children included.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Instant;

use super::table::{Goal, Table};
use crate::task::Result;

/// A program under measurement.
pub(super) struct Contestant {
    name: &'static str,
    command: Command,
    wall: Vec<f64>,
    cpu: Vec<f64>,
}

/// What a program takes: the middle of its rounds.
#[derive(Clone, Copy)]
pub(super) struct Taken {
    pub(super) name: &'static str,
    wall: f64,
    cpu: f64,
}

impl Contestant {
    pub(super) fn new(name: &'static str, command: Command) -> Self {
        Self {
            name,
            command,
            wall: Vec::new(),
            cpu: Vec::new(),
        }
    }

    fn run(&mut self) -> Result<()> {
        let (begin, cpu) = (Instant::now(), children_cpu()?);
        let status = self
            .command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()?;
        self.wall.push(begin.elapsed().as_secs_f64());
        self.cpu.push(children_cpu()? - cpu);
        if status.success() {
            Ok(())
        } else {
            Err(format!("{} failed: {status}", self.name).into())
        }
    }
}

/// Runs them in turn, so that whatever else the machine does meets all of them.
pub(super) fn run(mut contestants: Vec<Contestant>, rounds: usize) -> Result<Vec<Taken>> {
    for _ in 0..rounds {
        for contestant in &mut contestants {
            contestant.run()?;
        }
    }
    let taken = contestants.into_iter().map(|one| Taken {
        name: one.name,
        wall: median(one.wall),
        cpu: middle(one.cpu),
    });
    Ok(taken.collect())
}

/// What some of them are aimed at, of wall time and CPU.
pub(super) type Goals = Option<(Goal, Goal)>;

/// Compares the medians with those of the first.
pub(super) fn compare(title: &str, rows: impl IntoIterator<Item = (Taken, Goals)>) -> [Table; 2] {
    let mut wall = Table::new(format!("{title}, wall time"), "s");
    let mut cpu = Table::new(format!("{title}, CPU"), "s");
    for (taken, goals) in rows {
        let (wall_goal, cpu_goal) = goals.unzip();
        wall.add(taken.name, taken.wall, wall_goal);
        cpu.add(taken.name, taken.cpu, cpu_goal);
    }
    [wall, cpu]
}

/// The one in the middle.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The mean without the least and the most. The system counts CPU in hundredths of a second, and
/// a median of those would be as coarse.
fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let kept = match &values[..] {
        [_, kept @ .., _] if !kept.is_empty() => kept,
        all => all,
    };
    kept.iter().sum::<f64>() / kept.len() as f64
}

/// Seconds of CPU of all children that have ended, and of theirs.
pub(super) fn children_cpu() -> Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name of the program, in brackets, may have blanks in it.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = |field: usize| -> Result<f64> {
        let text = fields
            .split_whitespace()
            .nth(field)
            .ok_or("no such field")?;
        Ok(text.parse()?)
    };
    // A hundred a second on every system that has this file.
    Ok((ticks(13)? + ticks(14)?) / 100.0)
}
