"""The documents in which networks say what they take and give, and checks of requests and answers by them."""
