//! The grid counts what there is, once, and says nothing else.
