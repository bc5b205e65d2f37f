//! A page as PDF: tagged for readers that do not see it (PDF/UA-1), with a layout of our own: headings, facts, tables whose
//! head stands on every sheet, bars and drawings. It loads nothing, and the same page at the same time has the same bytes.

mod fonts;
mod layout;
mod sheet;
mod written;

use super::page::Page;
use crate::error::{Code, Error, Result};
use fonts::Fonts;
use jiff::Timestamp;
use layout::Layout;

/// The page as of a time.
///
/// # Errors
/// `E-INTERNAL`.
pub fn pdf(page: &Page, at: Timestamp) -> Result<Vec<u8>> {
    let failed = |what: &str| Error::new(Code::Internal, format!("the PDF cannot be made ({what})"));
    let fonts = Fonts::bundled().ok_or_else(|| failed("the fonts cannot be read"))?;
    let laid_out = Layout::of(page, &fonts);
    written::written(laid_out, &fonts, page.title.text(), at).map_err(|cause| failed(&cause))
}
