"""What people and programs are shown: terminal, Markdown and JSON."""
