"""What the tests of every package share."""
