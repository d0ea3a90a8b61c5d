"""Changes of the models: asking for one, deciding on it, and the estimate of what it would have done."""
