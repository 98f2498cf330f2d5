"""Planning: what stands there, what would change, what that means, and the plan as text, JSON and file."""
