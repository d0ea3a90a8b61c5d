"""Rules that several models share; each model file gives them its parameters and its texts."""
