//! `rapporteur link`: which rows of several token files are one person.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use statistics::linkage::bits::Filters;
use statistics::linkage::link::{Linked, Options, link};
use statistics::linkage::links::{self, Link};
use statistics::linkage::pool::Pool;
use statistics::linkage::resolve::Clusters;
use statistics::linkage::review;
use statistics::linkage::row_clusters::{self, RowClusters};
use statistics::linkage::tokens::{RowId, Tokens, hex};
use statistics::linkage::uncertainty;

use super::{clks, csv, is_new, of, sealed};
use crate::estimate::MOST_THREADS;
use crate::failure::Failure;
use crate::folder::write_private;
use crate::say;

/// Between these chances a pair is for people to look at.
const REVIEW: (f64, f64) = (0.1, 0.9);

/// Arguments of `link`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// One token file for each list, or with --dice one file of CLKs; a list is called by its file's name.
    #[arg(required = true)]
    tokens: Vec<PathBuf>,
    /// The linkage officer's age identity, which opens them.
    #[arg(long, value_name = "FILE", required_unless_present = "dice")]
    identity_file: Option<PathBuf>,
    /// Link CLKs of clkhash instead of token files: two records are one person from this Dice coefficient on.
    #[arg(long, value_name = "DICE", value_parser = chance, conflicts_with_all = ["identity_file", "threshold", "review", "decided",
        "draws", "row_clusters", "n_draws", "seed"])]
    dice: Option<f64>,
    /// Where to write which row is in which cluster; it must not be there yet.
    #[arg(long, value_name = "LINKS.csv")]
    out: PathBuf,
    /// A list may have one person twice, or more often.
    #[arg(long)]
    with_duplicates: bool,
    /// The chance from which a pair is taken for one person.
    #[arg(long, default_value_t = 0.5, value_parser = chance)]
    threshold: f64,
    /// Also write the doubtful pairs, for review: a folder with a file for each list, and each row's agreement in words,
    /// without a score.
    #[arg(long, value_name = "FOLDER")]
    review: Option<PathBuf>,
    /// What people decided of the doubtful pairs: the folder of `--review`, with the last column of its files filled in.
    #[arg(long, value_name = "FOLDER")]
    decided: Option<PathBuf>,
    /// Also draw the links again and again by their chances, and write the overlaps of each draw.
    #[arg(long, value_name = "FILE.csv")]
    draws: Option<PathBuf>,
    /// Also write what the coalition counts coded rows of contributions once by: row ids and cluster numbers, of the links and of
    /// each draw, without a list's name.
    #[arg(long, value_name = "FILE.csv")]
    row_clusters: Option<PathBuf>,
    /// How many draws, for --draws and --row-clusters; the latter takes at most 200.
    #[arg(long, default_value_t = 200)]
    n_draws: usize,
    /// What chance starts from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Threads to compute on; otherwise one for each core.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS))]
    threads: Option<u16>,
}

fn chance(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value < 1.0 => Ok(value),
        _ => Err("a number between 0 and 1".to_owned()),
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    for path in std::iter::once(&arguments.out)
        .chain(&arguments.review)
        .chain(&arguments.draws)
        .chain(&arguments.row_clusters)
    {
        is_new(path)?;
    }
    let names = names(&arguments.tokens)?;
    if names.len() < 2 && !arguments.with_duplicates {
        return Err(Failure::wrong_use(
            "one list has nobody to be linked with. Give another token file, or --with-duplicates to find people who are on the list twice",
        ));
    }
    let Some(identity_file) = &arguments.identity_file else {
        let dice = arguments
            .dice
            .ok_or_else(|| Failure::wrong_use("give --identity-file, or --dice for CLKs"))?;
        let link = || {
            clks::link(
                &arguments.tokens,
                &names,
                dice,
                !arguments.with_duplicates,
                &arguments.out,
            )
        };
        return threads(arguments)?.install(link);
    };
    let identities = sealed::identities(identity_file)?;
    let lists = arguments
        .tokens
        .iter()
        .map(|path| sealed::read(path, &identities))
        .collect::<Result<Vec<Tokens>, _>>()?;
    for (tokens, name) in lists.iter().zip(&names).skip(1) {
        lists[0]
            .check_with(&names[0], tokens, name)
            .map_err(|error| Failure::found(error.to_string()))?;
    }
    let fields: Vec<(&Filters, bool)> = lists
        .iter()
        .map(|tokens| (&tokens.fields, !arguments.with_duplicates))
        .collect();
    let pool = Pool::new(&lists[0].layout, &fields).map_err(|error| Failure::found(error.to_string()))?;
    let mut linked = compute(&pool, arguments)?;
    if let Some(folder) = &arguments.decided {
        decide(folder, arguments.threshold, &names, &lists, &pool, &mut linked)?;
    }
    write(arguments, &names, &lists, &pool, &linked)?;
    if let Some(path) = &arguments.review {
        write_review(path, &names, &lists, &pool, &linked)?;
    }
    if arguments.draws.is_some() || arguments.row_clusters.is_some() {
        let drawn = uncertainty::draw(&pool, &linked, arguments.n_draws, arguments.seed);
        if let Some(path) = &arguments.draws {
            draws(path, &names, &pool, &drawn)?;
        }
        if let Some(path) = &arguments.row_clusters {
            write_row_clusters(path, &lists, &pool, &linked, &drawn)?;
        }
    }
    Ok(())
}

