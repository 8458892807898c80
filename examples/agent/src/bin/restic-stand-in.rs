fn main() -> std::process::ExitCode {
    restic_replay::stand_in()
}
