"""Who decides over the models, and what a decision would change."""