/// The names of the lists: those of their files, without endings.
fn names(paths: &[PathBuf]) -> Result<Vec<String>, Failure> {
    let mut names: Vec<String> = Vec::new();
    for path in paths {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if names.contains(&name) {
            return Err(Failure::wrong_use(format!(
                "two token files are called {name}: give each list's file a name of its own"
            )));
        }
        names.push(name);
    }
    Ok(names)
}

fn compute(pool: &Pool, arguments: &Arguments) -> Result<Linked, Failure> {
    let spinner = indicatif::ProgressBar::new_spinner();
    spinner.set_message(format!("{} rows", pool.len()));
    spinner.enable_steady_tick(Duration::from_millis(200));
    let options = Options {
        threshold: arguments.threshold,
        seed: arguments.seed,
        ..Options::default()
    };
    let linked = threads(arguments)?.install(|| link(pool, &options));
    spinner.finish_and_clear();
    linked.map_err(|error| Failure::found(error.to_string()))
}

fn threads(arguments: &Arguments) -> Result<rayon::ThreadPool, Failure> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(arguments.threads.map_or(0, usize::from))
        .build()
        .map_err(|error| Failure::could_not(format!("no threads: {error}")))
}

/// The list and the row id of a record of the pool.
fn row_of(lists: &[Tokens], pool: &Pool, record: u32) -> (usize, RowId) {
    let list = usize::from(pool.list_of(record));
    let row = record - pool.lists()[list].start;
    (list, lists[list].rows[row as usize])
}

fn write(
    arguments: &Arguments,
    names: &[String],
    lists: &[Tokens],
    pool: &Pool,
    linked: &Linked,
) -> Result<(), Failure> {
    let n = u32::try_from(pool.len()).map_err(|error| Failure::could_not(error.to_string()))?;
    let found: Vec<Link> = (0..n)
        .map(|record| {
            let (list, row) = row_of(lists, pool, record);
            Link {
                list: names[list].clone(),
                row,
                cluster: u64::from(linked.clusters.of(record)) + 1,
            }
        })
        .collect();
    write_private(&arguments.out, &links::write(&found))?;
    let (precision, recall) = linked.expected_quality();
    let how = match &linked.blocking {
        None => "all of them".to_owned(),
        Some(tables) => format!("chosen by {} tables", tables.len()),
    };
    say(format!(
        "{}: {} rows of {} lists are {} people. {} pairs were compared, {how}.",
        arguments.out.display(),
        pool.len(),
        names.len(),
        linked.clusters.len(),
        linked.compared
    ));
    say(format!("The schema's fingerprint is {}.", hex(&lists[0].schema)));
    say(format!(
        "By their chances {:.1} % of the links are right, and {:.1} % of those who can be recognised are linked; {} pairs are in doubt.",
        100.0 * precision,
        100.0 * recall,
        linked.for_review(REVIEW.0, REVIEW.1).len()
    ));
    Ok(())
}

/// Takes what people decided for certain, and says what came of it.
fn decide(
    folder: &Path,
    threshold: f64,
    names: &[String],
    lists: &[Tokens],
    pool: &Pool,
    linked: &mut Linked,
) -> Result<(), Failure> {
    let mut answers = Vec::new();
    for (list, name) in names.iter().enumerate() {
        let path = folder.join(format!("{name}.csv"));
        let bytes = std::fs::read(&path).map_err(|error| {
            Failure::wrong_use(format!(
                "{} cannot be read: {error}. Put every list’s file in, as it was given, also one without an answer",
                path.display()
            ))
        })?;
        let records: HashMap<RowId, u32> = lists[list]
            .rows
            .iter()
            .copied()
            .zip(pool.lists()[list].start..)
            .collect();
        for answer in review::read(&bytes).map_err(|error| of(&path, error))? {
            let record = records.get(&answer.row).ok_or_else(|| {
                of(
                    &path,
                    format!(
                        "pair {}: the row {} is not in this list’s tokens: the answers belong to other token files",
                        answer.pair,
                        hex(&answer.row)
                    ),
                )
            })?;
            answers.push((*record, answer));
        }
    }
    let decided = review::decide(answers).map_err(|error| of(folder, error))?;
    let unjoined = linked.decide(pool, &decided, threshold).map_err(|(one, _)| {
        let (list, row) = row_of(lists, pool, one);
        of(
            folder,
            format!(
                "a pair of the row {} of {} is not in question here: link with the token files and options that the review was \
                 written with",
                hex(&row),
                names[list]
            ),
        )
    })?;
    say(format!(
        "People decided {} pairs to be one person and {} not; {} they could not tell, and on {} they contradict each other: of those \
         the chance stands.",
        decided.same.len(),
        decided.apart.len(),
        decided.open,
        decided.contradicted
    ));
    if unjoined > 0 {
        say(format!(
            "{unjoined} pairs that were decided to be one person are not joined: a list without duplicates would be in one person \
             twice, or another decision forbids it. Look at these answers again."
        ));
    }
    Ok(())
}

