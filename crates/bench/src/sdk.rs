//! The same by the SDK, as its users would.

use std::error::Error;
use std::sync::Arc;

use futures_executor::block_on;
use restic_cli_wrap::Restic;
use restic_cli_wrap::commands::{Backup, Diff, Find, FindEvent, Ls, Restore, Snapshots};
use restic_types::{BackupMessage, DiffMessage, LsMessage, RestoreMessage};

use crate::listing::Listing;
use crate::player::{PASSWORD, Player, Source};
use crate::tally::Tally;

type Read = Result<Option<Tally>, Box<dyn Error>>;

/// A client of a repository with a password, so that there are secrets to be masked.
pub(crate) fn client(source: &Source) -> Restic {
    if let Source::Restic { binary, repository } = source {
        return Restic::builder()
            .binary(binary)
            .repository(repository)
            .password(PASSWORD)
            .build();
    }
    Restic::builder()
        .executor(Arc::new(Player(source.clone())))
        .repository("rest:http://alice:s3cr3t-of-alice@backup.example/")
        .password("correct horse battery staple")
        .env("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")
        .restic_version("0.19.1")
        .build()
}

/// Hands out one event after the other.
pub(crate) fn iterate(listing: Listing, restic: &Restic) -> Read {
    let mut tally = Tally::default();
    macro_rules! each {
        ($command:expr, $row:pat => $number:expr) => {{
            let mut run = restic.start($command)?;
            for event in &mut run {
                if let $row = event? {
                    tally.add($number);
                }
            }
            let _ = run.finish()?;
        }};
    }
    match listing {
        Listing::Ls => each!(Ls::new("latest"), LsMessage::Node(node) => node.size),
        Listing::Diff => each!(
            Diff::new("a", "b"),
            DiffMessage::Change(change) => change.path.len() as u64
        ),
        Listing::Backup => each!(
            Backup::new(["/data"]),
            BackupMessage::VerboseStatus(item) => item.data_size
        ),
        Listing::Restore => each!(
            Restore::new("latest"),
            RestoreMessage::VerboseStatus(item) => item.size
        ),
        Listing::Find => each!(Find::new(["*"]), FindEvent::Match(found) => found.size),
        Listing::Snapshots => return Ok(None),
    }
    Ok(Some(tally))
}

/// Shows one row after the other.
pub(crate) fn visit(listing: Listing, restic: &Restic) -> Read {
    if listing != Listing::Ls {
        return Ok(None);
    }
    let mut tally = Tally::default();
    let mut run = restic.start(Ls::new("latest"))?;
    run.for_each_row(|node| tally.add(node.size))?;
    run.finish()?;
    Ok(Some(tally))
}

/// The same from asynchronous code.
pub(crate) fn iterate_async(listing: Listing, restic: &Restic) -> Read {
    let mut tally = Tally::default();
    macro_rules! each {
        ($command:expr, $row:pat => $number:expr) => {
            block_on(async {
                let mut run = restic.start_async($command);
                while let Some(event) = run.next().await {
                    if let $row = event? {
                        tally.add($number);
                    }
                }
                run.finish().await.map(drop)
            })?
        };
    }
    match listing {
        Listing::Ls => each!(Ls::new("latest"), LsMessage::Node(node) => node.size),
        Listing::Find => each!(Find::new(["*"]), FindEvent::Match(found) => found.size),
        _ => return Ok(None),
    }
    Ok(Some(tally))
}

/// Everything in one result.
pub(crate) fn collect(listing: Listing, restic: &Restic) -> Read {
    let mut tally = Tally::default();
    match listing {
        Listing::Ls => {
            let listing = restic.run(Ls::new("latest"))?;
            listing.nodes.iter().for_each(|node| tally.add(node.size));
        }
        Listing::Diff => {
            let difference = restic.run(Diff::new("a", "b"))?;
            let changes = difference.changes.iter();
            changes.for_each(|change| tally.add(change.path.len() as u64));
        }
        Listing::Find => {
            let found = restic.run(Find::new(["*"]))?;
            let matches = found.iter().flat_map(|snapshot| &snapshot.matches);
            matches.for_each(|found| tally.add(found.size));
        }
        Listing::Snapshots => {
            let snapshots = restic.run(Snapshots::new())?;
            snapshots
                .iter()
                .for_each(|one| tally.add(one.paths.len() as u64));
        }
        Listing::Backup | Listing::Restore => return Ok(None),
    }
    Ok(Some(tally))
}
