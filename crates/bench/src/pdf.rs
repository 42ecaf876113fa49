//! Renders the PDF of a frozen edition and nothing else, for the benchmark:
//! `cargo run --release -p bench --bin bench-pdf -- FROZEN.json OUT.pdf`.

use std::fs;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(frozen), Some(out)) = (arguments.next(), arguments.next()) else {
        anyhow::bail!("name the frozen edition and the PDF to write");
    };
    let edition = serde_json::from_slice(&fs::read(frozen)?)?;
    fs::write(out, report::pdf::edition(&edition)?)?;
    Ok(())
}
