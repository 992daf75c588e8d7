"""What the image analyzers share: opening pictures safely, people and faces in them, approved photographs, thumbnails.

Nothing here tells who somebody is, how old, or of which sex; no part compares one face with another.
"""
