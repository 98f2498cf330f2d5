"""What each resource type is paid for: one small function a type, found through `registry`."""
