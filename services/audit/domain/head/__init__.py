"""A head: the ledger's signed word on how long it is and what it holds."""
