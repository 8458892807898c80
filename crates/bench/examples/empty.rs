//! Prints a word: what any program weighs.
#![allow(clippy::print_stdout, reason = "a program for people at a terminal")]

fn main() {
    println!("nothing");
}
