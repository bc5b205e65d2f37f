//! Runs of a fleet, recorded: one record for a sealed run, however many models it had.

use super::door::Workbench;
use crate::decision::{Making, RecordRef};
use crate::error::Result;
use crate::fleet::FleetRunRecord;
use crate::inventory::ModelId;
use crate::store::RecordKind;

impl Workbench {
    /// Records a sealed run. `body` makes the record once it is known who makes it.
    ///
    /// # Errors
    /// `E-USAGE` when nothing may be written; `E-STORE`, `E-WRITE`.
    pub fn record_fleet_run(&self, body: impl FnOnce(Making) -> FleetRunRecord) -> Result<RecordRef> {
        self.writable()?;
        let record = body(self.made()?);
        let about = ModelId::new(&format!("fleet/{}", record.run));
        self.record_with(RecordKind::FleetRun, &about, &record, &[])
    }
}
