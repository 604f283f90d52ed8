"""What people and policies ask of dockets and meetings, each answer kept ready."""
