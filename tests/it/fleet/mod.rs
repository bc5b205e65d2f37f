//! A fleet: the same answers however the work is cut, whoever does it, and whatever goes wrong on the way.

mod azure;
#[cfg(unix)]
mod faults;
mod forged;
mod gaps;
mod google;
mod groups;
mod hub;
mod hub_hostile;
mod known;
mod made;
mod many;
mod million;
mod names;
mod oci;
mod oci_hostile;
mod oci_real;
mod s3;
mod served;
mod shards;
mod shell;
mod shop;
mod simulation;
mod tables;
