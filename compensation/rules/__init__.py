"""What is owed, as pure functions: facts and a policy go in, a decision with its sums comes out."""
