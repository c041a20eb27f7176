"""The ad systems that are known: a file each of what their exports call their columns."""