/// A file for each list with its rows of the doubtful pairs, so that an organisation can be given its own and sees no row of
/// another's. The number of a pair is the same in both files; the order of pairs says nothing of their chance.
fn write_review(
    folder: &Path,
    names: &[String],
    lists: &[Tokens],
    pool: &Pool,
    linked: &Linked,
) -> Result<(), Failure> {
    std::fs::create_dir(folder)
        .map_err(|error| Failure::could_not(format!("{} cannot be made: {error}", folder.display())))?;
    let fields = pool.layout().fields();
    let headings: Vec<String> = fields
        .iter()
        .map(|field| format!("{} ({})", field.role.code(), field.column))
        .collect();
    let heading: Vec<&str> = ["pair", "row", "names changed places"]
        .into_iter()
        .chain(headings.iter().map(String::as_str))
        .chain([review::ANSWER])
        .collect();
    let mut pairs: Vec<_> = linked.for_review(REVIEW.0, REVIEW.1);
    pairs.sort_by_key(|(pair, _)| row_of(lists, pool, pair.one).1);
    let mut rows: Vec<Vec<Vec<String>>> = vec![Vec::new(); lists.len()];
    for (number, (pair, _)) in pairs.iter().enumerate() {
        let crossed = if pair.pattern.is_crossed() { "yes" } else { "no" };
        for record in [pair.one, pair.other] {
            let (list, row) = row_of(lists, pool, record);
            let levels = (0..fields.len()).map(|field| pair.pattern.level(field).word().to_owned());
            let row = [(number + 1).to_string(), hex(&row), crossed.to_owned()].into_iter();
            rows[list].push(row.chain(levels).chain([String::new()]).collect());
        }
    }
    for (name, rows) in names.iter().zip(rows) {
        write_private(&folder.join(format!("{name}.csv")), &csv(&heading, rows.into_iter())?)?;
    }
    Ok(())
}

/// The overlaps of each draw: what `estimate --draws` reads.
fn draws(path: &Path, names: &[String], pool: &Pool, drawn: &[Clusters]) -> Result<(), Failure> {
    if names.len() > 10 {
        return Err(of(path, "overlaps of more than 10 lists cannot be written"));
    }
    let heading: Vec<&str> = std::iter::once("draw")
        .chain(names.iter().map(String::as_str))
        .chain(["count"])
        .collect();
    let rows = drawn.iter().enumerate().flat_map(|(number, clusters)| {
        let counts = clusters.histories(pool);
        let seen: Vec<(usize, u64)> = counts.into_iter().enumerate().filter(|(_, count)| *count > 0).collect();
        seen.into_iter().map(move |(history, count)| {
            std::iter::once((number + 1).to_string())
                .chain((0..names.len()).map(|list| (history >> list & 1).to_string()))
                .chain([count.to_string()])
                .collect()
        })
    });
    write_private(path, &csv(&heading, rows)?)
}

/// The cluster of each row, by the links and by each draw.
fn write_row_clusters(
    path: &Path,
    lists: &[Tokens],
    pool: &Pool,
    linked: &Linked,
    drawn: &[Clusters],
) -> Result<(), Failure> {
    let n = u32::try_from(pool.len()).map_err(|error| Failure::could_not(error.to_string()))?;
    let rows = (0..n).map(|record| row_of(lists, pool, record).1).collect();
    let clusters_of = |clusters: &Clusters| (0..n).map(|record| clusters.of(record) + 1).collect::<Vec<u32>>();
    let draws = drawn.iter().take(row_clusters::MOST_DRAWS).map(clusters_of).collect();
    let clusters = RowClusters::new(rows, clusters_of(&linked.clusters), draws).ok_or_else(|| {
        of(
            path,
            "two lists have a row id in common: one of them must be encoded again",
        )
    })?;
    write_private(path, &clusters.write())
}
