//! What an item is, who sees it, how it is found and changed.
