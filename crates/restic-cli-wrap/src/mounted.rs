use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use restic_process::Stop;

use crate::commands::{Mount, MountEvent};
use crate::settling;
use crate::slots::Slot;
use crate::{Error, ErrorKind, Restic, Result};

/// A directory in which the snapshots of a repository can be read, until it is unmounted.
///
/// ```no_run
/// # use restic_cli_wrap::{Restic, commands::Mount};
/// # fn example(restic: Restic) -> Result<(), Box<dyn std::error::Error>> {
/// let mounted = restic.mount(Mount::new("/mnt/backup"))?;
/// let text = std::fs::read(mounted.path().join("snapshots/latest/data/a.txt"))?;
/// mounted.unmount()?;
/// # drop(text);
/// # Ok(())
/// # }
/// ```
///
/// A background thread watches over restic in the meantime. Dropping this unmounts the directory
/// as [`unmount`](Self::unmount) does, and waits for that; errors are then not reported.
#[must_use = "the directory is unmounted when this is dropped"]
pub struct Mounted {
    path: PathBuf,
    restic: Restic,
    stop: Stop,
    /// Present until somebody waits for it.
    watcher: Option<JoinHandle<Result<()>>>,
}

impl Restic {
    /// Mounts the repository, and returns when its snapshots can be read.
    ///
    /// The client's deadlines apply to the whole time for which it is mounted.
    ///
    /// # Errors
    ///
    /// When restic could not be started, or could not mount the repository: see [`Mount`].
    pub fn mount(&self, command: Mount) -> Result<Mounted> {
        self.mount_in(None, command)
    }

    fn mount_in(&self, slot: Option<Slot>, command: Mount) -> Result<Mounted> {
        let path = command.mountpoint().to_owned();
        let mut run = self.start_in(slot, command, None)?;
        let stop = run.stop_handle();
        match run.next() {
            Some(Ok(MountEvent::Ready(_))) => {}
            Some(Err(error)) => return Err(error),
            None => {
                run.finish()?;
                let message = "restic ended before it served the directory, and gave no reason: \
                               check that FUSE works on this machine";
                return Err(Error::new(ErrorKind::BadOutput, message));
            }
        }
        let watch = move || run.finish().map(drop);
        let watcher = std::thread::Builder::new()
            .name("restic mount".into())
            .spawn(watch)
            .map_err(|error| {
                let message = "could not spawn a thread to watch restic, which was asked to \
                               unmount again: raise the limit of threads, or mount later";
                Error::new(ErrorKind::Io, message).with_source(error.into())
            })?;
        Ok(Mounted {
            path,
            restic: self.clone(),
            stop,
            watcher: Some(watcher),
        })
    }

    /// Like [`mount`](Self::mount), as a future for any runtime.
    ///
    /// Dropping the future before its end stops restic in the background. Dropping the
    /// [`Mounted`] blocks, as [`unmount`](Mounted::unmount) does:
    /// [`unmount_async`](Mounted::unmount_async) does not.
    ///
    /// # Errors
    ///
    /// As `mount`.
    pub fn mount_async(
        &self,
        command: Mount,
    ) -> impl Future<Output = Result<Mounted>> + Send + use<> {
        self.in_slot_in_background(move |restic, slot| restic.mount_in(slot, command))
    }
}

impl Mounted {
    /// The directory that was to be mounted.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether restic still runs: somebody else may have unmounted the directory.
    #[must_use]
    pub fn is_served(&self) -> bool {
        let watcher = self.watcher.as_ref();
        watcher.is_some_and(|watcher| !watcher.is_finished())
    }

    /// Unmounts the directory: restic is interrupted, and ends.
    ///
    /// # Errors
    ///
    /// When the directory is still in use, or restic had failed or was ended before.
    pub fn unmount(mut self) -> Result<()> {
        self.end()
    }

    /// Like [`unmount`](Self::unmount), as a future for any runtime. It goes on when the future
    /// is dropped after it was polled.
    ///
    /// # Errors
    ///
    /// As `unmount`.
    pub fn unmount_async(self) -> impl Future<Output = Result<()>> + Send + 'static {
        let restic = self.restic.clone();
        restic.in_background(move |_| self.unmount())
    }

    /// Asks restic to unmount the directory, and does not wait for that, like
    /// [`Run::stop_in_background`](crate::Run::stop_in_background). Whether the directory was
    /// still in use is not reported.
    pub fn unmount_in_background(self) {
        self.stop.stop();
        let settling = Arc::clone(self.restic.settling());
        settling::drop_in_background(settling, self);
    }

    fn end(&mut self) -> Result<()> {
        self.stop.stop();
        match self.watcher.take().map(JoinHandle::join) {
            Some(Ok(result)) => result,
            Some(Err(_)) => {
                let message = "the thread that watched restic has panicked: check whether the \
                               directory is still mounted, and report this as a bug";
                Err(Error::new(ErrorKind::Io, message))
            }
            None => Ok(()),
        }
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // There is nobody to report to.
        let _: Result<()> = self.end();
    }
}

impl fmt::Debug for Mounted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mounted")
            .field("path", &self.path)
            .field("is_served", &self.is_served())
            .finish_non_exhaustive()
    }
}
