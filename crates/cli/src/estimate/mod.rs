//! `rapporteur estimate`: how many people no list holds, from a file of capture histories alone.
//!
//! Everything is computed by `statistics::multiple_systems`; this command reads a file, shows the
//! methods side by side and says what each leaves out. It needs no data folder and writes nothing but the plot.

mod doubt;
mod json;
mod plot;
mod reliability;
mod text;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use statistics::linkage::uncertainty::Carried;
use statistics::multiple_systems::panel::{Panel, panel};
use statistics::multiple_systems::reliability::{Report, report};
use statistics::multiple_systems::{Histories, Method, Refusal, Settings};

use crate::failure::Failure;
use crate::say;

/// The most resamples: each keeps one number in memory, and more than this show nothing that fewer do not.
const MOST_RESAMPLES: u64 = 1_000_000;
/// The most threads: more than any machine of today has cores.
pub(crate) const MOST_THREADS: i64 = 1_024;

/// Arguments of `estimate`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// CSV with one column of 0 and 1 for each list and a last column `count`.
    histories: PathBuf,
    /// One method, or all that can take the lists.
    #[arg(long, default_value = "all", value_parser = method_codes())]
    method: String,
    /// Threshold of the stepwise choice, 0 to 1.
    #[arg(long, default_value_t = 0.02, value_parser = share)]
    p: f64,
    /// Most lists in one term of the searches for the lowest BIC.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(2..=9))]
    max_order: u8,
    /// Bootstrap resamples; 0 asks for point estimates alone.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(..=MOST_RESAMPLES))]
    resamples: u64,
    /// What chance starts from: the same seed gives the same answer, on any number of threads.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Threads to compute on; otherwise one for each core.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS))]
    threads: Option<u16>,
    /// Answer as JSON, for a program.
    #[arg(long)]
    json: bool,
    /// Also draw the estimates and their intervals.
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,
    /// Also say what doubtful links do to the estimates: the draws that `link --draws` wrote.
    #[arg(long, value_name = "FILE.csv")]
    draws: Option<PathBuf>,
}

fn method_codes() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(std::iter::once("all").chain(Method::ALL.map(Method::code)))
}

fn share(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.0..=1.0).contains(&value) {
        Ok(value)
    } else {
        Err("not between 0 and 1".to_owned())
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let name = arguments.histories.display();
    let histories = Histories::read(&plain_text(&arguments.histories)?)
        .map_err(|error| Failure::found(format!("{name}: {error}")))?;
    let methods = match Method::from_code(&arguments.method) {
        Some(method) => vec![method],
        None => Method::ALL.to_vec(),
    };
    let settings = Settings {
        p: arguments.p,
        max_order: arguments.max_order.into(),
        resamples: usize::try_from(arguments.resamples).unwrap_or(usize::MAX),
        seed: arguments.seed,
        ..Settings::default()
    };
    let draws = match &arguments.draws {
        None => Vec::new(),
        Some(path) => doubt::read(path, &histories)?,
    };
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(arguments.threads.map_or(0, usize::from))
        .build()
        .map_err(|error| Failure::could_not(format!("no threads: {error}")))?;
    let Computed { panel, report, doubt } = pool.install(|| compute(&histories, &methods, &settings, &draws));
    if let Some(file) = &arguments.plot {
        std::fs::write(file, plot::draw(&histories, &panel))
            .map_err(|error| Failure::could_not(format!("{} cannot be written: {error}", file.display())))?;
    }
    if arguments.json {
        let mut answer = json::answer(&histories, &panel);
        if let Some(report) = &report {
            answer["reliability"] = reliability::json(&histories, report);
        }
        if !draws.is_empty() {
            answer["links"] = doubt::json(&doubt);
        }
        say(answer);
    } else {
        say(text::answer(&histories, &panel));
        if let Some(Ok(report)) = &report {
            say(reliability::text(&histories, report));
        }
        if !draws.is_empty() {
            say(doubt::text(draws.len(), &doubt));
        }
    }
    if panel.results.is_empty() {
        let reasons: Vec<String> = panel
            .left_out
            .iter()
            .map(|(method, why)| format!("{method}: {why}"))
            .collect();
        return Err(Failure::found(format!(
            "no method gives a number. {}",
            reasons.join("; ")
        )));
    }
    Ok(())
}

/// The text of a file; a spreadsheet's "Unicode text" is refused by what it is.
fn plain_text(path: &Path) -> Result<String, Failure> {
    let name = path.display();
    let bytes = std::fs::read(path).map_err(|error| Failure::wrong_use(format!("{name} cannot be read: {error}")))?;
    String::from_utf8(bytes).map_err(|error| {
        let is_utf16 = matches!(error.as_bytes(), [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
        let what = if is_utf16 {
            "it is UTF-16, which spreadsheets call Unicode text"
        } else {
            "it is not UTF-8 text"
        };
        Failure::found(format!("{name}: {what}. Save it as CSV UTF-8"))
    })
}

/// What was computed from the lists.
struct Computed {
    panel: Panel,
    /// The checks of the stepwise choice, where it was among the methods.
    report: Option<Result<Report, Refusal>>,
    /// What doubtful links do.
    doubt: Vec<Carried>,
}

/// Runs the methods, the checks of reliability and the draws of the links, with a line of progress.
fn compute(histories: &Histories, methods: &[Method], settings: &Settings, draws: &[Histories]) -> Computed {
    let is_checked = methods.contains(&Method::Stepwise);
    let steps = methods.len() + usize::from(is_checked) + usize::from(!draws.is_empty());
    let bar = indicatif::ProgressBar::new(steps as u64);
    bar.set_style(
        indicatif::ProgressStyle::with_template("{pos}/{len} steps; {msg} {spinner} {elapsed}")
            .unwrap_or_else(|_| indicatif::ProgressStyle::default_spinner()),
    );
    bar.enable_steady_tick(Duration::from_millis(200));
    let mut begun = 0;
    let mut begins = |what: &'static str| {
        bar.set_position(begun);
        bar.set_message(what);
        begun += 1;
    };
    let panel = panel(histories, methods, settings, |method: Method| begins(method.code()));
    let report = is_checked.then(|| {
        begins("how far to trust stepwise");
        report(histories, settings)
    });
    if !draws.is_empty() {
        begins("with the doubt of the links");
    }
    let doubt = doubt::carried(draws, &panel, settings);
    bar.finish_and_clear();
    Computed { panel, report, doubt }
}
