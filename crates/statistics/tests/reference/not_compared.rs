//! What is not compared, and why.

/// The reason why a path of a data set has no number of ours.
pub(crate) fn reason(dataset: &str, path: &str) -> Option<&'static str> {
    let begins = |start: &str| path.starts_with(start);
    let ends = |end: &str| path.ends_with(end);
    Some(match path {
        "dataset" | "source" => "a name",
        "true_population" => {
            "what a synthetic table was drawn from; docs/reference shows how far each method is from it"
        }
        _ if begins("cpu_s") || ends("/cpu_s") => "time of the reference, not a result",
        _ if begins("published/") => {
            "published numbers are compared in tests/published.rs, which names paper and table"
        }
        _ if begins("rcapture_closedp_t/") => {
            "models of repeated capture occasions (M0, Mh, Mth, Mb, Mbh) are not shipped"
        }
        _ if begins("rcapture_bc_MhLB") => "Rcapture's bias-corrected Mh lower bound is not shipped",
        _ if ends("/infoFit") || ends("/infoCI") => "a code of how Rcapture's own fit went",
        _ if ends("/engine") || ends("/nboot") || ends("/seed") || ends("/row_order") => "a setting of the reference",
        _ if ends("/boot_mean") => {
            "a mean of resampled estimates that may be as good as infinite; the median is compared"
        }
        _ if ends("/boot_na") || ends("/boot_inf") => {
            "how the reference counts resamples without an estimate; ours count as infinite"
        }
        _ if ends("/prior") => "words",
        _ if begins("dga_") && (ends("/index") || ends("/graph")) => {
            "the reference's own numbering and notation of graphs; their probabilities are compared"
        }
        _ if begins("lcmcr/") && (ends("/median") || ends("/q025") || ends("/q975")) => {
            "our chains disagree, so the answer is a refusal; so do the reference's seeds"
        }
        _ if begins("lcmcr/") => "a setting of the reference, or a mean of a skewed posterior whose median is compared",
        _ if begins("bayesthresh_improper") => "flat priors on pairs are not shipped",
        _ if begins("rcapture_closedpMS") || begins("rcapture_closedpCI") && dataset == "Artificial_3" => {
            "Rcapture has no existence check: the model fails ours and is refused"
        }
        _ => return None,
    })
}

/// The reason why our number stands where it differs.
pub(crate) fn explained(dataset: &str, path: &str) -> Option<&'static str> {
    if dataset == "Korea" && path.starts_with("rcapture_closedpCI_bestBIC_maxorder2/") {
        return Some(
            "this model's profile has a closed form, which gives ours (a test of `profile`); the reference is 2.5e-4 off",
        );
    }
    if path.starts_with("bayesthresh_") && path.ends_with("/retained") {
        return Some("a pair close to the threshold: the reference's ratio comes from one short random walk");
    }
    path.starts_with("lcmcr/runs/")
        .then_some("the reference's single chains spread more than our eight together")
}
