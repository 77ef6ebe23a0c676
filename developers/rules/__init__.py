"""How claims are counted for the maker of the goods: pure."""
