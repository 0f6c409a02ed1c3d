"""What every Todobus service shares."""
