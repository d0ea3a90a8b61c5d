"""What every model is held to: by `riskloop models test`, and by the tests of the tree."""
