//! Outputs of restic, made up.

use std::fmt::Write as _;
use std::str::FromStr;

/// An output of restic that there may be very much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Listing {
    /// `ls`: a snapshot, then a line for each file.
    Ls,
    /// `diff`: a line for each change, then the statistics.
    Diff,
    /// `backup -vv`: a line for each file, then the summary.
    Backup,
    /// `restore -vv`: the same.
    Restore,
    /// `find`: one document with all matches.
    Find,
    /// `snapshots`: one document.
    Snapshots,
}

impl Listing {
    /// Every one of them.
    pub const ALL: [Self; 6] = [
        Self::Ls,
        Self::Diff,
        Self::Backup,
        Self::Restore,
        Self::Find,
        Self::Snapshots,
    ];

    /// Its name, as of restic's command.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ls => "ls",
            Self::Diff => "diff",
            Self::Backup => "backup",
            Self::Restore => "restore",
            Self::Find => "find",
            Self::Snapshots => "snapshots",
        }
    }

    /// What restic would print for a number of rows; the same each time.
    #[must_use]
    pub fn print(self, rows: u64) -> String {
        let mut text = self.head().to_owned();
        for row in 0..rows {
            if row > 0 {
                text += self.separator();
            }
            self.print_row(row, &mut text);
        }
        let _ = write!(text, "{}", self.tail(rows));
        text
    }

    /// What comes before the first row.
    #[must_use]
    pub fn head(self) -> &'static str {
        match self {
            Self::Ls => concat!(
                r#"{"time":"2026-11-22T11:16:20.079243599+01:00","#,
                r#""tree":"c3cf7d0a6740cc17c3d8749cd92d4fe3e751c963fb271e4963c950e502ff433b","#,
                r#""paths":["/data/src"],"hostname":"srv1","username":"alice","uid":1000,"gid":1000,"#,
                r#""program_version":"restic 0.19.1","#,
                r#""id":"fd82b0ce218d5d19077109ffc0ce7111f5864051a8e3483b76f36032999a4084","#,
                r#""short_id":"fd82b0ce","message_type":"snapshot","struct_type":"snapshot"}"#,
                "\n"
            ),
            Self::Find => r#"[{"matches":["#,
            Self::Snapshots => "[",
            Self::Diff | Self::Backup | Self::Restore => "",
        }
    }

    /// What stands between two rows.
    #[must_use]
    pub fn separator(self) -> &'static str {
        match self {
            Self::Find | Self::Snapshots => ",",
            _ => "\n",
        }
    }

    /// Adds a row, without what separates it from the next.
    pub fn print_row(self, row: u64, text: &mut String) {
        let (name, path) = names(row);
        let size = noise(row) % 5_000_000;
        let inode = 10_000_000 + row;
        let changed = time(row);
        let done = match self {
            Self::Ls => write!(
                text,
                r#"{{"name":"{name}","type":"file","path":"{path}","uid":1000,"gid":1000,"size":{size},"mode":420,"permissions":"-rw-r--r--","mtime":"{}","atime":"{}","ctime":"{changed}","inode":{inode},"message_type":"node","struct_type":"node"}}"#,
                time(row / 3),
                time(row / 2),
            ),
            Self::Diff => write!(
                text,
                r#"{{"message_type":"change","path":"{path}","modifier":"M"}}"#
            ),
            Self::Backup => write!(
                text,
                r#"{{"message_type":"verbose_status","action":"new","item":"{path}","duration":0.00{:07},"data_size":{size},"data_size_in_repo":{},"metadata_size":0,"metadata_size_in_repo":0,"total_files":0}}"#,
                noise(row) % 10_000_000,
                size / 2,
            ),
            Self::Restore => write!(
                text,
                r#"{{"message_type":"verbose_status","action":"restored","item":"{path}","size":{size}}}"#
            ),
            Self::Find => write!(
                text,
                r#"{{"path":"{path}","permissions":"-rw-r--r--","type":"file","mode":420,"mtime":"{}","atime":"{}","ctime":"{changed}","uid":1000,"gid":1000,"user":"alice","group":"alice","inode":{inode},"device_id":65024,"size":{size},"links":1}}"#,
                time(row / 3),
                time(row / 2),
            ),
            Self::Snapshots => write!(
                text,
                r#"{{"time":"{changed}","parent":"{0}","tree":"{1}","paths":["/data/src"],"hostname":"srv1","username":"alice","uid":1000,"gid":1000,"tags":["nightly"],"program_version":"restic 0.19.1","summary":{{"backup_start":"{changed}","backup_end":"{changed}","files_new":{2},"files_changed":0,"files_unmodified":5,"dirs_new":5,"dirs_changed":0,"dirs_unmodified":0,"data_blobs":4,"tree_blobs":6,"data_added":{size},"data_added_packed":42423,"total_files_processed":5,"total_bytes_processed":{size}}},"id":"{3}","short_id":"{4:08x}"}}"#,
                id(row),
                id(row + 1),
                row % 100,
                id(row + 2),
                noise(row + 2) & 0xffff_ffff,
            ),
        };
        debug_assert!(done.is_ok(), "a string takes everything");
    }

    /// What comes behind the last of this many rows.
    #[must_use]
    pub fn tail(self, rows: u64) -> String {
        match self {
            Self::Ls => "\n".into(),
            Self::Diff => concat!(
                "\n",
                r#"{"message_type":"statistics","source_snapshot":"fd82b0ce","target_snapshot":"8cba57a6","changed_files":1,"#,
                r#""added":{"files":1,"dirs":0,"others":0,"data_blobs":2,"tree_blobs":4,"bytes":3922},"#,
                r#""removed":{"files":1,"dirs":0,"others":0,"data_blobs":2,"tree_blobs":5,"bytes":6662}}"#,
                "\n"
            )
            .into(),
            Self::Backup => concat!(
                "\n",
                r#"{"message_type":"summary","files_new":5,"files_changed":0,"files_unmodified":0,"dirs_new":5,"#,
                r#""dirs_changed":0,"dirs_unmodified":0,"data_blobs":4,"tree_blobs":6,"data_added":46875,"#,
                r#""data_added_packed":42423,"total_files_processed":5,"total_bytes_processed":42906,"#,
                r#""total_duration":1.156184468,"backup_start":"2026-11-22T11:16:20.079243599+01:00","#,
                r#""backup_end":"2026-11-22T11:16:21.235428067+01:00","#,
                r#""snapshot_id":"fd82b0ce218d5d19077109ffc0ce7111f5864051a8e3483b76f36032999a4084"}"#,
                "\n"
            )
            .into(),
            Self::Restore => format!(
                "\n{{\"message_type\":\"summary\",\"total_files\":{rows},\"files_restored\":{rows},\"total_bytes\":1,\"bytes_restored\":1}}\n"
            ),
            Self::Find => format!(r#"],"hits":{rows},"snapshot":"{}"}}]"#, id(1)) + "\n",
            Self::Snapshots => "]\n".into(),
        }
    }
}

