"""What a release is, as values: no process, network, clock or environment here."""
