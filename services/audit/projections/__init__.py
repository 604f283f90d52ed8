"""What the audit can be asked, beside the ledger itself."""
