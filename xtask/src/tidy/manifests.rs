//! Dependencies are named once, in the root's manifest, each with the reason why it is there.

use super::Fault;
use super::tree::Tree;

/// Checks the root's list and that the crates take theirs from it.
pub(super) fn check(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    for file in tree.files.iter().filter(|file| file.name() == "Cargo.toml") {
        // The fuzz targets are a workspace of their own, because they are built by another tool with other flags.
        if file.path.starts_with("fuzz/") {
            continue;
        }
        let mut table = "";
        for (index, line) in file.text.lines().enumerate() {
            let line = line.trim();
            if let Some(name) = line.strip_prefix('[') {
                table = name.trim_end_matches(']');
            } else if !line.is_empty() && !line.starts_with('#') {
                let fault = match table {
                    "workspace.dependencies" => fault_in_root(line),
                    "dependencies" | "dev-dependencies" | "build-dependencies" => fault_in_crate(line),
                    _ => None,
                };
                faults.extend(fault.map(|what| Fault::in_line(&file.path, index, what)));
            }
        }
    }
    faults
}

fn fault_in_root(line: &str) -> Option<&'static str> {
    let reason = line.split_once(" # ").map(|(_, reason)| reason.trim());
    let is_ours = line.contains("path = ");
    (!is_ours && reason.is_none_or(str::is_empty)).then_some("a dependency without its `# reason`")
}

fn fault_in_crate(line: &str) -> Option<&'static str> {
    let is_shared = line.contains(".workspace = true") || line.contains("workspace = true,");
    let is_shared = is_shared || line.contains("workspace = true }");
    (!is_shared).then_some("a dependency must be taken from the workspace's list")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(path: &str, text: &str) -> Vec<Option<usize>> {
        check(&Tree::of(&[(path, text)]))
            .iter()
            .map(|fault| fault.line)
            .collect()
    }

    #[test]
    fn each_dependency_of_the_workspace_has_a_reason() {
        let text = "[workspace.dependencies]\n# Ours.\ndomain = { path = \"crates/domain\" }\n\n\
                    serde = \"1.0\" # data files\ntoml = \"1.2\"\n[profile.dev]\ndebug = false\n";
        assert_eq!(faults("Cargo.toml", text), [Some(6)]);
    }

    #[test]
    fn crates_take_versions_from_the_workspace() {
        let text = "[package]\nname = \"web\"\n[dependencies]\nserde.workspace = true\n\
                    axum = { workspace = true, features = [\"ws\"] }\ntoml = \"1.2\"\n";
        assert_eq!(faults("crates/web/Cargo.toml", text), [Some(6)]);
    }
}
