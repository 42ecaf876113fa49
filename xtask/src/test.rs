//! `cargo xtask test`: every test there is, with everything it needs, and nothing left running.

use std::env;

use anyhow::Result;

use crate::parts::Parts;
use crate::process::{cargo, run as run_command};
use crate::services::{ChromeDriver, Postgres};

/// Runs `cargo test` with these further arguments, over the whole workspace unless they name packages.
///
/// Tests find the parts through variables: `RAPPORTEUR_TEST_POSTGRES` (a superuser's URL),
/// `RAPPORTEUR_TEST_POSTGRES_PROGRAMS` (a folder, for the test that stops a server), `RAPPORTEUR_TEST_WEBDRIVER` (a URL),
/// `RAPPORTEUR_TEST_CHROMIUM`, `RAPPORTEUR_TEST_AXE`, `RAPPORTEUR_TEST_PDFTOTEXT` and `RAPPORTEUR_TEST_FRICTIONLESS`
/// (paths).
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let parts = Parts::find_or_install()?;
    if env::var_os("RAPPORTEUR_REFERENCE").is_none() {
        println!("RAPPORTEUR_REFERENCE is unset: tests on the real reference files use the small fixtures alone.");
    }
    let postgres = Postgres::start(&parts.postgres_programs)?;
    let chromedriver = ChromeDriver::start(&parts.chromedriver)?;
    let mut command = cargo();
    command.arg("test");
    if !names_packages(arguments) {
        command.arg("--workspace");
    }
    command
        .args(arguments)
        .env("RAPPORTEUR_TEST_POSTGRES", &postgres.url)
        .env("RAPPORTEUR_TEST_POSTGRES_PROGRAMS", &parts.postgres_programs)
        .env("RAPPORTEUR_TEST_WEBDRIVER", chromedriver.url())
        .env("RAPPORTEUR_TEST_CHROMIUM", &parts.chromium)
        .env("RAPPORTEUR_TEST_AXE", &parts.axe)
        .env("RAPPORTEUR_TEST_PDFTOTEXT", &parts.pdftotext)
        .env("RAPPORTEUR_TEST_FRICTIONLESS", &parts.frictionless);
    run_command(&mut command)
}

/// Whether cargo is told which packages to test; it does not accept that together with `--workspace`.
fn names_packages(arguments: &[String]) -> bool {
    arguments
        .iter()
        .take_while(|argument| *argument != "--")
        .any(|argument| argument.starts_with("-p") || argument.starts_with("--package"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn named_packages_replace_the_workspace() {
        assert!(names_packages(&arguments("-p store")));
        assert!(names_packages(&arguments("--lib --package=store")));
        assert!(!names_packages(&arguments("--lib a_row_is_refused")));
    }

    #[test]
    fn arguments_of_the_tests_themselves_name_no_package() {
        assert!(!names_packages(&arguments("-- --package")));
    }
}
