"""分派: who is given which event by the rule, and where one sees how the load lies."""
