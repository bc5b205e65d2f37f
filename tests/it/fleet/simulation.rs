//! The simulation of ten petabytes: the page shows what it prints.

#[path = "../../../examples/fleet-simulation.rs"]
mod example;

use std::path::Path;

#[test]
fn the_page_shows_what_the_simulation_prints() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/fleet.md");
    let page = std::fs::read_to_string(page).unwrap();
    let table = example::table();
    assert_eq!(table, example::table(), "the same each time");
    assert!(page.contains(&table), "docs/fleet.md is stale: cargo run --example fleet-simulation\n{table}");
    // What the page says about the program is what the program does.
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |file: &str| std::fs::read_to_string(root.join(file)).unwrap();
    for (file, said) in [
        ("src/remote/files.rs", "const CHUNK: u64 = 8 * 1024 * 1024;"),
        ("src/remote/cloud.rs", "const ATTEMPTS: u32 = 5;"),
        ("src/remote/cloud.rs", "const PAUSE: Duration = Duration::from_millis(200);"),
        ("src/remote/cloud.rs", "const AT_ONCE: usize = 4;"),
        ("src/remote/s3.rs", "const PAGE: &str = \"1000\";"),
        ("src/fleet/sealing.rs", "const PART_BYTES: usize = 32 * 1024 * 1024;"),
    ] {
        assert!(
            read(file).contains(said),
            "{file} no longer says {said}: examples/fleet-simulation.rs assumes it"
        );
    }
}
