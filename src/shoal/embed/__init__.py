"""Embedding spaces: descriptors, similarity, projections."""
