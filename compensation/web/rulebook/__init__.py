"""Where anybody reads every version of the rules, and works out what they would give."""
