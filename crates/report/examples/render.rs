//! Writes the sample edition's PDFs to a folder, to be looked at: `cargo run -p report --example render -- DIR`.

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("name a folder")?);
    std::fs::create_dir_all(&folder)?;
    let edition = report::sample::edition();
    std::fs::write(folder.join("edition.pdf"), report::pdf::edition(&edition)?)?;
    std::fs::write(folder.join("brief.pdf"), report::pdf::brief(&edition)?)?;
    std::fs::write(folder.join("reply.pdf"), report::pdf::reply(&edition)?)?;
    Ok(())
}
