//! The language that finds models: free words and terms such as `publisher:acme`. Both faces use it, so that a filter
//! on a screen and `touchmark list` find the same models, and put them in the same order. One table of terms feeds the parser, the completion, the help
//! and `docs/filter.md`. It draws nothing and knows no arguments.

mod ast;
mod complete;
mod counts;
mod facts;
mod index;
mod key;
mod matcher;
mod order;
mod page;
mod parse;
mod pattern;
mod prepared;
mod terms;
mod word;

pub use ast::{Clause, Compare, Query, Unit, Value, What};
pub use complete::{Candidate, Completion, complete, hint};
pub use counts::Counts;
pub use facts::{Facts, Known, Of};
pub use index::Index;
pub use key::Key;
pub use matcher::{Hit, Matcher, RANKS, status};
pub use order::{Order, Sort};
pub use page::{filter_page, help};
pub use parse::{Fault, Parsed, parse, parse_strictly};
pub use prepared::{Licences, Prepared, publisher as name_of_publisher};
pub use terms::{Choice, Fits, Reviewed, Row, Status, TERMS, Takes, Term};
pub use word::{Fit, Rank, Word};
