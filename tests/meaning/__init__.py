"""What the words of a post do: the text as the model reads it, the model, and what rules ask of it."""
