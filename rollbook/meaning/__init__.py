"""What a post's words do, learned from labelled text: one small model that the text rules share.

The model says what is said and done in the words (somebody speaks for an institution, tells a private fact, gives
homework), never whether that is allowed: who may do it, when and where, the rules compute from the registers.
"""
