//! Metrics of many repositories, in the text format of Prometheus: whether each can be read, how
//! many snapshots it has, how old the newest is, and the kind of error where there is one.
//!
//! ```text
//! cargo run --example exporter -- NAME=REPOSITORY=PASSWORD_FILE...
//! ```

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example talks to people"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use restic_cli_wrap::commands::Snapshots;
use restic_cli_wrap::types::Snapshot;
use restic_cli_wrap::{Error, Restic};

/// Asks all repositories at the same time: one that hangs delays the rest no longer than its
/// deadline.
fn scrape(repositories: &BTreeMap<String, Restic>) -> String {
    let mut metrics = String::new();
    thread::scope(|scope| {
        let asked = repositories.iter().map(|(name, restic)| {
            // No lock, so that a running prune delays nothing.
            (name, scope.spawn(|| restic.run(Snapshots::new())))
        });
        for (name, answer) in asked.collect::<Vec<_>>() {
            if let Ok(answer) = answer.join() {
                write(&mut metrics, name, answer);
            }
        }
    });
    metrics
}

/// The lines of one repository.
fn write(metrics: &mut String, name: &str, answer: Result<Vec<Snapshot>, Error>) {
    let up = u8::from(answer.is_ok());
    // Writing to a String cannot fail.
    let _ = writeln!(metrics, "restic_up{{repository={name:?}}} {up}");
    let _ = match answer {
        Ok(snapshots) => {
            let times = snapshots
                .iter()
                .map(|snapshot| snapshot.time.unix_seconds());
            let newest = times.max().unwrap_or(0);
            let count = snapshots.len();
            writeln!(
                metrics,
                "restic_snapshots{{repository={name:?}}} {count}\n\
                 restic_newest_snapshot_seconds{{repository={name:?}}} {newest}"
            )
        }
        Err(error) => writeln!(
            metrics,
            "restic_error{{repository={name:?},kind=\"{}\",retryable=\"{}\"}} 1",
            error.kind(),
            error.is_retryable()
        ),
    };
}

/// Reads `NAME=REPOSITORY=PASSWORD_FILE`.
fn repository(argument: &str) -> Option<(String, Restic)> {
    let (name, rest) = argument.split_once('=')?;
    let (repository, password) = rest.rsplit_once('=')?;
    let restic = Restic::builder()
        .repository(repository)
        .password_file(password)
        .no_lock(true)
        .total_deadline(Duration::from_secs(60))
        .build();
    Some((name.to_owned(), restic))
}

fn main() -> ExitCode {
    let named: Option<BTreeMap<_, _>> = std::env::args()
        .skip(1)
        .map(|word| repository(&word))
        .collect();
    match named {
        Some(repositories) if !repositories.is_empty() => {
            print!("{}", scrape(&repositories));
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("usage: exporter NAME=REPOSITORY=PASSWORD_FILE...");
            ExitCode::from(2)
        }
    }
}

#[cfg(test)]
mod tests {
    use restic_cli_wrap::Scripted;

    use super::*;

    fn answering(script: Scripted) -> Restic {
        Restic::builder()
            .executor(Scripted::executor([script]))
            .build()
    }

    #[test]
    fn each_repository_has_its_lines() {
        let snapshot =
            r#"[{"time":"2026-11-22T11:16:15Z","tree":"a","paths":["/"],"id":"b","short_id":"b"}]"#;
        let hour = Duration::from_secs(3600);
        let repositories = BTreeMap::from([
            (
                "home".to_owned(),
                answering(Scripted::new().stdout(snapshot)),
            ),
            (
                "mail".to_owned(),
                answering(Scripted::locked_by(7, "srv", "root", hour)),
            ),
            (
                "new".to_owned(),
                answering(Scripted::no_repository("/srv/new")),
            ),
        ]);
        let expected = "\
restic_up{repository=\"home\"} 1
restic_snapshots{repository=\"home\"} 1
restic_newest_snapshot_seconds{repository=\"home\"} 1795346175
restic_up{repository=\"mail\"} 0
restic_error{repository=\"mail\",kind=\"locked\",retryable=\"true\"} 1
restic_up{repository=\"new\"} 0
restic_error{repository=\"new\",kind=\"no_repository\",retryable=\"false\"} 1
";
        assert_eq!(scrape(&repositories), expected);
    }

    #[test]
    fn arguments_may_have_equals_signs_in_the_repository() {
        assert!(repository("home=rest:http://host/?a=b=/pw").is_some());
        assert!(repository("home").is_none());
    }
}
