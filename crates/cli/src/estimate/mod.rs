//! `rapporteur estimate`: how many people no list holds, from a file of capture histories alone.
//!
//! Everything is computed by `statistics::multiple_systems`; this command reads a file, shows the
//! methods side by side and says what each leaves out. It needs no data folder and writes nothing but the plot.

mod doubt;
mod json;
mod plot;
mod text;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use statistics::multiple_systems::panel::{Panel, panel};
use statistics::multiple_systems::{Histories, Method, Settings};

use crate::failure::Failure;
use crate::say;

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
    #[arg(long, default_value_t = 10_000)]
    resamples: usize,
    /// What chance starts from: the same seed gives the same answer, on any number of threads.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Threads to compute on; otherwise one for each core.
    #[arg(long)]
    threads: Option<NonZeroUsize>,
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
    let text = std::fs::read_to_string(&arguments.histories)
        .map_err(|error| Failure::wrong_use(format!("{name} cannot be read: {error}")))?;
    let histories = Histories::read(&text).map_err(|error| Failure::found(format!("{name}: {error}")))?;
    let methods = match Method::from_code(&arguments.method) {
        Some(method) => vec![method],
        None => Method::ALL.to_vec(),
    };
    let settings = Settings {
        p: arguments.p,
        max_order: arguments.max_order.into(),
        resamples: arguments.resamples,
        seed: arguments.seed,
        ..Settings::default()
    };
    let draws = match &arguments.draws {
        None => Vec::new(),
        Some(path) => doubt::read(path, &histories)?,
    };
    let panel = compute(&histories, &methods, &settings, arguments.threads)?;
    let doubt = doubt::carried(&draws, &panel, &settings);
    if let Some(file) = &arguments.plot {
        std::fs::write(file, plot::draw(&histories, &panel))
            .map_err(|error| Failure::could_not(format!("{} cannot be written: {error}", file.display())))?;
    }
    if arguments.json {
        let mut answer = json::answer(&histories, &panel);
        if !draws.is_empty() {
            answer["links"] = doubt::json(&doubt);
        }
        say(answer);
    } else {
        say(text::answer(&histories, &panel));
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

/// Runs the methods on as many threads as asked for, with a line of progress.
fn compute(
    histories: &Histories,
    methods: &[Method],
    settings: &Settings,
    threads: Option<NonZeroUsize>,
) -> Result<Panel, Failure> {
    let bar = indicatif::ProgressBar::new(methods.len() as u64);
    bar.set_style(
        indicatif::ProgressStyle::with_template("{pos}/{len} methods; {msg} {spinner} {elapsed}")
            .unwrap_or_else(|_| indicatif::ProgressStyle::default_spinner()),
    );
    bar.enable_steady_tick(Duration::from_millis(200));
    let mut begun = 0;
    let begins = |method: Method| {
        bar.set_position(begun);
        bar.set_message(method.code());
        begun += 1;
    };
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.map_or(0, NonZeroUsize::get))
        .build()
        .map_err(|error| Failure::could_not(format!("no threads: {error}")))?;
    let panel = pool.install(|| panel(histories, methods, settings, begins));
    bar.finish_and_clear();
    Ok(panel)
}
