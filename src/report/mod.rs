//! What the others concluded, as text and JSON for people and pipelines. It computes nothing.
