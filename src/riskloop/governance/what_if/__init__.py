"""What other values of a model would have done: asked by a person or for the estimate of a change."""