impl FromStr for Listing {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|listing| listing.name() == name);
        found.ok_or_else(|| format!("{name}: no such listing"))
    }
}

/// The last part of a path, and all of it, as JSON has them. Some names are not plain.
fn names(row: u64) -> (String, String) {
    let name = match row % 50 {
        7 => format!("m\u{fc}ller-{row:06}.txt"),
        31 => format!(r"r\u0026d-{row:06}.txt"),
        _ => format!("report-{row:06}.data"),
    };
    let (outer, middle, inner) = (row / 4096, row / 256 % 16, row / 16 % 16);
    let path =
        format!("/data/src/projects-{outer:04}/department-{middle:02}/archive-{inner:02}/{name}");
    (name, path)
}

fn time(row: u64) -> String {
    format!(
        "2026-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}+01:00",
        row / 28 % 12 + 1,
        row % 28 + 1,
        row / 7 % 24,
        row / 11 % 60,
        row / 13 % 60,
        // restic prints no zeros at the end.
        noise(row) % 99_999_999 * 10 + 1,
    )
}

fn id(row: u64) -> String {
    let part = |n| noise(row.wrapping_mul(4) + n);
    format!(
        "{:016x}{:016x}{:016x}{:016x}",
        part(0),
        part(1),
        part(2),
        part(3)
    )
}

/// A number that looks like chance (splitmix64).
fn noise(row: u64) -> u64 {
    let mut x = row.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
