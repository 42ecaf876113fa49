//! Writes the sample edition as a folder: `cargo run -p report --example folder -- OUT STYLE.css…`.

use std::path::Path;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments
        .next()
        .ok_or_else(|| anyhow::anyhow!("name a folder to write, then the style sheets in order"))?;
    let style = arguments
        .map(std::fs::read_to_string)
        .collect::<Result<Vec<_>, _>>()?
        .join("\n");
    for file in report::site::files(&report::sample::edition(), &style)? {
        let path = Path::new(&out).join(&file.path);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new(&out)))?;
        std::fs::write(path, file.bytes)?;
    }
    Ok(())
}
