"""监理: what is drawn, what the second look found, and the error rates that follow."""
