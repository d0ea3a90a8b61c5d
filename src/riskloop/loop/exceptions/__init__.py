"""异常情况报告: who sees them, and where they are shown."""
