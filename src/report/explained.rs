//! Which rules of the policy concern a model, as text.

use crate::policy::{
    Action, DenyIdentity, IdentityPattern, ModelPattern, Risk, Role, Severity, Term, Window,
};
use crate::signing::{CheckCode, Identity, Outcome};
use crate::text::{count, screen};
use crate::view::explained::{Claimant, Demand, Explained, Owner, Signer};
use crate::words::unjudged;
use std::fmt::Write as _;

/// The rules, each with what it comes to.
pub fn explained(explained: &Explained<'_>) -> String {
    let Explained { model, publisher, signer, attesters, requirements, .. } = explained;
    let mut out = format!("{}\n\n", model.screen());
    match publisher {
        None => out.push_str("publisher     none: no pattern of the policy matches\n"),
        Some(owner) => out.push_str(&owner_lines(owner)),
    }
    match signer {
        None => out.push_str("signer        not known; verify the model first\n"),
        Some(signer) => out.push_str(&signer_lines(signer)),
    }
    for Claimant { attester, claims } in attesters {
        let roles: Vec<&str> = attester.roles.iter().map(Role::word).collect();
        let _ = writeln!(
            out,
            "attester      {}  may claim as {}: {}",
            screen(&attester.id),
            roles.join(", "),
            count(*claims, "claim")
        );
    }
    for demand in requirements {
        let Demand { requirement, .. } = demand;
        let binds = if requirement.severity == Severity::Must { "must" } else { "should" };
        let outcome = demand.outcome();
        let what = match demand.met {
            None => "no claim is about it".to_owned(),
            Some(_) => outcome.word().to_owned(),
        };
        let _ = writeln!(
            out,
            "requirement   {} {}  {what} ({binds}, {})",
            outcome.glyph(),
            screen(&requirement.id),
            screen(&requirement.predicate)
        );
    }
    for (exception, term) in &explained.exceptions {
        let _ = writeln!(
            out,
            "exception     {}  for {} at {}: {} {}",
            screen(&exception.id),
            screen(exception.excuses.as_str()),
            screen(&exception.stages.join(", ")),
            term_word(*term),
            exception.expires
        );
    }
    out.push_str(&stage_lines(explained));
    out
}

fn owner_lines(Owner { publisher, pattern, now }: &Owner<'_>) -> String {
    let pattern = pattern.map(ModelPattern::as_str).map(screen).unwrap_or_default();
    let mut out = format!("publisher     {}  by the pattern {pattern}\n", screen(&publisher.id));
    let window = match now {
        Window::Inside => "",
        Window::Before => "  its grant has not begun",
        Window::After => "  its grant has ended",
    };
    let _ = writeln!(out, "  trusts      {}{window}", screen(&publisher.trust.join(", ")));
    for identity in &publisher.identities {
        let _ = writeln!(out, "  identity    {}", pattern_words(identity));
    }
    out
}

fn pattern_words(identity: &IdentityPattern) -> String {
    let issuer = identity.issuer.as_deref().map(|issuer| format!(" by {}", screen(issuer)));
    format!("{}{}", screen(&identity.subject.as_written()), issuer.unwrap_or_default())
}

fn signer_lines(signer: &Signer<'_>) -> String {
    let Signer { identity, anchor, signed_at, granted, denied, identity_check, policy_check } = signer;
    let Identity { subject, issuer, .. } = identity;
    let issuer = issuer.as_ref().map(|issuer| format!(" by {}", issuer.screen())).unwrap_or_default();
    let mut out = format!("signer        {}{issuer}\n", subject.screen());
    let _ = match anchor {
        Some(anchor) => writeln!(out, "  proven by   anchor {}", screen(&anchor.name)),
        None => writeln!(out, "  not proven  no anchor of the policy proves this signer"),
    };
    if let Some(at) = signed_at {
        let _ = writeln!(out, "  signed      {at}");
    }
    if let Some(granted) = granted {
        let _ = writeln!(out, "  granted by  {}", pattern_words(granted));
    }
    if let Some(DenyIdentity { subject, after, reason }) = denied {
        let after = after.map(|after| format!(" from {after} on")).unwrap_or_default();
        let reason = reason.as_deref().map(|reason| format!(": {}", screen(reason))).unwrap_or_default();
        let _ = writeln!(out, "  denied by   {}{after}{reason}", screen(&subject.as_written()));
    }
    for (code, outcome) in [identity_check, policy_check].into_iter().flatten() {
        let _ = writeln!(out, "  check       {}", check(*code, *outcome));
    }
    out
}

fn check(code: CheckCode, outcome: Outcome) -> String {
    format!("{} {} {}", outcome.glyph(), outcome.word(), code.as_str())
}

fn risk_word(risk: Risk) -> &'static str {
    match risk {
        Risk::Minimal => "minimal",
        Risk::Limited => "limited",
        Risk::High => "high",
    }
}

fn action_word(action: Action) -> &'static str {
    match action {
        Action::Closed => "refuses",
        Action::Warn => "warns",
        Action::Open => "allows",
    }
}

fn term_word(term: Term) -> &'static str {
    match term {
        Term::Ahead => "has not begun; ends",
        Term::Running => "in force until",
        Term::EndsSoon => "in force, ends soon:",
        Term::Ended => "ended",
    }
}

fn stage_lines(explained: &Explained<'_>) -> String {
    let Explained { stage, min_level, verdict, .. } = explained;
    let Some(stage) = stage else {
        return format!("stage         {}  the policy has no such stage\n", screen(&verdict.stage));
    };
    let kind = if stage.production { " (production)" } else { "" };
    let mut out = format!("stage         {}{kind}  requires level {min_level}", screen(&stage.name));
    if let Some(risk) = explained.risk {
        let _ = write!(out, ", risk {}", risk_word(risk));
    }
    out.push('\n');
    let demanded: Vec<&str> =
        stage.require_controls.iter().chain(&stage.require_claims).map(String::as_str).collect();
    if !demanded.is_empty() {
        let _ = writeln!(out, "  requires    {}", screen(&demanded.join(", ")));
    }
    if let Some(rule) = &stage.require_evidence_profile {
        let days = count(rule.min_retention_days as usize, "day");
        let _ = writeln!(out, "  logged      {} for {days}, wherever it runs", rule.profiles.join(", "));
    }
    // Of what nobody looked at nothing stands but that nobody did.
    if let Some(why) = explained.unjudged {
        let (text, remedy) = (unjudged::text(why), unjudged::remedy(why, explained.model));
        let _ = writeln!(out, "decision      {}: it is {text}\n  {remedy}", verdict.decision.word());
        return out;
    }
    let _ = writeln!(
        out,
        "decision      {}  level {} (own {})",
        verdict.decision.word(),
        verdict.effective,
        verdict.assessment.score.own
    );
    for reason in &verdict.reasons {
        let class = reason.class.map(|class| format!(", {}", crate::words::reasons::word(class)));
        let _ = writeln!(
            out,
            "  {:<10}  {}{}",
            action_word(reason.action),
            screen(reason.code.as_str()),
            class.unwrap_or_default()
        );
    }
    out
}
