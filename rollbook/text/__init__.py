"""What several text analyzers share: folding with positions, mail addresses, sentences, who is meant, what is said."""
