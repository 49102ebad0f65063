//! What a recording holds, and above all what it does not.

mod file;
mod secrets;
mod stage;
mod story;
