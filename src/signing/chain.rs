//! Certificate chains by RFC 5280, with `pkix-path` and signatures over aws-lc-rs.
