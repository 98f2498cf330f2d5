"""Templates that stand alone, beside the nest: they are deployed by themselves, or in another account."""
