"""What `make bench` measures; its figures stand in docs/benchmarks.md."""
