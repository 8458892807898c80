//! Commands whose output is bytes, written as they come.

use std::io::Write;

use crate::Result;
use crate::client::Restic;
use crate::command::Command;
use crate::slots::Slot;

impl Restic {
    /// Runs a command whose output is bytes, and writes them as they come: a
    /// [`Dump`](crate::commands::Dump), a [`CatBlob`](crate::commands::CatBlob), a
    /// [`CatPack`](crate::commands::CatPack). Returns the number of bytes.
    ///
    /// Memory use is that of a few chunks, whatever the size. A slow writer slows restic down.
    ///
    /// ```no_run
    /// # use restic_cli_wrap::{Restic, commands::Dump};
    /// # fn example(restic: Restic) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut file = std::fs::File::create("/restored/database.sql")?;
    /// restic.dump_to(Dump::new("latest", "/srv/database.sql"), &mut file)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When restic did not do what was asked, which is known only after its last byte: what
    /// was written until then is incomplete, although it may look complete. When the writer fails,
    /// restic is stopped, and the kind is [`CannotWrite`](crate::ErrorKind::CannotWrite).
    pub fn dump_to<C>(&self, command: C, writer: &mut impl Write) -> Result<u64>
    where
        C: Command<Event = Vec<u8>>,
    {
        self.dump_in(None, command, writer)
    }

    fn dump_in<C>(&self, slot: Option<Slot>, command: C, writer: &mut impl Write) -> Result<u64>
    where
        C: Command<Event = Vec<u8>>,
    {
        let mut run = self.start_in(slot, command, None)?;
        let mut written = 0;
        while let Some(bytes) = run.next() {
            let bytes = bytes?;
            if let Err(error) = writer.write_all(&bytes) {
                return Err(run.refuse(error));
            }
            written += bytes.len() as u64;
        }
        match writer.flush() {
            Ok(()) => run.finish().map(|_| written),
            Err(error) => Err(run.refuse(error)),
        }
    }

    /// Like [`dump_to`](Self::dump_to), as a future for any runtime. The writer is written to on
    /// a thread of its own, and comes back with the number of bytes.
    ///
    /// Dropping the future stops restic in the background.
    ///
    /// ```no_run
    /// # use restic_cli_wrap::{Restic, commands::Dump};
    /// # async fn example(restic: Restic) -> restic_cli_wrap::Result<()> {
    /// let dump = Dump::new("latest", "/srv/database.sql");
    /// let (bytes, text) = restic.dump_to_async(dump, Vec::new()).await?;
    /// assert_eq!(bytes, text.len() as u64);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As `dump_to`.
    pub fn dump_to_async<C, W>(
        &self,
        command: C,
        mut writer: W,
    ) -> impl Future<Output = Result<(u64, W)>> + Send + use<C, W>
    where
        C: Command<Event = Vec<u8>>,
        W: Write + Send + 'static,
    {
        self.in_slot_in_background(move |restic, slot| {
            let written = restic.dump_in(slot, command, &mut writer)?;
            Ok((written, writer))
        })
    }
}
