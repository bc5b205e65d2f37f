//! A fleet: the same answers however the work is cut, whoever does it, and whatever goes wrong on the way.

#[cfg(unix)]
mod faults;
mod forged;
mod gaps;
mod groups;
mod known;
mod made;
mod names;
mod oci;
mod oci_hostile;
mod oci_real;
mod s3;
mod shards;
mod shell;
mod shop;
