"""Read models: what the facts so far come to, one set of rows per question and party."""
