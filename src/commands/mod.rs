//! The one table of what a person can do: as typed in a shell, by key in the workbench, and what must hold for it to
//! act now. The command line's help, the keys, the key bar, the palette, the workbench's help and the pages of
//! documentation come from it. It knows no state, no drawing and no parsing of arguments.

mod bound;
mod command;
mod find;
mod listed;
mod need;
mod page;
mod reports;
mod shape;
mod shown;
mod status;
mod table;
mod value;
mod why_not;

pub use bound::{Binding, Bindings, Does};
pub use command::{Cmd, Command, Keys, Line, Network, OnLine, OnScreen, Screen, Typed, Writes};
pub use find::{about, by_key, by_name, by_path, by_typed, keyed, keys_of};
pub use need::Need;
pub use page::keys_page;
pub use reports::{Given, REPORTS, ReportKind, ReportScope, ReportTime};
pub use shape::{Flag, Shape};
pub use shown::shown;
pub use status::{STATUSES, status};
pub use table::{GROUPS, TABLE};
pub use value::{REVIEW_WORDS, Value};
