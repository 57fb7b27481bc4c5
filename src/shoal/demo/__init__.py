"""Demonstration data, made by Shoal itself: drawn street scenes with simulated detectors, and real digits."""

from shoal.demo.digits import DigitFiles, make_digits
from shoal.demo.story import DemoSegment
from shoal.demo.street_scenes import DemoFiles, draw_street_scenes

__all__ = ["DemoFiles", "DemoSegment", "DigitFiles", "draw_street_scenes", "make_digits"]
