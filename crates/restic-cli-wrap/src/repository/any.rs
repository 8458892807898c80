/// Any location that restic understands.
#[derive(Clone, Copy, Debug)]
pub enum Any {}
