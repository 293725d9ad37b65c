"""Building blocks that definitions are made of, one file for each subject."""
