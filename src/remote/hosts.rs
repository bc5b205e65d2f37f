//! How hosts are written, and which of them are this machine. It asks no resolver.

#[cfg(feature = "fleet")]
use std::net::IpAddr;
use std::net::Ipv6Addr;

/// Whether it is an address of the kind that stands in brackets.
pub(super) fn is_ipv6(text: &str) -> bool {
    text.parse::<Ipv6Addr>().is_ok()
}

/// Whether a host, with or without a port, is this machine's own.
#[cfg(feature = "fleet")]
pub(super) fn is_loopback(host: &str) -> bool {
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
