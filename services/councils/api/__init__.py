"""The doors of councils, one file for each thing that people do."""
