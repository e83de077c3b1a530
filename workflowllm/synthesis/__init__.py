"""Synthetic data: new queries over sampled APIs, answers to them, and what is kept of those."""
