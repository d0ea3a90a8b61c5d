"""查询书: to whom a query goes, the pages on which it is answered, and how it is told."""
