//! The loop that anybody would write: lines by memchr, one check for UTF-8 a line, `serde_json`
//! into the types, which are the SDK's.

use std::error::Error;
use std::io::{self, Read};

use restic_types::{
    BackupVerboseStatus, DiffChange, Node, RestoreVerboseStatus, Snapshot, SnapshotMatches,
};
use serde::de::DeserializeOwned;

use crate::listing::Listing;
use crate::player::Source;
use crate::tally::Tally;

/// Cuts what it reads into lines.
#[derive(Debug)]
struct Rows<R> {
    reader: R,
    buffer: Vec<u8>,
    filled: usize,
    at: usize,
}

impl<R: Read> Rows<R> {
    /// Reads 64 KiB at once.
    fn new(reader: R) -> Self {
        Self {
            reader,
            buffer: vec![0; 64 * 1024],
            filled: 0,
            at: 0,
        }
    }

    /// The next line without its end; nothing at the end of all.
    fn next_line(&mut self) -> io::Result<Option<&[u8]>> {
        let mut searched = self.at;
        loop {
            if let Some(found) = memchr::memchr(b'\n', &self.buffer[searched..self.filled]) {
                let line = self.at..searched + found;
                self.at = line.end + 1;
                return Ok(Some(&self.buffer[line]));
            }
            self.buffer.copy_within(self.at..self.filled, 0);
            self.filled -= self.at;
            self.at = 0;
            searched = self.filled;
            if self.filled == self.buffer.len() {
                self.buffer.resize(self.filled * 2, 0);
            }
            let count = self.reader.read(&mut self.buffer[self.filled..])?;
            if count == 0 {
                return Ok(None);
            }
            self.filled += count;
        }
    }
}

/// Reads one row after the other.
pub(crate) fn read(listing: Listing, reader: impl Read) -> Result<Tally, Box<dyn Error>> {
    let mut tally = Tally::default();
    match listing {
        Listing::Ls => each(reader, is_node, |node: Node| tally.add(node.size))?,
        Listing::Diff => each(reader, is_change, |change: DiffChange| {
            tally.add(change.path.len() as u64);
        })?,
        Listing::Backup => each(reader, is_item, |item: BackupVerboseStatus| {
            tally.add(item.data_size);
        })?,
        Listing::Restore => each(reader, is_item, |item: RestoreVerboseStatus| {
            tally.add(item.size);
        })?,
        Listing::Find => {
            let found: Vec<SnapshotMatches> = document(reader)?;
            let matches = found.iter().flat_map(|snapshot| &snapshot.matches);
            matches.for_each(|found| tally.add(found.size));
        }
        Listing::Snapshots => {
            let snapshots: Vec<Snapshot> = document(reader)?;
            snapshots
                .iter()
                .for_each(|one| tally.add(one.paths.len() as u64));
        }
    }
    Ok(tally)
}

/// Reads all rows into a list. Nothing for what the loop has in one list anyway.
pub(crate) fn keep(listing: Listing, reader: impl Read) -> Result<Option<Tally>, Box<dyn Error>> {
    if listing != Listing::Ls {
        return Ok(None);
    }
    let mut nodes: Vec<Node> = Vec::new();
    each(reader, is_node, |node| nodes.push(node))?;
    let mut tally = Tally::default();
    nodes.iter().for_each(|node| tally.add(node.size));
    Ok(Some(tally))
}

/// Hands over each line that is wanted, as a value.
pub(crate) fn each<T: DeserializeOwned>(
    reader: impl Read,
    wanted: impl Fn(&str) -> bool,
    mut then: impl FnMut(T),
) -> Result<(), Box<dyn Error>> {
    let mut rows = Rows::new(reader);
    while let Some(line) = rows.next_line()? {
        let line = std::str::from_utf8(line)?;
        if wanted(line) {
            then(serde_json::from_str(line)?);
        }
    }
    Ok(())
}

/// Reads nothing before the program has ended, as most wrappers of restic do: its output in one
/// piece, cut into lines, and all values in a list.
pub(crate) fn keep_output(
    listing: Listing,
    source: &Source,
) -> Result<Option<Tally>, Box<dyn Error>> {
    let (Listing::Ls, Some(mut command)) = (listing, source.command()) else {
        return Ok(None);
    };
    let output = command.output()?;
    if !output.status.success() {
        return Err(format!("the program failed: {}", output.status).into());
    }
    let text = String::from_utf8(output.stdout)?;
    let lines = text.lines().filter(|line| is_node(line));
    let nodes: Result<Vec<Node>, _> = lines
        .map(|line| serde_json::from_slice(line.as_bytes()))
        .collect();
    let mut tally = Tally::default();
    nodes?.iter().for_each(|node| tally.add(node.size));
    Ok(Some(tally))
}

fn is_node(line: &str) -> bool {
    line.ends_with(r#""struct_type":"node"}"#)
}

fn is_change(line: &str) -> bool {
    line.starts_with(r#"{"message_type":"change""#)
}

fn is_item(line: &str) -> bool {
    line.starts_with(r#"{"message_type":"verbose_status""#)
}

fn document<T: DeserializeOwned>(mut reader: impl Read) -> Result<T, Box<dyn Error>> {
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes)?;
    Ok(serde_json::from_slice(&bytes)?)
}
