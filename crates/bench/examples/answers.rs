//! Prints an empty list of snapshots, whatever it is asked: a restic that answers at once.
#![allow(clippy::print_stdout, reason = "it is what restic does")]

fn main() {
    println!("[]");
}
