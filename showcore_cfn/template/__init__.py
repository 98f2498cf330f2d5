"""The language that a tier is written in, and what reads templates back: parameters, tags, wires, YAML, schemas."""
