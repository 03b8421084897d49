"""The HTTP face: JSON API and server-rendered search. Holds no logic of its own."""
