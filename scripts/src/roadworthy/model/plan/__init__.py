"""From the facts to the plan: what is due, why, how far, and in which order."""
