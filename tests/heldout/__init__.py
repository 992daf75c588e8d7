"""Two invented districts by people who had seen neither code nor training text: nothing is tuned on them."""
