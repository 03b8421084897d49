"""What `make bench` measures. Never a test: machines differ, so figures are compared within one run."""

import kb as kb  # before NumPy, as in the product: it sets how many threads NumPy has
