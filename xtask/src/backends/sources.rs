//! What is backed up, and whether it comes back.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

const MIB: usize = 1024 * 1024;

/// Writes a directory of a few files, an empty one and one of several blobs among them.
pub(super) fn write_few(directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory.join("below/deeper"))?;
    fs::write(directory.join("empty"), "")?;
    fs::write(directory.join("notes.txt"), "a few words\n")?;
    fs::write(
        directory.join("below/naïve name"),
        (0..=255).collect::<Vec<u8>>(),
    )?;
    write_noise(&directory.join("below/deeper/noise"), 3)
}

/// Writes a file of this many MiB in which nothing comes twice, and which cannot be compressed.
pub(super) fn write_noise(path: &Path, size: usize) -> io::Result<()> {
    let mut file = io::BufWriter::with_capacity(MIB, fs::File::create(path)?);
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..size * MIB / 8 {
        // xorshift64
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        file.write_all(&state.to_le_bytes())?;
    }
    file.flush()
}

/// Compares two directories byte by byte, and gives the number of their files.
pub(super) fn compare(one: &Path, other: &Path) -> Result<usize, String> {
    let in_words = |error: io::Error| format!("cannot compare: {error}");
    let (one, other) = (read(one).map_err(in_words)?, read(other).map_err(in_words)?);
    let names = one.keys().chain(other.keys());
    match names
        .into_iter()
        .find(|name| one.get(*name) != other.get(*name))
    {
        Some(name) => Err(format!("{} is not the same", name.display())),
        None => Ok(one.values().flatten().count()),
    }
}

/// The files of a directory with their content, and its directories without any.
fn read(directory: &Path) -> io::Result<BTreeMap<PathBuf, Option<Vec<u8>>>> {
    let mut found = BTreeMap::new();
    let mut directories = vec![directory.to_owned()];
    while let Some(next) = directories.pop() {
        for entry in fs::read_dir(next)? {
            let path = entry?.path();
            let content = if path.is_dir() {
                directories.push(path.clone());
                None
            } else {
                Some(fs::read(&path)?)
            };
            let name = path.strip_prefix(directory).unwrap_or(&path).to_owned();
            found.insert(name, content);
        }
    }
    Ok(found)
}

/// The bytes in all files below this directory.
pub(super) fn size(directory: &Path) -> u64 {
    let entries = fs::read_dir(directory).into_iter().flatten();
    // What is gone by now has no size.
    let sizes = entries.filter_map(Result::ok).filter_map(|entry| {
        let metadata = entry.metadata().ok()?;
        Some(if metadata.is_dir() {
            size(&entry.path())
        } else {
            metadata.len()
        })
    });
    sizes.sum()
}
