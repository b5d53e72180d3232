"""What independent validators say of the published editions: `python -m tests.conformance`."""
