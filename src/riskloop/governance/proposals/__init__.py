"""What one person proposes of a model and another decides on: what changes and trials have in common."""
