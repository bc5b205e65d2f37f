//! Which hosts are this machine. It asks no resolver.

use std::net::IpAddr;

/// Whether a host, with or without a port, is this machine's own.
pub(super) fn is_loopback(host: &str) -> bool {
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
