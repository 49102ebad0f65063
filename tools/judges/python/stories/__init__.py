"""The stories that Google's Python client lives through at the sandbox, one module each."""
