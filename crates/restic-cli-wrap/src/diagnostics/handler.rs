use std::fmt;
use std::sync::Arc;

use super::notice::Notice;

/// What a program does with each notice while restic runs.
#[derive(Clone)]
pub(crate) struct NoticeHandler(Arc<dyn Fn(&Notice) + Send + Sync>);

impl NoticeHandler {
    pub(crate) fn new(handle: impl Fn(&Notice) + Send + Sync + 'static) -> Self {
        Self(Arc::new(handle))
    }

    pub(super) fn handle(&self, notice: &Notice) {
        (self.0)(notice);
    }
}

impl fmt::Debug for NoticeHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NoticeHandler")
    }
}
