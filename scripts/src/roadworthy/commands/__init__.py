"""One module for each command: it reads, takes its steps and answers."""
