//! What holds whatever restic prints and users give, and is not in `restic-properties` for the
//! fuzz targets.

use restic_properties::config;

mod odd_names;
mod progress;
mod quoted_secrets;
