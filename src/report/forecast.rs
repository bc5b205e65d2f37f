//! What time alone will change, as text.

use crate::text::{Untrusted, count, screen};
use crate::view::flips::Turn;
use crate::view::forecast::{Cause, Forecast, ForecastGroup};
use std::fmt::Write as _;

/// What a forecast takes to stay as it is.
pub const FORECAST_ASSUMES: &[&str] = &[
    "nobody signs, verifies, reviews, deploys or decides anything",
    "the files, the policy, the trust anchors and the revocation lists stay as they are",
    "no certificate is revoked, and no new advisory is published",
];

/// When which models change, and what is due then; of each group at most so many models are listed.
pub fn forecast(forecast: &Forecast, most: usize) -> String {
    let Forecast {
        from,
        until,
        stage,
        scope,
        models,
        changing,
        moments,
        by_day,
        not_measured,
        inputs,
        steps,
    } = forecast;
    let (all, stage) = (count(*models, "model"), screen(stage));
    let mut out = match changing {
        0 => format!("✓ no change  {all} at stage {stage}\n"),
        some => format!("! {some} of {all} will change at stage {stage}\n"),
    };
    let _ = writeln!(out, "  from     {from}\n  until    {until}");
    if let Some(scope) = scope {
        let _ = writeln!(out, "  which    {}", screen(scope));
    }
    for step in steps {
        let _ = writeln!(out, "\n{}", step.at);
        step.groups.iter().for_each(|one| group(&mut out, one, most));
    }
    let judged = count(*moments, "moment");
    let _ = match by_day {
        false => writeln!(out, "\njudged at {judged}; between them nothing can change"),
        true => writeln!(
            out,
            "\njudged once a day, at {judged}: changes are shown at the last moment of their day"
        ),
    };
    let unknown = not_measured.all.models;
    if unknown > 0 {
        let _ =
            writeln!(out, "not looked at: {} without a verification that stands", count(unknown, "model"));
    }
    let _ = writeln!(out, "assumed:");
    for one in FORECAST_ASSUMES {
        let _ = writeln!(out, "  {one}");
    }
    let _ = writeln!(
        out,
        "\n  evidence {}\n  policy   {}\n  anchors  {}",
        inputs.evidence, inputs.policy.digest, inputs.anchors
    );
    out
}

fn group(out: &mut String, group: &ForecastGroup, most: usize) {
    let ForecastGroup {
        turn,
        decision_before,
        decision_after,
        level_before,
        level_after,
        causes,
        reason,
        models,
    } = group;
    let glyph = match turn {
        Turn::KeptOut => '✗',
        Turn::Tightened | Turn::Lowered => '!',
        Turn::LetIn | Turn::Eased | Turn::Raised => '✓',
    };
    let running = models.iter().filter(|model| model.deployments > 0).count();
    let running = if running > 0 { format!(" ({running} deployed)") } else { String::new() };
    let decision = match decision_before == decision_after {
        true => decision_before.word().to_owned(),
        false => format!("{} → {}", decision_before.word(), decision_after.word()),
    };
    let level = match level_before == level_after {
        true => format!("L{level_before}"),
        false => format!("L{level_before} → L{level_after}"),
    };
    let reason = reason.as_ref().map(|code| format!("  {}", screen(code))).unwrap_or_default();
    let _ = writeln!(out, "  {glyph} {}{running}: {decision}, {level}{reason}", count(models.len(), "model"));
    for cause in causes {
        let _ = writeln!(out, "      {}", words(cause));
    }
    for model in models.iter().take(most) {
        let _ = writeln!(out, "        {}", model.model.screen());
    }
    if models.len() > most {
        let _ = writeln!(out, "        {} more; use --limit 0 to list all", models.len() - most);
    }
}

/// What is due, in words.
pub(crate) fn words(cause: &Cause) -> String {
    let named = |what: &str, name: &str, does: &str| format!("{what} `{}` {does}", screen(name));
    match cause {
        Cause::Certificate { subject, ends } => {
            format!("certificate of {} {}", subject.screen(), if *ends { "ends" } else { "begins" })
        }
        Cause::SignedTime => "a signing time is reached".to_owned(),
        Cause::Anchor { anchor } => named("a certificate or service of anchor", anchor, "begins or ends"),
        Cause::RevocationList { anchor } => {
            named("a revocation list of anchor", anchor, "begins to count or goes out of date")
        }
        Cause::AnchorTooOld { anchor } => named("the file of anchor", anchor, "becomes too old"),
        Cause::PolicyExpires => "the policy expires".to_owned(),
        Cause::ExceptionBegins { exception } => named("exception", exception, "begins"),
        Cause::ExceptionEndsSoon { exception } => named("exception", exception, "is about to end"),
        Cause::ExceptionEnds { exception } => named("exception", exception, "ends"),
        Cause::GrantBegins { grant } => named("the grant of", grant, "begins"),
        Cause::GrantEnds { grant } => named("the grant of", grant, "ends"),
        Cause::VerificationTooOld { days } => {
            let days = usize::try_from(*days).unwrap_or(usize::MAX);
            format!("the verification becomes older than {}", count(days, "day"))
        }
        Cause::VerificationBegins => "the time of the verification is reached".to_owned(),
        Cause::DigestsTooOld => "remembered digests become too old for the stage".to_owned(),
        Cause::ClaimTooOld { claim } => claim_too_old(claim),
        Cause::GlassBegins => "a break-glass approval begins".to_owned(),
        Cause::GlassEnds => "a break-glass approval ends".to_owned(),
        Cause::GateTooOld => "an earlier gate decision becomes too old".to_owned(),
        Cause::Unanchored => "the ledger is too long without a checkpoint".to_owned(),
        Cause::FeedTooOld => "the newest feed of vulnerabilities becomes too old".to_owned(),
        Cause::DrillTooOld { runbook } => named("the last drill of", runbook.raw(), "becomes too old"),
        Cause::DeploymentBegins => "a deployment begins".to_owned(),
        Cause::DeploymentEnds => "a deployment ends".to_owned(),
        Cause::Ancestor { model } => format!("a change of the ancestor {}", model.screen()),
        Cause::Unknown => "cause not identified".to_owned(),
    }
}

fn claim_too_old(claim: &Untrusted) -> String {
    format!("a claim becomes too old: {}", claim.screen())
}

/// What a change means, in a word.
pub(crate) fn turn_word(turn: Turn) -> &'static str {
    match turn {
        Turn::KeptOut => "kept out",
        Turn::Tightened => "decided more strictly",
        Turn::Lowered => "level falls",
        Turn::LetIn => "let in",
        Turn::Eased => "decided less strictly",
        Turn::Raised => "level rises",
    }
}
