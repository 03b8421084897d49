"""What `make bench` measures. Never a test: machines differ, so figures are compared within one run."""
