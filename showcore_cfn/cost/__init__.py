"""What a set of templates costs a month, line by line, and what would change it. Prices are data, dated and sourced."""
