"""How claims are counted for the maker of the goods, and what a recall reaches and gives: pure."""
