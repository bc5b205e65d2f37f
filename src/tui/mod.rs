//! The screens: ratatui and crossterm, and nothing else uses these.
