//! The `touchmark` program: everything is in the library.

fn main() -> std::process::ExitCode {
    touchmark::cli::main()
}
