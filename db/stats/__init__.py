"""Statistics of samples and of people: pure functions of numbers, no database in them."""
