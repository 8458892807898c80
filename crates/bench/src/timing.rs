//! Times of things that are done in turn, so that whatever else the machine does meets all of them.

use std::error::Error;
use std::time::{Duration, Instant};

/// What is done, and may fail.
pub type Task<'a> = Box<dyn FnMut() -> Result<(), Box<dyn Error>> + 'a>;

/// How long a round should take at least: the clock and its own cost are then nothing.
const ROUND: Duration = Duration::from_millis(5);

/// The seconds that each task takes, as the median over this many rounds.
///
/// # Errors
///
/// When one fails.
pub(crate) fn in_turn<const N: usize>(
    mut tasks: [Task<'_>; N],
    rounds: usize,
) -> Result<[f64; N], Box<dyn Error>> {
    let mut repeats = [1; N];
    for (task, repeats) in tasks.iter_mut().zip(&mut repeats) {
        *repeats = repeats_in_a_round(task)?;
    }
    let mut seconds = [const { Vec::new() }; N];
    for _ in 0..rounds.max(1) {
        for (index, task) in tasks.iter_mut().enumerate() {
            let taken = repeated(task, repeats[index])?;
            seconds[index].push(taken.as_secs_f64() / f64::from(repeats[index]));
        }
    }
    Ok(seconds.map(median))
}

/// How often a task is done until it has taken as long as a round should.
fn repeats_in_a_round(task: &mut Task<'_>) -> Result<u32, Box<dyn Error>> {
    let mut repeats = 1;
    while repeated(task, repeats)? < ROUND {
        repeats *= 2;
    }
    Ok(repeats)
}

fn repeated(task: &mut Task<'_>, times: u32) -> Result<Duration, Box<dyn Error>> {
    let begin = Instant::now();
    for _ in 0..times {
        task()?;
    }
    Ok(begin.elapsed())
}

/// The one in the middle.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The CPU that this program has taken, its children left aside. Returns `None` when the system
/// does not say.
#[must_use]
pub fn cpu() -> Option<Duration> {
    #[cfg(unix)]
    {
        let taken = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        taken.try_into().ok()
    }
    #[cfg(not(unix))]
    None
}
