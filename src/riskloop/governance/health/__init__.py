"""How each model does: its hits, what became of them, its columns, and what of that is unusual."""
