//! The PDF of the demonstration's newest edition: ours from the frozen edition, WeasyPrint's from our static site.
//!
//! Both programs are started for each run and write the same chapters; the page counts stand beside the seconds, so
//! that one can see that neither left something out.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::cost::Cost;
use super::demonstration::{Demonstration, helper};
use crate::parts;
use crate::process::{capture, run as run_command};

/// The newest published cycle of the demonstration.
const CYCLE: &str = "2025";
/// Makes a PDF of HTML pages.
pub(super) const WEASYPRINT: &str = "weasyprint==70.0";
/// Renders a list of pages into one PDF.
const WEASYPRINT_SCRIPT: &str = include_str!("peer_pdf.py");
/// Reads the frozen edition out of the database; the program itself would give only the PDF that it already made.
const FROZEN_SCRIPT: &str = include_str!("frozen.py");

/// Measures both and prints a table.
pub(super) fn run(runs: usize) -> Result<()> {
    let python = parts::python_programs("bench", super::pages::PYTHON_PARTS)?.join("python");
    let demonstration = Demonstration::build()?;
    let renderer = helper("bench-pdf")?;

    let frozen = demonstration.beside("frozen.json");
    run_command(
        Command::new(&python)
            .args(["-c", FROZEN_SCRIPT])
            .arg(demonstration.database())
            .arg(CYCLE)
            .arg(&frozen),
    )?;
    let our_pdf = demonstration.beside("ours.pdf");
    println!("Rapporteur: the PDF of {CYCLE} ...");
    let ours = Cost::of(&renderer, &[frozen.as_os_str(), our_pdf.as_os_str()], runs)?;

    let site = demonstration.beside("edition");
    run_command(
        demonstration
            .command("publish")
            .args(["--cycle", CYCLE, "--out"])
            .arg(&site),
    )
    .context("the benchmark needs `rapporteur publish --cycle CYCLE --out OUT --dir DIR`")?;
    let peer_pdf = demonstration.beside("peer.pdf");
    let mut arguments: Vec<OsString> = vec!["-c".into(), WEASYPRINT_SCRIPT.into(), peer_pdf.clone().into()];
    arguments.extend(pages_below(&site)?.into_iter().map(OsString::from));
    println!("WeasyPrint: the same pages ...");
    let peer = Cost::of(&python, &arguments, runs)?;

    println!("\nPDF of the demonstration's edition {CYCLE}, median of {runs}:");
    println!("{}", table(ours, n_pages(&our_pdf)?, peer, n_pages(&peer_pdf)?));
    Ok(())
}

/// The pages of the static site, the first page first, then by name.
fn pages_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut pages = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("there is no {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "html") {
                pages.push(path);
            }
        }
    }
    ensure!(!pages.is_empty(), "{} has no HTML pages", folder.display());
    pages.sort_by_key(|path| (path != &folder.join("index.html"), path.clone()));
    Ok(pages)
}

fn n_pages(pdf: &Path) -> Result<u32> {
    let pdfinfo = parts::poppler_program("pdfinfo")?;
    let text = capture(Command::new(pdfinfo).arg(pdf))?;
    text.lines()
        .find_map(|line| line.strip_prefix("Pages:")?.trim().parse().ok())
        .with_context(|| format!("{} has no count of pages", pdf.display()))
}

fn table(ours: Cost, our_pages: u32, peer: Cost, peer_pages: u32) -> String {
    let row = |name: &str, cost: Cost, pages: u32| {
        format!("{name:<12} {:>8.2} {:>8.0} {pages:>6}", cost.seconds, cost.peak_mb)
    };
    [
        format!("{:<12} {:>8} {:>8} {:>6}", "", "seconds", "peak MB", "pages"),
        row("Rapporteur", ours, our_pages),
        row("WeasyPrint", peer, peer_pages),
        format!(
            "Rapporteur is {:.1} times as fast and holds {:.2} times the memory.",
            peer.seconds / ours.seconds,
            ours.peak_mb / peer.peak_mb
        ),
    ]
    .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_found_at_any_depth_with_the_first_page_first() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("chapter")).unwrap();
        for name in ["annex.html", "chapter/1.html", "index.html", "style.css"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let pages = pages_below(folder.path()).unwrap();
        let names = ["index.html", "annex.html", "chapter/1.html"].map(|name| folder.path().join(name));
        assert_eq!(pages, names);
    }

    #[test]
    fn the_ratio_is_how_many_times_as_fast_ours_is() {
        let text = table(
            Cost {
                seconds: 2.0,
                peak_mb: 100.0,
            },
            40,
            Cost {
                seconds: 20.0,
                peak_mb: 400.0,
            },
            44,
        );
        assert!(
            text.ends_with("10.0 times as fast and holds 0.25 times the memory."),
            "{text}"
        );
    }
}
