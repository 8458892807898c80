//! What runs leave behind, looked for from outside: in `/proc`, and in the repository.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// What a process held before something ran.
pub struct Before {
    /// An entry `name=value` in the environment of all that is started from now on.
    mark: String,
    /// Who has it already, such as the program that has started this one.
    marked: Vec<u32>,
    children: Vec<u32>,
    descriptors: usize,
}

impl Before {
    pub fn now(mark: String) -> io::Result<Self> {
        Ok(Self {
            marked: marked(&mark)?,
            mark,
            children: children()?,
            descriptors: descriptors()?.len(),
        })
    }

    /// Checks that nothing is left within this time: no child, not even a dead one, no process
    /// further away, no descriptor.
    pub fn check(&self, patience: Duration) -> Result<(), String> {
        let begin = Instant::now();
        loop {
            let left = self.left().map_err(|error| error.to_string())?;
            match left {
                Some(left) if begin.elapsed() >= patience => return Err(left),
                Some(_) => thread::sleep(Duration::from_millis(20)),
                None => return Ok(()),
            }
        }
    }

    fn left(&self) -> io::Result<Option<String>> {
        let mut children = children()?;
        children.retain(|child| !self.children.contains(child));
        let mut marked = marked(&self.mark)?;
        marked.retain(|process| !self.marked.contains(process));
        let open = descriptors()?;
        let nothing = children.is_empty() && marked.is_empty() && open.len() <= self.descriptors;
        Ok((!nothing).then(|| {
            format!(
                "left are children {children:?}, processes {marked:?}, \
                 descriptors {open:?} where {} were before",
                self.descriptors
            )
        }))
    }
}

/// What the descriptors of this process lead to.
pub fn descriptors() -> io::Result<Vec<String>> {
    let entries = fs::read_dir("/proc/self/fd")?.filter_map(Result::ok);
    let targets = entries.filter_map(|entry| fs::read_link(entry.path()).ok());
    Ok(targets.map(|path| path.display().to_string()).collect())
}

/// The children of this process, dead ones that nobody has waited for too.
pub fn children() -> io::Result<Vec<u32>> {
    let this = std::process::id().to_string();
    let is_child = |pid: &u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // The name of the program, in parentheses, may hold anything.
        let rest = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        rest.split(' ').nth(1) == Some(&this)
    };
    Ok(processes()?.filter(is_child).collect())
}

/// The other processes with this entry in their environment, however far away they are by now.
pub fn marked(mark: &str) -> io::Result<Vec<u32>> {
    let is_marked = |pid: &u32| {
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        let mut entries = environment.split(|byte| *byte == 0);
        *pid != std::process::id() && entries.any(|entry| entry == mark.as_bytes())
    };
    Ok(processes()?.filter(is_marked).collect())
}

/// The process ids on this machine.
fn processes() -> io::Result<impl Iterator<Item = u32>> {
    let entries = fs::read_dir("/proc")?;
    Ok(entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()))
}

/// The locks in the repository in this directory.
pub fn locks(repository: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(repository.join("locks"))?;
    entries.map(|entry| Ok(entry?.path())).collect()
}
