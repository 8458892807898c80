//! One `tracing` span a run (feature `tracing`); nothing at all without the feature.

use restic_process::{Event, Exit, Invocation};
use restic_types::ResticVersion;

use crate::ErrorKind;

/// The span of one run, from its start until its result is returned or it is dropped.
#[derive(Debug)]
pub(crate) struct RunSpan {
    #[cfg(feature = "tracing")]
    open: Open,
}

#[cfg(feature = "tracing")]
#[derive(Debug)]
struct Open {
    span: tracing::Span,
    began: std::time::Instant,
    bytes: u64,
    events: u64,
}

#[cfg(feature = "tracing")]
impl RunSpan {
    pub(crate) fn begin(
        version: impl FnOnce() -> Option<ResticVersion>,
        invocation: &Invocation,
    ) -> Self {
        use tracing::field::Empty;

        // The first word that is no flag: all flags before it have their values joined.
        let words = invocation.masked_arguments();
        let mut words = words.map(|word| word.to_string_lossy().into_owned());
        let command = words.find(|word| !word.starts_with('-'));

        let span = tracing::info_span!(
            "restic",
            command,
            // Secrets are masked in it.
            invocation = %crate::shortened::call(invocation.to_string()),
            version = version().map(|version| version.to_string()),
            exit = Empty,
            duration_ms = Empty,
            bytes = Empty,
            events = Empty,
            error = Empty,
        );
        Self {
            open: Open {
                span,
                began: std::time::Instant::now(),
                bytes: 0,
                events: 0,
            },
        }
    }

    /// The span, in which the end of the run is recorded.
    pub(crate) fn take(&mut self) -> Self {
        let Open {
            began,
            bytes,
            events,
            ..
        } = self.open;
        let span = std::mem::replace(&mut self.open.span, tracing::Span::none());
        Self {
            open: Open {
                span,
                began,
                bytes,
                events,
            },
        }
    }

    pub(crate) fn received(&mut self, event: &Event) {
        if let Event::Stdout(bytes) | Event::Stderr(bytes) = event {
            self.open.bytes += bytes.len() as u64;
        }
    }

    pub(crate) fn handed_out(&mut self) {
        self.open.events += 1;
    }

    pub(crate) fn ended(&self, exit: Option<Exit>, error: Option<ErrorKind>) {
        let Open {
            span,
            began,
            bytes,
            events,
        } = &self.open;
        if let Some(exit) = exit {
            span.record("exit", tracing::field::display(exit));
        }
        if let Some(error) = error {
            span.record("error", tracing::field::debug(error));
        }
        span.record(
            "duration_ms",
            u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        );
        span.record("bytes", bytes);
        span.record("events", events);
        let _entered = span.enter();
        match error {
            Some(_) => tracing::warn!("restic failed"),
            None => tracing::debug!("restic ended"),
        }
    }
}

#[cfg(not(feature = "tracing"))]
#[allow(clippy::unused_self, reason = "the same calls as with the feature")]
impl RunSpan {
    pub(crate) fn begin(_: impl FnOnce() -> Option<ResticVersion>, _: &Invocation) -> Self {
        Self {}
    }

    pub(crate) const fn take(&mut self) -> Self {
        Self {}
    }

    pub(crate) const fn received(&mut self, _: &Event) {}

    pub(crate) const fn handed_out(&mut self) {}

    pub(crate) const fn ended(&self, _: Option<Exit>, _: Option<ErrorKind>) {}
}
