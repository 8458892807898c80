/// Whether it is worth looking for rows: a restic that prints them in a way of its own would
/// make every look a waste.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// How many lines in turn were none.
    missed: u32,
}

impl Rows {
    /// How many lines may be none before only one in as many is looked at.
    const PATIENCE: u32 = 64;

    pub(super) fn may_come(&mut self) -> bool {
        let looks = self.missed < Self::PATIENCE || self.missed.is_multiple_of(Self::PATIENCE);
        if !looks {
            self.missed = self.missed.wrapping_add(1);
        }
        looks
    }

    pub(super) fn came(&mut self, is_row: bool) {
        self.missed = if is_row {
            0
        } else {
            self.missed.wrapping_add(1)
        };
    }
}
