use crate::call::Call;
use crate::rebuild::{self, Build, Rebuild};
use crate::verdict::{self, Examine};

/// A command and how a recording of it is examined.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) is_for: fn(&Call) -> bool,
    pub(crate) examine: Examine,
    pub(crate) build: Build,
}

pub(super) const fn row<C: Rebuild>() -> Row {
    Row {
        name: C::NAME,
        is_for: C::is_for,
        examine: verdict::examine::<C>,
        build: rebuild::words::<C>,
    }
}
