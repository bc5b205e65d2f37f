//! Claims beyond integrity: what a `claims.jsonl` holds, line by line. Knows no store and no screen.
