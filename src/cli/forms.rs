//! `--as`: in which form something is printed. The forms stand in one table, which the workbench shares.

use crate::forms::{
    FORMS, FORMS_OF_DOCUMENTATION, FORMS_OF_PRODUCERS, FORMS_OF_REPORTS, FORMS_OF_TRENDS, Form, FormRow,
    Subject,
};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

/// Of rows and pages.
pub(super) fn of_pages() -> impl TypedValueParser<Value = Form> {
    parser(Subject::PAGES)
}

/// Of families.
pub(super) fn of_lineage() -> impl TypedValueParser<Value = Form> {
    parser(Subject::GRAPHS)
}

/// Formats of the lineage queries.
pub(super) fn of_asked() -> impl TypedValueParser<Value = Form> {
    parser(Subject::PAGES)
}

/// Of reports; the endings of files are understood too.
pub(super) fn of_reports() -> impl TypedValueParser<Value = Form> {
    written(FORMS_OF_REPORTS)
}

/// Of reports on producers; the endings of files are understood too.
pub(super) fn of_producers() -> impl TypedValueParser<Value = Form> {
    written(FORMS_OF_PRODUCERS)
}

/// Of reports over time; the endings of files are understood too.
pub(super) fn of_reports_over_time() -> impl TypedValueParser<Value = Form> {
    written(FORMS_OF_TRENDS)
}

/// Of documentation forms; the endings of files are understood too.
pub(super) fn of_documentation() -> impl TypedValueParser<Value = Form> {
    written(FORMS_OF_DOCUMENTATION)
}

fn written(forms: &'static [Form]) -> impl TypedValueParser<Value = Form> {
    let rows = FORMS.iter().filter(|row| forms.contains(&row.form));
    let value = |row: &FormRow| match row.form.is_folder() {
        true => PossibleValue::new(row.word),
        false => PossibleValue::new(row.word).alias(row.extension),
    };
    let words = rows.map(value);
    PossibleValuesParser::new(words)
        .map(|word| Form::of_word(&word).or_else(|| Form::of_extension(&word)).unwrap_or(Form::Text))
}

fn parser(forms: &'static [Form]) -> impl TypedValueParser<Value = Form> {
    let words = FORMS.iter().filter(|row| forms.contains(&row.form)).map(|row| row.word);
    PossibleValuesParser::new(words).map(|word| Form::of_word(&word).unwrap_or(Form::Text))
}
