"""Removal: deleting the nest, what is emptied before, and what is left afterwards."""
