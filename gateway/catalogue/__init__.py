"""What operators publish: flows, notices and policies as one immutable revision, read, checked, kept and pinned."""
