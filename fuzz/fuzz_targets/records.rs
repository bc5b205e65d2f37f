#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| touchmark::fuzz::run("records", bytes));
