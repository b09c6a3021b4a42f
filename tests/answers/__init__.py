"""Answers to the exercises, a module for each lecture, to prove the judges with.

RIGHT: {name: [answers that must pass]}; WRONG: [(name, answer that must not, what the message must say)].
"""
