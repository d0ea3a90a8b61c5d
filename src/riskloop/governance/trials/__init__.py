"""What runs on trial beside what is in force: asking for it, running it, and what it would have changed."""
