//! # Plans
//!
//! With `dry_run(true)` a command changes nothing and returns a plan. The field `dry_run` of its
//! result is true then: it repeats what the command asked for, whatever restic prints.
//!
//! | command | result | what it contains |
//! |---|---|---|
//! | [`Backup`](crate::commands::Backup) | [`BackupSummary`](crate::types::BackupSummary) | what would be saved; its snapshot id is not that of an existing snapshot |
//! | [`Forget`](crate::commands::Forget) | [`ForgetReport`](crate::commands::ForgetReport) | what would be removed, and pruned up to restic 0.18 |
//! | [`ForgetSnapshots`](crate::commands::ForgetSnapshots) | [`Forgotten`](crate::commands::Forgotten) | what would be pruned, up to restic 0.18 |
//! | [`Prune`](crate::commands::Prune) | [`PruneReport`](crate::commands::PruneReport) | what would be removed, since restic 0.12 |
//! | [`RepairSnapshots`](crate::commands::RepairSnapshots) | [`SnapshotRepairs`](crate::commands::SnapshotRepairs) | which snapshots would be rewritten |
//! | [`Restore`](crate::commands::Restore) | [`Restored`](crate::commands::Restored) | what would be written, since restic 0.17 |
//!
//! ```no_run
//! # use restic_cli_wrap::{Restic, commands::Forget};
//! # fn example(restic: Restic) -> restic_cli_wrap::Result<()> {
//! let forget = Forget::new().keep_daily(7).prune(true);
//! let plan = restic.run(forget.clone().dry_run(true))?;
//! assert!(plan.dry_run);
//! for group in &plan {
//!     println!("{}: would remove {} snapshots", group.host, group.remove.len());
//! }
//! restic.run(forget)?;
//! # Ok(())
//! # }
//! ```
