//! The repository as the rules see it: every file that could be committed, read once.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// Folders that hold what is made, not what is written; they are left out.
pub(super) const MADE: &[&str] = &[".git", "target", "node_modules", "corpus", "artifacts"];

/// All files, sorted by path.
pub(super) struct Tree {
    pub(super) files: Vec<File>,
}

/// A file of the repository.
pub(super) struct File {
    /// From the project's root, with `/`.
    pub(super) path: String,
    /// Empty for what is not UTF-8 text, such as a picture.
    pub(super) text: String,
}

impl Tree {
    /// Reads the folder and everything below it.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let mut files = Vec::new();
        collect(root, "", &mut files)?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self { files })
    }

    /// A tree that exists only in a test.
    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let files = files
            .iter()
            .map(|(path, text)| File {
                path: (*path).to_owned(),
                text: (*text).to_owned(),
            })
            .collect();
        Self { files }
    }

    /// The file at this path.
    pub(super) fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Whether the path is a file or a folder of the tree.
    pub(super) fn contains(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        self.files.iter().any(|file| {
            file.path
                .strip_prefix(path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

impl File {
    /// What follows the last dot of the name; empty without one.
    pub(super) fn extension(&self) -> &str {
        self.name().rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    /// The last part of the path.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<File>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            if !MADE.contains(&name.as_str()) {
                collect(&entry.path(), &format!("{path}/"), files)?;
            }
        } else {
            let bytes = fs::read(entry.path()).with_context(|| format!("cannot read {path}"))?;
            files.push(File {
                path,
                text: String::from_utf8(bytes).unwrap_or_default(),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["src/a.rs", "target/debug/b.rs", "fuzz/corpus/c"] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "text").unwrap();
        }
        let tree = Tree::read(folder.path()).unwrap();
        let paths: Vec<&str> = tree.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["src/a.rs"]);
    }

    #[test]
    fn folders_are_contained_by_whole_names() {
        let tree = Tree::of(&[("crates/web/src/lib.rs", "")]);
        assert!(tree.contains("crates/web/src"));
        assert!(tree.contains("crates/web/"));
        assert!(!tree.contains("crates/we"));
    }
}
