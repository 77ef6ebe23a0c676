"""The sums behind a decision, step by step, in words a buyer can follow."""
