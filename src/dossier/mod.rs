//! What reports say of models, gathered from a view: the evidence behind each finding by its digest, and all that is known
//! of one model. It judges nothing and knows no form.

mod ancestry;
mod documentation;
mod gathered;
mod pieces;

pub use ancestry::Ancestry;
pub use documentation::{DocumentationForm, FieldValue, FilledFrom, FormField};
pub use gathered::Dossier;
pub use pieces::{Piece, PieceKind, Pieces, relative};
